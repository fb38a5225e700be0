import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HASH_SPACE, parseHashKey } from '../../../src/model/hash-key.ts';
import { uniformRanges, type HashRange } from '../../../src/model/hash-range.ts';
import { shardIdOf } from '../../../src/model/shard-map.ts';
import { recommend, type Recommendation } from '../../../src/advice/recommend/recommend.ts';
import {
  RECOMMEND_DEFAULTS,
  type RecommendOptions,
} from '../../../src/advice/recommend/recommend-options.ts';
import { DAY, evidenceOf, steady, type MadeShard, type MadeStream } from './evidence-of.ts';

const OPTIONS: RecommendOptions = { ...RECOMMEND_DEFAULTS, burstFactor: 1 };
/** Records per second that a shard is planned for, and that what is made anew is held to. */
const LIMIT = 800;
const BAND = 720;

function of(made: MadeStream, options: Partial<RecommendOptions> = {}): Recommendation {
  return recommend(evidenceOf(made), { ...OPTIONS, ...options });
}

const rangesOf = (found: Recommendation): HashRange[] =>
  found.targetLayout.map(({ startingHashKey, endingHashKey }) => ({
    start: parseHashKey(startingHashKey) ?? -1n,
    end: parseHashKey(endingHashKey) ?? -1n,
  }));

/** A stream whose load is spread evenly within pieces of the hash space, seen through any layout. */
function seenThrough(
  ranges: readonly HashRange[],
  pieces: readonly { readonly range: HashRange; readonly records: ArrayLike<number> }[],
  steps: number,
): MadeStream {
  const shards = ranges.map((range): MadeShard => {
    const records = new Float64Array(steps);
    for (const piece of pieces) {
      const start = piece.range.start > range.start ? piece.range.start : range.start;
      const end = piece.range.end < range.end ? piece.range.end : range.end;
      if (end < start) continue;
      const part = Number(end - start + 1n) / Number(piece.range.end - piece.range.start + 1n);
      for (let step = 0; step < steps; step++) records[step] += piece.records[step] * part;
    }
    return { range, records };
  });
  return { steps, shards };
}

/** The least number of runs of neighbours, by trying every set of boundaries. */
function leastByForce(loads: readonly ArrayLike<number>[], steps: number): number {
  let least = loads.length;
  for (let set = 0; set < 1 << (loads.length - 1); set++) {
    const runs: number[][] = [[0]];
    for (let i = 1; i < loads.length; i++)
      if (set & (1 << (i - 1))) runs.push([i]);
      else runs[runs.length - 1].push(i);
    const fits = runs.every(
      (run) =>
        run.length === 1 ||
        Array.from({ length: steps }, (_, step) => run.reduce((sum, i) => sum + loads[i][step], 0)).every(
          (sum) => sum <= BAND,
        ),
    );
    if (fits) least = Math.min(least, runs.length);
  }
  return least;
}

