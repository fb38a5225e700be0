import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/advice/diagnosis/diagnose.ts';
import type { DiagnosisFinding } from '../../../src/results/diagnosis-finding.ts';
import { evidenceInfoOf } from '../../../src/results/evidence/evidence-info.ts';
import type {
  Column,
  FanOutMetric,
  ShardMetric,
  StreamMetric,
} from '../../../src/results/evidence/minute-series.ts';
import type { StreamEvidence } from '../../../src/results/evidence/stream-evidence.ts';
import {
  evidenceOf,
  idOf,
  sampleOf,
  shardSample,
  START_MS,
  MINUTE_MS,
  steady,
  withoutShardMetrics,
} from './streams.ts';

const MIB = 1024 * 1024;
const STEPS = 60;
const calm = evidenceOf([{ minutes: steady(600) }, { minutes: steady(600) }]);

function findingsOf(evidence: StreamEvidence): readonly DiagnosisFinding[] {
  return diagnose(evidence).findings;
}
const codes = (evidence: StreamEvidence): string[] => findingsOf(evidence).map(({ code }) => code);
const columnOf = (at: (step: number) => number): Column =>
  Float64Array.from({ length: STEPS }, (_, step) => at(step));

function withStream(columns: Partial<Record<StreamMetric, Column>>): StreamEvidence {
  if (calm.metrics === null) throw new Error('no metrics');
  return { ...calm, metrics: { ...calm.metrics, stream: { ...calm.metrics.stream, ...columns } } };
}

function withShard(shardId: string, columns: Partial<Record<ShardMetric, Column>>): StreamEvidence {
  if (calm.metrics === null) throw new Error('no metrics');
  const shards = new Map(calm.metrics.shards);
  shards.set(shardId, { ...shards.get(shardId), ...columns });
  return { ...calm, metrics: { ...calm.metrics, shards } };
}

function withFanOut(consumer: string, columns: Partial<Record<FanOutMetric, Column>>): StreamEvidence {
  if (calm.metrics === null) throw new Error('no metrics');
  return { ...calm, metrics: { ...calm.metrics, fanOut: new Map([[consumer, columns]]) } };
}

it('a calm stream has no finding', () => {
  expect(findingsOf(calm)).toEqual([]);
});

describe('read bandwidth', () => {
  it('at 2 MiB/s of a shard is a limit, and 1 MiB/s is not', () => {
    const at = (mib: number): StreamEvidence =>
      withShard(idOf(1), { OutgoingBytes: columnOf(() => mib * MIB * 60) });
    expect(findingsOf(at(1.95))).toMatchObject([
      { code: 'READ_BOUND', shardId: idOf(1), evidence: { of: 'shared' } },
    ]);
    expect(codes(at(1))).toEqual([]);
  });

  it('of the stream is the mean over its shards', () => {
    // Two shards: 4 MiB/s.
    const [finding] = findingsOf(withStream({ 'GetRecords.Bytes': columnOf(() => 3.9 * MIB * 60) }));
    expect(finding).toMatchObject({ code: 'READ_BOUND', evidence: { isMean: true } });
  });

  it('of a fan-out consumer is its own, and names it', () => {
    const evidence = withFanOut('billing', { 'SubscribeToShardEvent.Bytes': columnOf(() => 3.9 * MIB * 60) });
    expect(findingsOf(evidence)).toMatchObject([
      { code: 'READ_BOUND', evidence: { of: 'fan-out', consumer: 'billing' } },
    ]);
  });

  it('is not enough for consumers that are given, where three read a shard at 0.8 MiB/s', () => {
    const busy = evidenceOf([{ minutes: steady(800), recordBytes: 1024 }, { minutes: steady(500) }]);
    const given = (count: number): StreamEvidence => ({
      ...busy,
      givenConsumers: [{ kind: 'polling', count }],
    });
    expect(findingsOf(given(3))).toMatchObject([
      { code: 'READ_BOUND', evidence: { of: 'given', readers: 3 } },
    ]);
    expect(codes(given(2))).toEqual([]);
  });
});

describe('throttled reads', () => {
  const throttled = columnOf((step) => (step > 50 ? 20 : 0));

  it('are by an unknown consumer, unless consumers are given', () => {
    expect(findingsOf(withStream({ ReadProvisionedThroughputExceeded: throttled }))).toMatchObject([
      {
        code: 'READ_BUDGET_EXHAUSTED',
        sinceMs: START_MS + 51 * MINUTE_MS,
        evidence: { throttledCalls: 180, given: null, givenCallsPerSec: null, cause: 'unknown' },
      },
    ]);
  });

  it('are calls where the answered ones are near 5 a second, and the given ones add up', () => {
    // Two shards with 4.5 calls/s each. Lambda 1, Firehose 1, three that poll once a second.
    const evidence = withStream({
      ReadProvisionedThroughputExceeded: throttled,
      'GetRecords.Success': columnOf(() => 4.5 * 2 * 60),
    });
    const givenConsumers = [
      { kind: 'lambda', count: 1 },
      { kind: 'firehose', count: 1 },
      { kind: 'polling', count: 3 },
      { kind: 'efo', count: 2 },
    ] as const;
    expect(findingsOf({ ...evidence, givenConsumers })).toMatchObject([
      { code: 'READ_BUDGET_EXHAUSTED', evidence: { cause: 'calls', givenCallsPerSec: 5 } },
    ]);
  });
});

