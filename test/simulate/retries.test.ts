import { describe, expect, it } from 'vitest';
import { retrySummaryOf } from '../../src/results/retry-recovery.ts';
import { totalsOf } from '../../src/results/run-document.ts';
import type { RetrySummary, Totals } from '../../src/results/report-document.ts';
import { simulateExactly } from '../../src/simulate/exact.ts';
import { PLAIN_PRODUCER, PRESETS, RETRY_DEFAULTS } from '../../src/traffic/producer-presets.ts';
import type { ProducerSpec, Retry, Scenario, Source } from '../../src/traffic/scenario.ts';
import { scenarioOf, sourceAt, uniformKeys } from '../traffic/scenarios.ts';

const MIB = 1024 * 1024;

interface Played {
  readonly totals: Totals;
  readonly retry: RetrySummary;
  readonly series: { readonly accepted: readonly number[]; readonly retries?: readonly number[] };
}

/** One shard with empty buckets, so that the steady state is there from the first second. */
function play(
  sources: readonly Source[],
  producer: Partial<ProducerSpec>,
  rest: Partial<Scenario> = {},
  serviceUs = 20_000,
): Played {
  const scenario = scenarioOf(sources, {
    stream: { shards: 1, maxRecordBytes: MIB, retentionHours: 24, initialFill: 0 },
    producer: { ...PLAIN_PRODUCER, ...producer },
    ...rest,
  });
  const { pipeline, map } = simulateExactly(scenario, { serviceUs, z: 3 });
  pipeline.tally.load.finish(scenario.durationUs / 1_000_000);
  const totals = totalsOf(pipeline.tally, '0');
  expect(totals.accepted + totals.throttled + totals.failed + totals.dropped).toBe(totals.offered);
  expect(totals.accepted + totals.throttledAttempts + totals.failedAttempts).toBe(totals.attempts);
  expect(totals.retries).toBe(totals.attempts - (totals.offered - totals.dropped));
  const retry = retrySummaryOf(pipeline.tally.series.retryTrace, totals.offered, totals.attempts);
  return {
    totals,
    retry,
    series: pipeline.tally.series.until(
      scenario.durationUs,
      map.open.map((s) => s.shardId),
    ),
  };
}

/** A spike in the middle of a constant rate. */
function spike(rate: number, top: number, seconds: readonly [number, number, number]): Source {
  const [before, during, after] = seconds;
  const stage = (sec: number, perSec: number) => ({ durationUs: sec * 1_000_000, from: perSec, to: perSec });
  return sourceAt(rate, 1, { stages: [stage(before, rate), stage(during, top), stage(after, rate)] });
}

const AT_ONCE: Retry = { policy: 'backoff', maxAttempts: 60_000, baseUs: 1, maxUs: 1 };

describe('a retry storm worked out by hand', () => {
  it('500 records at once against an empty bucket that refills one record a millisecond', () => {
    // A request takes 100 ms, and one that is not full lingers for 100 ms:
    //   0 ms: 500 tried, 0 tokens; 100 ms: 500 tried, 100 accepted; 300 ms: 400 tried, 200 accepted; 500 ms: 200, 200.
    const burst = sourceAt(500, 1, { arrivals: { kind: 'bursts', everyUs: 1_000_000, withinUs: 1 } });
    const { totals, retry } = play([burst], { retry: AT_ONCE, inFlight: 1 }, {}, 100_000);
    expect(totals).toMatchObject({ offered: 500, accepted: 500, throttled: 0, requests: 4 });
    expect(totals.attempts).toBe(500 + 500 + 400 + 200);
    expect(retry.amplification).toBe(3.2);
  });
});

describe('under lasting overload', () => {
  const SECONDS = 120;
  const policies: readonly [string, Partial<ProducerSpec>][] = [
    ['no retries', {}],
    ['the policy of the SDK', { retry: RETRY_DEFAULTS.sdk }],
    ['backoff', { retry: RETRY_DEFAULTS.backoff }],
    ['backoff without an end', { retry: { ...RETRY_DEFAULTS.backoff, maxAttempts: 60_000 } }],
    ['retries at once', { retry: { ...AT_ONCE, maxAttempts: 5 } }],
    ['the policy of the KPL', { retry: RETRY_DEFAULTS.kpl, inFlight: 24 }],
  ];

  it.each(policies)('%s accept r/l of the records', (_, producer) => {
    // From the second minute on, when the queue in front of the producer is as full as it gets.
    const during = play([sourceAt(1500, SECONDS)], producer).series.accepted.slice(60, SECONDS - 1);
    const mean = during.reduce((sum, n) => sum + n, 0) / during.length;
    expect(mean / 1500).toBeCloseTo(1000 / 1500, 2);
  });

  it('retries change only the attempts', () => {
    const plain = play([sourceAt(1500, 30)], {});
    const again = play([sourceAt(1500, 60)], {
      retry: { policy: 'backoff', maxAttempts: 5, baseUs: 400_000, maxUs: 400_000 },
    });
    expect(plain.retry.amplification).toBe(1);
    expect(again.retry.amplification).toBeGreaterThan(1.5);
    expect(plain.retry.state).toBe('overloaded');
    expect(again.retry.state).toBe('overloaded');
    // Five tries of independent chance: 1/(rho a), a = 1 - (1 - 1/rho)^(1/5), rho = 1.5; within 14 % (math, section 4).
    const formula = 1 / (1.5 * (1 - Math.pow(1 / 3, 1 / 5)));
    expect(Math.abs(again.retry.amplification / formula - 1)).toBeLessThan(0.14);
  });
});

