/**
 * The account's commitment to a minimum of on-demand throughput (On-demand Advantage): on for at least 24 hours, and
 * switched off at their end where it was to end before.
 */
import { timestampOf } from './operation.ts';

const LEAST_US = 86_400_000_000;

export class Commitment {
  #startedUs: number | undefined;
  #endUs = Infinity;

  isOn(nowUs: number): boolean {
    return this.#startedUs !== undefined && nowUs < this.#endUs;
  }

  enable(nowUs: number): void {
    if (!this.isOn(nowUs)) this.#startedUs = nowUs;
    this.#endUs = Infinity;
  }

  disable(nowUs: number): void {
    if (this.#startedUs === undefined || !this.isOn(nowUs)) return;
    this.#endUs = Math.max(nowUs, this.#startedUs + LEAST_US);
  }

  /** As DescribeAccountSettings shows it. */
  shownAt(nowUs: number): object {
    if (this.#startedUs === undefined) return { Status: 'DISABLED' };
    const StartedAt = timestampOf(this.#startedUs);
    const EarliestAllowedEndAt = timestampOf(this.#startedUs + LEAST_US);
    if (!this.isOn(nowUs)) return { Status: 'DISABLED', StartedAt, EndedAt: timestampOf(this.#endUs) };
    const Status = this.#endUs === Infinity ? 'ENABLED' : 'ENABLED_UNTIL_EARLIEST_ALLOWED_END';
    return { Status, StartedAt, EarliestAllowedEndAt };
  }
}
