/**
 * Streams with a planted truth, as CloudWatch and a sample of records would show them: offered loads go in, minute by
 * minute and key by key; what a shard with the limit takes, and what it throttles, comes out.
 */
import { formatHashKey } from '../../../src/model/hash-key.ts';
import { uniformRanges, type HashRange } from '../../../src/model/hash-range.ts';
import type { EvidenceShard } from '../../../src/results/evidence/evidence-shard.ts';
import type { MinuteSeries, ShardMetric } from '../../../src/results/evidence/minute-series.ts';
import type { RecordSample, ShardSample } from '../../../src/results/evidence/record-sample.ts';
import type { StreamEvidence } from '../../../src/results/evidence/stream-evidence.ts';

export const START_MS = Date.UTC(2026, 10, 20, 2, 0);
export const MINUTE_MS = 60_000;
const LIMIT = 1000;
export const THREE_METRICS = ['IncomingBytes', 'IncomingRecords', 'WriteProvisionedThroughputExceeded'];

export const idOf = (n: number): string => `shardId-${String(n).padStart(12, '0')}`;

/** Records per second offered in a minute; `attempts` where retries make them more; `throttles` of a burst below the limit. */
export interface Minute {
  readonly offered: number;
  readonly attempts?: number;
  readonly burst?: number;
}

export interface Planted {
  readonly range?: HashRange;
  readonly minutes: readonly Minute[];
  readonly openedBeforeMs?: number;
  readonly parents?: readonly string[];
  readonly open?: boolean;
  readonly recordBytes?: number;
}

export const steady = (offered: number, minutes = 60): Minute[] =>
  Array.from({ length: minutes }, () => ({ offered }));

export function shardsOf(planted: readonly Planted[]): EvidenceShard[] {
  const even = uniformRanges(Math.max(1, planted.length));
  return planted.map(({ range, open = true, parents = [], openedBeforeMs }, i) => ({
    shardId: idOf(i),
    range: range ?? even[i],
    open,
    parents,
    ...(openedBeforeMs === undefined ? {} : { openedBeforeMs, openedAfterMs: openedBeforeMs - MINUTE_MS }),
  }));
}

/** What such shards have counted. */
export function seriesOf(planted: readonly Planted[], complete = Infinity): MinuteSeries {
  const count = Math.max(...planted.map(({ minutes }) => minutes.length));
  const shards = new Map<string, Partial<Record<ShardMetric, Float64Array>>>();
  const total = {
    records: new Float64Array(count),
    bytes: new Float64Array(count),
    throttled: new Float64Array(count),
  };
  planted.forEach(({ minutes, recordBytes = 200 }, i) => {
    const columns = {
      IncomingRecords: new Float64Array(count).fill(NaN),
      IncomingBytes: new Float64Array(count).fill(NaN),
      WriteProvisionedThroughputExceeded: new Float64Array(count).fill(NaN),
    };
    minutes.forEach(({ offered, attempts = offered, burst = 0 }, step) => {
      const perSec = Math.min(offered, LIMIT, (1024 * 1024) / recordBytes);
      const refused = Math.max(0, attempts - perSec) + burst;
      columns.IncomingRecords[step] = Math.round(perSec * 60);
      columns.IncomingBytes[step] = Math.round(perSec * 60) * recordBytes;
      columns.WriteProvisionedThroughputExceeded[step] = Math.round(refused * 60);
      total.records[step] += columns.IncomingRecords[step];
      total.bytes[step] += columns.IncomingBytes[step];
      total.throttled[step] += columns.WriteProvisionedThroughputExceeded[step];
    });
    shards.set(idOf(i), columns);
  });
  return {
    ...{ startMs: START_MS, stepMs: MINUTE_MS, count, complete: Math.min(count, complete), secPerStep: 60 },
    stream: {
      IncomingRecords: total.records,
      IncomingBytes: total.bytes,
      WriteProvisionedThroughputExceeded: total.throttled,
    },
    shards,
    fanOut: new Map(),
  };
}

