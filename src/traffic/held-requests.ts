/**
 * Requests that failed as a whole and wait, in their slots, until the SDK sends them again.
 */
import type { Batch } from './producer.ts';
import { TimedHeap } from './timed-heap.ts';

export class HeldRequests {
  readonly #heap = new TimedHeap();
  readonly #held = new Map<number, Batch>();
  #added = 0;

  /** When the next is sent again; Infinity where none waits. */
  get nextUs(): number {
    return this.#heap.nextUs;
  }

  add(batch: Batch, againUs: number): void {
    const place = this.#added++ % 0x1_0000_0000;
    this.#held.set(place, batch);
    this.#heap.add(againUs, place);
  }

  /** The next whose wait is over, as it is sent now. */
  take(nowUs: number): Batch | undefined {
    if (this.#heap.nextUs > nowUs) return undefined;
    const batch = this.#shift();
    return batch && { ...batch, sentUs: nowUs, queueUs: 0 };
  }

  /** Takes all of them out. */
  clear(): Batch[] {
    const all: Batch[] = [];
    for (let batch = this.#shift(); batch; batch = this.#shift()) all.push(batch);
    return all;
  }

  #shift(): Batch | undefined {
    if (this.#heap.length === 0) return undefined;
    const place = this.#heap.shift();
    const batch = this.#held.get(place);
    this.#held.delete(place);
    return batch;
  }
}
