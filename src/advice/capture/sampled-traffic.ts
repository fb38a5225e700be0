/**
 * What was sampled, by the shards of now: rates, sizes, seconds and heavy keys. What was read of a closed shard counts for
 * those that have its range, by its keys where enough of them were read.
 */
import { contains, type HashRange } from '../../model/hash-range.ts';
import type { EvidenceShard } from '../../results/evidence/evidence-shard.ts';
import type {
  RecordSample,
  SampleSlice,
  SampledKey,
  SecondCount,
  ShardSample,
} from '../../results/evidence/record-sample.ts';
import { keysOfSample, type ShardKeys } from '../recommend/key-shares.ts';
import { heirsOf, rangeIndexOf, type RangeHeir } from './range-heirs.ts';

export interface SampledTraffic {
  /** By place of the shard's range; undefined where nothing was read. */
  readonly shards: readonly (SampledShard | undefined)[];
  readonly slices: readonly SampleSlice[];
  /** Whether a shard that is not there had no records: a file of records is of all shards. */
  readonly isWhole: boolean;
  /** Keys read from a shard that their names do not say. */
  readonly placedElsewhere: number;
  /** Of each shard that enough records were read of, closed ones too, by its name. */
  readonly keysRead: ReadonlyMap<string, ShardKeys>;
}

export interface SampledShard {
  recordsPerSec: number;
  bytesPerSec: number;
  seconds: number;
  records: number;
  bytes: number;
  userRecords: number;
  /** Runs of seconds, each as it was sampled. */
  readonly perSecond: (readonly SecondCount[])[];
  /** Records by size class, see `SizeSummary`. */
  readonly sizes: Map<number, number>;
  readonly keys: Map<string, SampledShardKey>;
  distinctKeys: number;
}

export interface SampledShardKey {
  readonly key: string;
  readonly hashKey: bigint;
  readonly bytes: number;
  readonly isPlacedElsewhere: boolean;
  /** Middle of the bounds, and the lower one. */
  records: number;
  atLeast: number;
}

export function sampledTraffic(
  sample: RecordSample,
  known: readonly EvidenceShard[],
  ranges: readonly HashRange[],
): SampledTraffic {
  const rangeOf = new Map(known.map(({ shardId, range }) => [shardId, range]));
  const shards: (SampledShard | undefined)[] = ranges.map(() => undefined);
  const keysRead = keysOfSample(sample, (shardId) => rangeOf.get(shardId));
  let placedElsewhere = 0;
  for (const of of sample.shards) {
    const range = rangeOf.get(of.shardId);
    if (range === undefined) continue;
    const targets = heirsOf(range, ranges, keysRead.get(of.shardId));
    for (const heir of targets) addSample((shards[heir.index] ??= nothing()), of, heir, ranges[heir.index]);
    for (const key of of.keys) {
      const isElsewhere = key.isPlacedElsewhere === true;
      if (isElsewhere) placedElsewhere++;
      const index = isElsewhere ? largest(targets) : rangeIndexOf(BigInt(key.hashKey), ranges);
      addKey((shards[index] ??= nothing()), key, isElsewhere);
    }
  }
  for (const shard of shards) {
    if (shard === undefined || shard.seconds <= 0) continue;
    shard.recordsPerSec = shard.records / shard.seconds;
    shard.bytesPerSec = shard.bytes / shard.seconds;
  }
  const isWhole = sample.source === 'file';
  if (isWhole) countByRecords(shards);
  return { shards, slices: sample.slices, isWhole, placedElsewhere, keysRead };
}

function nothing(): SampledShard {
  return {
    ...{
      recordsPerSec: 0,
      bytesPerSec: 0,
      seconds: 0,
      records: 0,
      bytes: 0,
      userRecords: 0,
      distinctKeys: 0,
    },
    ...{ perSecond: [], sizes: new Map<number, number>(), keys: new Map<string, SampledShardKey>() },
  };
}

/** A file of records has the same time for all shards, so that counts alone are the shares. */
function countByRecords(shards: readonly (SampledShard | undefined)[]): void {
  const seconds = Math.max(1, ...shards.map((shard) => shard?.seconds ?? 0));
  for (const shard of shards) {
    if (shard === undefined) continue;
    shard.recordsPerSec = shard.records / seconds;
    shard.bytesPerSec = shard.bytes / seconds;
  }
}

function addSample(into: SampledShard, of: ShardSample, heir: RangeHeir, range: HashRange): void {
  const { part, records, bytes } = heir;
  into.seconds += of.seconds;
  into.records += of.records * records;
  into.bytes += of.bytes * bytes;
  into.userRecords += of.userRecords * records;
  into.distinctKeys = Math.max(into.distinctKeys, distinctOf(of, part, range));
  // Of a part of a shard nobody knows which records of a second were its own.
  if (part === 1) into.perSecond.push(of.perSecond);
  of.sizes.upTo.forEach((upTo, i) =>
    into.sizes.set(upTo, (into.sizes.get(upTo) ?? 0) + of.sizes.counts[i] * records),
  );
}

/** Keys of a sample that are in a range: the listed ones that are, and of the others as many as it is wide. */
function distinctOf({ keys, distinctKeys }: ShardSample, part: number, range: HashRange): number {
  if (part === 1) return distinctKeys.estimate;
  const own = keys.filter(({ hashKey }) => contains(range, BigInt(hashKey))).length;
  return own + Math.max(0, distinctKeys.estimate - keys.length) * part;
}

function largest(targets: readonly { readonly index: number; readonly part: number }[]): number {
  return targets.reduce((most, target) => (target.part > most.part ? target : most)).index;
}

function addKey(into: SampledShard, sampled: SampledKey, isPlacedElsewhere: boolean): void {
  const { key, hashKey, keyBytes: bytes, atLeast, atMost } = sampled;
  const records = (atLeast.records + atMost.records) / 2;
  const before = into.keys.get(key);
  if (before === undefined) {
    into.keys.set(key, {
      key,
      hashKey: BigInt(hashKey),
      bytes,
      isPlacedElsewhere,
      records,
      atLeast: atLeast.records,
    });
    return;
  }
  before.records += records;
  before.atLeast += atLeast.records;
}
