/**
 * What a sampled key was offered, as far as it can be known: sampled records are the accepted ones, so that on a shard that
 * throttles its rate lies between its accepted part and its part of all attempts (math.md 7, survivors).
 */
import { contains } from '../../model/hash-range.ts';
import { parseHashKey } from '../../model/hash-key.ts';
import type { JudgedInterval } from '../../results/diagnosis-finding.ts';
import type { SampledKey, ShardSample } from '../../results/evidence/record-sample.ts';
import type { Dimension } from '../../results/finding.ts';
import type { LoadInterval } from '../../results/load-interval.ts';
import { SATURATED } from '../evidence/step-loads.ts';
import { judged, limitOf } from './judged-interval.ts';
import type { ShardLoad } from './shard-load.ts';
import { isBeforeOnset } from './sample-time.ts';
import type { StreamView } from './stream-view.ts';

/**
 * Attempts that a record is taken to be given at most where retries are not known: what the AWS SDKs do in standard mode
 * (maxAttempts 3).
 */
export const ASSUMED_ATTEMPTS = 3;

export interface KeyLoad {
  readonly sampled: SampledKey;
  readonly shardLoad: ShardLoad;
  readonly sampledRecords: number;
  readonly isBeforeOnset: boolean;
  readonly share: Readonly<Record<Dimension, LoadInterval>>;
  /** The same as the sample has it, without its error: the middle of the sketch's bounds. */
  readonly part: Readonly<Record<Dimension, number>>;
  /** The dimension in which it comes nearer to the limit, by its lower end. */
  readonly load: JudgedInterval;
  readonly perSec: Readonly<Record<Dimension, LoadInterval>>;
  /** Why it is more than a shard can carry; null where that is not known, or not so. */
  readonly basis: 'accepted' | 'fills-shard' | 'attempts' | null;
  /** With a record tried `ASSUMED_ATTEMPTS` times at most: the lower end then, per second. */
  readonly likelyPerSec: number;
}

/** The sampled keys of one shard, heaviest first. */
export function keyLoadsOf(view: StreamView, shardId: string): KeyLoad[] {
  const sample = view.samples.get(shardId);
  const shardLoad = view.loads.get(shardId);
  if (sample === undefined || shardLoad === undefined) return [];
  const isBefore = isBeforeOnset(view.evidence, sample, shardLoad);
  return sample.keys.map((sampled) => keyLoadOf(sampled, sample, shardLoad, isBefore, view.margin));
}

function keyLoadOf(
  sampled: SampledKey,
  sample: ShardSample,
  shardLoad: ShardLoad,
  isBefore: boolean,
  margin: number,
): KeyLoad {
  const share = {
    records: sharesOf(sampled, sample, 'records', margin),
    bytes: sharesOf(sampled, sample, 'bytes', margin),
  };
  const rows = (['records', 'bytes'] as const).map((dimension) =>
    inDimension(dimension, share[dimension], sample, shardLoad, isBefore),
  );
  const hot = rows.find(({ basis }) => basis !== null && basis !== 'attempts');
  const [records, bytes] = rows;
  const heavier = bytes.load.utilization.lower > records.load.utilization.lower ? bytes : records;
  const chosen = hot ?? rows.find(({ basis }) => basis !== null) ?? heavier;
  return {
    sampled,
    shardLoad,
    sampledRecords: sample.userRecords,
    isBeforeOnset: isBefore,
    share,
    part: {
      records: (sampled.atLeast.records + sampled.atMost.records) / 2 / Math.max(1, sample.userRecords),
      bytes: (sampled.atLeast.bytes + sampled.atMost.bytes) / 2 / Math.max(1, sample.bytes),
    },
    load: chosen.load,
    perSec: { records: records.load.perSec, bytes: bytes.load.perSec },
    basis: chosen.basis,
    likelyPerSec: chosen.likelyPerSec,
  };
}

