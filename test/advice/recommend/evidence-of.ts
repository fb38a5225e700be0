/** Evidence as CloudWatch would give it, for streams that a test makes up: loads per second in, sums per minute out. */
import type { EvidenceShard } from '../../../src/results/evidence/evidence-shard.ts';
import type { CoarsePeaks, MinuteSeries } from '../../../src/results/evidence/minute-series.ts';
import type { StreamEvidence } from '../../../src/results/evidence/stream-evidence.ts';
import { uniformRanges, type HashRange } from '../../../src/model/hash-range.ts';
import { shardIdOf } from '../../../src/model/shard-map.ts';

export interface MadeShard {
  readonly range: HashRange;
  /** Records per second, by step; bytes are `size` times as many. */
  readonly records: ArrayLike<number>;
  /** Throttled attempts per second. */
  readonly throttled?: ArrayLike<number>;
  readonly shardId?: string;
  readonly open?: boolean;
  readonly parents?: readonly string[];
  readonly openedBeforeMs?: number;
}

export const START_MS = Date.UTC(2026, 10, 13);
export const DAY = 1440;

export interface MadeStream {
  readonly shards: readonly MadeShard[];
  readonly steps: number;
  readonly size?: number;
  readonly evidence?: Partial<StreamEvidence>;
  readonly series?: Partial<MinuteSeries>;
  readonly mode?: 'provisioned' | 'on-demand';
  readonly region?: string;
}

export function evidenceOf({
  shards,
  steps,
  size = 100,
  evidence,
  series,
  mode,
  region,
}: MadeStream): StreamEvidence {
  const named = shards.map((shard, i) => ({ ...shard, shardId: shard.shardId ?? shardIdOf(i) }));
  const listed: EvidenceShard[] = named.map(
    ({ shardId, range, open = true, parents = [], openedBeforeMs }) => ({
      shardId,
      range,
      open,
      parents,
      ...(openedBeforeMs === undefined ? {} : { openedBeforeMs }),
    }),
  );
  const toMs = START_MS + steps * 60_000;
  const sums = (of: ArrayLike<number>, times = 60): Float64Array =>
    Float64Array.from({ length: steps }, (_, step) => of[step] * times);
  const metrics: MinuteSeries = {
    startMs: START_MS,
    stepMs: 60_000,
    count: steps,
    complete: steps,
    secPerStep: 60,
    stream: {
      IncomingRecords: sumOf(named, steps, (shard, step) => shard.records[step] * 60),
      IncomingBytes: sumOf(named, steps, (shard, step) => shard.records[step] * 60 * size),
      WriteProvisionedThroughputExceeded: sumOf(
        named,
        steps,
        (shard, step) => (shard.throttled?.[step] ?? 0) * 60,
      ),
      'GetRecords.IteratorAgeMilliseconds': new Float64Array(steps),
    },
    shards: new Map(
      named.map(({ shardId, records, throttled }) => [
        shardId,
        {
          IncomingRecords: sums(records),
          IncomingBytes: sums(records, 60 * size),
          ...(throttled === undefined ? {} : { WriteProvisionedThroughputExceeded: sums(throttled) }),
        },
      ]),
    ),
    fanOut: new Map(),
    ...series,
  };
  const open = listed.filter((shard) => shard.open).length;
  return {
    stream: {
      name: 'orders',
      arn: 'arn:aws:kinesis:us-east-1:123456789012:stream/orders',
      account: '123456789012',
      status: 'ACTIVE',
      mode: mode ?? 'provisioned',
      shards: open,
      retentionHours: 24,
      consumers: 0,
      maxRecordBytes: 1024 * 1024,
      encryption: 'NONE',
      ignoresKeys: false,
      shardMetrics: ['IncomingBytes', 'IncomingRecords', 'WriteProvisionedThroughputExceeded'],
    },
    region: region ?? 'us-east-1',
    endpoint: 'https://kinesis.us-east-1.amazonaws.com',
    isLocal: false,
    tags: {},
    fanOutConsumers: [],
    givenConsumers: null,
    shards: listed,
    fromMs: START_MS,
    toMs,
    metrics,
    coarse: coarseOf(metrics),
    sample: null,
    log: null,
    run: null,
    missing: [],
    asked: { requests: 0, metrics: 0, usd: 0 },
    ...evidence,
  };
}

/** A past in which no more was carried than in the window. */
export function coarseOf(metrics: MinuteSeries): CoarsePeaks[] {
  const rates = (of: { IncomingRecords?: ArrayLike<number>; IncomingBytes?: ArrayLike<number> }) => ({
    recordsPerSec: mostOf(of.IncomingRecords) / 60,
    bytesPerSec: mostOf(of.IncomingBytes) / 60,
  });
  const peaks = (reach: '63d' | '455d', stepSec: number): CoarsePeaks => ({
    reach,
    stepSec,
    sinceMs: START_MS,
    stream: rates(metrics.stream),
    shards: new Map(),
  });
  return [peaks('63d', 300), peaks('455d', 3600)];
}

function mostOf(column: ArrayLike<number> = []): number {
  let most = 0;
  for (let i = 0; i < column.length; i++) most = Math.max(most, column[i]);
  return most;
}

function sumOf<T>(
  shards: readonly T[],
  steps: number,
  valueOf: (shard: T, step: number) => number,
): Float64Array {
  return Float64Array.from({ length: steps }, (_, step) =>
    shards.reduce((sum, shard) => sum + valueOf(shard, step), 0),
  );
}

/** Equal ranges with a steady load each. */
export function steady(loads: readonly number[], steps = DAY): MadeStream {
  const ranges = uniformRanges(loads.length);
  return {
    steps,
    shards: loads.map((load, i) => ({ range: ranges[i], records: new Float64Array(steps).fill(load) })),
  };
}
