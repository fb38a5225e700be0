import { describe, expect, it } from 'vitest';
import { plan, planJson, planRefusal } from './planned.ts';

describe('plan --shards', () => {
  it('says what so many shards carry without a rate, and exits with 0', async () => {
    const { out, exit } = await plan('--shards', '4', '--record-size', '900B');
    expect(out.split('\n').slice(0, 2).join(' ')).toBe(
      '4 shards carry at most 3,200/s (2.8 MiB/s, data and keys). write-records binds: the records written.',
    );
    expect(exit).toBe(0);
  });

  it('says whether they carry a rate that is given, with 3 where they do not', async () => {
    const args = ['--shards', '4', '--record-size', '900B', '--rate'];
    expect((await plan(...args, '3200/s')).exit).toBe(0);
    const over = await plan(...args, '3201/s');
    expect([over.out.startsWith('It does not fit:'), over.exit]).toEqual([true, 3]);
    const twice = (await plan(...args, '1600/s')).out.replace(/\s+/g, ' ');
    expect(twice).toContain('and the 1,600/s of this traffic are 50 % of that.');
    // 1,600 ÷ 800 = 2; 1,600 × 916 ÷ 838,861 = 1.75
    expect(twice).toContain(
      'This traffic needs 2 shards, $81 a month. write-bytes binds, and write-records asks for as many.',
    );
    expect((await planJson(...args, '3201/s')).plan.reverse).toMatchObject({
      shards: 4,
      ratePerSec: 3200,
      bytesPerSec: 3200 * 916,
      binding: 'write-records',
      given: { ratePerSec: 3201, fits: false },
    });
  });

  it.each(['0', '-1', '1.5', 'many', '1000001'])('refuses %s shards', async (shards) => {
    const { message } = await planRefusal(`--shards=${shards}`, '--record-size', '900B');
    expect(message).toContain('--shards');
  });

  it('refuses traffic that is aggregated: how much depends on the rate', async () => {
    const args = ['--shards', '4', '--record-size', '100B', '--rate', '1000/s', '--aggregate', '24KiB'];
    expect((await planRefusal(...args)).message).toContain('aggregate');
  });
});

describe('plan --max-throttled', () => {
  const args = ['--rate', '10000/s', '--record-size', '100B', '--keys', 'uniform:200'];

  it('is told apart from a confidence, in the text and in the document', async () => {
    const { out } = await plan(...args, '--max-throttled', '1%');
    expect(out.replace(/\s+/g, ' ')).toContain('which is no confidence that none is');
    expect((await planJson(...args, '--max-throttled', '1%')).plan.maxThrottled).toBe(0.01);
  });

  it('is refused beside a confidence, without keys, and as nothing or all', async () => {
    const both = await planRefusal(...args, '--max-throttled', '1%', '--confidence', '99%');
    expect(both.message).toContain('two criteria');
    const keyless = await planRefusal('--rate', '1/s', '--record-size', '1B', '--max-throttled', '1%');
    expect(keyless.message).toContain('no keys');
    for (const share of ['0%', '100%', '5'])
      expect((await planRefusal(...args, '--max-throttled', share)).message).toContain('--max-throttled');
  });
});