/** Part of what its shard accepted: bounds of the sketch, widened by the error of the sample (math.md 7). */
function sharesOf(
  { atLeast, atMost }: SampledKey,
  sample: ShardSample,
  dimension: Dimension,
  margin: number,
): LoadInterval {
  const total = dimension === 'records' ? sample.userRecords : sample.bytes;
  if (total <= 0) return { lower: 0, upper: 1 };
  const independent = dimension === 'records' ? sample.userRecords : total / heaviness(sample);
  const lower = Math.min(1, atLeast[dimension] / total);
  const upper = Math.min(1, atMost[dimension] / total);
  return {
    lower: Math.max(0, lower - errorOf(lower, independent, margin)),
    upper: Math.min(1, upper + errorOf(upper, independent, margin)),
  };
}

/** Size of the record that a byte taken at random is in: large ones make a sum of bytes uncertain. */
function heaviness({ sizes }: ShardSample): number {
  let [bytes, squares] = [0, 0];
  sizes.counts.forEach((count, i) => {
    bytes += count * sizes.upTo[i];
    squares += count * sizes.upTo[i] ** 2;
  });
  return bytes > 0 ? squares / bytes : Math.max(1, sizes.mean);
}

function errorOf(part: number, count: number, margin: number): number {
  return count > 0 ? margin * Math.sqrt((part * (1 - part)) / count) : 1;
}

function inDimension(
  dimension: Dimension,
  share: LoadInterval,
  sample: ShardSample,
  shardLoad: ShardLoad,
  isBefore: boolean,
): Pick<KeyLoad, 'load' | 'basis' | 'likelyPerSec'> {
  const limit = limitOf(dimension);
  const accepted = shardLoad.accepted[dimension];
  const upper = shardLoad.upper[dimension];
  const { stepsAbove, steps } = shardLoad.worst;
  // A share from before the onset is of all that was offered; one of the accepted is so too if throttling takes evenly.
  const least = shardLoad.worst.dimension === dimension ? shardLoad.worst.perSec.lower : 0;
  const offered = isBefore ? Math.max(accepted, least) : accepted;
  const perSec = { lower: share.lower * offered, upper: share.upper * Math.max(upper, offered) };
  const load = judged(dimension, perSec, { above: stepsAbove, of: steps });
  const likelyPerSec = share.lower * accepted * triedAtMost(shardLoad, ASSUMED_ATTEMPTS);
  // Of records that were aggregated only the bytes are a key's own: a Kinesis record holds many keys.
  const counts = dimension === 'bytes' || sample.userRecords === sample.records;
  return { load, likelyPerSec, basis: counts ? basisOf(load, likelyPerSec, limit, shardLoad) : null };
}

function basisOf(
  load: JudgedInterval,
  likelyPerSec: number,
  limit: number,
  { throttledPerSec, episode }: ShardLoad,
): KeyLoad['basis'] {
  if (load.perSec.lower > limit) return 'accepted';
  if (throttledPerSec <= 0 || load.utilization.upper <= 1) return null;
  if (load.perSec.lower >= SATURATED * limit) return 'fills-shard';
  return likelyPerSec > limit && episode?.isLasting === true ? 'attempts' : null;
}

/**
 * Unique offered over accepted records where each is tried m times at most and every try is accepted with the same chance
 * a: 1 / (1 - (1 - a)^m) (math.md 4). Without a bound on m it is 1, with one try alone incoming + throttled.
 */
function triedAtMost({ accepted, throttledPerSec }: ShardLoad, attempts: number): number {
  const tried = accepted.records + throttledPerSec;
  if (tried <= 0 || accepted.records <= 0) return 1;
  return 1 / (1 - (throttledPerSec / tried) ** attempts);
}

/** Where the key is in its shard's range, or undefined where its hash key is not the place that it is routed by. */
export function placeOf({ sampled, shardLoad }: KeyLoad): bigint | undefined {
  const hashKey = parseHashKey(sampled.hashKey);
  return hashKey !== undefined && contains(shardLoad.shard.range, hashKey) ? hashKey : undefined;
}
