import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamLoads } from '../../../src/advice/recommend/stream-loads.ts';
import { recommend } from '../../../src/advice/recommend/recommend.ts';
import { RECOMMEND_DEFAULTS } from '../../../src/advice/recommend/recommend-options.ts';
import { uniformRanges } from '../../../src/model/hash-range.ts';
import { shardIdOf } from '../../../src/model/shard-map.ts';
import type { StreamEvidence } from '../../../src/results/evidence/stream-evidence.ts';
import { evidenceOf, START_MS } from './evidence-of.ts';
import { readAt, sampleOf } from './sample-of.ts';

const STEPS = 60;
/** Minutes 30 to 39 are busy, the others have this part of it. */
const CALM = 0.2;
const isBusy = (step: number): boolean => step >= 30 && step < 40;

/**
 * A stream without shard metrics whose shards are offered so many new records per second, each retried so many times where
 * it is throttled; some of its shards were read in a busy minute.
 */
function streamOf(fresh: readonly number[], retries: number, read = fresh.length): StreamEvidence {
  const ranges = uniformRanges(fresh.length);
  const shards = fresh.map((load, i) => ({
    range: ranges[i],
    records: Float64Array.from({ length: STEPS }, (_, step) =>
      isBusy(step) ? Math.min(load, 1000) : load * CALM,
    ),
    throttled: Float64Array.from({ length: STEPS }, (_, step) =>
      isBusy(step) ? Math.max(0, load - 1000) * (1 + retries) : 0,
    ),
  }));
  const accepted = fresh.slice(0, read).map((load, i) => [shardIdOf(i), Math.min(load, 1000)] as const);
  const found = readAt(START_MS + 33 * 60_000, 60, Object.fromEntries(accepted));
  const sample = { ...sampleOf({}), ...found };
  return evidenceOf({ shards, steps: STEPS, series: { shards: new Map() }, evidence: { sample } });
}

function loadsOf(evidence: StreamEvidence): StreamLoads {
  if (evidence.metrics === null) throw new Error('there are metrics');
  return new StreamLoads(evidence, evidence.metrics);
}

const loads = fc.array(fc.integer({ min: 20, max: 2500 }), { minLength: 2, maxLength: 8 });

describe('loads of shards that have no metrics, by the records read of them', () => {
  it('hold what each was really offered, in the minute that was read and in all others', () => {
    fc.assert(
      fc.property(loads, fc.integer({ min: 0, max: 3 }), (fresh, retries) => {
        const known = loadsOf(streamOf(fresh, retries));
        const room = known.room();
        fresh.forEach((load, shard) => {
          expect(known.basisOf(shard)).toBe('sample');
          known.fill(shard, room, 'ends');
          for (let step = 0; step < STEPS; step++) {
            const truth = isBusy(step) ? load : load * CALM;
            expect(room.records.lower[step]).toBeLessThanOrEqual(truth * (1 + 1e-9));
            expect(room.records.upper[step]).toBeGreaterThanOrEqual(truth * (1 - 1e-9));
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it('add up to what the stream was offered at most', () => {
    fc.assert(
      fc.property(loads, fc.integer({ min: 1, max: 8 }), (fresh, read) => {
        const evidence = streamOf(fresh, 1, Math.min(read, fresh.length));
        const known = loadsOf(evidence);
        const room = known.room();
        const sum = new Float64Array(STEPS);
        fresh.forEach((_, shard) => {
          known.fill(shard, room, 'even');
          room.records.upper.forEach((value, step) => (sum[step] += value));
        });
        for (const step of [0, 33]) {
          const { IncomingRecords: incoming, WriteProvisionedThroughputExceeded: throttled } =
            evidence.metrics?.stream ?? {};
          expect(sum[step] * 60).toBeCloseTo((incoming?.[step] ?? 0) + (throttled?.[step] ?? 0), 3);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are near to what is true where nothing throttled, and leave the rest to the shards that were not read', () => {
    const known = loadsOf(streamOf([600, 200, 300, 100], 0, 2));
    const room = known.room();
    known.fill(0, room, 'ends');
    // 36,000 records in a minute: three standard errors are 1.6 %.
    expect(room.records.lower[33]).toBeCloseTo(600 - 3 * Math.sqrt(36_000 / 3600), 6);
    expect(room.records.upper[33]).toBeCloseTo(600 + 3 * Math.sqrt(36_000 / 3600), 6);
    known.fill(2, room, 'ends');
    expect(known.basisOf(2)).toBe('stream');
    expect([room.records.lower[33], Math.round(room.records.upper[33])]).toEqual([0, 415]);
    known.fill(3, room, 'even');
    expect(room.records.upper[33]).toBeCloseTo(200, 6);
  });

  it('leave what throttled to the shards that were not read where none of the others was full', () => {
    const known = loadsOf(streamOf([300, 1500, 200], 0, 1));
    const room = known.room();
    known.fill(0, room, 'ends');
    expect(room.records.upper[33]).toBeLessThan(310);
    known.fill(1, room, 'ends');
    expect(room.records.upper[33]).toBeGreaterThanOrEqual(1500);
  });

  it('name the shard above and cut it between the keys that were seen', () => {
    const evidence = streamOf([1400, 300], 1);
    const keys = sampleOf({ a: [0.4, 0.1], b: [0.4, 0.2] }).shards[0];
    const sample = evidence.sample;
    if (sample === null) throw new Error('there is a sample');
    const shards = [
      { ...sample.shards[0], ...{ keys: keys.keys, records: 10_000, userRecords: 10_000 } },
      sample.shards[1],
    ];
    const found = recommend(
      { ...evidence, sample: { ...sample, shards } },
      { ...RECOMMEND_DEFAULTS, burstFactor: 1 },
    );
    expect(found.verdict).toBe('UNDER_PROVISIONED');
    expect(found.reasons[0]).toMatchObject({ code: 'shards-above', worst: shardIdOf(0), shards: 1 });
    expect(found.shardLoads).toMatchObject({ sampled: 2, unknown: 0, full: [shardIdOf(0)], seconds: 60 });
    expect(found.steps.every(({ kind }) => kind === 'split')).toBe(true);
    const starts = found.targetLayout.map(({ startingHashKey }) => BigInt(startingHashKey));
    const [first, second] = keys.keys.map(({ hashKey }) => BigInt(hashKey));
    expect(starts.some((start) => first < start && start <= second)).toBe(true);
    // Half of the attempts that throttled were retries: measured 800 of 2,100, replayed as if all were new.
    expect(found.replay).toMatchObject({ gaps: [] });
    expect(found.before.throttled).toBeGreaterThan(0.2);
  });

  it('are not what merges are made by', () => {
    const found = recommend(streamOf([50, 50], 0), RECOMMEND_DEFAULTS);
    expect(found).toMatchObject({ verdict: 'UNDECIDED', steps: [] });
    expect(found.reasons).toContainEqual({ code: 'merges-held', why: 'loads-sampled', value: 60_000 });
  });
});
