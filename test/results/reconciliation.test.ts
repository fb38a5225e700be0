import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergedPutCounts, type PutCounts } from '../../src/results/put-counts.ts';
import { reconcile, type Reconciliation } from '../../src/results/reconciliation.ts';

/** 100 records of 20 B and keys of 5 B, 10 throttled attempts. */
const OURS: PutCounts = {
  firstUs: 1,
  lastUs: 2,
  accepted: 100,
  dataBytes: 2000,
  keyBytes: 500,
  throttled: 10,
  unknown: 0,
  shards: [
    { accepted: 60, bytes: 1500, throttled: 10, unknown: 0 },
    { accepted: 40, bytes: 1000, throttled: 0, unknown: 0 },
  ],
};
const MINUTES = { from: '2026-11-20T10:00:00.000Z', to: '2026-11-20T10:02:00.000Z', waitedMs: 0 };

function verdict(
  [records, bytes, throttled]: readonly [number, number, number],
  { complete = true, unknown = 0 } = {},
): Reconciliation['verdict'] {
  return reconcile({ ...OURS, unknown }, { records, bytes, throttled }, { ...MINUTES, complete }).verdict;
}

describe('our count against the service’s', () => {
  it.each([
    ['all the same', [100, 2500, 10], {}, 'matches'],
    ['bytes without partition keys', [100, 2000, 10], {}, 'matches'],
    ['before all minutes are there, but nothing is missing', [100, 2500, 10], { complete: false }, 'matches'],
    ['records more than ours', [101, 2525, 10], {}, 'others'],
    ['throttled records more than ours', [100, 2500, 11], {}, 'others'],
    ['no more than had no reply', [103, 2575, 12], { unknown: 5 }, 'unknown'],
    ['more than had no reply', [104, 2600, 12], { unknown: 5 }, 'others'],
    ['fewer than acknowledged', [99, 2475, 10], {}, 'missing'],
    ['fewer throttled', [100, 2500, 9], {}, 'missing'],
    ['fewer bytes', [100, 2499, 10], {}, 'missing'],
    ['fewer, while minutes are missing', [99, 2475, 10], { complete: false }, 'incomplete'],
    ['fewer of one kind, more of the other', [90, 2250, 30], {}, 'missing'],
  ] as const)('%s: %#', (_, theirs, how, expected) => {
    expect(verdict(theirs, how)).toBe(expected);
  });

  it('is told shard by shard for the metrics that are on', () => {
    const shards = [
      { shardId: 'shardId-000000000000', shard: 0, records: 60, throttled: 12 },
      { shardId: 'shardId-000000000001', shard: 1, records: 41, throttled: 0 },
      { shardId: 'shardId-000000000002', shard: 2, records: 3, throttled: 0 },
    ];
    const result = reconcile(
      OURS,
      { records: 104, bytes: 2600, throttled: 12, shards },
      { ...MINUTES, complete: true },
    );
    expect('shards' in result && result.shards).toEqual([
      {
        shardId: 'shardId-000000000000',
        records: { ours: 60, theirs: 60, difference: 0 },
        throttled: { ours: 10, theirs: 12, difference: 2 },
      },
      {
        shardId: 'shardId-000000000001',
        records: { ours: 40, theirs: 41, difference: 1 },
        throttled: { ours: 0, theirs: 0, difference: 0 },
      },
      {
        shardId: 'shardId-000000000002',
        records: { ours: 0, theirs: 3, difference: 3 },
        throttled: { ours: 0, theirs: 0, difference: 0 },
      },
    ]);
  });
});

describe('counts of several workers', () => {
  const counts = fc.record({
    firstUs: fc.option(fc.nat(), { nil: undefined }),
    lastUs: fc.option(fc.nat(), { nil: undefined }),
    accepted: fc.nat(),
    dataBytes: fc.nat(),
    keyBytes: fc.nat(),
    throttled: fc.nat(),
    unknown: fc.nat(),
    shards: fc.array(
      fc.record({ accepted: fc.nat(), bytes: fc.nat(), throttled: fc.nat(), unknown: fc.nat() }),
      { maxLength: 4 },
    ),
  });

  it('are their sums, from the first request to the last reply, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 4 }), (all) => {
        const merged = mergedPutCounts(all);
        const total = (of: (one: PutCounts) => number): number => all.map(of).reduce((sum, n) => sum + n, 0);
        expect(merged.accepted).toBe(total((one) => one.accepted));
        expect(merged.unknown).toBe(total((one) => one.unknown));
        expect(merged.shards.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(
          total((one) => one.shards.reduce((sum, { bytes }) => sum + bytes, 0)),
        );
        for (const { firstUs } of all)
          if (firstUs !== undefined) expect(merged.firstUs).toBeLessThanOrEqual(firstUs);
        for (const { lastUs } of all)
          if (lastUs !== undefined) expect(merged.lastUs).toBeGreaterThanOrEqual(lastUs);
        expect(mergedPutCounts([...all].reverse())).toEqual(merged);
      }),
    );
  });

  it('of nobody are nothing', () => {
    expect(mergedPutCounts([])).toMatchObject({
      firstUs: undefined,
      lastUs: undefined,
      accepted: 0,
      shards: [],
    });
  });
});
