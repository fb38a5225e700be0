import { describe, expect, it } from 'vitest';
import { uniformRanges } from '../../../src/model/hash-range.ts';
import { recommend, type Recommendation } from '../../../src/advice/recommend/recommend.ts';
import {
  RECOMMEND_DEFAULTS,
  type RecommendOptions,
} from '../../../src/advice/recommend/recommend-options.ts';
import { DAY, evidenceOf, START_MS, steady, type MadeStream } from './evidence-of.ts';

function of(made: MadeStream, options: Partial<RecommendOptions> = {}): Recommendation {
  return recommend(evidenceOf(made), { ...RECOMMEND_DEFAULTS, ...options });
}

const HALF = uniformRanges(2);

describe('a verdict', () => {
  it('is that shards are too few where one is above the limit less headroom, and cuts that one alone', () => {
    const { verdict, steps, after } = of(steady([300, 1000, 300, 300]));
    expect(verdict).toBe('UNDER_PROVISIONED');
    expect(steps).toMatchObject([{ kind: 'split', shardId: 'shardId-000000000001' }]);
    expect(after.shards).toBe(5);
  });

  it('is that they are right where every minute fits and no two neighbours fit on one', () => {
    const found = of(steady([500, 500, 500, 500]));
    expect(found).toMatchObject({ verdict: 'RIGHT_SIZED', steps: [] });
    expect(found.targetFingerprint).toBe(found.fingerprint);
  });

  it('is that they are too many where fewer carry every minute within 0.9 of the planning limit', () => {
    // 1,000 x 0.8 / 1.25 x 0.9 = 576 records/s: 288 twice fits, 289 twice does not.
    expect(of(steady([288, 288])).verdict).toBe('OVER_PROVISIONED');
    expect(of(steady([289, 288])).verdict).toBe('RIGHT_SIZED');
  });

  it('goes by the peak of the sum, not by the sum of peaks', () => {
    const day = Float64Array.from({ length: DAY }, (_, step) => (step % 2 === 0 ? 500 : 50));
    const night = Float64Array.from({ length: DAY }, (_, step) => (step % 2 === 1 ? 500 : 50));
    const apart = { steps: DAY, shards: [day, night].map((records, i) => ({ range: HALF[i], records })) };
    expect(of(apart)).toMatchObject({ verdict: 'OVER_PROVISIONED', after: { shards: 1 } });
    expect(of(apart).after.hottest?.upper).toBeCloseTo((550 * 1.25) / 1000, 6);
    const together = { steps: DAY, shards: [day, day].map((records, i) => ({ range: HALF[i], records })) };
    expect(of(together).verdict).toBe('RIGHT_SIZED');
  });

  it('is never right or too many where a shard throttled, not even in the minute that is not complete', () => {
    for (const minute of [0, 700, DAY - 1]) {
      const throttled = new Float64Array(DAY);
      throttled[minute] = 1 / 60;
      const { shards, steps } = steady([100, 100]);
      const made = { steps, shards: [{ ...shards[0], throttled }, shards[1]] };
      expect(of(made).verdict).toBe('UNDECIDED');
      const newest = of({ ...made, series: { complete: DAY - 2 } });
      expect(newest.verdict).toBe('UNDECIDED');
      expect(newest.steps).toEqual([]);
    }
  });

  it('is open where only retries may be above, and says what would decide', () => {
    const { shards, steps } = steady([500, 300]);
    const throttled = new Float64Array(steps).fill(400);
    const found = of({ steps, shards: [{ ...shards[0], throttled }, shards[1]] });
    expect(found.verdict).toBe('UNDECIDED');
    expect(found.reasons[0]).toMatchObject({
      code: 'open-question',
      question: 'throttled-or-retried',
      shardId: 'shardId-000000000000',
    });
  });

  it('is open without metrics of shards, where the hottest may be anything', () => {
    const made = steady([300, 300, 300]);
    expect(of({ ...made, series: { shards: new Map() } })).toMatchObject({
      verdict: 'UNDECIDED',
      reasons: [{ code: 'open-question', question: 'no-shard-metrics' }],
    });
    const full = of({ ...steady([900, 900]), series: { shards: new Map() } });
    expect(full).toMatchObject({ verdict: 'UNDER_PROVISIONED', reasons: [{ code: 'stream-above' }, {}] });
    expect(full.steps).toHaveLength(2);
  });

  it('is open without any metrics', () => {
    expect(recommend({ ...evidenceOf(steady([1, 2])), metrics: null }, RECOMMEND_DEFAULTS)).toMatchObject({
      verdict: 'UNDECIDED',
      reasons: [{ question: 'no-metrics' }],
      before: { hottest: null },
    });
  });
});

