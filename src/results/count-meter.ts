/**
 * How loaded shards and keys were in their busiest ten seconds, from counts per step of time instead of records.
 */
import { CountWindows } from './count-windows.ts';
import type { KeySketch } from './key-sketch.ts';
import { LoadJudge } from './load-judge.ts';
import { WINDOW_SEC } from './sliding-sums.ts';

export class CountMeter extends LoadJudge {
  readonly shards: CountWindows;
  readonly keys: CountWindows;
  readonly #stepSec: number;
  #elapsedSec = 0;

  /** As for any judge of loads. @param stepSec length of a step in whole seconds, a divisor of ten */
  constructor(
    shards: number,
    sketch: KeySketch,
    shardOfKey: Uint32Array,
    durationSec: number,
    z: number,
    stepSec: number,
  ) {
    super(shards, sketch, shardOfKey, durationSec, z);
    const steps = WINDOW_SEC / stepSec;
    this.shards = new CountWindows(shards, steps);
    this.keys = new CountWindows(sketch.capacity, steps);
    this.#stepSec = stepSec;
  }

  /** Ends a step of the given length, of which only the last may be shorter than the others. */
  closeStep(seconds: number): void {
    if (this.#stepSec === 1 && seconds === 1) this.#meterBursts();
    this.shards.closeStep();
    this.keys.closeStep();
    this.#elapsedSec += seconds;
    // A last step that was cut short would look like a window of less load.
    const isWhole = seconds === this.#stepSec;
    if (isWhole && this.#elapsedSec >= this.windowSec)
      this.judge(this.windowSec, this.shards, this.keys, this.#elapsedSec);
  }

  /** Seconds tell of bursts within a minute; longer steps do not. */
  #meterBursts(): void {
    const { records, bytes, count } = this.shards;
    this.bursts.reach(this.#elapsedSec);
    for (let j = 0; j < count; j++) this.bursts.add(j, records[j], bytes[j]);
  }

  finish(elapsedSec: number): void {
    this.bursts.finish(elapsedSec);
    if (this.judged > 0 || elapsedSec <= 0) return;
    this.judge(Math.min(elapsedSec, this.windowSec), this.shards, this.keys, elapsedSec);
  }
}
