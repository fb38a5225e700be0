/** Streams with planted keys, as their metrics and records would show them: what a shard takes, what it throttles, by key. */
import { hashKeyOf } from '../../../src/model/hash-key.ts';
import { contains, uniformRanges, type HashRange } from '../../../src/model/hash-range.ts';
import { formatHashKey } from '../../../src/model/hash-key.ts';
import { shardIdOf } from '../../../src/model/shard-map.ts';
import type { RecordSample, SecondCount, ShardSample } from '../../../src/results/evidence/record-sample.ts';
import type { StreamEvidence } from '../../../src/results/evidence/stream-evidence.ts';
import { evidenceOf } from '../recommend/evidence-of.ts';

export interface PlantedKey {
  readonly key: string;
  /** Records per second that are offered, in each minute. */
  readonly perSec: number | ((minute: number) => number);
}

export interface PlantedStream {
  readonly ranges?: readonly HashRange[];
  readonly keys: readonly PlantedKey[];
  readonly minutes?: number;
  /** Data and key. */
  readonly recordBytes?: number;
  /** Seconds of each shard that were read, of the last minute; 0: no records. */
  readonly sampledSeconds?: number;
  readonly monitored?: boolean;
  readonly changes?: Partial<StreamEvidence>;
}

export interface Planted {
  readonly evidence: StreamEvidence;
  readonly ranges: readonly HashRange[];
  /** Offered per second by shard, mean of the window. */
  readonly offered: readonly number[];
  readonly throttled: readonly number[];
}

/** Records per second and bytes per second that a shard takes. */
const LIMIT = 1000;
const BYTE_LIMIT = 1024 * 1024;

export const rangesAt = (...starts: readonly bigint[]): HashRange[] =>
  starts.map((start, i) => ({ start, end: i + 1 < starts.length ? starts[i + 1] - 1n : (1n << 128n) - 1n }));

export function zipf(count: number, exponent: number, total: number): PlantedKey[] {
  const weights = Array.from({ length: count }, (_, n) => (n + 1) ** -exponent);
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight, n) => ({ key: `tenant-${n}`, perSec: (total * weight) / sum }));
}

export function plant({
  ranges = uniformRanges(4),
  keys,
  minutes = 2,
  recordBytes = 200,
  sampledSeconds = 60,
  monitored = true,
  changes = {},
}: PlantedStream): Planted {
  const limit = Math.min(LIMIT, BYTE_LIMIT / recordBytes);
  const rateOf = ({ perSec }: PlantedKey, minute: number): number =>
    typeof perSec === 'number' ? perSec : perSec(minute);
  const ofShard = ranges.map((range) => keys.filter(({ key }) => contains(range, hashKeyOf(key))));
  const offered = ofShard.map((own) =>
    Array.from({ length: minutes }, (_, minute) => own.reduce((sum, key) => sum + rateOf(key, minute), 0)),
  );
  const taken = offered.map((series) => series.map((rate) => Math.min(rate, limit)));
  const refused = offered.map((series) => series.map((rate) => Math.max(0, rate - limit)));
  const evidence = evidenceOf({
    steps: minutes,
    size: recordBytes,
    shards: ranges.map((range, i) => ({ range, records: taken[i], throttled: refused[i] })),
  });
  const last = minutes - 1;
  const sample =
    sampledSeconds === 0
      ? null
      : sampleOf(
          ofShard.map((own, i) =>
            own.map((key) => ({
              key: key.key,
              // What is read is what was accepted: each key has lost the same part.
              records:
                offered[i][last] > 0
                  ? (rateOf(key, last) * taken[i][last] * sampledSeconds) / offered[i][last]
                  : 0,
            })),
          ),
          sampledSeconds,
          recordBytes,
        );
  const mean = (series: readonly number[]): number => series.reduce((sum, rate) => sum + rate, 0) / minutes;
  return {
    ranges,
    offered: offered.map(mean),
    throttled: refused.map(mean),
    evidence: {
      ...evidence,
      metrics:
        evidence.metrics === null || monitored
          ? evidence.metrics
          : { ...evidence.metrics, shards: new Map() },
      sample,
      ...changes,
    },
  };
}

/** Records by shard and key, counted exactly. */
export function sampleOf(
  byShard: readonly (readonly { readonly key: string; readonly records: number }[])[],
  seconds: number,
  recordBytes: number,
  perSecond: readonly SecondCount[] = [],
): RecordSample {
  const shards = byShard.map((keys, i): ShardSample => {
    const records = Math.round(keys.reduce((sum, key) => sum + key.records, 0));
    const listed = [...keys].sort((a, b) => b.records - a.records).slice(0, 200);
    return {
      ...{
        shardId: shardIdOf(i),
        seconds,
        records,
        bytes: records * recordBytes,
        userRecords: records,
        perSecond,
      },
      sizes: {
        ...{ mean: recordBytes, p50: recordBytes, p99: recordBytes, max: recordBytes },
        ...{ upTo: [recordBytes], counts: [records] },
      },
      keys: listed.map(({ key, records: count }) => {
        const bound = { records: Math.round(count), bytes: Math.round(count) * recordBytes };
        return {
          ...{ key, hashKey: formatHashKey(hashKeyOf(key)), keyBytes: key.length },
          ...{ atLeast: bound, atMost: bound },
        };
      }),
      unlistedAtMost: { records: 0, bytes: 0 },
      distinctKeys: { estimate: keys.length, error: 0 },
    };
  });
  return {
    ...{ source: 'polling', slices: [], shards, aggregates: 0, aggregatedRecords: 0 },
    ...{ withoutKey: 0, notReadable: 0 },
  };
}
