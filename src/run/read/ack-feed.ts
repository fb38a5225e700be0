/**
 * What the senders tell the readers: every Kinesis record that was acknowledged, in packets of four words each, so that
 * it costs a sending thread little and crosses to the readers' thread without a copy.
 */
import { hashSequence } from '../../results/sequence-hash.ts';
import { NO_DUE } from '../../results/sequence-ledger.ts';
import { shardNumberOf } from '../../model/shard-map.ts';

/** What a transport is given to tell of acknowledged records. */
export interface Acknowledgements {
  /**
   * A Kinesis record was acknowledged.
   * @param dueUs when it was due, from the start of the schedule, as its header says; of an aggregate, its first
   * record. Undefined where that carries no header.
   */
  add(shardId: string, sequenceNumber: string, dueUs: number | undefined): void;
}

/** Shard number, second in which it was due (all ones: it does not say), low and high word of the hash. */
export const WORDS = 4;
const NO_DUE_WORD = 0xffff_ffff;
const RECORDS = 2048;
const US_PER_SEC = 1_000_000;

export class AckFeed implements Acknowledgements {
  /** Records told of. */
  count = 0;
  /** By how much later than all machines' common start this one's schedule began, microseconds. */
  lateUs = 0;
  readonly #post: (words: Uint32Array<ArrayBuffer>) => void;
  readonly #hash = new Uint32Array(2);
  #words = new Uint32Array(RECORDS * WORDS);
  #at = 0;
  #lastId = '';
  #lastNumber = -1;

  /** @param post takes a packet over; the buffer is not used again */
  constructor(post: (words: Uint32Array<ArrayBuffer>) => void) {
    this.#post = post;
  }

  add(shardId: string, sequenceNumber: string, dueUs: number | undefined): void {
    if (shardId !== this.#lastId) {
      this.#lastId = shardId;
      this.#lastNumber = shardNumberOf(shardId);
    }
    hashSequence(sequenceNumber, this.#hash);
    const words = this.#words;
    words[this.#at] = this.#lastNumber;
    words[this.#at + 1] = dueUs === undefined ? NO_DUE_WORD : Math.floor((dueUs + this.lateUs) / US_PER_SEC);
    words[this.#at + 2] = this.#hash[0];
    words[this.#at + 3] = this.#hash[1];
    this.#at += WORDS;
    this.count++;
    if (this.#at === words.length) this.flush();
  }

  /** Sends on what there is. To be called several times a second. */
  flush(): void {
    if (this.#at === 0) return;
    this.#post(this.#words.slice(0, this.#at));
    this.#at = 0;
  }
}

/** Reads a packet, record by record. */
export function eachAcknowledged(
  words: Uint32Array,
  take: (shard: number, dueSec: number, low: number, high: number) => void,
): void {
  for (let at = 0; at < words.length; at += WORDS) {
    const due = words[at + 1];
    take(words[at], due === NO_DUE_WORD ? NO_DUE : due, words[at + 2], words[at + 3]);
  }
}
