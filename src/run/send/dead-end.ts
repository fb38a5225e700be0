/**
 * Notices when a load has come to a dead end: the stream was deleted, access to it was taken away, the credentials have
 * expired. One such answer is a failed request; nothing but such answers for a while is the end of the test.
 */
import type { DeadEndKind } from '../../results/ended-early.ts';
import { lastingTroubleOf } from '../lasting-trouble.ts';
import type { PutReply } from './transport.ts';

/** All requests sent for so long were answered so, while the load goes on. A right that changes is not there at once. */
export const DEAD_END_US = 5_000_000;
/** And at least so many: enough by themselves where the load is over. */
const LEAST_REQUESTS = 3;

export interface DeadEnd {
  readonly kind: DeadEndKind;
  readonly code: string;
  readonly message: string;
  /** When the first of the requests was sent. */
  readonly sinceUs: number;
}

export class DeadEndWatch {
  #end: DeadEnd | undefined;
  /** Requests that were answered so since then; when the last of them was sent. */
  #requests = 0;
  #lastUs = 0;

  /** @param sentUs when the request was sent; replies may come in another order */
  note(sentUs: number, { isWhole, errors }: PutReply): void {
    const error = isWhole ? errors.at(0) : undefined;
    const kind = error && lastingTroubleOf(error.code, error.message);
    if (error === undefined || kind === undefined) {
      // What was sent before the first of them says nothing about afterwards.
      if (this.#end !== undefined && sentUs >= this.#end.sinceUs) this.#end = undefined;
      return;
    }
    if (this.#end === undefined) {
      this.#end = { kind, code: error.code, message: error.message, sinceUs: sentUs };
      this.#requests = 0;
      this.#lastUs = sentUs;
    }
    this.#requests++;
    this.#lastUs = Math.max(this.#lastUs, sentUs);
  }

  /** Where the load goes on: the dead end that it is in. */
  get reached(): DeadEnd | undefined {
    const end = this.atTheEnd;
    return end !== undefined && this.#lastUs - end.sinceUs >= DEAD_END_US ? end : undefined;
  }

  /** Where the load is over: the dead end that it has ended in. */
  get atTheEnd(): DeadEnd | undefined {
    return this.#requests >= LEAST_REQUESTS ? this.#end : undefined;
  }
}
