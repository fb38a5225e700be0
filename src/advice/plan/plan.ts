/**
 * `shardwise plan`: how many shards some traffic needs, which constraint asks for them, and what that rests on.
 */
import { LIMITS } from '../../model/limits.ts';
import type { Constraint, HottestKey, HottestShard, PlanResult } from '../../results/plan-result.ts';
import { keyLoadsOf, withoutKeysAbove, type KeyLoads, type TrafficPart } from '../placement/key-loads.ts';
import type { PerDimension } from '../placement/key-run.ts';
import { assumptionColumns, type Assumption } from './assumption.ts';
import { confidenceInput, headroomInput, limitInput, trafficInputs } from './constraint-inputs.ts';
import { planningLimit } from './constraints.ts';
import { hotKeyOf } from './hot-key.ts';
import { hotShardOfChance, hotShardOfNames } from './hot-shard.ts';
import type { PlanInput } from './plan-input.ts';
import { isPlacedByData } from './planned-keys.ts';
import { readBandwidth } from './read-bandwidth.ts';
import { bindingOf, countsOfAll, largestOf, type Bound, type Counts } from './shard-counts.ts';
import { writeBytes, writeRecords } from './write-constraints.ts';

/** Loads are sums of floating point: a key is above the limit by more than this part. */
const TOLERANCE = 1e-9;

/**
 * Works out the smallest shard count at which every constraint holds, and the smallest from which every larger one
 * holds too. Deterministic: the same input gives the same bytes everywhere.
 */
export function buildPlan(input: PlanInput): PlanResult {
  const keys = keysOf(input);
  const sums = [writeBytes(input), writeRecords(input), readBandwidth(input)];
  const { bounds, hottestKey, hottestOn, assumptions } =
    keys === undefined ? NO_KEYS : hotConstraints(input, keys, sums);
  const constraints = [...sums, ...bounds.map(({ constraint }) => constraint)];
  const counts = withinQuota(countsOfAll([...sums.map((constraint) => ({ constraint })), ...bounds]));
  return {
    ...{ shards: counts.shards, shardsSafe: counts.safe, feasible: counts.shards !== null },
    binding: bindingOf(constraints),
    constraints,
    hottestShard: hottestOn(counts.shards ?? largestOf(constraints)),
    hottestKey,
    ...assumptionColumns([...input.assumptions, ...assumptions]),
  };
}

/** What each key carries, or undefined where the keys of a source are not known. */
function keysOf({ sources, placementSeed }: PlanInput): KeyLoads | undefined {
  const parts: TrafficPart[] = [];
  for (const { keys, recordsPerSec, dataBytes, keyBytes, equalKeyBytes } of sources) {
    if (keys === undefined) return undefined;
    parts.push({ keys, recordsPerSec, dataBytes, keyBytes: equalKeyBytes ? keyBytes : undefined });
  }
  return keyLoadsOf(parts, placementSeed);
}

/** The two constraints that keys make, and what there is to say of the hottest of them. */
interface HotConstraints {
  readonly bounds: readonly Bound[];
  readonly hottestKey: HottestKey | null;
  readonly hottestOn: (shards: number) => HottestShard | null;
  readonly assumptions: readonly Assumption[];
}

const NO_KEYS: HotConstraints = {
  bounds: (['hot-key', 'hot-shard'] as const).map((name) => ({
    constraint: { name, shards: null, evaluated: false, formula: 'not evaluated: no keys are given' },
  })),
  hottestKey: null,
  hottestOn: () => null,
  assumptions: [],
};

const KEY_SOURCE =
  "developer guide, Key concepts: a partition key's hash decides the shard of all its records";

function hotConstraints(input: PlanInput, all: KeyLoads, sums: readonly Constraint[]): HotConstraints {
  const limit = planningLimit(input.headroom);
  const fitting = fittingKeys(all, limit);
  const { confidence, namesGiven } = input;
  const question = { all, fitting, limit, confidence, namesGiven };
  const isNamed = areNamesKnown(input);
  const hotShard = isNamed ? hotShardOfNames(question) : hotShardOfChance(question);
  const hotKey = hotKeyOf({
    ...{ loads: all, limit, headroom: input.headroom, risk: 1 - confidence },
    unfitKeys: all.keyCount - fitting.keyCount,
    shards: largestOf([...sums, hotShard.constraint]),
    namesGiven: namesGiven || isNamed,
  });
  const inputs = [
    ...trafficInputs(input),
    limitInput('records written', LIMITS.writeRecordsPerSec),
    limitInput('bytes written', LIMITS.writeBytesPerSec),
    headroomInput(input),
  ];
  const hotShardInputs = isNamed ? inputs : [...inputs, confidenceInput(input)];
  return {
    bounds: [
      { constraint: { ...hotKey.constraint, inputs, source: KEY_SOURCE } },
      {
        constraint: { ...hotShard.constraint, inputs: hotShardInputs, source: KEY_SOURCE },
        countsFrom: hotShard.countsFrom,
      },
    ],
    hottestKey: hotKey.hottestKey,
    hottestOn: hotShard.hottestOn,
    assumptions: hotShard.assumptions,
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

/** More shards than AWS's default quota are no plan. */
function withinQuota(counts: Counts): Counts {
  return counts.shards !== null && counts.shards > LIMITS.shardQuota.value
    ? { shards: null, safe: null }
    : counts;
}
