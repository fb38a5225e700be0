import { describe, expect, it } from 'vitest';
import { ATTEMPT, type AttemptOutcome } from '../../src/model/outcome.ts';
import { createShardMap } from '../../src/model/shard-map.ts';
import { Ledger } from '../../src/results/ledger.ts';
import { LedgerMerge } from '../../src/results/ledger-merge.ts';
import type { LedgerPage } from '../../src/results/ledger-page.ts';
import { LatencyHistogram } from '../../src/results/latency.ts';
import type { RecordCounts } from '../../src/results/record-counts.ts';
import { COUNT_NAMES } from '../../src/results/outcome-counts.ts';
import { keyRowsOf, latenciesOf, shardRowsOf, totalsOf } from '../../src/results/run-document.ts';
import { Tally } from '../../src/results/tally.ts';
import { dictionaryOf, Pipeline, tallyOptionsOf } from '../../src/simulate/pipeline.ts';
import { RecentLoad } from '../../src/simulate/recent-load.ts';
import type { Batch } from '../../src/traffic/producer.ts';
import { PRESETS } from '../../src/traffic/producer-presets.ts';
import type { Scenario } from '../../src/traffic/scenario.ts';
import { type Split } from '../../src/traffic/split.ts';
import { scenarioOf, sourceAt } from '../traffic/scenarios.ts';

const SHARDS = 3;
const map = createShardMap(SHARDS);
const STEP_US = 20_000;
/** From a request to its reply. */
const SERVICE_US = 30_000;

/** Loads a shard above its limit for some seconds, has a hot key, and arrives by chance. */
function scenario(rest: Partial<Scenario> = {}): Scenario {
  const base = scenarioOf(
    [
      sourceAt(1500, 14, {
        arrivals: { kind: 'poisson' },
        keys: { kind: 'hot', share: 0.8, keys: 1, of: 400, template: 'key-{n}' },
        size: { kind: 'lognormal', median: 300, p99: 3000 },
      }),
      sourceAt(700, 14, { keys: { kind: 'zipf', count: 3000, exponent: 1, template: 'z-{n}' } }),
    ],
    { stream: { shards: SHARDS, maxRecordBytes: 1 << 20, retentionHours: 24, initialFill: 1 } },
  );
  return { ...base, warmupUs: 1_500_000, producer: { ...base.producer, batch: 40 }, ...rest };
}

/**
 * What becomes of a try, by the record and the number of the try alone: no matter who sends it, and when. In long
 * stretches all is well, so that there are requests of which nothing fails.
 */
function fateOf(k: number, attempts: number): AttemptOutcome {
  if (k % 1200 < 800) return ATTEMPT.accepted;
  const draw = (k * 7 + attempts * 3) % 11;
  if (draw < 7) return ATTEMPT.accepted;
  return draw === 7 ? ATTEMPT.failed : draw === 8 ? ATTEMPT.lost : ATTEMPT.throttled;
}

/** Plays a pipeline in virtual time to its end; every step it looks around, as a live load does. */
function play<T extends RecordCounts>(pipeline: Pipeline<T>, onStep: (nowUs: number) => void): void {
  const { producer } = pipeline;
  const onTheWay: { batch: Batch; untilUs: number }[] = [];
  for (let nowUs = 0; pipeline.offer.nextDueUs < Infinity || !producer.idle; nowUs += STEP_US) {
    while (onTheWay.length > 0 && onTheWay[0].untilUs <= nowUs) {
      const { batch } = onTheWay.shift() as { batch: Batch };
      const { records } = producer;
      const ends = batch.parcels?.ends ?? batch.slots.map((_, i) => i + 1);
      const outcomes = Array.from(ends, (_, i) => {
        const slot = batch.slots[i === 0 ? 0 : ends[i - 1]];
        return fateOf(records.k[slot], records.attempts[slot]);
      });
      pipeline.settle(batch, outcomes, nowUs);
    }
    pipeline.enterDue(nowUs);
    if (pipeline.offer.nextDueUs === Infinity) producer.flush();
    for (let batch = pipeline.nextBatch(nowUs); batch; batch = pipeline.nextBatch(nowUs)) {
      onTheWay.push({ batch, untilUs: nowUs + SERVICE_US });
    }
    onStep(Math.min(nowUs, pipeline.offer.nextDueUs));
  }
}

