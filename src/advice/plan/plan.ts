/**
 * `shardwise plan`: how many shards some traffic needs, which constraint asks for them, and what that rests on.
 */
import { LIMITS } from '../../model/limits.ts';
import type { HottestKey, HottestShard, PlanResult } from '../../results/plan-result.ts';
import { keyLoadsOf, withoutKeysAbove, type KeyLoads, type TrafficPart } from '../placement/key-loads.ts';
import type { PerDimension } from '../placement/key-run.ts';
import { placeKeys, type PlacedKeys } from '../placement/placement.ts';
import { assumptionColumns, type Assumption } from './assumption.ts';
import { burst } from './burst.ts';
import { capacityOf } from './capacity.ts';
import { catchUp } from './catch-up.ts';
import { confidenceInput, headroomInput, limitInput, trafficInputs } from './constraint-inputs.ts';
import { planningLimit } from './constraints.ts';
import { consumerSpeed } from './consumer-speed.ts';
import { hotKeyOf } from './hot-key.ts';
import { hotShardOfChance, hotShardOfNames } from './hot-shard.ts';
import type { PlanInput } from './plan-input.ts';
import { isPlacedByData } from './planned-keys.ts';
import { quota } from './quota.ts';
import { readBandwidth } from './read-bandwidth.ts';
import { readCalls } from './read-calls.ts';
import { bindingOf, countsOfAll, largestOf, type Bound, type Counts } from './shard-counts.ts';
import type { PlanKeys } from './shard-rule.ts';
import { writeBytes, writeRecords } from './write-constraints.ts';

/** Loads are sums of floating point: a key is above the limit by more than this part. */
const TOLERANCE = 1e-9;

/**
 * Works out the smallest shard count at which every constraint holds, and the smallest from which every larger one
 * holds too. Deterministic: the same input gives the same bytes everywhere.
 */
export function buildPlan(input: PlanInput): PlanResult {
  const keys = keysOf(input);
  const written: Bound[] = [{ constraint: writeBytes(input) }, { constraint: writeRecords(input) }];
  const { bounds, planKeys, hottestKey, hottestOn, assumptions } =
    keys === undefined ? NO_KEYS : hotConstraints(input, keys, written);
  const spread = [
    ...written,
    readBandwidth(input, planKeys),
    readCalls(input),
    consumerSpeed(input, planKeys),
    catchUp(input, planKeys),
    burst(input, planKeys),
  ];
  const others = [...spread, ...bounds];
  const wanted = countsOfAll(others);
  const least = largestOf(others.map(({ constraint }) => constraint));
  const limits = quota(input, wanted.shards ?? least, wanted.shards === null);
  const counts = limits.constraint.shards === null ? NONE : wanted;
  const all = [...spread, limits, ...bounds];
  const constraints = all.map(({ constraint }) => constraint);
  return {
    ...{
      shards: counts.shards,
      shardsSafe: withinQuota(counts.safe, input),
      feasible: counts.shards !== null,
    },
    binding: bindingOf(constraints),
    constraints,
    hottestShard: hottestOn(wanted.shards ?? least),
    hottestKey,
    ...assumptionColumns([
      ...all.flatMap((bound) => bound.assumptions ?? []),
      ...input.assumptions,
      ...assumptions,
    ]),
    remedies: all.flatMap((bound) => bound.remedies ?? []),
    capacity: capacityOf(input, others, {
      shards: counts.shards,
      wanted: wanted.shards,
      even: evenOf(spread),
    }),
  };
}

const NONE: Counts = { shards: null, safe: null };

/** A count from which all larger ones hold is of no use beyond the quota. */
function withinQuota(safe: number | null, { shardQuota }: PlanInput): number | null {
  return safe !== null && safe <= shardQuota ? safe : null;
}

/** Shards if every one carried the same. */
function evenOf(bounds: readonly Bound[]): number {
  return Math.max(1, ...bounds.map(({ constraint, even }) => even ?? constraint.shards ?? 1));
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
  readonly planKeys: PlanKeys | undefined;
  readonly hottestKey: HottestKey | null;
  readonly hottestOn: (shards: number) => HottestShard | null;
  readonly assumptions: readonly Assumption[];
}

const NO_KEYS: HotConstraints = {
  bounds: (['hot-key', 'hot-shard'] as const).map((name) => ({
    constraint: { name, shards: null, evaluated: false, formula: 'not evaluated: no keys are given' },
  })),
  planKeys: undefined,
  hottestKey: null,
  hottestOn: () => null,
  assumptions: [],
};

const KEY_SOURCE =
  "developer guide, Key concepts: a partition key's hash decides the shard of all its records";

function hotConstraints(input: PlanInput, all: KeyLoads, written: readonly Bound[]): HotConstraints {
  const limit = planningLimit(input.headroom);
  const fitting = fittingKeys(all, limit);
  const { confidence, namesGiven } = input;
  const mostShards = Math.max(LIMITS.shardQuota.value, input.shardQuota);
  const question = { all, fitting, limit, confidence, namesGiven, mostShards };
  const isNamed = areNamesKnown(input);
  const hotShard = isNamed ? hotShardOfNames(question) : hotShardOfChance(question);
  const hotKey = hotKeyOf({
    ...{ loads: all, limit, headroom: input.headroom, risk: 1 - confidence },
    fitting,
    shards: largestOf([...written.map(({ constraint }) => constraint), hotShard.constraint]),
    namesGiven: namesGiven || isNamed,
    namesKnown: isNamed,
    keyBytes: input.sources[0].keyBytes,
    isAggregated: input.userRecordsPerRecord !== undefined,
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
    planKeys: {
      fitting,
      isNamed,
      risk: Math.round((1 - confidence) * 1e12) / 1e12,
      mostShards,
      placedOf: memoized(placeKeys),
    },
    hottestKey: hotKey.hottestKey,
    hottestOn: hotShard.hottestOn,
    assumptions: hotShard.assumptions,
  };
}

/** Hashing is the dear part: once for the same keys. */
function memoized(place: (loads: KeyLoads) => PlacedKeys): (loads: KeyLoads) => PlacedKeys {
  const known = new Map<KeyLoads, PlacedKeys>();
  return (loads) => {
    const placed = known.get(loads) ?? place(loads);
    known.set(loads, placed);
    return placed;
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
