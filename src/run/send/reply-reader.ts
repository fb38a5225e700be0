/**
 * A reply to a request as outcomes. Of PutRecords, where nothing failed, which is nearly always, only a count is looked for; where
 * something did, and in a sample of the others, the whole reply is read and our routing is checked against it.
 */
import { ATTEMPT, type AttemptOutcome } from '../../model/outcome.ts';
import type { Batch } from '../../traffic/producer.ts';
import type { PutApi } from '../../traffic/scenario.ts';
import type { RecordSlab } from '../../traffic/record-slab.ts';
import type { AcknowledgedRecords } from '../read/acknowledged-records.ts';
import { kinesisRecordsOf, rangeOf } from './put-entries.ts';
import { failureOf } from './put-error.ts';
import type { PutReply, TransportError } from './transport.ts';

/** One reply in so many is read though nothing failed. */
const SAMPLE = 16;
/** Part by which replies of the same kind may differ in length per record. */
const LENGTH_TOLERANCE = 0.2;
/** Replies in a row without a record on another shard than we thought, after which only some are read again. */
const CLEAN_REPLIES = 256;
const NONE_FAILED = Buffer.from('"FailedRecordCount":0');

/** What a reply says of each Kinesis record. */
export interface PutResult {
  readonly ErrorCode?: string | undefined;
  readonly ErrorMessage?: string | undefined;
  readonly ShardId?: string | undefined;
  readonly SequenceNumber?: string | undefined;
}

export class ReplyReader {
  readonly #shardIds: readonly string[];
  readonly #acknowledged: AcknowledgedRecords | undefined;
  readonly #api: PutApi;
  #read = 0;
  /** Length of a reply in which nothing failed, per record; the others are as long, or are read. */
  #bytesPerRecord = 0;
  /** Replies to be read whole yet, because a record was on another shard than we thought. */
  #doubt = 0;
  #accepted = new Uint8Array(0);

  /**
   * @param shardIds by number; may grow
   * @param acknowledged is told of every accepted record, so that every reply is read
   */
  constructor(shardIds: readonly string[], acknowledged?: AcknowledgedRecords, api: PutApi = 'PutRecords') {
    this.#api = api;
    this.#shardIds = shardIds;
    this.#acknowledged = acknowledged;
  }

  /** @param chunks a reply with status 200, in the pieces in which it came: they are put together only to be parsed */
  read(chunks: readonly Buffer[], batch: Batch, records: RecordSlab): PutReply {
    if (this.#api === 'PutRecord') return this.#readLone(chunks, batch, records);
    const sent = kinesisRecordsOf(batch);
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const isDoubted = this.#doubt > 0 || this.#acknowledged !== undefined;
    const isSampled = isDoubted || this.#read++ % SAMPLE === 0;
    if (!isSampled && this.#isAsLong(length / sent) && saysNoneFailed(chunks)) return this.#allAccepted(sent);
    try {
      const { Records = [] } = JSON.parse(textOf(chunks)) as { Records?: PutResult[] };
      const reply = this.results(Records, batch, records);
      if (!reply.isWhole && saysNoneFailed(chunks)) this.#bytesPerRecord = length / sent;
      return reply;
    } catch (error) {
      return failedReply(error, batch);
    }
  }

  /** A reply to PutRecord is itself a result. */
  #readLone(chunks: readonly Buffer[], batch: Batch, records: RecordSlab): PutReply {
    try {
      return this.results([JSON.parse(textOf(chunks)) as PutResult], batch, records);
    } catch (error) {
      return failedReply(error, batch);
    }
  }

  /** A reply that was read already. */
  results(results: readonly PutResult[], batch: Batch, records: RecordSlab): PutReply {
    const sent = kinesisRecordsOf(batch);
    if (results.length !== sent) {
      return failedReply(new Error(`a reply of ${results.length} results to ${sent} records`), batch);
    }
    const outcomes = new Uint8Array(sent);
    const errors: TransportError[] = [];
    let misrouted = 0;
    for (let i = 0; i < sent; i++) {
      const { ErrorCode, ErrorMessage = '', ShardId } = results[i];
      const [start, end] = rangeOf(batch, i);
      if (ErrorCode === undefined || ErrorCode === '') {
        outcomes[i] = ATTEMPT.accepted;
        this.#acknowledged?.add(records, batch.slots[start], results[i]);
        if (ShardId !== this.#shardIds[records.shard[batch.slots[start]]]) misrouted++;
      } else if (ErrorCode === 'ProvisionedThroughputExceededException') {
        outcomes[i] = ATTEMPT.throttled;
      } else {
        outcomes[i] = ATTEMPT.failed;
        errors.push({ code: ErrorCode, message: ErrorMessage, records: end - start });
      }
    }
    if (misrouted > 0) this.#doubt = CLEAN_REPLIES;
    else if (this.#doubt > 0) this.#doubt--;
    return { outcomes: outcomesOf(outcomes), retryable: true, isWhole: false, misrouted, errors };
  }

  #isAsLong(bytesPerRecord: number): boolean {
    return Math.abs(bytesPerRecord / this.#bytesPerRecord - 1) < LENGTH_TOLERANCE;
  }

  #allAccepted(records: number): PutReply {
    if (this.#accepted.length < records) this.#accepted = new Uint8Array(records).fill(ATTEMPT.accepted);
    const outcomes = outcomesOf(this.#accepted.subarray(0, records));
    return { outcomes, retryable: true, isWhole: false, misrouted: 0, errors: [] };
  }
}

/** The count stands at one end of a reply. Where a piece ends within it, it is not found, and the reply is parsed. */
function saysNoneFailed(chunks: readonly Buffer[]): boolean {
  return chunks.some((chunk) => chunk.includes(NONE_FAILED));
}

function textOf(chunks: readonly Buffer[]): string {
  return (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)).toString();
}

function outcomesOf(column: Uint8Array): ArrayLike<AttemptOutcome> {
  return column as unknown as ArrayLike<AttemptOutcome>;
}

/** A request that failed as a whole. @param error as the AWS SDK throws it, or the network */
export function failedReply(error: unknown, batch: Batch): PutReply {
  const { outcome, retryable, code, message } = failureOf(error);
  return {
    outcomes: new Array<AttemptOutcome>(kinesisRecordsOf(batch)).fill(outcome),
    retryable,
    isWhole: true,
    misrouted: 0,
    errors: outcome === ATTEMPT.throttled ? [] : [{ code, message, records: batch.slots.length }],
  };
}
