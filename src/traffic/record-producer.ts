/**
 * What drives a producer and what it tells: the records that enter, the requests that go out, who hears how each record
 * ended.
 */
import type { AttemptOutcome, RecordOutcome } from '../model/outcome.ts';
import type { RecordSlab } from './record-slab.ts';

/** Who is told what happened to a record; `slot` is its place in the slab and is free again after `finished`. */
export interface ProducerSink {
  attempted(slot: number, outcome: AttemptOutcome, nowUs: number): void;
  finished(slot: number, outcome: RecordOutcome, nowUs: number): void;
  /**
   * What `attempted` and `finished` say of every record of a request, at once: for each it was the only attempt.
   * Where it is left out, they are told one by one.
   */
  ended?(slots: Uint32Array, outcomes: ArrayLike<AttemptOutcome>, nowUs: number): void;
  /** Where records are packed: the part of a Kinesis record, and of its bytes, that a record of it is; once each. */
  packed?(slot: number, part: number, bytes: number, nowUs: number): void;
}

/** A request. */
export interface Batch {
  readonly slots: Uint32Array;
  /** Where records are packed; else every record is a Kinesis record of its own. */
  readonly parcels?: Parcels;
  readonly sentUs: number;
  /** Time that the batch waited for an in-flight slot when it was full, had lingered long enough or was flushed. */
  readonly queueUs: number;
}

/** How the records of a request are packed into Kinesis records. */
export interface Parcels {
  /** For each Kinesis record, the position in `slots` behind its last record. */
  readonly ends: Uint32Array;
  /** Data and outer key of each. */
  readonly bytes: Uint32Array;
}

/** Where records go since the layout of the stream has changed. */
export interface NewLayout {
  /** Number of the shard that a record's key goes to now. */
  shardOf(slot: number): number;
  /** Puts a record on another shard, wherever it is counted too. */
  move(slot: number, shard: number): void;
}

/** Records as they fall due, in columns. */
export interface EnteringRecords {
  readonly length: number;
  readonly dueUs: Float64Array;
  /** Data and key. */
  readonly bytes: Uint32Array;
  /** The slots that they fill. */
  readonly slot: Uint32Array;
}

/** What drives the records of a scenario into requests: this file's producer, or that of the KPL. */
export interface RecordProducer {
  readonly records: RecordSlab;
  /** Requests on their way, or held until they are sent again. */
  readonly inFlight: number;
  /** Whether it holds no record at all. */
  readonly idle: boolean;
  /**
   * How many of some records, from record `from` on and at least one, can enter when they are due before the producer
   * has something to send or to say: it is asked again when the last of them has entered.
   * @param untilUs when something else happens; records due from then on are not counted
   */
  quietRun(records: EnteringRecords, from: number, untilUs: number): number;
  /** A record that the caller has filled into a slot of the slab enters the queue, or is dropped where it is full. */
  enter(slot: number, nowUs: number): void;
  /**
   * The same for records `from` … `to - 1` of some columns.
   * @param nowUs when they enter, all at once; left out, each enters when it is due
   */
  enterRun(records: EnteringRecords, from: number, to: number, nowUs?: number): void;
  /** Nothing more will enter: batches go out without waiting to be full. */
  flush(): void;
  /** The layout of the stream has changed. Who sends has its records moved when they are sent. */
  layoutChanged(nowUs: number, layout: NewLayout): void;
  /** Gives up everything that is not on its way: never sent is dropped, the rest ends as its last attempt did. */
  abandon(nowUs: number): void;
  /** When `nextBatch` may have something new to say although nothing entered and no reply came. */
  nextWakeUs(): number;
  /** The next request, where one is ready and a slot is free. Expires and releases what time has come for. */
  nextBatch(nowUs: number): Batch | undefined;
  /**
   * The reply to a request: one outcome for each of its Kinesis records.
   * @param retryable whether another try can end differently
   * @param isWhole whether the request failed as a whole, which is what the SDK tries again by itself
   */
  settle(
    batch: Batch,
    outcomes: ArrayLike<AttemptOutcome>,
    nowUs: number,
    retryable?: boolean,
    isWhole?: boolean,
  ): void;
}
