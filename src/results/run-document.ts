/**
 * A tally as the rows of a report.
 */
import { formatHashKey } from '../model/hash-key.ts';
import { openNumbersOf, type ShardMap } from '../model/shard-map.ts';
import type { OutcomeReading } from './count-table.ts';
import type { TallyReading, TimedReading } from './count-tally.ts';
import { LEAST_WEIGHT, type KeySketch } from './key-sketch.ts';
import type { CountName, OutcomeRow } from './outcome-counts.ts';
import type { KeyRow, Latencies, ShardRow, Totals } from './report-document.ts';

/** Keys that a report lists at most. */
export const MOST_KEYS = 100;

/** @param offeredDigest undefined where single records were not drawn */
export function totalsOf(tally: TallyReading, offeredDigest: string | undefined): Totals {
  const { bytes, ...counts } = tally.shards.total();
  const kinesisRecords = tally.isPacked ? tally.kinesisRecords : counts.attempts;
  return {
    ...counts,
    bytesOffered: bytes,
    ...(offeredDigest === undefined ? {} : { offeredDigest }),
    requests: tally.requests,
    kinesisRecords,
  };
}

export function latenciesOf(tally: TimedReading): Latencies {
  return {
    response: tally.response.summary(),
    service: tally.service.summary(),
    queue: tally.queue.summary(),
  };
}

/** One row per open shard, in order of hash key, then one per closed shard that was offered records, by number. */
export function shardRowsOf(tally: TallyReading, map: ShardMap): ShardRow[] {
  return reportedShards(tally, map).map((number) => shardRowOf(tally, map, number));
}

/** Numbers of the shards that have a row, in the order of the rows. */
export function reportedShards({ shards, usedClosed }: TallyReading, map: ShardMap): number[] {
  const closed = map.all.flatMap(({ open }, number) =>
    !open && (shards.count(number, 'offered') > 0 || usedClosed?.has(number) === true) ? [number] : [],
  );
  return [...openNumbersOf(map), ...closed];
}

function shardRowOf(tally: TallyReading, map: ShardMap, i: number): ShardRow {
  const { shards, load } = tally;
  const { shardId, range } = map.all[i];
  return {
    shardId,
    startingHashKey: formatHashKey(range.start),
    endingHashKey: formatHashKey(range.end),
    ...lifeOf(tally, i),
    ...rowOf(shards, i),
    offered: shards.count(i, 'offered'),
    bytes: shards.count(i, 'bytes'),
    utilization: load.shardUtilization[i],
    ...stayOf(tally, i),
    // Sums of parts of packed records miss a whole number by rounding.
    peakSecond: { records: Math.round(load.peakRecords[i]), bytes: Math.round(load.peakBytes[i]) },
    ...burstOf(tally, i),
  };
}

/** When a shard was opened and closed, where it was not open all the time. */
function lifeOf(
  { openedUs, closedUs }: TallyReading,
  shard: number,
): Pick<ShardRow, 'openedAtMs' | 'closedAtMs'> {
  const opened = openedUs?.get(shard) ?? 0;
  const closed = closedUs?.get(shard);
  return {
    ...(opened > 0 ? { openedAtMs: opened / 1000 } : {}),
    ...(closed === undefined ? {} : { closedAtMs: closed / 1000 }),
  };
}

function stayOf({ load }: TallyReading, shard: number): Pick<ShardRow, 'utilizationSec'> {
  const utilizationSec = load.shortStays.get(shard);
  return utilizationSec === undefined ? {} : { utilizationSec };
}

function burstOf(tally: TallyReading, shard: number): Pick<ShardRow, 'burst'> {
  const burst = tally.load.bursts.of(shard);
  return burst === undefined ? {} : { burst };
}

/** What the numbers of keys stand for. */
export interface KeyNames {
  nameOf(key: number): string;
  /** Where the key goes: by its name, or by an explicit hash key. */
  hashKeyOf(key: number): bigint;
}

/**
 * The heaviest keys. `records` is the upper end of the count, `records - error` the lower; the other counts are
 * those of the records that were seen since the key has had its place, which is all of them where the error is 0. Where
 * keys were chosen beforehand, those alone that are heavier than any other can be.
 */
export function keyRowsOf(tally: TallyReading, map: ShardMap, keyNames: KeyNames): KeyRow[] {
  const { sketch, keys, load } = tally;
  const offered = tally.shards.sum('offered');
  const atMost = tally.others?.recordsAtMost ?? 0;
  const isListed = (place: number): boolean => keys.count(place, 'offered') > atMost;
  return heaviest(sketch, isListed).map((place) => {
    const number = sketch.keys[place];
    const error = Math.floor(sketch.missed[place] / LEAST_WEIGHT);
    const records = keys.count(place, 'offered') + error;
    return {
      key: keyNames.nameOf(number),
      hashKey: formatHashKey(keyNames.hashKeyOf(number)),
      ...(tally.ignoresKeys === true ? {} : { shardId: map.all[tally.shardOfKey[place]].shardId }),
      records,
      bytes: keys.count(place, 'bytes') + Math.floor(sketch.missed[place]),
      share: offered > 0 ? records / offered : 0,
      error,
      ...(tally.ignoresKeys === true ? {} : { utilization: load.keyUtilization[place] }),
      ...rowOf(keys, place),
    };
  });
}

/** Places in order of weight, heaviest first; of equals the lower key number first. */
function heaviest(sketch: KeySketch, isListed: (place: number) => boolean): number[] {
  return Array.from(sketch.held())
    .filter(isListed)
    .sort((a, b) => sketch.weights[b] - sketch.weights[a] || sketch.keys[a] - sketch.keys[b])
    .slice(0, MOST_KEYS);
}

/** What became of the records of a shard or a key. */
const FATES = [
  'accepted',
  'throttled',
  'failed',
  'dropped',
  'attempts',
  'retries',
  'throttledAttempts',
  'failedAttempts',
] as const satisfies readonly CountName[];

function rowOf(counts: OutcomeReading, row: number): Pick<OutcomeRow, (typeof FATES)[number]> {
  const all = counts.row(row);
  return Object.fromEntries(FATES.map((name) => [name, all[name]])) as Pick<
    OutcomeRow,
    (typeof FATES)[number]
  >;
}