describe('merges', () => {
  const few = steady([100, 100]);

  it.each([
    ['63 days', { coarse: [] }, 'no-63d'],
    ['455 days', { coarse: evidenceOf(few).coarse.slice(0, 1) }, 'no-455d'],
  ] as const)('are not offered where nobody looked at the %s before', (_, evidence, why) => {
    const found = of({ ...few, evidence });
    expect(found).toMatchObject({ verdict: 'UNDECIDED', steps: [] });
    expect(found.reasons).toContainEqual({ code: 'merges-held', why });
  });

  it('are not offered where the past was busier than the window', () => {
    const coarse = evidenceOf(few).coarse.map((peaks) => ({
      ...peaks,
      stream: { recordsPerSec: 1200, bytesPerSec: 120_000 },
    }));
    expect(of({ ...few, evidence: { coarse } }).verdict).toBe('RIGHT_SIZED');
  });

  it.each(['63d', '455d'] as const)(
    'are not offered where metrics of shards are younger than the peak of the stream in the last %s',
    (reach) => {
      const four = steady([100, 100, 100, 100]);
      const recent = evidenceOf(four).coarse.map((peaks) => ({
        ...peaks,
        // What shards have counted since their metrics were switched on.
        shards: new Map(
          Array.from({ length: 4 }, (_, i) => [
            `shardId-00000000000${i}`,
            { recordsPerSec: 100, bytesPerSec: 10_000 },
          ]),
        ),
      }));
      expect(of({ ...four, evidence: { coarse: recent } })).toMatchObject({ after: { shards: 1 } });
      for (const then of [
        { recordsPerSec: 3000, bytesPerSec: 300_000 },
        // 3 MB/s of larger records: bytes alone say it.
        { recordsPerSec: 400, bytesPerSec: 3_000_000 },
      ]) {
        const coarse = recent.map((peaks) => (peaks.reach === reach ? { ...peaks, stream: then } : peaks));
        // 3,000 / 4 = 750 each, and two of them are more than a shard takes.
        expect(of({ ...four, evidence: { coarse } })).toMatchObject({ verdict: 'RIGHT_SIZED', steps: [] });
      }
    },
  );

  it('go by the peaks of shards where these reach as far back as that of the stream', () => {
    const four = steady([100, 100, 100, 100]);
    const peaks = [100, 100, 100, 2700];
    const coarse = evidenceOf(four).coarse.map((look) => ({
      ...look,
      stream: { recordsPerSec: 3000, bytesPerSec: 300_000 },
      shards: new Map(
        peaks.map((peak, i) => [`shardId-00000000000${i}`, { recordsPerSec: peak, bytesPerSec: peak * 100 }]),
      ),
    }));
    // Three that were never busier go together; the fourth stays alone.
    expect(of({ ...four, evidence: { coarse } }).after.shards).toBe(2);
  });

  it('are not offered where the stream is idle now, and its peak by width is more than a shard takes', () => {
    const idle = steady([0, 0]);
    const coarse = evidenceOf(idle).coarse.map((look) => ({
      ...look,
      stream: { recordsPerSec: 1200, bytesPerSec: 120_000 },
    }));
    expect(of({ ...idle, evidence: { coarse } }).steps).toEqual([]);
  });

  it('are offered where the past differs from the window by rounding alone', () => {
    // One after the other: together never more than 510, but 1,000 were the peaks to meet.
    const first = Float64Array.from({ length: DAY }, (_, step) => (step < 700 ? 500 : 10));
    const second = Float64Array.from({ length: DAY }, (_, step) => (step < 700 ? 10 : 500));
    const made = { steps: DAY, shards: [first, second].map((records, i) => ({ range: HALF[i], records })) };
    const coarse = evidenceOf(made).coarse.map((look) => ({
      ...look,
      stream: { recordsPerSec: 510 * (1 + 2 ** -52), bytesPerSec: 51_000 * (1 + 2 ** -52) },
    }));
    expect(of({ ...made, evidence: { coarse } })).toMatchObject({
      ...{ verdict: 'OVER_PROVISIONED', after: { shards: 1 } },
    });
  });

  it('wait while consumers lag, for a whole day of load, and for the layout to cool off', () => {
    const lagging = of({
      ...few,
      series: {
        stream: {
          ...evidenceOf(few).metrics?.stream,
          'GetRecords.IteratorAgeMilliseconds': new Float64Array(DAY).fill(90_000),
        },
      },
    });
    expect(lagging).toMatchObject({ verdict: 'RIGHT_SIZED', steps: [] });
    expect(lagging.reasons).toContainEqual({ code: 'merges-held', why: 'consumers-lag', value: 90_000 });
    expect(of(steady([100, 100], DAY - 1)).verdict).toBe('UNDECIDED');
    const lastMs = START_MS + 60_000 * 700;
    const changed = { ...few, shards: few.shards.map((shard) => ({ ...shard, openedBeforeMs: lastMs })) };
    const cooling = of(changed);
    expect(cooling).toMatchObject({ verdict: 'RIGHT_SIZED', steps: [], lastChangeMs: lastMs });
    expect(cooling.reasons).toContainEqual({
      code: 'merges-held',
      why: 'cool-off',
      untilMs: lastMs + RECOMMEND_DEFAULTS.coolOffMs,
    });
    expect(of(changed, { coolOffMs: 3_600_000 }).verdict).toBe('OVER_PROVISIONED');
  });
});
