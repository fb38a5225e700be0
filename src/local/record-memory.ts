/**
 * The memory that the records of all streams share. When it is full, the stream that has most of it forgets its oldest
 * records, whoever wrote last: its trim horizon moves as if retention had passed.
 */

import { BodyPool } from './body-pool.ts';

/** Part of the memory that buffers may take which wait for another body. */
const SPARE_PART = 32;

/** One that holds records: a stream's log. */
export interface Holder {
  /** What it holds, in bytes. */
  readonly bytes: number;
  /** Whether it has anything to forget; what it wrote last does not count where `keepNewest` is set. */
  canForget(keepNewest: boolean): boolean;
  forgetOldest(): void;
}

export class RecordMemory {
  /** What all holders together may have, in bytes. */
  readonly budgetBytes: number;
  /** What bodies are kept in. */
  readonly bodies: BodyPool;
  #bytes = 0;
  /** Those with any bytes. */
  readonly #holders = new Set<Holder>();

  constructor(budgetBytes: number) {
    this.budgetBytes = budgetBytes;
    this.bodies = new BodyPool(budgetBytes / SPARE_PART);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** A holder has come to hold more, or less; to be told after its own count has changed. */
  changed(holder: Holder, byBytes: number): void {
    this.#bytes += byBytes;
    if (holder.bytes === 0) this.#holders.delete(holder);
    else if (byBytes > 0) this.#holders.add(holder);
  }

  /** Makes room after a write. What was written just now stays, even where it is more than all of the memory. */
  settle(writer: Holder): void {
    while (this.#bytes > this.budgetBytes) {
      const largest = this.#largest(writer);
      if (largest === undefined) return;
      largest.forgetOldest();
    }
  }

  #largest(writer: Holder): Holder | undefined {
    let largest: Holder | undefined;
    for (const holder of this.#holders) {
      if (holder.bytes > (largest?.bytes ?? 0) && holder.canForget(holder === writer)) largest = holder;
    }
    return largest;
  }
}
