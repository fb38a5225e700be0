/**
 * The reply to PutRecords, assembled in one buffer from entries prepared per shard: an accepted record differs
 * from its neighbour only in the last digits of its sequence number, a throttled one not at all.
 */
import { shardIdOf } from '../model/shard-map.ts';
import { ACCEPTED } from '../model/throttle.ts';
import { encodeCbor } from './cbor-writer.ts';
import { FAILED, MOST_RECORDS, type PutBatch } from './put-batch.ts';
import {
  COUNTER_DIGITS,
  MOMENT_DIGITS,
  sequenceNumber,
  sequencePrefix,
  writeDigits,
} from './sequence-number.ts';
import { rateExceeded } from './service-error.ts';

/** How a format writes the reply: around the entries, and each of them. */
interface ReplySyntax {
  readonly head: (failed: number, encrypted: boolean) => Buffer;
  readonly entry: (members: object) => Buffer;
  /** Between two entries; nothing in CBOR. */
  readonly separator: Buffer;
  readonly tail: Buffer;
}

export const JSON_SYNTAX: ReplySyntax = {
  head: (failed, encrypted) => {
    const kms = encrypted ? '"EncryptionType":"KMS",' : '';
    return Buffer.from(`{${kms}"FailedRecordCount":${failed},"Records":[`);
  },
  entry: (members) => Buffer.from(JSON.stringify(members)),
  separator: Buffer.from(','),
  tail: Buffer.from(']}'),
};

const CBOR_BREAK = Buffer.from([0xff]);

export const CBOR_SYNTAX: ReplySyntax = {
  head: (failed, encrypted) => {
    const kms = encrypted ? { EncryptionType: 'KMS' } : {};
    // The breaks of the list and of the map come with the tail.
    const whole = encodeCbor({ ...kms, FailedRecordCount: failed, Records: [] });
    return whole.subarray(0, whole.length - 2 * CBOR_BREAK.length);
  },
  entry: encodeCbor,
  separator: Buffer.alloc(0),
  tail: Buffer.concat([CBOR_BREAK, CBOR_BREAK]),
};

export class PutReplies {
  readonly #stream: string;
  readonly #accountId: string;
  readonly #createdUs: number;
  readonly #syntax: ReplySyntax;
  /** Where the digits that count, those of the shard before them, and those of its name end in an accepted entry. */
  readonly #counterEnd: number;
  readonly #shardEnd: number;
  readonly #nameEnd: number;
  readonly #failed: Uint8Array;
  readonly #accepted: Uint8Array[] = [];
  readonly #throttled: Uint8Array[] = [];
  /** Entries of shard 0 for a whole reply, with what stands between them. */
  #plenty: Buffer | undefined;

  constructor(stream: string, accountId: string, createdUs: number, syntax: ReplySyntax) {
    this.#stream = stream;
    this.#accountId = accountId;
    this.#createdUs = createdUs;
    this.#syntax = syntax;
    const entry = Buffer.from(this.#acceptedEntry(0));
    const endOf = (text: string): number => entry.indexOf(text) + text.length;
    const end = endOf(sequenceNumber(sequencePrefix(createdUs, 0), 0));
    this.#counterEnd = end - MOMENT_DIGITS;
    this.#shardEnd = end - COUNTER_DIGITS;
    this.#nameEnd = endOf(shardIdOf(0));
    this.#failed = this.#entryOf({ ErrorCode: 'InternalFailure', ErrorMessage: 'Internal Service Failure' });
  }

  /**
   * The reply for a batch whose records have their verdicts and places.
   * @param encrypted whether the stream is encrypted, which the reply says
   */
  replyTo(batch: PutBatch, encrypted: boolean): Buffer {
    let failed = 0;
    let length = 0;
    for (let i = 0; i < batch.count; i++) {
      if (batch.verdict[i] !== ACCEPTED) failed++;
    }
    const head = this.#syntax.head(failed, encrypted);
    if (failed === 0) return this.#acceptedReply(batch, head);
    const { separator, tail } = this.#syntax;
    for (let i = 0; i < batch.count; i++) length += this.#entry(batch, i).length;
    const between = separator.length * Math.max(0, batch.count - 1);
    const reply = Buffer.allocUnsafeSlow(head.length + length + between + tail.length);
    reply.set(head);
    let at = head.length;
    for (let i = 0; i < batch.count; i++) {
      if (i > 0 && separator.length > 0) reply[at++] = separator[0];
      const entry = this.#entry(batch, i);
      reply.set(entry, at);
      if (batch.verdict[i] === ACCEPTED) writeDigits(batch.counter[i], reply, at + this.#counterEnd);
      at += entry.length;
    }
    reply.set(tail, at);
    return reply;
  }

  /** The reply where every record was accepted: copied as a whole, then only the digits that differ. */
  #acceptedReply(batch: PutBatch, head: Buffer): Buffer {
    const { separator, tail } = this.#syntax;
    const plenty = (this.#plenty ??= this.#manyEntries());
    const stride = plenty.length / MOST_RECORDS;
    const length = batch.count * stride - separator.length;
    const reply = Buffer.allocUnsafeSlow(head.length + length + tail.length);
    reply.set(head);
    plenty.copy(reply, head.length, 0, length);
    for (let i = 0, at = head.length; i < batch.count; i++, at += stride) {
      writeDigits(batch.shard[i], reply, at + this.#shardEnd);
      writeDigits(batch.counter[i], reply, at + this.#counterEnd);
      writeDigits(batch.shard[i], reply, at + this.#nameEnd);
    }
    reply.set(tail, head.length + length);
    return reply;
  }

  #manyEntries(): Buffer {
    const one = Buffer.concat([this.#acceptedEntry(0), this.#syntax.separator]);
    return Buffer.alloc(one.length * MOST_RECORDS, one);
  }

  #entry(batch: PutBatch, i: number): Uint8Array {
    const shard = batch.shard[i];
    if (batch.verdict[i] === ACCEPTED) return (this.#accepted[shard] ??= this.#acceptedEntry(shard));
    if (batch.verdict[i] === FAILED) return this.#failed;
    return (this.#throttled[shard] ??= this.#throttledEntry(shard));
  }

  #acceptedEntry(shard: number): Uint8Array {
    const sequence = sequenceNumber(sequencePrefix(this.#createdUs, shard), 0);
    return this.#entryOf({ SequenceNumber: sequence, ShardId: shardIdOf(shard) });
  }

  #throttledEntry(shard: number): Uint8Array {
    const message = rateExceeded(shardIdOf(shard), this.#stream, this.#accountId);
    return this.#entryOf({ ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: message });
  }

  #entryOf(members: object): Uint8Array {
    return new Uint8Array(this.#syntax.entry(members));
  }
}
