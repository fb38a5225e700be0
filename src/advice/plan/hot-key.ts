/**
 * The constraint that no number of shards can meet: one key is one hash is one shard, so the heaviest key must fit
 * on a single shard by itself.
 */
import type { Constraint, HottestKey } from '../../results/plan-result.ts';
import { bytesPerSec, percentOf, perSec, SHARD_LIMIT, shardsFor } from './constraints.ts';
import { fillOf, heaviestKey, keysAbove, type KeyLoads } from '../placement/key-loads.ts';
import type { KeyLoad, PerDimension } from '../placement/key-run.ts';
import { saltingOf, type Salting } from '../placement/salting.ts';
import { waysOutOf } from '../pipeline/ways-out.ts';

export interface HotKey {
  readonly constraint: Constraint;
  readonly hottestKey: HottestKey | null;
}

export interface HotKeyQuestion {
  readonly loads: KeyLoads;
  /** Those of the keys that fit on a shard alone. */
  readonly fitting: KeyLoads;
  /** Planning limit of a shard. */
  readonly limit: PerDimension;
  readonly headroom: number;
  /** Accepted probability that random salts overload a shard. */
  readonly risk: number;
  /** Shards that the other constraints ask for. */
  readonly shards: number;
  /** Whether the names of keys mean anything to the user. */
  readonly namesGiven: boolean;
  /** Whether keys are placed by their names. */
  readonly namesKnown: boolean;
  /** Mean bytes of a partition key. */
  readonly keyBytes: number;
  /** Whether producers aggregate already. */
  readonly isAggregated: boolean;
}

/** Salts are counted for as many hot keys at once; where there are more, the key is the wrong one. */
const MOST_SALTED = 200;

export function hotKeyOf(question: HotKeyQuestion): HotKey {
  const key = heaviestKey(question.loads, question.limit);
  if (key === undefined) {
    const constraint: Constraint = {
      name: 'hot-key',
      shards: 1,
      evaluated: true,
      formula: 'nothing is sent',
    };
    return { constraint, hottestKey: null };
  }
  const fits = fitsAlone(key, question.headroom);
  return {
    constraint: {
      name: 'hot-key',
      shards: fits ? 1 : null,
      evaluated: true,
      formula: formulaOf(key, question, fits),
    },
    hottestKey: {
      key: question.namesGiven ? key.name : null,
      share: key.records / question.loads.total.records,
      utilization: fillOf(key, SHARD_LIMIT),
      fits,
      ...(fits ? {} : remediesOf(key, question)),
    },
  };
}

/** Held against the planning limit in whole numbers, as the sums are. */
function fitsAlone(key: PerDimension, headroom: number): boolean {
  return (
    shardsFor(key.records, SHARD_LIMIT.records, headroom) === 1 &&
    shardsFor(key.bytes, SHARD_LIMIT.bytes, headroom) === 1
  );
}

function formulaOf(key: KeyLoad, { limit, headroom }: HotKeyQuestion, fits: boolean): string {
  const inRecords = key.records / limit.records >= key.bytes / limit.bytes;
  const load = inRecords ? perSec(key.records) : bytesPerSec(key.bytes);
  const full = inRecords ? perSec(SHARD_LIMIT.records) : bytesPerSec(SHARD_LIMIT.bytes);
  const verdict = fits ? 'fits on one shard' : 'fits on no shard, however many there are';
  return `${load} ${fits ? '<=' : '>'} ${full} × ${percentOf(1 - headroom)}: ${verdict}`;
}

/** How many keys are like this one, into how many each has to be cut, and what else could be done. */
function remediesOf(
  key: KeyLoad,
  question: HotKeyQuestion,
): Pick<HottestKey, 'unfitKeys' | 'salts' | 'waysOut'> {
  const { loads, fitting, limit, risk, keyBytes, isAggregated } = question;
  const count = loads.keyCount - fitting.keyCount;
  const salting = saltingFor(question);
  return {
    unfitKeys: count,
    ...(salting === undefined ? {} : { salts: saltsOfHeaviest(salting) }),
    waysOut: waysOutOf({
      ...{ heaviest: key, count, keyBytes, limit, salting, isAggregated },
      shard: SHARD_LIMIT,
      confidence: Math.round((1 - risk) * 1e9) / 1e9,
    }),
  };
}

function saltingFor({
  loads,
  fitting,
  limit,
  risk,
  shards,
  namesKnown,
}: HotKeyQuestion): Salting | undefined {
  const hot = keysAbove(loads, { records: limit.records * ABOVE, bytes: limit.bytes * ABOVE }, MOST_SALTED);
  if (hot === undefined || hot.length === 0) return undefined;
  return saltingOf({ hot, fitting, limit, risk, shards, namesKnown });
}

/** Loads are sums of floating point: a key is above the limit by more than this. */
const ABOVE = 1 + 1e-9;

function saltsOfHeaviest({ random, chosen, shards }: Salting): HottestKey['salts'] {
  return { ...(random === undefined ? {} : { random: random[0] }), chosen: chosen[0], shards };
}
