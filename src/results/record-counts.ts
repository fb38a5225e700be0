/**
 * What a load tells about its records, whoever counts them: the tally itself, or the ledger of one of several threads,
 * whose pages the tally is made of.
 */
import type { AttemptOutcome, RecordOutcome } from '../model/outcome.ts';
import type { LayoutChange } from '../model/shard-map.ts';
import type { LatencyHistogram } from './latency.ts';
import type { EndedRecords, OfferedRecords } from './tally.ts';

export interface RecordCounts {
  requests: number;
  /** Kinesis records sent, where records are packed into them. */
  kinesisRecords: number;
  readonly isPacked: boolean;
  readonly response: LatencyHistogram;
  readonly service: LatencyHistogram;
  readonly queue: LatencyHistogram;
  readonly series: { retry(timeUs: number): void };
  /** Records `from` … `to - 1` of some columns fall due, in order. @param startUs of the counted duration */
  offerRun(records: OfferedRecords, from: number, to: number, startUs: number): void;
  /** A record was packed for the first time. */
  pack(timeUs: number, key: number, shard: number, part: number, bytes: number): void;
  /** An attempt was answered, or given up as lost. */
  attempt(timeUs: number, shard: number, outcome: AttemptOutcome): void;
  /** A record that was offered to one shard is tried on another. */
  move(from: number, to: number, bytes: number): void;
  /** The place where a key is counted, which is `guess` as a rule; negative where it has none. */
  placeOf(key: number, guess: number, shard: number): number;
  /** A record's end, with all the attempts that it took. */
  finish(
    place: number,
    shard: number,
    bytes: number,
    outcome: RecordOutcome,
    attempts: number,
    throttledAttempts: number,
    failedAttempts: number,
  ): void;
  /** Records end, each after one attempt. @returns how many were accepted */
  end(records: EndedRecords, nowUs: number): number;
  /** The layout of the stream changes. */
  relayout(change: LayoutChange, timeUs: number, shardOf: (key: number) => number): void;
}
