/**
 * `shardwise plan`: how many shards some traffic needs, which constraint asks for them, and what that rests on.
 */
import { LIMITS } from '../../model/limits.ts';
import type { HottestKey, HottestShard, PlanResult } from '../../results/plan-result.ts';
import { assumptionColumns, type Assumption } from './assumption.ts';
import { burst } from './burst.ts';
import { capacityOf } from './capacity.ts';
import { catchUp } from './catch-up.ts';
import { confidenceInput, headroomInput, limitInput, trafficInputs } from './constraint-inputs.ts';
import { planningLimit } from './constraints.ts';
import { consumerSpeed } from './consumer-speed.ts';
import { crowdingKeys } from './crowding-key.ts';
import { hotKeyOf } from './hot-key.ts';
import { fillOf, heaviestKey } from '../placement/key-loads.ts';
import type { PlanInput } from './plan-input.ts';
import { placesOf, type PlanPlaces } from './plan-places.ts';
import { quota } from './quota.ts';
import { readBandwidth } from './read-bandwidth.ts';
import { readCalls } from './read-calls.ts';
import { bindingOf, countsOfAll, largestOf, remembered, type Bound, type Counts } from './shard-counts.ts';
import type { PlanKeys } from './shard-rule.ts';
import { toleratedKey } from './throttled-key.ts';
import { writeBytes, writeRecords } from './write-constraints.ts';

/**
 * Works out the smallest shard count at which every constraint holds, and the smallest from which every larger one
 * holds too. Deterministic: the same input gives the same bytes everywhere.
 */
export function buildPlan(input: PlanInput): PlanResult {
  return buildWithBounds(input).plan;
}

/** The plan, and every constraint but the quota in a form that can be asked about other counts. */
export function buildWithBounds(input: PlanInput): {
  readonly plan: PlanResult;
  readonly bounds: readonly Bound[];
} {
  const places = placesOf(input);
  const spread = spreadBounds(input, places?.planKeys);
  const { bounds, hottestKey, hottestOn, assumptions } =
    places === undefined ? NO_KEYS : hotConstraints(input, places);
  const others = [...spread, ...bounds];
  const wanted = countsOfAll(others);
  const least = largestOf(others.map(({ constraint }) => constraint));
  const limits = quota(input, wanted.shards ?? least, wanted.shards === null);
  const counts = limits.constraint.shards === null ? NONE : wanted;
  const all = [...spread, limits, ...bounds];
  const constraints = all.map(({ constraint }) => constraint);
  const plan: PlanResult = {
    ...{
      shards: counts.shards,
      shardsSafe: withinQuota(counts.safe, input),
      feasible: counts.shards !== null,
    },
    binding: bindingOf(constraints),
    constraints,
    hottestShard: hottestOn(wanted.shards ?? least),
    hottestKey,
    ...(input.maxThrottled === undefined ? {} : { maxThrottled: input.maxThrottled }),
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
  return { plan, bounds: others };
}

/** The constraints on the stream as a whole; with its keys, on each of its shards. */
export function spreadBounds(input: PlanInput, planKeys: PlanKeys | undefined): Bound[] {
  return [
    { constraint: writeBytes(input) },
    { constraint: writeRecords(input) },
    readBandwidth(input, planKeys),
    readCalls(input),
    consumerSpeed(input, planKeys),
    catchUp(input, planKeys),
    burst(input, planKeys),
  ];
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

function hotConstraints(input: PlanInput, places: PlanPlaces): HotConstraints {
  const { all, fitting, isNamed, hotShard } = places;
  const limit = planningLimit(input.headroom);
  const { confidence, maxThrottled, namesGiven } = input;
  const sums = largestOf([writeBytes(input), writeRecords(input)]);
  const heaviest = heaviestKey(all, limit);
  const ofPlanned = heaviest === undefined ? 0 : fillOf(heaviest, limit);
  const hotKey = hotKeyOf({
    ...{ loads: all, limit, headroom: input.headroom, risk: 1 - confidence },
    fitting,
    shards: largestOf([writeBytes(input), writeRecords(input), hotShard.constraint]),
    namesGiven: namesGiven || isNamed,
    namesKnown: isNamed,
    keyBytes: input.sources[0].keyBytes,
    isAggregated: input.userRecordsPerRecord !== undefined,
    crowding: crowdingKeys(input, places, ofPlanned, sums),
  });
  const inputs = [
    ...trafficInputs(input),
    limitInput('records written', LIMITS.writeRecordsPerSec),
    limitInput('bytes written', LIMITS.writeBytesPerSec),
    headroomInput(input),
  ];
  const hotShardInputs = isNamed || maxThrottled !== undefined ? inputs : [...inputs, confidenceInput(input)];
  return {
    bounds: [
      {
        constraint: {
          ...toleratedKey(hotKey.constraint, places, limit, maxThrottled),
          ...{ inputs, source: KEY_SOURCE },
        },
        remedies: hotKey.remedies,
      },
      {
        constraint: { ...hotShard.constraint, inputs: hotShardInputs, source: KEY_SOURCE },
        countsFrom: remembered(hotShard.countsFrom),
      },
    ],
    hottestKey: hotKey.hottestKey,
    hottestOn: hotShard.hottestOn,
    assumptions: hotShard.assumptions,
  };
}
