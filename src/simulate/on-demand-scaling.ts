/**
 * An on-demand stream splits itself: at the end of every whole minute of virtual time the model says which shards, and
 * they are split there and then.
 */
import type { OnDemandMinutes } from '../model/on-demand-minutes.ts';
import type { Happening } from './agenda.ts';
import type { SimulatedStream } from './simulated-stream.ts';

export class OnDemandScaling implements Happening {
  readonly #stream: SimulatedStream;
  readonly #minutes: OnDemandMinutes;
  readonly #endUs: number;

  /**
   * @param minutes of the stream
   * @param endUs end of the offer, from the start of the warm-up
   */
  constructor(stream: SimulatedStream, minutes: OnDemandMinutes, endUs: number) {
    this.#stream = stream;
    this.#minutes = minutes;
    this.#endUs = endUs;
  }

  /** End of the next minute; Infinity once nothing more is offered: splits cannot help any more. */
  get nextUs(): number {
    const { endUs } = this.#minutes;
    return endUs < this.#endUs ? endUs : Infinity;
  }

  act(nowUs: number): void {
    const change = this.#minutes.endMinute();
    if (change !== undefined)
      this.#stream.reshard(change, nowUs, { kind: 'split', cause: 'on-demand', name: 'the service' });
  }
}
