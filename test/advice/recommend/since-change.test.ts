import { describe, expect, it } from 'vitest';
import { recommend, type Recommendation } from '../../../src/advice/recommend/recommend.ts';
import { RECOMMEND_DEFAULTS } from '../../../src/advice/recommend/recommend-options.ts';
import { uniformRanges } from '../../../src/model/hash-range.ts';
import { HASH_SPACE } from '../../../src/model/hash-key.ts';
import { shardIdOf } from '../../../src/model/shard-map.ts';
import { evidenceOf, START_MS, steady, type MadeStream } from './evidence-of.ts';

const STEPS = 120;
const CHANGE = 90;
const whole = { start: 0n, end: HASH_SPACE - 1n };
const column = (of: (step: number) => number, steps = STEPS): Float64Array =>
  Float64Array.from({ length: steps }, (_, step) => of(step));

/** One shard that throttled at its limit was split in two, at step 90; each half is offered as much as said. */
function splitStream(half: number, rest: Partial<MadeStream> = {}, steps = STEPS): MadeStream {
  return {
    steps,
    shards: [
      ...uniformRanges(2).map((range, i) => ({
        range,
        records: column((step) => (step < CHANGE ? 0 : half), steps),
        ...{ shardId: shardIdOf(i + 1), parents: [shardIdOf(0)], openedBeforeMs: START_MS + CHANGE * 60_000 },
      })),
      {
        ...{ range: whole, shardId: shardIdOf(0), open: false },
        records: column((step) => (step < CHANGE ? 1000 : 0), steps),
        throttled: column((step) => (step < CHANGE ? 100 : 0), steps),
      },
    ],
    ...rest,
  };
}

const of = (made: MadeStream): Recommendation => recommend(evidenceOf(made), RECOMMEND_DEFAULTS);

describe('a layout that was changed because it throttled', () => {
  it('is right where it fits what was seen since, and throttling is said to have ended', () => {
    const found = of(splitStream(550));
    expect(found).toMatchObject({ verdict: 'RIGHT_SIZED', steps: [], before: { shards: 2 } });
    expect(found.reasons[0]).toEqual({
      ...{ code: 'since-change', sinceMs: START_MS + CHANGE * 60_000, steps: 30 },
      ...{ attempts: 30 * 60 * 1100, throttledBefore: CHANGE * 60 * 100, busiest: 1 },
    });
    expect(found.reasons).toContainEqual(expect.objectContaining({ code: 'merges-held', why: 'cool-off' }));
    // 550 x 1.25, of the halves alone; what throttled is still of the whole window.
    expect(found.before.hottest?.upper).toBeCloseTo(0.6875, 9);
    expect(found.throttling?.throttledAttempts).toBe(CHANGE * 60 * 100);
  });

  it('holds merges as long as the change is in the window, also after it has cooled off', () => {
    const late = recommend(evidenceOf(splitStream(560)), { ...RECOMMEND_DEFAULTS, coolOffMs: 60_000 });
    expect(late.verdict).toBe('RIGHT_SIZED');
    expect(late.reasons).toContainEqual({ code: 'merges-held', why: 'changed-in-window' });
  });

  it.each([
    ['four steps alone', splitStream(550, {}, CHANGE + 4)],
    ['a load that went away', splitStream(200)],
    ['a load in which the fullest shard would not fit if it were as busy as before', unevenStream()],
  ])('is open after %s', (_, made) => {
    const found = of(made);
    expect(found).toMatchObject({ verdict: 'UNDECIDED', steps: [] });
    expect(found.reasons.map(({ code }) => code)).toEqual(['open-question', 'since-change']);
    expect(found.reasons[0]).toMatchObject({ question: 'too-little-since-change' });
  });

  it('is not right where it has throttled since, also in a minute that is not complete', () => {
    const made = splitStream(550);
    const throttled = column((step) => (step === STEPS - 1 ? 1 : 0));
    const shards = made.shards.map((shard, i) => (i === 0 ? { ...shard, throttled } : shard));
    for (const complete of [STEPS, STEPS - 2])
      expect(of({ ...made, shards, series: { complete } }).verdict).toBe('UNDECIDED');
  });

  it('is right in a window that begins after it, however short, with merges held', () => {
    const small = steady([100, 100], 30);
    expect(of(small).verdict).toBe('UNDECIDED');
    const evidence = evidenceOf(small);
    const shards = evidence.shards.map((shard) => ({ ...shard, isParentKept: true }));
    const found = recommend({ ...evidence, shards }, RECOMMEND_DEFAULTS);
    expect(found).toMatchObject({ verdict: 'RIGHT_SIZED', steps: [] });
    expect(found.reasons).toContainEqual({ code: 'merges-held', why: 'window-too-short', value: 1_800_000 });
  });
});

/** 700 in all, of 1,100 before: 500 x 1.25 fits within 80 %, at 1,100 in all it would not. */
function unevenStream(): MadeStream {
  const made = splitStream(0);
  const loads = [500, 200];
  const shards = made.shards.map((shard, i) =>
    i < 2 ? { ...shard, records: column((step) => (step < CHANGE ? 0 : loads[i])) } : shard,
  );
  return { ...made, shards };
}

describe('trouble in the newest minutes', () => {
  /** It began in the last seconds of a minute that is complete, and fills those that are not. */
  const records = column((step) => (step < 115 ? 60 : step === 115 ? 75 : 1000));
  const throttled = column((step) => (step < 115 ? 0 : step === 115 ? 3 : 300));
  const [range, other] = uniformRanges(2);
  const made: MadeStream = {
    steps: STEPS,
    shards: [
      { range, records, throttled },
      { range: other, records: column(() => 60) },
    ],
    series: { complete: 116 },
  };

  it('is not taken for bursts, whether shards have metrics or not', () => {
    for (const series of [made.series, { ...made.series, shards: new Map() }])
      expect(of({ ...made, series })).toMatchObject({
        verdict: 'UNDECIDED',
        reasons: [
          { code: 'open-question', question: 'throttled-just-now', shards: expect.any(Number) as number },
        ],
      });
  });

  it('is bursts where a shard has throttled for longer at a low mean', () => {
    const longer = column((step) => (step >= 60 ? 3 : 0));
    const shards = [{ ...made.shards[0], records: column(() => 60), throttled: longer }, made.shards[1]];
    expect(of({ ...made, shards })).toMatchObject({
      reasons: [{ question: 'burst-within-step', shards: 1 }],
    });
  });
});
