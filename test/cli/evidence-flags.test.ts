/** The flags of evidence, read before anything is asked. */
import { describe, expect, it } from 'vitest';
import { planText } from '../../src/cli/evidence.ts';
import { parseTimePoint, readEvidenceFlags } from '../../src/cli/evidence-flags.ts';
import { refusalOf } from '../traffic/refusal-of.ts';
import { shardwise } from './outcome.ts';

const HOUR = 3_600_000;

describe('a time', () => {
  it.each([
    ['now', { kind: 'ago', ms: 0 }],
    ['-15m', { kind: 'ago', ms: HOUR / 4 }],
    ['-7d', { kind: 'ago', ms: 7 * 24 * HOUR }],
    ['-1h30m', { kind: 'ago', ms: 1.5 * HOUR }],
    ['2026-11-20T03:00:00Z', { kind: 'at', ms: Date.UTC(2026, 10, 20, 3) }],
    ['2026-11-20T03:00', { kind: 'at', ms: Date.UTC(2026, 10, 20, 3) }],
    ['2026-11-20T03:00:00+02:00', { kind: 'at', ms: Date.UTC(2026, 10, 20, 1) }],
    ['2026-11-20', { kind: 'at', ms: Date.UTC(2026, 10, 20) }],
  ])('is read: %s', (text, point) => {
    expect(parseTimePoint(text, '--from')).toEqual(point);
  });

  it.each([
    ['1h', '--from 1h is a length of time, not when. Write --from -1h: that long ago.'],
    ['+1h', '--from +1h is a length of time, not when. Write --from -1h: that long ago.'],
    ['-1', /--from -1 is no time\. Write --from -15m/],
    ['yesterday', /is no time/],
    ['2026-13-40', /is no time/],
    ['2026-11-20 03:00', /is no time/],
    ['', /is no time/],
  ])('is refused: %s', (text, message) => {
    expect(refusalOf(() => parseTimePoint(text, '--from')).message).toMatch(message);
  });
});

describe('the flags', () => {
  it('need a stream', async () => {
    await expect(readEvidenceFlags({})).rejects.toMatchObject({ exitCode: 2, what: 'No stream is named.' });
    await expect(readEvidenceFlags({ stream: 'a b' })).rejects.toMatchObject({ exitCode: 2 });
  });

  it('have the last hour by default', async () => {
    expect(await readEvidenceFlags({ stream: 'orders' })).toMatchObject({
      ...{ stream: 'orders', allShards: false, givenConsumers: null },
      ...{ from: { kind: 'ago', ms: HOUR }, to: { kind: 'ago', ms: 0 } },
    });
  });

  it.each([
    ['-1h', '-2h'],
    ['-1h', '-1h'],
    ['2026-11-20', '2026-11-19'],
  ])('refuse a window that ends before it begins: %s, %s', async (from, to) => {
    await expect(readEvidenceFlags({ stream: 'orders', from, to })).rejects.toMatchObject({ exitCode: 2 });
  });

  it('count consumers by what the user calls them', async () => {
    const { givenConsumers } = await readEvidenceFlags({
      stream: 'orders',
      consumers: 'polling:2,kcl-polling:1,lambda:1,firehose-backup:1,kcl:1',
    });
    expect(givenConsumers).toEqual([
      { kind: 'polling', count: 2 },
      { kind: 'polling', count: 1, name: 'kcl-polling' },
      { kind: 'lambda', count: 1 },
      { kind: 'firehose', count: 1, name: 'firehose-backup' },
      { kind: 'efo', count: 1, name: 'kcl' },
    ]);
    await expect(readEvidenceFlags({ stream: 'orders', consumers: 'people:2' })).rejects.toMatchObject({
      exitCode: 2,
    });
  });
});

describe('what will be asked', () => {
  it('is said with its sum', () => {
    expect(
      planText({ requests: 1, metrics: 13, usd: 0.00013, points: 780, seconds: 0.1 }, 'the stream'),
    ).toBe('CloudWatch, the stream: 13 metrics in 1 call, $0.00013 (13 / 1,000 x $0.01).');
    expect(
      planText(
        { requests: 429, metrics: 30_000, usd: 0.3, points: 43_200_000, seconds: 109.1 },
        'all 10,000 shards',
      ),
    ).toBe(
      'CloudWatch, all 10,000 shards: 30,000 metrics in 429 calls, $0.30 (30,000 / 1,000 x $0.01), 1m50s at least.',
    );
  });
});

describe('evidence that a command would not go by', () => {
  it.each([
    ['recommend', '--all-shards'],
    ['recommend', '--log'],
    ['capture', '--run-report'],
    ['capture', '--log'],
  ])('is no flag of it: %s %s', async (command, flag) => {
    const { err, exit } = await shardwise(command, '--stream', 'orders', flag, 'a.txt');
    expect([exit, err]).toEqual([2, expect.stringContaining(`unknown option '${flag}'`) as string]);
    expect((await shardwise('diagnose', '--help')).out).toContain(flag);
  });
});
