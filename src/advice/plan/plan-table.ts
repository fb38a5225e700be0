/**
 * What other shard counts than the planned one would be like: how full the hottest shard gets, how likely it is too
 * full, what is throttled, what it costs.
 */
import type { PlanResult } from '../../results/plan-result.ts';
import type { PlanTableRow } from '../../results/plan-table.ts';
import { fillOf } from '../placement/key-loads.ts';
import { SHARD_LIMIT } from './constraints.ts';
import type { HotShard } from './hot-shard.ts';
import type { PlanInput } from './plan-input.ts';
import { placesOf } from './plan-places.ts';
import { countsOfAll, largestOf, type Bound } from './shard-counts.ts';
import { writtenOf } from './written-bytes.ts';

/** Beside the answer itself, as parts of it. */
const PARTS = [0.5, 0.8, 1.25, 1.5, 2];

/**
 * Rows for about seven counts around the answer, or around what the constraints ask for where nothing fits.
 * @param core what was planned for this very input @param bounds its constraints but the quota
 * @param monthlyUsd what so many shards cost, where that is known
 */
export function planTable(
  input: PlanInput,
  core: PlanResult,
  bounds: readonly Bound[],
  monthlyUsd?: (shards: number) => number | null,
): PlanTableRow[] {
  const hotShard = placesOf(input)?.hotShard;
  return countsAround(input, core).map((shards) => ({
    shards,
    ...(hotShard === undefined ? evenLook(input, shards) : lookOf(hotShard, shards)),
    ...(monthlyUsd === undefined ? {} : { monthlyUsd: monthlyUsd(shards) }),
    fails: [
      ...bounds.filter((bound) => !holdsOn(bound, shards)).map(({ constraint }) => constraint.name),
      ...(shards > input.shardQuota ? (['quota'] as const) : []),
    ],
  }));
}

/** More shards than a constraint needs are not always enough for it. */
function holdsOn(bound: Bound, shards: number): boolean {
  const { evaluated, shards: own } = bound.constraint;
  if (!evaluated) return true;
  return own !== null && own <= shards && countsOfAll([bound], shards).shards === shards;
}

type Look = Pick<PlanTableRow, 'placement' | 'utilization' | 'p50' | 'p95' | 'risk' | 'throttled'>;

/** Nothing is known of the keys: all shards carry the same. */
function evenLook(input: PlanInput, shards: number): Look {
  const utilization = fillOf(writtenOf(input), SHARD_LIMIT) / shards;
  return { placement: 'even', utilization, risk: null, throttled: Math.max(0, 1 - 1 / utilization) };
}

function lookOf(hotShard: HotShard, shards: number): Look {
  const { placement, utilization, p50, p95, throttled = 0 } = hotShard.hottestOn(shards);
  const chance = p50 === undefined || p95 === undefined ? {} : { p50, p95 };
  return { placement, utilization, ...chance, risk: hotShard.riskOn(shards), throttled };
}

/** The answer, one fewer, the count from which all fit, and parts and multiples of the answer. */
function countsAround(
  { shardQuota }: PlanInput,
  { shards, shardsSafe, constraints, capacity }: PlanResult,
): number[] {
  const answer = shards ?? capacity?.shardsWanted ?? largestOf(constraints);
  const most = Math.max(shardQuota, answer);
  const counts = [answer - 1, answer, ...PARTS.map((part) => Math.ceil(answer * part))];
  if (shardsSafe !== null) counts.push(shardsSafe);
  return [...new Set(counts)].filter((count) => count >= 1 && count <= most).sort((a, b) => a - b);
}
