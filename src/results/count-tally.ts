/**
 * A tally that is filled with counts per step of time, shard and heavy key, where nobody follows single records.
 */
import { CountMeter } from './count-meter.ts';
import { CountTable, type OutcomeReading } from './count-table.ts';
import type { KeyStays } from './key-stays.ts';
import { KeySketch, LEAST_WEIGHT } from './key-sketch.ts';
import type { LoadJudge } from './load-judge.ts';
import type { Tally } from './tally.ts';
import { TimeSeries } from './time-series.ts';

/** What reports and findings read of a tally, however it was filled. */
export interface TallyReading {
  readonly shards: OutcomeReading;
  readonly keys: OutcomeReading;
  readonly sketch: KeySketch;
  readonly shardOfKey: Uint32Array;
  readonly load: LoadJudge;
  readonly series: Pick<TimeSeries, 'until'>;
  readonly requests: number;
  /** Whether records were packed into Kinesis records, and how many of those were sent. */
  readonly isPacked: boolean;
  readonly kinesisRecords: number;
  /** Keys that no place is kept for, where those that have one were chosen beforehand. */
  readonly others?: OtherKeys;
  /** Whether the stream spreads records by itself, so that no key has a shard. */
  readonly ignoresKeys?: boolean;
  /** Where the layout has changed. */
  readonly stays?: KeyStays | undefined;
  readonly openedUs?: ReadonlyMap<number, number>;
  readonly closedUs?: ReadonlyMap<number, number>;
  readonly usedClosed?: ReadonlySet<number>;
}

export interface OtherKeys {
  readonly keys: number;
  /** Most records that one of them may have had, with 99 % probability. */
  readonly recordsAtMost: number;
}

/** A tally that knows latencies too. */
export type TimedReading = TallyReading & Pick<Tally, 'response' | 'service' | 'queue'>;

export interface CountTallyOptions {
  readonly shards: number;
  readonly durationUs: number;
  readonly z: number;
  /** Keys that are counted one by one, by their numbers in the dictionary. */
  readonly keys: readonly number[];
  /** Length of a step in whole seconds, a divisor of ten. */
  readonly stepSec: number;
}

export class CountTally implements TallyReading {
  readonly shards: CountTable;
  readonly sketch: KeySketch;
  /** By place in the sketch. */
  readonly keys: CountTable;
  readonly shardOfKey: Uint32Array;
  readonly load: CountMeter;
  readonly series: TimeSeries;
  requests = 0;
  others: OtherKeys = { keys: 0, recordsAtMost: 0 };
  readonly isPacked = false;
  readonly kinesisRecords = 0;

  constructor({ shards, durationUs, z, keys, stepSec }: CountTallyOptions) {
    const places = Math.max(1, keys.length);
    this.shards = new CountTable(shards);
    this.sketch = new KeySketch(places);
    this.keys = new CountTable(places);
    this.shardOfKey = new Uint32Array(places);
    this.load = new CountMeter(shards, this.sketch, this.shardOfKey, durationUs / 1_000_000, z, stepSec);
    this.series = new TimeSeries(durationUs, shards, stepSec);
  }

  /** The place of a key that is counted one by one. */
  placeOf(key: number, shard: number): number {
    const place = this.sketch.add(key, 0, () => undefined);
    this.shardOfKey[place] = shard;
    return place;
  }

  /** What a shard was offered in the running step, squares of bytes too, and what of it was throttled. */
  addShard(
    timeUs: number,
    shard: number,
    records: number,
    bytes: number,
    squares: number,
    throttled: number,
    bytesAccepted: number,
  ): void {
    this.shards.add(shard, records, bytes, throttled, bytesAccepted);
    this.load.shards.records[shard] = records;
    this.load.shards.bytes[shard] = bytes;
    this.load.shards.squares[shard] = squares;
    this.series.add(timeUs, shard, records, bytes, throttled);
  }

  /** The same of a key. */
  addKey(
    place: number,
    records: number,
    bytes: number,
    squares: number,
    throttled: number,
    bytesAccepted: number,
  ): void {
    this.keys.add(place, records, bytes, throttled, bytesAccepted);
    this.sketch.weights[place] += Math.max(bytes, records * LEAST_WEIGHT);
    this.load.keys.records[place] = records;
    this.load.keys.bytes[place] = bytes;
    this.load.keys.squares[place] = squares;
  }

  /** A second of a shard that may be its busiest. */
  notePeak(shard: number, records: number, bytes: number): void {
    const { peakRecords, peakBytes } = this.load;
    if (records > peakRecords[shard]) peakRecords[shard] = records;
    if (bytes > peakBytes[shard]) peakBytes[shard] = bytes;
  }
}