describe('after a spike', () => {
  const policies: readonly [string, Retry][] = [
    ['retries without an end', AT_ONCE],
    ['backoff without an end', { policy: 'backoff', maxAttempts: 60_000, baseUs: 50_000, maxUs: 200_000 }],
  ];

  it.each(policies)('%s end Q/(r - l) after it', (_, retry) => {
    // 20 s at 600/s leave the bucket full (1,000); 5 s at 2,000/s are 10,000 against 1,000 + 5,000: Q = 4,000 over.
    // Q/(r - l) = 4,000/(1,000 - 600) = 10 s: the last retry comes 35 s after the start.
    const { totals, retry: summary, series } = play([spike(600, 2000, [20, 5, 35])], { retry });
    expect(totals.accepted).toBe(totals.offered);
    const last = series.retries?.findLastIndex((count) => count > 0);
    expect(last).toBeGreaterThanOrEqual(34);
    expect(last).toBeLessThanOrEqual(35);
    expect(summary).toMatchObject({ state: 'recovered', spikeEndMs: 25_000, drainMs: 10_000 });
    expect(Math.abs((summary.calmMs ?? 0) - 10_000)).toBeLessThanOrEqual(1000);
  });

  it('a run that ends too early is undecided, one without a spike is calm', () => {
    expect(play([spike(600, 2000, [20, 5, 16])], { retry: AT_ONCE }).retry.state).toBe('undecided');
    expect(
      play(
        [sourceAt(600, 30)],
        { retry: AT_ONCE },
        { stream: { shards: 1, maxRecordBytes: MIB, retentionHours: 24, initialFill: 1 } },
      ).retry,
    ).toEqual({
      amplification: 1,
      state: 'calm',
    });
  });
});

describe('the KPL in the simulator', () => {
  it('sends small records of many keys in few Kinesis records, far above 1,000 records a second', () => {
    const source = sourceAt(10_000, 20, { keys: uniformKeys(50), size: { kind: 'fixed', bytes: 40 } });
    const full = { shards: 1, maxRecordBytes: MIB, retentionHours: 24, initialFill: 1 };
    const { totals, retry } = play([source], PRESETS.kpl, { stream: full });
    expect(totals).toMatchObject({ offered: 200_000, accepted: 200_000, throttled: 0 });
    expect(retry).toEqual({ amplification: 1, state: 'calm' });
    // 40 B of data and 8 B of frame: one aggregate of 100 ms is 1,000 records in 48 KB, ten a second.
    expect(totals.kinesisRecords).toBeGreaterThan(180);
    expect(totals.kinesisRecords).toBeLessThan(220);
    const plain = play([source], {}, { stream: full });
    expect(plain.totals.kinesisRecords).toBe(plain.totals.attempts);
    expect(plain.totals.accepted).toBe(1000 + 20 * 1000 - (1000 - 950));
  });

  it("takes a shard's load from its Kinesis records: ten times the record limit in user records is none", () => {
    const source = sourceAt(10_000, 20, { keys: uniformKeys(50), size: { kind: 'fixed', bytes: 40 } });
    const scenario = scenarioOf([source], {
      producer: PRESETS.kpl,
      stream: { shards: 1, maxRecordBytes: MIB, retentionHours: 24, initialFill: 1 },
    });
    const { pipeline } = simulateExactly(scenario, { serviceUs: 20_000, z: 3 });
    pipeline.tally.load.finish(20);
    const { load } = pipeline.tally;
    // By bytes: 10,000 × 48 B = 480 kB/s of 1 MiB/s.
    expect(load.shardUtilization[0]).toBeGreaterThan(0.43);
    expect(load.shardUtilization[0]).toBeLessThan(0.49);
    expect(load.hotKeys.size).toBe(0);
  });

  it('is refused aggregate by aggregate: the outcome of an aggregate is that of all its records', () => {
    const source = sourceAt(3000, 10, { keys: uniformKeys(5), size: { kind: 'fixed', bytes: 1000 } });
    const { totals } = play([source], { ...PRESETS.kpl, retry: { policy: 'none' } });
    // 3 MB/s against 1 MiB/s of an empty bucket, in aggregates of some fifty records.
    expect(totals.kinesisRecords).toBeGreaterThan(580);
    expect(totals.kinesisRecords).toBeLessThan(640);
    expect(totals.accepted / totals.offered).toBeGreaterThan(0.33);
    expect(totals.accepted / totals.offered).toBeLessThan(0.36);
  });

  it('plays the same twice', () => {
    const source = sourceAt(3000, 5, { arrivals: { kind: 'poisson' } });
    expect(play([source], PRESETS.kpl)).toEqual(play([source], PRESETS.kpl));
  });
});

describe('the presets', () => {
  it('of the agent retry until every record is in', () => {
    const { totals } = play([sourceAt(1500, 30)], PRESETS.agent);
    expect(totals).toMatchObject({ offered: 45_000, accepted: 45_000 });
  });

  it('of the SDK leave partial failures as they are', () => {
    const { totals } = play([sourceAt(1500, 30)], PRESETS.sdk);
    expect(totals.retries).toBe(0);
    expect(totals.throttled).toBeGreaterThan(14_000);
  });
});