describe('a consumer that lags', () => {
  const HOUR = 3_600_000;

  it('beyond half of what the stream keeps is critical', () => {
    const evidence = withStream({ 'GetRecords.IteratorAgeMilliseconds': columnOf(() => 13 * HOUR) });
    expect(findingsOf(evidence)).toMatchObject([
      { code: 'LAGGING_CONSUMER', severity: 'critical', evidence: { consumer: null, growthMsPerSec: 0 } },
    ]);
  });

  it('further with every minute is a warning, with the time until records are lost', () => {
    // Half a second per second: from 12 min on, 30 s more each minute.
    const age = columnOf((step) => 720_000 + step * 30_000);
    const [finding] = findingsOf(withFanOut('billing', { 'SubscribeToShardEvent.MillisBehindLatest': age }));
    expect(finding).toMatchObject({
      code: 'LAGGING_CONSUMER',
      severity: 'warning',
      evidence: { consumer: 'billing' },
    });
    if (finding.code !== 'LAGGING_CONSUMER') throw new Error('another');
    expect(finding.evidence.growthMsPerSec).toBeCloseTo(500, 6);
    expect(finding.evidence.lostInMs).toBeCloseTo((24 * HOUR - age[59]) * 2, 0);
  });

  it('is not one that polls now and then, nor one that catches up', () => {
    expect(
      codes(withStream({ 'GetRecords.IteratorAgeMilliseconds': columnOf((step) => (step % 2) * 5000) })),
    ).toEqual([]);
    const catching = columnOf((step) => Math.max(0, 1_000_000 - step * 10_000));
    expect(codes(withStream({ 'GetRecords.IteratorAgeMilliseconds': catching }))).toEqual([]);
  });
});

describe('what is seen of a stream', () => {
  const hot = evidenceOf([{ minutes: steady(300) }, { minutes: steady(1500) }, { minutes: steady(300) }]);

  it('without shard metrics is that it throttles with room: skew or bursts, and no shard is named', () => {
    const { findings, heatMap } = diagnose(withoutShardMetrics(hot));
    expect(findings).toMatchObject([
      { code: 'MONITORING_OFF', splitHelps: 'unknown', evidence: { says: 'skew-or-burst' } },
    ]);
    expect(heatMap).toBeUndefined();
  });

  it('without shard metrics is also that it is full, and that it is calm', () => {
    const full = withoutShardMetrics(evidenceOf([{ minutes: steady(1500) }, { minutes: steady(1500) }]));
    expect(codes(full)).toEqual(['UNDER_PROVISIONED', 'MONITORING_OFF']);
    expect(findingsOf(withoutShardMetrics(calm))).toMatchObject([
      { code: 'MONITORING_OFF', evidence: { says: 'calm' } },
    ]);
  });

  it('says nothing of monitoring where the stream did not say, and nobody looked', () => {
    const unread = { ...withoutShardMetrics(calm), metrics: null, missing: [] };
    expect(codes({ ...unread, stream: { ...unread.stream, status: 'UNKNOWN' } })).toEqual([]);
  });

  it('says nothing of monitoring where all of it is on', () => {
    expect(codes({ ...calm, stream: { ...calm.stream, shardMetrics: ['ALL'] } })).toEqual([]);
  });

  it('has holes where the stream counted more than its shards', () => {
    const { metrics } = calm;
    if (metrics === null) throw new Error('no metrics');
    const own = Float64Array.from(metrics.shards.get(idOf(1))?.IncomingRecords ?? []);
    own.fill(NaN, 10, 20);
    const holed = withShard(idOf(1), { IncomingRecords: own });
    // Ten minutes: 72,000 counted by the stream, 36,000 by the shard that is left.
    expect(evidenceInfoOf(holed).holes).toEqual({ steps: 10, streamRecords: 720_000, shardRecords: 360_000 });
    expect(evidenceInfoOf(calm).holes).toBeUndefined();
  });
});

describe('records and keys', () => {
  it('few keys are found where all shards were read, and not where only the hot one was', () => {
    const few = { distinctKeys: { estimate: 2, error: 0 } };
    const keys = [{ key: 'de', at: 0.5, part: 0.6 }];
    const both = [idOf(0), idOf(1)].map((id) => shardSample(calm, id, keys, 10_000, few));
    expect(findingsOf({ ...calm, sample: sampleOf(calm, both) })).toMatchObject([
      { code: 'FEW_KEYS', splitHelps: 'no', evidence: { distinctKeys: 4, shards: 2, idleShards: 0 } },
    ]);
    expect(codes({ ...calm, sample: sampleOf(calm, both.slice(1)) })).toEqual([]);
  });

  it('large records are critical above 2 % of all, and a single one is a warning', () => {
    const of = (large: number): StreamEvidence => {
      const sizes = {
        mean: 5000,
        p50: 1000,
        p99: 2000,
        max: 3 * MIB,
        upTo: [1024, MIB, 3 * MIB],
        counts: [1000 - large, 0, large],
      };
      return { ...calm, sample: sampleOf(calm, [shardSample(calm, idOf(0), [], 1000, { sizes })]) };
    };
    expect(findingsOf(of(21))).toMatchObject([
      { code: 'LARGE_RECORDS', severity: 'critical', evidence: { largeShare: 0.021 } },
    ]);
    expect(findingsOf(of(1))).toMatchObject([{ code: 'LARGE_RECORDS', severity: 'warning' }]);
    expect(codes({ ...calm, sample: sampleOf(calm, [shardSample(calm, idOf(0), [])]) })).toEqual([]);
  });

  it('a mean above 1 MiB shows in metrics alone', () => {
    const large = evidenceOf([{ minutes: steady(0.4), recordBytes: 2 * MIB }, { minutes: steady(600) }]);
    expect(findingsOf(large)).toMatchObject([
      { code: 'LARGE_RECORDS', shardId: idOf(0), evidence: { source: 'metrics' } },
    ]);
  });

  it('that a stream spreads by itself are said to be so', () => {
    expect(codes({ ...calm, stream: { ...calm.stream, ignoresKeys: true } })).toEqual(['KEYS_IGNORED']);
  });
});
