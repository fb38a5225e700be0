/**
 * The reply to PutRecords, assembled in one buffer from entries prepared per shard: an accepted record differs
 * from its neighbour only in the last digits of its sequence number, a throttled one not at all.
 */
import { shardIdOf } from '../model/shard-map.ts';
import { ACCEPTED } from '../model/throttle.ts';
import { FAILED, type PutBatch } from './put-batch.ts';
import { sequenceNumber, sequencePrefix, writeCounter } from './sequence-number.ts';
import { rateExceeded } from './service-error.ts';

const BEFORE_SEQUENCE = '{"SequenceNumber":"';

export class PutReplies {
  readonly #stream: string;
  readonly #accountId: string;
  readonly #createdUs: number;
  readonly #counterAt: number;
  readonly #accepted: Uint8Array[] = [];
  readonly #throttled: Uint8Array[] = [];

  constructor(stream: string, accountId: string, createdUs: number) {
    this.#stream = stream;
    this.#accountId = accountId;
    this.#createdUs = createdUs;
    this.#counterAt = BEFORE_SEQUENCE.length + sequencePrefix(createdUs, 0).length;
  }

  /** The reply for a batch whose records have their verdicts and places. */
  replyTo(batch: PutBatch): Buffer {
    let failed = 0;
    let length = 0;
    for (let i = 0; i < batch.count; i++) {
      if (batch.verdict[i] !== ACCEPTED) failed++;
      length += this.#entry(batch, i).length + 1;
    }
    const head = `{"FailedRecordCount":${failed},"Records":[`;
    const reply = Buffer.allocUnsafeSlow(head.length + length + 1);
    let at = reply.write(head, 'latin1');
    for (let i = 0; i < batch.count; i++) {
      const entry = this.#entry(batch, i);
      reply.set(entry, at);
      if (batch.verdict[i] === ACCEPTED) writeCounter(batch.counter[i], reply, at + this.#counterAt);
      at += entry.length;
      reply[at++] = COMMA;
    }
    reply[at - 1] = CLOSE_LIST;
    reply[at] = CLOSE_OBJECT;
    return reply;
  }

  #entry(batch: PutBatch, i: number): Uint8Array {
    const shard = batch.shard[i];
    if (batch.verdict[i] === ACCEPTED) return (this.#accepted[shard] ??= this.#acceptedEntry(shard));
    if (batch.verdict[i] === FAILED) return FAILED_ENTRY;
    return (this.#throttled[shard] ??= this.#throttledEntry(shard));
  }

  #acceptedEntry(shard: number): Uint8Array {
    const sequence = sequenceNumber(sequencePrefix(this.#createdUs, shard), 0);
    return bytesOf(`${BEFORE_SEQUENCE}${sequence}","ShardId":"${shardIdOf(shard)}"}`);
  }

  #throttledEntry(shard: number): Uint8Array {
    const message = rateExceeded(shardIdOf(shard), this.#stream, this.#accountId);
    return bytesOf(`{"ErrorCode":"ProvisionedThroughputExceededException","ErrorMessage":"${message}"}`);
  }
}

const COMMA = 0x2c;
const CLOSE_LIST = 0x5d;
const CLOSE_OBJECT = 0x7d;

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

const FAILED_ENTRY = bytesOf('{"ErrorCode":"InternalFailure","ErrorMessage":"Internal Service Failure"}');
