/** A plan says what it was asked: in its document as numbers, in its text as one line. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConsumersShort, shortOfConsumer } from '../../src/traffic/short-form.ts';
import { plan, planJson } from './planned.ts';

const SCENARIOS = new URL('../../scenarios', import.meta.url).pathname;

/** The line, joined where it was wrapped. */
async function askedBy(...flags: string[]): Promise<string | undefined> {
  return /^For {2}[\s\S]*?\.$/m.exec((await plan(...flags)).out)?.[0].replace(/\s+/g, ' ');
}

describe('the question of a plan', () => {
  const all = [
    ...['--rate', '3000/s', '--peak-rate', '9000/s', '--record-size', '900B', '--keys', 'zipf:1.1:100000'],
    ...['--consumers', 'lambda:1,kcl-polling:2', '--consumer-speed', '20000/s', '--outage', '1h'],
    ...['--recover-in', '30m', '--burst', '12000/s:2s:60s', '--region', 'eu-west-1', '--headroom', '0%'],
    ...['--retention', '48h', '--confidence', '90%', '--current-shards', '3'],
  ];

  it('is in the document, every flag of it', async () => {
    const reader = { recordsPerSec: 20_000, parallel: 1, kind: 'polling' };
    expect((await planJson(...all)).plan.input).toEqual({
      sources: [
        {
          meanRecordsPerSec: 3000,
          recordsPerSec: 9000,
          dataBytes: 900,
          keyBytes: 16,
          keys: 'zipf:1.1:100000',
        },
      ],
      consumers: [
        { ...reader, name: 'lambda', preset: 'lambda', short: 'lambda' },
        { ...reader, name: 'kcl', preset: 'kcl', short: 'kcl-polling' },
        { ...reader, name: 'kcl-2', preset: 'kcl', short: 'kcl-polling' },
      ],
      bursts: [{ lengthSec: 2, everySec: 60, recordsPerSec: 12_000 }],
      outage: { outageSec: 3600, recoverSec: 1800 },
      retentionHours: 48,
      region: 'eu-west-1',
      shardQuota: 20_000,
      headroom: 0,
      confidence: 0.9,
      placement: 'random',
      currentShards: 3,
    });
  });

  it('stands below the answer', async () => {
    expect(await askedBy(...all)).toBe(
      'For 3,000/s on average and 9,000/s at the peak, 900 B + 16 B key, keys zipf:1.1:100000, read by lambda ' +
        '(20,000/s) and 2 kcl-polling (20,000/s), bursts of 12,000/s for 2s every 1m, an outage of 1h caught up with ' +
        'in 30m, headroom 0 %, confidence 90 %, kept for 48 h, in eu-west-1.',
    );
    expect((await plan('--rate', '1/s', '--record-size', '1KiB')).out.split('\n')[1]).toBe(
      'For  1/s, 1 KiB + 16 B key, read by polling.',
    );
  });

  it('has no rate where the rate is asked for, and aggregation in user records', async () => {
    const { input } = (await planJson('--shards', '4', '--record-size', '900B')).plan;
    expect(input?.sources).toEqual([{ dataBytes: 900, keyBytes: 16 }]);
    const packed = ['--rate', '20000/s', '--record-size', '100B', '--aggregate', '--producers', '40'];
    expect((await planJson(...packed)).plan.input).toMatchObject({
      sources: [{ recordsPerSec: 20_000, dataBytes: 100, keyBytes: 16 }],
      aggregate: { maxBytes: 51_200, lingerMs: 100, producers: 40 },
    });
    expect(await askedBy(...packed)).toContain('aggregated up to 50 KiB by 40 producers, read by polling');
    expect((await planJson(...all.slice(0, 8), '--max-throttled', '1%')).plan.input).not.toHaveProperty(
      'confidence',
    );
  });

  it('of a scenario names its sources where there are several', async () => {
    const file = join(SCENARIOS, 'retry-storm.yaml');
    expect((await planJson(file)).plan.input?.sources).toMatchObject([
      { name: 'tenant', keys: '1 key by name', recordsPerSec: 7000 },
      { name: 'news', keys: '1 key by name', recordsPerSec: 900 },
    ]);
    expect(await askedBy(file)).toContain('"news": 900/s, 200 B + 4 B key, 1 key by name; read by polling.');
  });

  it('names consumers as the flag does', () => {
    for (const short of [
      'polling',
      'efo',
      'kcl',
      'kcl-polling',
      'lambda-efo',
      'firehose-backup',
      'flink-efo',
    ])
      expect(parseConsumersShort(`${short}:1`).map(shortOfConsumer)).toEqual([short]);
  });
});
