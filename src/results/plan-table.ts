/**
 * The part of a plan that looks around the answer: what each of some shard counts would be like.
 */
import type { ConstraintName } from './plan-result.ts';

export interface PlanTableRow {
  readonly shards: number;
  /** `even`: nothing is known of the keys. */
  readonly placement: 'actual' | 'random' | 'even';
  /** Hottest shard, load over its limit before headroom: exact, or what it stays below with the confidence. */
  readonly utilization: number;
  /** For random placement: what it stays below in half of all placements, and in 95 of 100. */
  readonly p50?: number;
  readonly p95?: number;
  /**
   * Probability that some shard has less than the headroom, 0…1: an upper bound for random placement, exactly 0 or 1
   * for a known one; null where nothing is known of the keys.
   */
  readonly risk: number | null;
  /**
   * Share of first attempts that are throttled for good, bursts and chance in time aside: for a known placement what
   * is above the limits of the shards, for random ones the mean over placements of that.
   */
  readonly throttled: number;
  /** Of a provisioned stream, where its prices are known. */
  readonly monthlyUsd?: number | null;
  /** The constraints that do not hold at this count. */
  readonly fails: readonly ConstraintName[];
}
