/**
 * How far `apply` has come, on a terminal: the step, what is waited for, and the time that is left.
 */
import { SECONDS_PER_STEP } from '../advice/schedule/resize-lead.ts';
import { span } from '../report/apply-text.ts';
import type { ProgressLine } from './progress.ts';

export class ApplyProgress {
  readonly #line: ProgressLine;
  readonly #steps: number;
  readonly #maxSteps: number;
  #position: number;
  #taken = 0;
  #tookMs = 0;

  /** @param position steps that are done already */
  constructor(line: ProgressLine, position: number, steps: number, maxSteps: number) {
    this.#line = line;
    this.#position = position;
    this.#steps = steps;
    this.#maxSteps = maxSteps;
  }

  state(status: string): void {
    const step = Math.min(this.#position + 1, this.#steps);
    const left = Math.min(this.#steps - this.#position, this.#maxSteps - this.#taken);
    this.#line.show(`step ${step} of ${this.#steps}  ${status}  about ${span(left * this.#stepMs)} left`);
  }

  /** Steps that are done. */
  get position(): number {
    return this.#position;
  }

  done(position: number, tookMs: number): void {
    this.#position = position;
    this.#taken++;
    this.#tookMs += tookMs;
    this.clear();
  }

  clear(): void {
    this.#line.clear();
  }

  /** The mean of this time's, once there is one. */
  get #stepMs(): number {
    return this.#taken === 0 ? SECONDS_PER_STEP * 1000 : this.#tookMs / this.#taken;
  }
}
