/**
 * A key that fits on a shard, but hardly anything beside it: where keys fall by a hash, it takes many shards until
 * nothing falls on its own, and a few salts do as well.
 */
import type { KeyLoads } from '../placement/key-loads.ts';
import { withoutKeysAbove } from '../placement/key-loads.ts';
import { CROWDS, type Crowding } from '../pipeline/ways-out.ts';
import { SHARD_LIMIT, planningLimit, totalsOf } from './constraints.ts';
import type { PlanInput } from './plan-input.ts';
import type { PlanPlaces } from './plan-places.ts';
import { countsOfRule } from './shard-rule.ts';

/** What is to be done about it. */
export interface CrowdingKeys extends Crowding {
  /** The keys that leave room beside them. */
  readonly rest: KeyLoads;
  /** Shards that these ask for alone, and the sums with all keys. */
  readonly restShards: number;
}

/** So many times the shards without skew are worth it. */
const MULTIPLIED = 3;
/** Keys that are placed by name are hashed again for the question; more of them would take too long. */
const MOST_NAMED = 1_000_000;

/**
 * Undefined where no key crowds the others, or skew does not multiply the shards.
 * @param ofPlanned the heaviest key's load over the planning limit @param even shards without skew
 */
export function crowdingKeys(
  input: PlanInput,
  { all, isNamed, hotShard, planKeys }: PlanPlaces,
  ofPlanned: number,
  even: number,
): CrowdingKeys | undefined {
  const { shards } = hotShard.constraint;
  const isCrowded = ofPlanned > CROWDS && ofPlanned <= 1 + 1e-9 && (shards ?? Infinity) >= MULTIPLIED * even;
  if (!isCrowded || input.maxThrottled !== undefined || (isNamed && all.keyCount > MOST_NAMED))
    return undefined;
  const limit = planningLimit(input.headroom);
  const rest = withoutKeysAbove(all, { records: limit.records * CROWDS, bytes: limit.bytes * CROWDS });
  const rule = { load: totalsOf(input), limit: SHARD_LIMIT, scale: 1 };
  const headroom = Math.floor(input.headroom * 50) / 100;
  return {
    ...{ shards, rest },
    restShards: countsOfRule({ ...rule, loads: rest }, planKeys, input.headroom).shards ?? even,
    lessHeadroom:
      headroom === input.headroom
        ? undefined
        : { headroom, shards: countsOfRule(rule, planKeys, headroom).shards },
  };
}
