/**
 * Single records of the recent past that were acknowledged and not seen by a consumer yet, or seen and not
 * acknowledged: what remains of them when the stream was read to its end is lost, or was stored without a word.
 *
 * Bounded: where more are open than it may hold, those that were due first are left to the ledger, and from then on
 * only records due later are told apart.
 */
import { NO_DUE } from './sequence-ledger.ts';

const MOST_OPEN = 400_000;
const LEAST_SLOTS = 1024;

const EMPTY = 0;
const ACKNOWLEDGED = 1;
const SEEN = 2;
const GONE = 3;

export interface OpenRecord {
  readonly shard: number;
  readonly dueSec: number;
  /** Acknowledged and not seen; else seen and not acknowledged. */
  readonly isAcknowledged: boolean;
}

export class OpenRecords {
  readonly #mostOpen: number;
  #states = new Uint8Array(LEAST_SLOTS);
  #lows = new Uint32Array(LEAST_SLOTS);
  #highs = new Uint32Array(LEAST_SLOTS);
  #shards = new Uint32Array(LEAST_SLOTS);
  #dueSecs = new Int32Array(LEAST_SLOTS);
  /** Slots that are not EMPTY. */
  #used = 0;
  #open = 0;
  /** By shard number: acknowledged and not seen. */
  readonly #waiting = new Map<number, number>();
  /** Records due from here on are told apart. */
  exactFromSec = 0;
  /** Whether those are that do not say when they were due. */
  isExactWithoutDue = true;

  constructor(mostOpen = MOST_OPEN) {
    this.#mostOpen = mostOpen;
  }

  acknowledged(shard: number, dueSec: number, low: number, high: number): void {
    this.#meet(ACKNOWLEDGED, shard, dueSec, low, high);
  }

  seen(shard: number, dueSec: number, low: number, high: number): void {
    this.#meet(SEEN, shard, dueSec, low, high);
  }

  /** Whether every record was told apart from the first on. */
  get isWhole(): boolean {
    return this.exactFromSec === 0 && this.isExactWithoutDue;
  }

  /** Whether a record of that time is told apart. */
  isExact(dueSec: number): boolean {
    return dueSec === NO_DUE ? this.isExactWithoutDue : dueSec >= this.exactFromSec;
  }

  /** Acknowledged on a shard and not seen yet, of those that are told apart. */
  waiting(shard: number): number {
    return this.#waiting.get(shard) ?? 0;
  }

  *records(): Generator<OpenRecord> {
    for (let slot = 0; slot < this.#states.length; slot++) {
      const state = this.#states[slot];
      if (state !== ACKNOWLEDGED && state !== SEEN) continue;
      const isAcknowledged = state === ACKNOWLEDGED;
      yield { shard: this.#shards[slot], dueSec: this.#dueSecs[slot], isAcknowledged };
    }
  }

  /** Its other half is there already, and it is settled; or it is open until that comes. */
  #meet(
    state: typeof ACKNOWLEDGED | typeof SEEN,
    shard: number,
    dueSec: number,
    low: number,
    high: number,
  ): void {
    if (!this.isExact(dueSec)) return;
    const mask = this.#states.length - 1;
    let free = -1;
    let slot = low & mask;
    for (; this.#states[slot] !== EMPTY; slot = (slot + 1) & mask) {
      const found = this.#states[slot];
      if (found === GONE) {
        if (free < 0) free = slot;
      } else if (this.#lows[slot] === low && this.#highs[slot] === high && this.#shards[slot] === shard) {
        if (found !== state) this.#settle(slot);
        return;
      }
    }
    if (free < 0) this.#used++;
    this.#put(free < 0 ? slot : free, state, shard, dueSec, low, high);
    if (this.#open > this.#mostOpen) this.#letGo();
    else if (this.#used * 4 > this.#states.length * 3) this.#rebuild();
  }

  #put(slot: number, state: number, shard: number, dueSec: number, low: number, high: number): void {
    this.#states[slot] = state;
    this.#shards[slot] = shard;
    this.#dueSecs[slot] = dueSec;
    this.#lows[slot] = low;
    this.#highs[slot] = high;
    this.#open++;
    if (state === ACKNOWLEDGED) this.#wait(shard, 1);
  }

  #settle(slot: number): void {
    if (this.#states[slot] === ACKNOWLEDGED) this.#wait(this.#shards[slot], -1);
    this.#states[slot] = GONE;
    this.#open--;
  }

  #wait(shard: number, by: number): void {
    this.#waiting.set(shard, this.waiting(shard) + by);
  }

  /** The half that was due first is left to the ledger. */
  #letGo(): void {
    const open = Array.from(this.records(), ({ dueSec }) => dueSec);
    const dated = Float64Array.from(open.filter((dueSec) => dueSec !== NO_DUE)).sort();
    // Of the newest second none is kept where the half reaches into it.
    if (dated.length > 0) this.exactFromSec = Math.max(this.exactFromSec, dated[dated.length >> 1] + 1);
    if (dated.length < open.length) this.isExactWithoutDue = false;
    for (let slot = 0; slot < this.#states.length; slot++) {
      const state = this.#states[slot];
      if (state === ACKNOWLEDGED || state === SEEN) {
        if (!this.isExact(this.#dueSecs[slot])) this.#settle(slot);
      }
    }
    this.#rebuild();
  }

  /** In twice the room that the open ones need, or less than now. */
  #rebuild(): void {
    const old = [this.#states, this.#lows, this.#highs, this.#shards, this.#dueSecs] as const;
    let slots = LEAST_SLOTS;
    while (slots < this.#open * 2 + 2) slots *= 2;
    this.#states = new Uint8Array(slots);
    this.#lows = new Uint32Array(slots);
    this.#highs = new Uint32Array(slots);
    this.#shards = new Uint32Array(slots);
    this.#dueSecs = new Int32Array(slots);
    this.#used = this.#open;
    this.#open = 0;
    this.#waiting.clear();
    const [states, lows, highs, shards, dueSecs] = old;
    for (let from = 0; from < states.length; from++) {
      if (states[from] !== ACKNOWLEDGED && states[from] !== SEEN) continue;
      let slot = lows[from] & (slots - 1);
      while (this.#states[slot] !== EMPTY) slot = (slot + 1) & (slots - 1);
      this.#put(slot, states[from], shards[from], dueSecs[from], lows[from], highs[from]);
    }
  }
}