export function evidenceOf(
  planted: readonly Planted[],
  changes: Partial<StreamEvidence> = {},
): StreamEvidence {
  const shards = shardsOf(planted);
  const metrics =
    planted.length === 0 || planted.every(({ minutes }) => minutes.length === 0) ? null : seriesOf(planted);
  return {
    stream: {
      name: 'orders',
      arn: 'arn:aws:kinesis:us-east-1:123456789012:stream/orders',
      account: '123456789012',
      status: 'ACTIVE',
      mode: 'provisioned',
      shards: shards.filter(({ open }) => open).length,
      retentionHours: 24,
      consumers: 0,
      maxRecordBytes: 1024 * 1024,
      encryption: 'NONE',
      ignoresKeys: false,
      shardMetrics: THREE_METRICS,
    },
    region: 'us-east-1',
    endpoint: 'https://kinesis.us-east-1.amazonaws.com',
    isLocal: false,
    tags: {},
    fanOutConsumers: [],
    givenConsumers: null,
    shards,
    fromMs: START_MS,
    toMs: START_MS + (metrics?.count ?? 60) * MINUTE_MS,
    metrics,
    coarse: [],
    sample: null,
    log: null,
    run: null,
    missing: [],
    asked: { requests: 1, metrics: 3 * shards.length, usd: 0 },
    ...changes,
  };
}

/** The same with the metrics of single shards off. */
export function withoutShardMetrics(evidence: StreamEvidence): StreamEvidence {
  const { metrics, stream } = evidence;
  return {
    ...evidence,
    stream: { ...stream, shardMetrics: [] },
    metrics: metrics === null ? null : { ...metrics, shards: new Map() },
  };
}

export interface PlantedKey {
  readonly key: string;
  /** Where in its shard's range it is, 0…1. */
  readonly at: number;
  readonly part: number;
}

/**
 * A sample of so many records of one shard, in which each key has its part of what was accepted; the rest is of many small
 * keys. Counts are exact.
 */
export function shardSample(
  evidence: StreamEvidence,
  shardId: string,
  keys: readonly PlantedKey[],
  records = 30_000,
  changes: Partial<ShardSample> = {},
): ShardSample {
  const shard = evidence.shards.find((each) => each.shardId === shardId);
  if (shard === undefined) throw new Error('no such shard');
  const { start, end } = shard.range;
  const width = end - start + 1n;
  return {
    shardId,
    seconds: 30,
    records,
    bytes: records * 200,
    userRecords: records,
    perSecond: [],
    sizes: { mean: 200, p50: 200, p99: 200, max: 200, upTo: [1024], counts: [records] },
    keys: keys
      .map(({ key, at, part }) => {
        const counted = { records: Math.round(part * records), bytes: Math.round(part * records) * 200 };
        const hashKey = formatHashKey(start + (width * BigInt(Math.round(at * 1e6))) / 1_000_000n);
        return { key, hashKey, atLeast: counted, atMost: counted, keyBytes: key.length };
      })
      .sort((a, b) => b.atLeast.records - a.atLeast.records),
    unlistedAtMost: { records: 0, bytes: 0 },
    distinctKeys: { estimate: 1000, error: 0.02 },
    ...changes,
  };
}

/** All slices lie in the last minute of the window, if nothing else is said. */
export function sampleOf(
  evidence: StreamEvidence,
  shards: readonly ShardSample[],
  when: { readonly fromMs: number; readonly toMs: number } = {
    fromMs: evidence.toMs - 30_000,
    toMs: evidence.toMs,
  },
): RecordSample {
  return {
    source: 'polling',
    slices: shards.map(({ shardId, records, bytes }) => ({
      shardId,
      ...when,
      records,
      bytes,
      isWhole: true,
    })),
    shards,
    ...{ aggregates: 0, aggregatedRecords: 0, withoutKey: 0, notReadable: 0 },
  };
}
