/**
 * The keys of a plan and where they fall, worked out once for all who ask about the same input.
 */
import { LIMITS } from '../../model/limits.ts';
import { keyLoadsOf, withoutKeysAbove, type KeyLoads, type TrafficPart } from '../placement/key-loads.ts';
import type { PerDimension } from '../placement/key-run.ts';
import { LOAD_TOLERANCE, placeKeys, type PlacedKeys, withoutPlacedAbove } from '../placement/placement.ts';
import { planningLimit } from './constraints.ts';
import { hotShardOfChance } from './hot-shard-chance.ts';
import { hotShardOfNames } from './hot-shard-names.ts';
import type { HotShard } from './hot-shard.ts';
import type { PlanInput } from './plan-input.ts';
import { isPlacedByData } from './planned-keys.ts';
import type { PlanKeys } from './shard-rule.ts';
import { paddedDataBytesOf } from './written-bytes.ts';

export interface PlanPlaces {
  /** Every key. */
  readonly all: KeyLoads;
  /** Those that fit on a shard alone; the very same object where all do. */
  readonly fitting: KeyLoads;
  /** Whether their places are known; else they are a matter of chance. */
  readonly isNamed: boolean;
  readonly hotShard: HotShard;
  /** The same for whoever else has a rule for every shard. */
  readonly planKeys: PlanKeys;
}

const known = new WeakMap<PlanInput, PlanPlaces | null>();

/** Undefined where the keys of a source are not known. */
export function placesOf(input: PlanInput): PlanPlaces | undefined {
  let places = known.get(input);
  if (places === undefined) {
    places = findPlaces(input);
    known.set(input, places);
  }
  return places ?? undefined;
}

function findPlaces(input: PlanInput): PlanPlaces | null {
  const all = keysOf(input);
  if (all === undefined) return null;
  const limit = planningLimit(input.headroom);
  const fitting = fittingKeys(all, limit);
  const { confidence, maxThrottled, namesGiven } = input;
  const isNamed = areNamesKnown(input);
  const mostShards = Math.max(LIMITS.shardQuota.value, input.shardQuota);
  const placedOf = placedOnce(all, fitting, aboveOf(limit));
  const question = { all, fitting, limit, confidence, maxThrottled, namesGiven, mostShards, placedOf };
  const hotShard = isNamed ? hotShardOfNames(question) : hotShardOfChance(question);
  const risk = Math.round((1 - confidence) * 1e12) / 1e12;
  return { all, fitting, isNamed, hotShard, planKeys: { fitting, isNamed, risk, mostShards, placedOf } };
}

/** What each key carries, or undefined where the keys of a source are not known. */
function keysOf({ sources, placementSeed }: PlanInput): KeyLoads | undefined {
  const parts: TrafficPart[] = [];
  for (const source of sources) {
    const { keys, recordsPerSec, keyBytes, equalKeyBytes } = source;
    if (keys === undefined) return undefined;
    const dataBytes = paddedDataBytesOf(source);
    parts.push({ keys, recordsPerSec, dataBytes, keyBytes: equalKeyBytes ? keyBytes : undefined });
  }
  return keyLoadsOf(parts, placementSeed);
}

function fittingKeys(all: KeyLoads, limit: PerDimension): KeyLoads {
  const fitting = withoutKeysAbove(all, aboveOf(limit));
  return fitting.keyCount === all.keyCount ? all : fitting;
}

/** Loads are sums of floating point: a key is above the limit by more than the last digits. */
function aboveOf({ records, bytes }: PerDimension): PerDimension {
  return { records: records * (1 + LOAD_TOLERANCE), bytes: bytes * (1 + LOAD_TOLERANCE) };
}

/** Hashing is the dear part: once for the same keys, and for those of them that fit. */
function placedOnce(all: KeyLoads, fitting: KeyLoads, above: PerDimension): (loads: KeyLoads) => PlacedKeys {
  const placed = new Map<KeyLoads, PlacedKeys>();
  const placedOf = (loads: KeyLoads): PlacedKeys => {
    let keys = placed.get(loads);
    if (keys === undefined) {
      const isPart = loads === fitting && fitting !== all;
      keys = isPart ? withoutPlacedAbove(placedOf(all), above) : placeKeys(loads);
      placed.set(loads, keys);
    }
    return keys;
  };
  return placedOf;
}

/** Weights carry their users' names; generated names count where their placement was asked for. */
export function areNamesKnown({ placement, sources }: PlanInput): boolean {
  return placement === 'actual' || sources.every(({ keys }) => keys !== undefined && isPlacedByData(keys));
}