/** Everything that a report says of a tally. */
function told(tally: Tally, of: Scenario) {
  const dictionary = dictionaryOf(of);
  tally.load.finish(of.durationUs / 1_000_000);
  const { load, series } = tally;
  return {
    totals: totalsOf(tally, undefined),
    shards: shardRowsOf(tally, map),
    keys: keyRowsOf(tally, map, dictionary),
    series: series.until(
      of.durationUs,
      map.all.map(({ shardId }) => shardId),
    ),
    retries: series.retryTrace,
    hot: [...load.hotKeys].sort(([a], [b]) => a - b),
    verdict: [load.residuals, load.capped, load.cappedEndSec, load.endedUtilization],
    latencies: latenciesOf(tally),
  };
}

function alone(of: Scenario): ReturnType<typeof told> {
  const pipeline = new Pipeline(of, map, 3);
  play(pipeline, () => undefined);
  return told(pipeline.tally, of);
}

/** Sent by several, whose pages come one thread after the other, second by second, through a copy. */
function together(of: Scenario, count: number, keys?: number): ReturnType<typeof told> {
  const merge = new LedgerMerge(new Tally(tallyOptionsOf(of, map, 3)), count);
  const threads = Array.from({ length: count }, (_, index) => pagesOf(of, { index, count }, keys));
  for (let second = -2; threads.some(({ pages }) => pages.length > 0); second++) {
    threads.forEach(({ pages }, thread) => {
      while (pages.length > 0 && pages[0].untilSec <= second) {
        merge.add(thread, structuredClone((pages.shift() as { page: LedgerPage }).page));
      }
      merge.reach(thread, second);
    });
  }
  for (let thread = 0; thread < count; thread++) merge.reach(thread, Infinity);
  return told(merge.tally, of);
}

function pagesOf(of: Scenario, split: Split, keys?: number) {
  const pages: { page: LedgerPage; untilSec: number }[] = [];
  let second = -10;
  const part = {
    split,
    countsOf: (options: ConstructorParameters<typeof Ledger>[0]) =>
      new Ledger(options, (page) => pages.push({ page, untilSec: second + 1 }), keys),
  };
  const pipeline = new Pipeline<Ledger>(of, map, 3, new RecentLoad(), part);
  play(pipeline, (reachedUs) => {
    const reached = Math.floor((reachedUs - of.warmupUs) / 1_000_000);
    if (reached > second) pipeline.tally.close();
    second = Math.max(second, reached);
  });
  pipeline.tally.close();
  return { pages };
}

describe('the tally of several threads, looked at while they go on', () => {
  const WAITS = scenario({ producer: { ...scenario().producer, batch: 400, inFlight: 4 } });

  it('is of whole seconds: its keys, shards and latencies add up to the same, and nothing ends that was not offered', () => {
    const merge = new LedgerMerge(new Tally(tallyOptionsOf(WAITS, map, 3)), 2);
    const threads = [0, 1].map((index) => pagesOf(WAITS, { index, count: 2 }));
    const offered: number[] = [];
    for (let second = -2; threads.some(({ pages }) => pages.length > 0); second++) {
      threads.forEach(({ pages }, thread) => {
        // The second thread is ahead: what it has told already is of seconds that the other has not come to.
        while (pages.length > 0 && pages[0].untilSec <= second + 2 * thread)
          merge.add(thread, structuredClone((pages.shift() as { page: LedgerPage }).page));
        merge.reach(thread, second + 2 * thread);
      });
      const { shards, keys, response } = merge.tally;
      for (const name of COUNT_NAMES) expect(keys.sum(name), `${name} at ${second}`).toBe(shards.sum(name));
      expect(response.count).toBe(shards.sum('accepted'));
      for (let shard = 0; shard < SHARDS; shard++) {
        const { offered: due, accepted, throttled, failed, dropped } = shards.row(shard);
        expect(accepted + throttled + failed + dropped).toBeLessThanOrEqual(due);
      }
      offered.push(shards.sum('offered'));
    }
    expect(new Set(offered).size).toBeGreaterThan(10);
  });
});

