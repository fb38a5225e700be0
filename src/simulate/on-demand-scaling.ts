/**
 * An on-demand stream splits itself: at the end of every whole minute of virtual time the shards' accepted load goes to
 * the rule of the model, and the splits that are due happen, all at once.
 */
import { MINUTE_US, OnDemandScaler, type OnDemandRules } from '../model/on-demand.ts';
import { halvesChange } from '../model/shard-map.ts';
import type { AcceptedLoad } from './accepted-load.ts';
import type { Happening } from './agenda.ts';
import type { SimulatedStream } from './simulated-stream.ts';

export class OnDemandScaling implements Happening {
  /** End of the next minute; Infinity once nothing more is offered: splits cannot help any more. */
  nextUs: number;
  readonly #stream: SimulatedStream;
  readonly #accepted: AcceptedLoad;
  readonly #scaler: OnDemandScaler;
  readonly #endUs: number;

  /**
   * @param accepted what the stream counts; emptied every minute
   * @param endUs end of the offer, from the start of the warm-up
   */
  constructor(stream: SimulatedStream, accepted: AcceptedLoad, rules: OnDemandRules, endUs: number) {
    this.#stream = stream;
    this.#accepted = accepted;
    this.#scaler = new OnDemandScaler(rules);
    this.#endUs = endUs;
    this.nextUs = this.#minuteAfter(0);
  }

  act(nowUs: number): void {
    for (const shard of this.#stream.openNumbers) {
      const accepted = this.#accepted;
      this.#scaler.minute(shard, accepted.records(shard), accepted.bytes(shard), nowUs - MINUTE_US);
    }
    this.#accepted.clear();
    const due = this.#scaler.take(nowUs, this.#stream.openNumbers.length);
    if (due.length > 0) this.#split(due, nowUs);
    this.nextUs = this.#minuteAfter(nowUs);
  }

  #split(shards: readonly number[], nowUs: number): void {
    const change = halvesChange(this.#stream.map, new Set(shards));
    if (change.steps.length === 0) return;
    this.#stream.reshard(change, nowUs, { kind: 'split', cause: 'on-demand', name: 'the service' });
    this.#accepted.grow(change.map.all.length);
  }

  #minuteAfter(nowUs: number): number {
    return nowUs + MINUTE_US < this.#endUs ? nowUs + MINUTE_US : Infinity;
  }
}
