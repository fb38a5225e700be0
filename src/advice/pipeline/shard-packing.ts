/**
 * What one shard's user records become when producers aggregate them: each process keeps one open aggregate per shard,
 * sends it when it is full, and at the latest when its first record has waited for the linger.
 *
 * Where records of a process come to a shard at random with rate u, an aggregate has 1 + Poisson(u x linger) records,
 * at most as many as fit, and aggregates follow one another (renewal): so Kinesis records/s = u / mean count. Busier
 * shards have fuller aggregates: Kinesis records grow with the user records, but more slowly, up to producers / linger.
 */
import { LIMITS } from '../../model/limits.ts';
import type { AggregateSpec } from '../../traffic/scenario.ts';
import { kinesisRecordBytes, recordsThatFit, type MeanRecord } from './aggregate.ts';

/** How producers aggregate. */
export interface Aggregating {
  readonly spec: AggregateSpec;
  /** How long a record may wait for others, in seconds (RecordMaxBufferedTime). */
  readonly lingerSec: number;
  /** Processes that aggregate, each for itself; the traffic is shared evenly among them. */
  readonly producers: number;
  readonly record: MeanRecord;
}

/** Aggregates of one shard at some rate. */
export interface Packing {
  /** Mean user records in a Kinesis record, from 1. */
  readonly recordsPerAggregate: number;
  /** Mean data and key of a Kinesis record. */
  readonly bytesPerAggregate: number;
  /** Mean PUT payload units of a Kinesis record. */
  readonly unitsPerAggregate: number;
  /** Part of the aggregates that are sent because they are full, 0…1. */
  readonly full: number;
  /** How many user records aggregates have. */
  readonly counts: readonly CountChance[];
}

export interface CountChance {
  readonly count: number;
  /** 0…1; all of them sum up to 1. */
  readonly chance: number;
}

/** Beyond so many standard deviations nothing is left of a Poisson distribution. */
const NOTHING_LEFT = 9;

/** Aggregates of a shard that gets `recordsPerSec` user records per second from all producers, 0 or more. */
export function packingAt(recordsPerSec: number, aggregating: Aggregating): Packing {
  const { spec, lingerSec, producers, record } = aggregating;
  const counts = countChances((recordsPerSec / producers) * lingerSec, recordsThatFit(spec, record));
  let records = 0;
  let bytes = 0;
  let units = 0;
  for (const { count, chance } of counts) {
    const each = kinesisRecordBytes(count, record);
    records += chance * count;
    bytes += chance * each;
    units += chance * Math.ceil(each / LIMITS.putPayloadUnitBytes.value);
  }
  const most = recordsThatFit(spec, record);
  const full = counts.reduce((sum, { count, chance }) => (count >= most ? sum + chance : sum), 0);
  return {
    recordsPerAggregate: records,
    bytesPerAggregate: bytes,
    unitsPerAggregate: units,
    full,
    counts,
  };
}

/** min(1 + Poisson(mean), most): from the likeliest count outwards by ratios, which needs no factorial. */
function countChances(mean: number, most: number): CountChance[] {
  const spread = Math.sqrt(mean) * NOTHING_LEFT + NOTHING_LEFT;
  if (most === 1 || mean - spread > most - 1) return [{ count: most, chance: 1 }];
  const middle = Math.floor(mean);
  const last = Math.min(Math.ceil(mean + spread), Number.MAX_SAFE_INTEGER);
  const below: CountChance[] = [];
  const above: CountChance[] = [];
  let sum = 0;
  for (let n = middle, weight = 1; n >= 0 && weight > 1e-18; weight *= n / mean, n--) {
    below.push({ count: n + 1, chance: weight });
    sum += weight;
  }
  for (let n = middle + 1, weight = mean / n; n <= last && weight > 1e-18; n++, weight *= mean / n) {
    above.push({ count: n + 1, chance: weight });
    sum += weight;
  }
  return cut([...below.reverse(), ...above], sum, most);
}

/** Counts above the most are the most; chances become parts of one. */
function cut(weights: readonly CountChance[], sum: number, most: number): CountChance[] {
  const kept: CountChance[] = [];
  let atMost = 0;
  for (const { count, chance } of weights) {
    if (count < most) kept.push({ count, chance: chance / sum });
    else atMost += chance / sum;
  }
  return atMost > 0 ? [...kept, { count: most, chance: atMost }] : kept;
}

/** What fills a shard, in user records, and how its records are packed then. */
export interface FullShard {
  /** User records per second with which the limit is reached. */
  readonly userRecordsPerSec: number;
  readonly packing: Packing;
}

/** The load at which a shard's Kinesis records reach `limit` per second: they grow with the user records. */
export function fullInRecords(limit: number, aggregating: Aggregating): FullShard {
  return fullAt(limit, aggregating, (packing) => 1 / packing.recordsPerAggregate);
}

/** The load at which a shard's bytes reach `limit` per second. */
export function fullInBytes(limit: number, aggregating: Aggregating): FullShard {
  return fullAt(limit, aggregating, (packing) => packing.bytesPerAggregate / packing.recordsPerAggregate);
}

/** Bisection on the user records; `perRecord` is what each of them takes of the limit. */
function fullAt(limit: number, aggregating: Aggregating, perRecord: (packing: Packing) => number): FullShard {
  let low = 0;
  let high = 1;
  for (; high * perRecord(packingAt(high, aggregating)) < limit; high *= 2) low = high;
  for (let i = 0; i < 60 && high - low > high * 1e-12; i++) {
    const middle = (low + high) / 2;
    if (middle * perRecord(packingAt(middle, aggregating)) < limit) low = middle;
    else high = middle;
  }
  return { userRecordsPerSec: high, packing: packingAt(high, aggregating) };
}
