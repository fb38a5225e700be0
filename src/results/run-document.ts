/**
 * A tally as the rows of a report.
 */
import { formatHashKey, hashKeyOf } from '../model/hash-key.ts';
import type { Shard } from '../model/shard-map.ts';
import { LEAST_WEIGHT, type KeySketch } from './key-sketch.ts';
import { sumOf } from './outcome-counts.ts';
import type { KeyRow, Latencies, ShardRow, Totals } from './report-document.ts';
import type { Tally } from './tally.ts';

/** Keys that a report lists at most. */
export const MOST_KEYS = 100;

export function totalsOf(tally: Tally, offeredDigest: string): Totals {
  const { shards } = tally;
  return {
    offered: sumOf(shards.offered),
    offeredDigest,
    accepted: sumOf(shards.accepted),
    throttled: sumOf(shards.throttled),
    failed: sumOf(shards.failed),
    unknown: sumOf(shards.unknown),
    dropped: sumOf(shards.dropped),
    attempts: sumOf(shards.attempts),
    retries: sumOf(shards.retries),
    throttledAttempts: sumOf(shards.throttledAttempts),
    failedAttempts: sumOf(shards.failedAttempts),
    bytesOffered: sumOf(shards.bytes),
    bytesAccepted: sumOf(shards.bytesAccepted),
    requests: tally.requests,
  };
}

export function latenciesOf(tally: Tally): Latencies {
  return {
    response: tally.response.summary(),
    service: tally.service.summary(),
    queue: tally.queue.summary(),
  };
}

/** One row per open shard, in order of hash key. */
export function shardRowsOf(tally: Tally, open: readonly Shard[]): ShardRow[] {
  const { shards, load } = tally;
  return open.map((shard, i) => ({
    shardId: shard.shardId,
    startingHashKey: formatHashKey(shard.range.start),
    endingHashKey: formatHashKey(shard.range.end),
    offered: shards.offered[i],
    accepted: shards.accepted[i],
    throttled: shards.throttled[i],
    failed: shards.failed[i],
    dropped: shards.dropped[i],
    attempts: shards.attempts[i],
    retries: shards.retries[i],
    throttledAttempts: shards.throttledAttempts[i],
    failedAttempts: shards.failedAttempts[i],
    bytes: shards.bytes[i],
    utilization: load.shardUtilization[i],
    peakSecond: { records: load.peakRecords[i], bytes: load.peakBytes[i] },
  }));
}

/**
 * The heaviest keys. `records` is the upper end of the count, `records - error` the lower; the other counts are
 * those of the records that were seen since the key has had its place, which is all of them where the error is 0.
 */
export function keyRowsOf(tally: Tally, open: readonly Shard[], nameOf: (key: number) => string): KeyRow[] {
  const { sketch, keys, load } = tally;
  const offered = sumOf(tally.shards.offered);
  return heaviest(sketch).map((place) => {
    const key = nameOf(sketch.keys[place]);
    const error = Math.floor(sketch.missed[place] / LEAST_WEIGHT);
    const records = keys.offered[place] + error;
    return {
      key,
      hashKey: formatHashKey(hashKeyOf(key)),
      shardId: open[tally.shardOfKey[place]].shardId,
      records,
      bytes: keys.bytes[place] + Math.floor(sketch.missed[place]),
      share: records / offered,
      error,
      utilization: load.keyUtilization[place],
      accepted: keys.accepted[place],
      throttled: keys.throttled[place],
      failed: keys.failed[place],
      dropped: keys.dropped[place],
      attempts: keys.attempts[place],
      retries: keys.retries[place],
      throttledAttempts: keys.throttledAttempts[place],
      failedAttempts: keys.failedAttempts[place],
    };
  });
}

/** Places in order of weight, heaviest first; of equals the lower key number first. */
function heaviest(sketch: KeySketch): number[] {
  return sketch
    .held()
    .sort((a, b) => sketch.weights[b] - sketch.weights[a] || sketch.keys[a] - sketch.keys[b])
    .slice(0, MOST_KEYS);
}