describe('the layout that is offered', () => {
  it('has as few shards as any set of the boundaries of now that fits in every minute', () => {
    const pattern = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 2, maxLength: 7 }), (patterns) => {
        const ranges = uniformRanges(patterns.length);
        const loads = patterns.map((levels) =>
          Float64Array.from({ length: DAY }, (_, step) => levels[step % 3]),
        );
        const found = of({ steps: DAY, shards: loads.map((records, i) => ({ range: ranges[i], records })) });
        expect(found.after.shards).toBe(leastByForce(patterns, 3));
        expect(found.steps).toHaveLength(patterns.length - found.after.shards);
      }),
      { numRuns: 25 },
    );
  });

  /** Where no keys are known boundaries of now are kept, though equal ranges across them may be one fewer. */
  it('needs no more shards than equal ranges that fit, or than cutting each shard by itself, and never replays worse', () => {
    const level = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 900, max: 2500 }));
    fc.assert(
      fc.property(fc.array(level, { minLength: 4, maxLength: 24 }), (levels) => {
        const found = of(steady(levels));
        const { resize } = found.alternatives;
        const byItself = levels.reduce((sum, load) => sum + Math.max(1, Math.ceil(load / BAND)), 0);
        const most = Math.max(resize?.shards ?? 0, byItself);
        expect(found.after.shards).toBeLessThanOrEqual(most);
        expect(found.after.throttled ?? 0).toBeLessThanOrEqual((found.before.throttled ?? 0) + 1e-6);
        const starts = rangesOf(found);
        expect(starts[0].start).toBe(0n);
        for (let i = 1; i < starts.length; i++) expect(starts[i].start).toBe(starts[i - 1].end + 1n);
      }),
      { numRuns: 25 },
    );
  });

  it('is right when it is asked about again, with no steps', () => {
    const level = fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 700, max: 2500 }));
    fc.assert(
      fc.property(fc.array(level, { minLength: 1, maxLength: 10 }), (levels) => {
        const made = steady(levels);
        const first = of(made);
        const again = of(seenThrough(rangesOf(first), made.shards, DAY));
        expect(again.verdict).toBe('RIGHT_SIZED');
        expect(again.steps).toEqual([]);
        expect(again.fingerprint).toBe(first.targetFingerprint);
      }),
      { numRuns: 25 },
    );
  });

  it('does not flap with the hours of the day: after one change every day of the next week is right', () => {
    const week = 14 * DAY;
    const levels = [150, 1400, 80, 500, 60, 90, 700, 40];
    const cycle = (step: number): number => 0.3 + 0.7 * (1 - Math.abs((step % DAY) - 720) / 720);
    const noise = (step: number, shard: number): number =>
      0.95 + (((step * 7919 + shard * 104_729) % 1009) / 1009) * 0.1;
    const ranges = uniformRanges(levels.length);
    const pieces = levels.map((top, i) => ({
      range: ranges[i],
      records: Float64Array.from({ length: week }, (_, step) => top * cycle(step) * noise(step, i)),
    }));
    const slice = (layout: readonly HashRange[], fromDay: number): MadeStream =>
      seenThrough(
        layout,
        pieces.map(({ range, records }) => ({
          range,
          records: records.slice(fromDay * DAY, (fromDay + 2) * DAY),
        })),
        2 * DAY,
      );
    const first = of(slice(ranges, 0));
    expect(first.verdict).toBe('UNDER_PROVISIONED');
    const layout = rangesOf(first);
    for (let day = 1; day < 8; day++)
      expect(of(slice(layout, day)), `day ${day}`).toMatchObject({ verdict: 'RIGHT_SIZED', steps: [] });
    // Nights alone do not make it too large either: a window of less than a day is not enough to merge.
    const night = of(
      seenThrough(
        layout,
        pieces.map(({ range, records }) => ({ range, records: records.slice(0, 180) })),
        180,
      ),
    );
    expect(night.verdict).not.toBe('OVER_PROVISIONED');
    expect(night.steps).toEqual([]);
  });

  it('opens no more shards on the way than it may, and says where that is not possible', () => {
    const full = steady([1500, 100, 100, 100, 100, 1500]);
    const free = of(full);
    expect([free.before.shards, free.after.shards, free.peakShards]).toEqual([6, 6, 10]);
    const held = of(full, { maxShards: 8 });
    expect(held.after.shards).toBe(6);
    expect(held.peakShards).toBeLessThanOrEqual(8);
    expect(held.targetFingerprint).toBe(free.targetFingerprint);
    const none = of(full, { maxShards: 6 });
    expect(none).toMatchObject({ verdict: 'UNDER_PROVISIONED', steps: [] });
    expect(none.targetFingerprint).toBe(none.fingerprint);
    expect(none.reasons).toContainEqual(
      expect.objectContaining({ code: 'steps-withheld', why: 'max-shards' }),
    );
  });

  it('never has a shard on the way that is wider than one of now or of the target', () => {
    const level = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 900, max: 2500 }));
    fc.assert(
      fc.property(fc.array(level, { minLength: 2, maxLength: 10 }), fc.nat(3), (levels, spare) => {
        const made = steady(levels);
        const found = of(made, { maxShards: of(made).after.shards + spare });
        const allowed = [...made.shards.map(({ range }) => range), ...rangesOf(found)];
        const lies = (start: bigint, end: bigint): boolean =>
          allowed.some((range) => range.start <= start && end <= range.end);
        for (const { startingHashKey, endingHashKey } of found.steps)
          expect(lies(BigInt(startingHashKey), BigInt(endingHashKey))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('leaves all but the hot shards alone where the fewest steps are asked for', () => {
    const made = steady([1500, 100, 100, 100]);
    expect(of(made).steps.some(({ kind }) => kind === 'merge')).toBe(true);
    const fewest = of(made, { prefer: 'fewest-steps' });
    expect(fewest.steps.every(({ kind }) => kind === 'split')).toBe(true);
    expect(fewest.reasons).toContainEqual({ code: 'merges-held', why: 'fewest-steps' });
  });
});

describe('a change of the layout within the window', () => {
  const halves = uniformRanges(2);
  const whole = { start: 0n, end: HASH_SPACE - 1n };
  const before = Float64Array.from({ length: DAY }, (_, step) => (step < 600 ? 700 : 0));
  const after = Float64Array.from({ length: DAY }, (_, step) => (step < 600 ? 0 : 350));
  const split: MadeStream = {
    steps: DAY,
    shards: [
      ...halves.map((range, i) => ({
        range,
        records: after,
        shardId: shardIdOf(i + 1),
        parents: [shardIdOf(0)],
      })),
      { range: whole, records: before, shardId: shardIdOf(0), open: false },
    ],
  };

  it('leaves the load of a shard that was split open: all of it may be one child’s', () => {
    const { hottest } = of(split).before;
    expect([hottest?.lower, hottest?.upper]).toEqual([expect.closeTo(0.35, 9), expect.closeTo(0.7, 9)]);
    const hot = {
      ...split,
      shards: split.shards.map((shard) =>
        shard.open === false ? { ...shard, records: before.map((load) => load * 1.2) } : shard,
      ),
    };
    expect(of(hot)).toMatchObject({
      verdict: 'UNDECIDED',
      reasons: [{ code: 'open-question', question: 'load-of-closed-shard', shards: 2 }],
    });
  });

  it('gives a merged shard the peak of its parents’ sum', () => {
    const merged: MadeStream = {
      steps: DAY,
      shards: [
        { range: whole, records: after, shardId: shardIdOf(2), parents: [shardIdOf(0), shardIdOf(1)] },
        {
          range: halves[0],
          records: before.map((load, i) => (i % 2 === 0 ? load : 0)),
          shardId: shardIdOf(0),
          open: false,
        },
        {
          range: halves[1],
          records: before.map((load, i) => (i % 2 === 1 ? load : 0)),
          shardId: shardIdOf(1),
          open: false,
        },
      ],
    };
    const { hottest } = of(merged).before;
    expect([hottest?.lower, hottest?.upper]).toEqual([expect.closeTo(0.7, 9), expect.closeTo(0.7, 9)]);
  });

  it('is not right where the shard that is closed now throttled', () => {
    const throttled = Float64Array.from({ length: DAY }, (_, step) => (step === 5 ? 1 : 0));
    const shards = split.shards.map((shard) => (shard.open === false ? { ...shard, throttled } : shard));
    expect(of({ ...split, shards })).toMatchObject({
      verdict: 'UNDECIDED',
      reasons: [{ question: 'throttled-before-change', shardId: shardIdOf(0) }],
    });
  });
});

it('a shard that is planned full is not cut, and one above it is', () => {
  expect(of(steady([LIMIT, LIMIT])).steps).toEqual([]);
  expect(of(steady([LIMIT + 1, LIMIT])).steps).toHaveLength(1);
});