const RETRYING = scenario({
  producer: {
    ...scenario().producer,
    retry: { policy: 'backoff', maxAttempts: 4, baseUs: 50_000, maxUs: 400_000 },
  },
});

describe('the ledger of a sending thread', () => {
  it.each([
    ['without retries', scenario()],
    ['with retries', RETRYING],
    ['that lasts no whole number of seconds', { ...scenario(), durationUs: 13_300_000 }],
  ])('of one thread is the tally of the load %s, to the last latency', (_, of) => {
    const { keys, ...rest } = together(of, 1);
    const { keys: expectedKeys, ...expected } = alone(of);
    expect(rest).toEqual(expected);
    expect(keys).toEqual(expectedKeys);
  });

  it('of the KPL is it too, but for the rounding of parts of packed records', () => {
    const of = scenario({ producer: PRESETS.kpl });
    const rounded = (all: unknown): unknown =>
      JSON.parse(JSON.stringify(all), (_, value: unknown) =>
        typeof value === 'number' ? Number(value.toPrecision(12)) : value,
      );
    expect(rounded(together(of, 1))).toEqual(rounded(alone(of)));
  });

  it('is the same however small its pages are', () => {
    expect(together(RETRYING, 1, 2048)).toEqual(alone(RETRYING));
  });

  it.each([2, 3, 5])('of %d threads adds up to what one would have offered', (count) => {
    const of = scenario();
    const [one, many] = [alone(of), together(of, count)];
    // When a request is answered, and with which others, is each thread's own.
    const offered = ({ totals, shards, keys, series, hot, verdict, latencies }: typeof one) => ({
      totals: { ...totals, requests: 0 },
      shards,
      keys,
      series: {
        offered: series.offered,
        bytes: series.bytes,
        shards: series.shards.map((row) => row.offered),
      },
      ...{ hot, verdict },
      counts: [latencies.response.count, latencies.service.count],
    });
    expect(offered(many)).toEqual(offered(one));
    expect(one.hot).toHaveLength(1);
  });

  it('holds what it says of the heaviest keys when there are more keys than places', () => {
    const of = scenario();
    const tally = new Tally({ ...tallyOptionsOf(of, map, 3), keyPlaces: 300 });
    const merge = new LedgerMerge(tally, 2);
    for (const index of [0, 1]) {
      for (const { page } of pagesOf(of, { index, count: 2 }).pages) merge.add(index, page);
    }
    for (const index of [0, 1]) merge.reach(index, Infinity);
    const exact = new Map(alone(of).keys.map(({ key, records }) => [key, records]));
    const rows = keyRowsOf(tally, map, dictionaryOf(of));
    for (const { key, records, error } of rows.slice(0, 3)) {
      expect(records).toBeGreaterThanOrEqual(exact.get(key) ?? NaN);
      expect(records - error).toBeLessThanOrEqual(exact.get(key) ?? NaN);
    }
  });
});

describe('a histogram that is given away in parts', () => {
  it('adds up to the whole, sum and maximum exactly', () => {
    const whole = new LatencyHistogram();
    const from = new LatencyHistogram();
    const to = new LatencyHistogram();
    for (let i = 1; i < 5000; i++) {
      const us = (i * i * 7919) % 4_000_000_007;
      whole.record(us, i % 4);
      from.record(us, i % 4);
      if (i % 700 === 0) to.add(structuredClone(from.take()));
    }
    to.add(from.take());
    expect(to.summary()).toEqual(whole.summary());
    expect(from.count).toBe(0);
  });
});
