import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freshStream, pathTo, shardByShard, splitsFirst } from '../../../src/advice/layout/layout-steps.ts';
import { parseHashKey } from '../../../src/model/hash-key.ts';
import { uniformRanges } from '../../../src/model/hash-range.ts';
import { mergeShards, shardMapOf, splitShard, type ShardMap } from '../../../src/model/shard-map.ts';
import type { LayoutStep } from '../../../src/results/layout-step.ts';

const END = 2n ** 128n;

/** A handful of boundaries out of few places, so that layouts share some of them. */
const starts = fc
  .uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 20 })
  .map((places) => [0n, ...places.sort((a, b) => a - b).map((place) => (END / 31n) * BigInt(place))]);

function mapOf(lows: readonly bigint[]): ShardMap {
  return shardMapOf(lows.map((start, i) => ({ start, end: (i + 1 < lows.length ? lows[i + 1] : END) - 1n })));
}

/** Carries steps out on the model's shard map, by the names that they predict; every state that they go through. */
function replay(before: ShardMap, steps: readonly LayoutStep[]): ShardMap[] {
  const states = [before];
  for (const step of steps) {
    const map = states[states.length - 1];
    const parents = map.open.filter(({ shardId }) => [step.shardId, step.adjacentShardId].includes(shardId));
    expect(parents[0].shardId).toBe(step.shardId);
    expect(parents[0].range.start.toString()).toBe(step.startingHashKey);
    expect(parents[parents.length - 1].range.end.toString()).toBe(step.endingHashKey);
    states.push(
      step.kind === 'split'
        ? splitShard(map, step.shardId, parseHashKey(step.newStartingHashKey ?? '') ?? -1n)
        : mergeShards(map, step.shardId, step.adjacentShardId ?? ''),
    );
  }
  return states;
}

const startsOfMap = (map: ShardMap): bigint[] => map.open.map(({ range }) => range.start);

describe('the steps from one layout to another', () => {
  it('lead there, each one allowed, by the names that the service will give', () => {
    fc.assert(
      fc.property(starts, starts, (before, target) => {
        for (const path of [splitsFirst, shardByShard]) {
          const { steps, peakShards } = path(freshStream(before), target);
          const states = replay(mapOf(before), steps);
          expect(startsOfMap(states[states.length - 1])).toEqual(target);
          expect(Math.max(...states.map((map) => map.open.length))).toBe(peakShards);
          const common = target.filter((start) => before.includes(start)).length;
          expect(steps.length).toBe(before.length + target.length - 2 * common);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('cut all that will be cut before they merge: what is open lies within one shard of the target', () => {
    fc.assert(
      fc.property(starts, starts, (before, target) => {
        const { steps } = splitsFirst(freshStream(before), target);
        const lastSplit = steps.findLastIndex(({ kind }) => kind === 'split');
        expect(steps.slice(0, lastSplit + 1).every(({ kind }) => kind === 'split')).toBe(true);
        const states = replay(mapOf(before), steps).slice(lastSplit + 1);
        for (const map of states) for (const start of target) expect(startsOfMap(map)).toContain(start);
      }),
      { numRuns: 200 },
    );
  });

  it('short of quota never open more than two shards above both ends', () => {
    fc.assert(
      fc.property(starts, starts, (before, target) => {
        const { peakShards } = shardByShard(freshStream(before), target);
        expect(peakShards).toBeLessThanOrEqual(Math.max(before.length, target.length) + 2);
      }),
      { numRuns: 2000 },
    );
  });

  it('go shard by shard only where the quota asks for it', () => {
    const before = uniformRanges(10).map(({ start }) => start);
    const target = uniformRanges(11).map(({ start }) => start);
    expect(pathTo(freshStream(before), target, 20).peakShards).toBe(20);
    expect(pathTo(freshStream(before), target, 19).peakShards).toBeLessThanOrEqual(13);
  });

  it('are as many as the published example has: 4 shards to 3 by five steps', () => {
    const [four, three] = [4, 3].map((count) => uniformRanges(count).map(({ start }) => start));
    const { steps } = splitsFirst(freshStream(four), three);
    expect(steps.map(({ kind }) => kind)).toEqual(['split', 'split', 'merge', 'merge', 'merge']);
    expect(steps[0]).toEqual({
      kind: 'split',
      startingHashKey: (END / 4n).toString(),
      endingHashKey: (END / 2n - 1n).toString(),
      shardId: 'shardId-000000000001',
      newStartingHashKey: (END / 3n).toString(),
    });
    expect(steps[2]).toMatchObject({ kind: 'merge', shardId: 'shardId-000000000000', startingHashKey: '0' });
  });

  it('are found for ten thousand shards that all change', () => {
    const before = uniformRanges(10_000).map(({ start }) => start);
    const target = uniformRanges(9_999).map(({ start }) => start);
    for (const path of [splitsFirst, shardByShard]) {
      const { steps } = path(freshStream(before), target);
      expect(steps.length).toBe(9_999 + 9_998);
    }
    expect(shardByShard(freshStream([0n]), target).steps.length).toBe(9_998);
    expect(splitsFirst(freshStream(before), [0n]).peakShards).toBe(10_000);
  });
});
