/**
 * `shardwise plan`: how many shards some traffic needs, which constraint asks for them, and what that rests on.
 */
import { LIMITS } from '../../model/limits.ts';
import type { Constraint, PlanResult } from '../../results/plan-result.ts';
import { planningLimit, sumConstraints } from './constraints.ts';
import { hotKeyOf } from './hot-key.ts';
import { hotShardOfChance, hotShardOfNames } from './hot-shard.ts';
import { keyLoadsOf, withoutKeysAbove, type KeyLoads, type TrafficPart } from '../placement/key-loads.ts';
import type { PerDimension } from '../placement/key-run.ts';
import { isPlacedByData, type PlanInput } from './plan-input.ts';

/** Loads are sums of floating point: a key is above the limit by more than this part. */
const TOLERANCE = 1e-9;

/**
 * Works out the smallest shard count at which every constraint holds, and the smallest from which every larger one
 * holds too. Deterministic: the same input gives the same bytes everywhere.
 */
export function buildPlan(input: PlanInput): PlanResult {
  const parts = partsOf(input);
  return parts === undefined
    ? planWithoutKeys(input)
    : planWithKeys(input, keyLoadsOf(parts, input.placementSeed));
}

/** The sources with their keys, or undefined where the keys of one are not known. */
function partsOf({ sources }: PlanInput): TrafficPart[] | undefined {
  const parts: TrafficPart[] = [];
  for (const { keys, recordsPerSec, dataBytes, keyBytes, equalKeyBytes } of sources) {
    if (keys === undefined) return undefined;
    parts.push({ keys, recordsPerSec, dataBytes, keyBytes: equalKeyBytes ? keyBytes : undefined });
  }
  return parts;
}

function planWithoutKeys(input: PlanInput): PlanResult {
  const sums = sumConstraints(input);
  const shards = withinQuota(largestOf(sums));
  const formula = 'not evaluated: no keys are given';
  const constraints: Constraint[] = [
    ...sums,
    { name: 'hot-key', shards: null, evaluated: false, formula },
    { name: 'hot-shard', shards: null, evaluated: false, formula },
  ];
  return {
    shards,
    shardsSafe: shards,
    feasible: shards !== null,
    binding: bindingOf(constraints),
    constraints,
    hottestShard: null,
    hottestKey: null,
    assumptions: input.assumptions,
  };
}

function planWithKeys(input: PlanInput, all: KeyLoads): PlanResult {
  const limit = planningLimit(input.headroom);
  const fitting = fittingKeys(all, limit);
  const sums = sumConstraints(input);
  const { confidence, namesGiven } = input;
  const question = { all, fitting, limit, confidence, namesGiven };
  const hotShard = areNamesKnown(input) ? hotShardOfNames(question) : hotShardOfChance(question);
  const others = largestOf(sums);
  const hotKey = hotKeyOf({
    loads: all,
    limit,
    headroom: input.headroom,
    risk: 1 - input.confidence,
    unfitKeys: all.keyCount - fitting.keyCount,
    shards: largestOf([...sums, hotShard.constraint]),
    namesGiven: input.namesGiven || areNamesKnown(input),
  });
  const constraints = [...sums, hotKey.constraint, hotShard.constraint];
  const counts =
    hotKey.constraint.shards === null || withinQuota(others) === null
      ? { shards: null, safe: null }
      : hotShard.countsFrom(others);
  return {
    shards: counts.shards,
    shardsSafe: counts.safe,
    feasible: counts.shards !== null,
    binding: bindingOf(constraints),
    constraints,
    hottestShard: hotShard.hottestOn(counts.shards ?? largestOf(constraints)),
    hottestKey: hotKey.hottestKey,
    assumptions: [...input.assumptions, ...hotShard.assumptions],
  };
}

/** The keys that fit on a shard alone; the very same object where all do. */
function fittingKeys(all: KeyLoads, limit: PerDimension): KeyLoads {
  const fitting = withoutKeysAbove(all, {
    records: limit.records * (1 + TOLERANCE),
    bytes: limit.bytes * (1 + TOLERANCE),
  });
  return fitting.keyCount === all.keyCount ? all : fitting;
}

/** Weights carry their users' names; generated names count where their placement was asked for. */
function areNamesKnown({ placement, sources }: PlanInput): boolean {
  return placement === 'actual' || sources.every(({ keys }) => keys !== undefined && isPlacedByData(keys));
}

function largestOf(constraints: readonly Constraint[]): number {
  return Math.max(1, ...constraints.map((constraint) => constraint.shards ?? 1));
}

/** More shards than AWS's default quota are no plan. */
function withinQuota(shards: number): number | null {
  return shards <= LIMITS.shardQuota.value ? shards : null;
}

/** The one that asks for most; one that no count meets asks for more than any other. Ties go to the first. */
function bindingOf(constraints: readonly Constraint[]): Constraint['name'] | null {
  let binding: Constraint | undefined;
  for (const constraint of constraints) {
    if (!constraint.evaluated) continue;
    if (binding === undefined || (constraint.shards ?? Infinity) > (binding.shards ?? Infinity))
      binding = constraint;
  }
  return binding?.name ?? null;
}
