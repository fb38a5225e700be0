/**
 * The part of a report that a plan writes: shards needed, by which limit, and where the hottest load is.
 */
import type { AggregationResult } from './plan-aggregation.ts';
import type { PlanCapacity } from './plan-capacity.ts';
import type { PlanLayouts } from './plan-layouts.ts';
import type { PlanMoney } from './plan-money.ts';
import type { PlanSchedule } from './plan-schedule.ts';
import type { LeaseResult } from './plan-leases.ts';
import type { ServiceResult } from './plan-services.ts';
import type { WayOut } from './plan-ways-out.ts';

import type { PlanQuestion } from './plan-question.ts';
import type { PlanReverse } from './plan-reverse.ts';
import type { PlanTableRow } from './plan-table.ts';

export interface PlanResult extends Partial<PlanMoney> {
  /** What was asked. Reports of 0.1 do not say. */
  readonly input?: PlanQuestion;
  /** Smallest count at which every constraint holds; null where none does. */
  readonly shards: number | null;
  /** Smallest count from which every larger one holds too; null where none was found. */
  readonly shardsSafe: number | null;
  readonly feasible: boolean;
  readonly binding: ConstraintName | null;
  readonly constraints: readonly Constraint[];
  readonly hottestShard: HottestShard | null;
  readonly hottestKey: HottestKey | null;
  /** Where the places of keys are known: what cutting between them would save. */
  readonly layouts?: PlanLayouts;
  /** With a profile of the rate over time: shards hour by hour; null where its highest hour does not fit. */
  readonly schedule?: PlanSchedule | null;
  /** Where producers aggregate. */
  readonly aggregation?: AggregationResult;
  /** One for each consumer of the KCL; absent where there is none. */
  readonly leases?: readonly LeaseResult[];
  /** The same traffic elsewhere, where that was asked for. */
  readonly services?: readonly ServiceResult[];
  /** What the plan takes for granted, the most worth doubting first. */
  readonly assumptions: readonly string[];
  /** What other shard counts would be like. */
  readonly table?: readonly PlanTableRow[];
  /** How much a given number of shards carries. */
  readonly reverse?: PlanReverse;
  /** Where a share of throttled attempts is the criterion for hot shards, in place of a confidence: that share. */
  readonly maxThrottled?: number;
  /** How much each of them is worth doubting, in the same order. Reports of 0.1 have none. */
  readonly doubts?: readonly Doubt[];
  /** Where no count will do, or a heavy key multiplies it: what helps. Empty where nothing is to be done. */
  readonly remedies?: readonly string[];
  readonly capacity?: PlanCapacity;
}

export const DOUBTS = ['high', 'some', 'little'] as const;
export type Doubt = (typeof DOUBTS)[number];

/** In the order in which ties are broken; hot-shard comes last. */
export const CONSTRAINT_NAMES = [
  'write-bytes',
  'write-records',
  'read-bandwidth',
  'read-calls',
  'consumer-speed',
  'catch-up',
  'burst',
  'quota',
  'hot-key',
  'hot-shard',
] as const;
export type ConstraintName = (typeof CONSTRAINT_NAMES)[number];

export interface Constraint {
  readonly name: ConstraintName;
  /** Smallest count at which this constraint alone holds; null where none does or it was not evaluated. */
  readonly shards: number | null;
  readonly evaluated: boolean;
  /** The arithmetic in one line, numbers filled in. */
  readonly formula: string;
  /** What the arithmetic rests on. Reports of 0.1 have none. */
  readonly inputs?: readonly ConstraintInput[];
  /** Where the rule comes from: AWS's page, or the formula's proof. */
  readonly source?: string;
}

/** Who says a number: a flag, the scenario, our default, AWS's limits, or it is worked out from the others. */
export const INPUT_ORIGINS = ['flag', 'scenario', 'default', 'limit', 'derived'] as const;
export type InputOrigin = (typeof INPUT_ORIGINS)[number];

export interface ConstraintInput {
  readonly name: string;
  readonly value: number;
  /** `records/s`, `B`, `B/s per shard`; empty for a plain number. */
  readonly unit: string;
  readonly origin: InputOrigin;
}

export interface HottestShard {
  /** At `plan.shards` (or at the count asked about): load over the shard's limit, before headroom. */
  readonly utilization: number;
  /** `actual`: exact, for the names given. `random`: a quantile over random placements. */
  readonly placement: 'actual' | 'random';
  readonly shards: number;
  /** For random placement: quantiles of the hottest shard's utilization over placements. */
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  /** For random placement: upper bound of the probability that some shard is over its planning limit. */
  readonly risk?: number;
  /** Share of first attempts above AWS's limits of their shards; for random placement the mean over placements. */
  readonly throttled?: number;
}

export interface HottestKey {
  readonly key: string | null;
  readonly share: number;
  /** Load over one shard's limit, before headroom. */
  readonly utilization: number;
  readonly fits: boolean;
  /** Load over what is planned for: the limit less headroom. Reports of 0.1 do not say. */
  readonly ofPlanned?: number;
  /** How many keys, this one included, fit on no shard; absent where it fits. */
  readonly unfitKeys?: number;
  /** It fits, but so little beside it that skew multiplies the shards: salts and ways out are given all the same. */
  readonly crowds?: true;
  /** Salts with which all fits on so many shards; absent where nothing is to be done, or no number was found. */
  readonly salts?: { readonly random?: number; readonly chosen: number; readonly shards: number };
  /** What can be done, the gentlest that is enough first; absent where nothing is to be done. */
  readonly waysOut?: readonly WayOut[];
}
