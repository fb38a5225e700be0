/**
 * An on-demand stream from minute to minute, without a clock: it is told what the shards accept, and says at the end of
 * every whole minute which of them are split. The simulator and the local endpoint both go by it.
 */
import { AcceptedLoad } from './accepted-load.ts';
import { MINUTE_US, OnDemandScaler, type OnDemandRules } from './on-demand.ts';
import {
  halvesChange,
  openNumbersAfter,
  openNumbersOf,
  type LayoutChange,
  type ShardMap,
} from './shard-map.ts';

export class OnDemandMinutes {
  readonly #scaler: OnDemandScaler;
  readonly #accepted: AcceptedLoad;
  #map: ShardMap;
  #open: Uint32Array;
  #endUs: number;
  /** Whether nothing was accepted in the minute under way. */
  #isQuiet = true;

  /** @param startUs of the first minute, in microseconds */
  constructor(rules: OnDemandRules, map: ShardMap, startUs: number) {
    this.#scaler = new OnDemandScaler(rules);
    this.#accepted = new AcceptedLoad(map.all.length);
    this.#map = map;
    this.#open = openNumbersOf(map);
    this.#endUs = startUs + MINUTE_US;
  }

  /** End of the minute under way. */
  get endUs(): number {
    return this.#endUs;
  }

  /** The first time at which shards may be split, as far as is known now; Infinity where nothing suggests it. */
  get splitUs(): number {
    return this.#isQuiet ? this.#firstEndFrom(this.#scaler.nextUs) : this.#endUs;
  }

  /** A shard has accepted a Kinesis record of so many bytes, data and key. */
  add(shard: number, bytes: number): void {
    this.#isQuiet = false;
    this.#accepted.add(shard, bytes);
  }

  /** The stream has another layout, whoever changed it. */
  relayout(map: ShardMap): void {
    this.#open = openNumbersAfter(this.#open, this.#map, map);
    this.#map = map;
    this.#accepted.grow(map.all.length);
  }

  /** Lets the minutes pass up to a time in which nothing was accepted and nothing is due; one that ends by then stays. */
  skipQuiet(nowUs: number): void {
    if (!this.#isQuiet || nowUs < this.#endUs) return;
    const lastUs = this.#endUs + Math.floor((nowUs - this.#endUs) / MINUTE_US) * MINUTE_US;
    this.#endUs = Math.min(lastUs, this.#firstEndFrom(this.#scaler.nextUs));
  }

  /**
   * The minute under way is over.
   * @returns the splits that are due at its end, all at once; undefined where there are none
   */
  endMinute(): LayoutChange | undefined {
    const endUs = this.#endUs;
    if (!this.#isQuiet) this.#look(endUs - MINUTE_US);
    this.#endUs += MINUTE_US;
    const due = this.#scaler.take(endUs, this.#open.length);
    if (due.length === 0) return undefined;
    const change = halvesChange(this.#map, new Set(due));
    return change.steps.length > 0 ? change : undefined;
  }

  #look(startUs: number): void {
    const accepted = this.#accepted;
    for (const shard of this.#open)
      this.#scaler.minute(shard, accepted.records(shard), accepted.bytes(shard), startUs);
    accepted.clear();
    this.#isQuiet = true;
  }

  /** The first end of a minute, from that of the one under way on, that is not before a time. */
  #firstEndFrom(us: number): number {
    return us <= this.#endUs
      ? this.#endUs
      : this.#endUs + Math.ceil((us - this.#endUs) / MINUTE_US) * MINUTE_US;
  }
}
