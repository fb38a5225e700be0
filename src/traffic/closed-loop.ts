/**
 * A closed loop: records do not fall due by a rate but when a slot is free for the request that they fill. A stream that
 * becomes slower is sent less.
 */
import { OfferColumns, type Offer } from './offer.ts';
import type { Producer } from './producer.ts';

/** Hands records `from` … `to - 1` of some columns to the producer. */
type Enter = (columns: OfferColumns, from: number, to: number, nowUs: number) => void;

export class ClosedLoop {
  readonly #offer: Offer;
  readonly #producer: Producer;
  readonly #endUs: number;
  /** Drawn ahead; those from `#at` on are not due yet. */
  readonly #columns = new OfferColumns();
  #at = 0;
  #isOver = false;

  /** @param endUs from then on nothing falls due */
  constructor(offer: Offer, producer: Producer, endUs: number) {
    this.#offer = offer;
    this.#producer = producer;
    this.#endUs = endUs;
  }

  /** Where a slot is free: the records that fill its request fall due now. */
  fill(nowUs: number, enter: Enter): void {
    if (this.#isOver || nowUs >= this.#endUs) return;
    for (;;) {
      if (this.#at === this.#columns.length) this.#draw();
      const from = this.#at;
      const to = from + this.#producer.room(this.#columns, from, nowUs);
      if (to === from) return;
      this.#columns.dueUs.fill(nowUs, from, to);
      enter(this.#columns, from, to, nowUs);
      this.#at = to;
    }
  }

  /** Nothing falls due any more. */
  end(): void {
    this.#isOver = true;
  }

  #draw(): void {
    this.#offer.take(Infinity, this.#columns);
    this.#at = 0;
  }
}
