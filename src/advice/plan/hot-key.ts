/**
 * The constraint that no number of shards can meet: one key is one hash is one shard, so the heaviest key must fit
 * on a single shard by itself.
 */
import { formatCount } from '../../model/quantity.ts';
import type { Constraint, HottestKey } from '../../results/plan-result.ts';
import { bytesPerSec, percentOf, perSec, SHARD_LIMIT, shardsFor } from './constraints.ts';
import { fillOf, heaviestKey, keysAbove, type KeyLoads } from '../placement/key-loads.ts';
import type { KeyLoad, PerDimension } from '../placement/key-run.ts';
import { saltingOf, type Salting } from '../placement/salting.ts';
import { CROWDS, insteadOf, waysOutOf, type Crowding } from '../pipeline/ways-out.ts';
import type { CrowdingKeys } from './crowding-key.ts';

export interface HotKey {
  readonly constraint: Constraint;
  readonly hottestKey: HottestKey | null;
  /** Where something is to be done about keys: that, in a sentence. */
  readonly remedies: readonly string[];
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
  /** Where the heaviest key fits, but hardly anything beside it. */
  readonly crowding?: CrowdingKeys | undefined;
}

/** Salts are counted for as many hot keys at once; where there are more, the key is the wrong one. */
const MOST_SALTED = 200;

const NOTHING = { found: {}, remedies: [] };

export function hotKeyOf(question: HotKeyQuestion): HotKey {
  const key = heaviestKey(question.loads, question.limit);
  if (key === undefined) {
    const constraint: Constraint = {
      name: 'hot-key',
      shards: 1,
      evaluated: true,
      formula: 'nothing is sent',
    };
    return { constraint, hottestKey: null, remedies: [] };
  }
  const fits = fitsAlone(key, question.headroom);
  const isFine = fits && question.crowding === undefined;
  const { found, remedies } = isFine ? NOTHING : remediesOf(key, question);
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
      ofPlanned: fillOf(key, question.limit),
      ...found,
    },
    remedies,
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

/** The keys that something is to be done about, and all others. */
interface Cut {
  readonly hot: readonly KeyLoad[] | undefined;
  readonly rest: KeyLoads;
  readonly shards: number;
}

function cutOf({ loads, fitting, limit, shards, crowding }: HotKeyQuestion): Cut {
  const part = crowding === undefined ? ABOVE : CROWDS;
  const hot = keysAbove(loads, { records: limit.records * part, bytes: limit.bytes * part }, MOST_SALTED);
  return crowding === undefined
    ? { hot, rest: fitting, shards }
    : { hot, rest: crowding.rest, shards: crowding.restShards };
}

/** Loads are sums of floating point: a key is above the limit by more than this. */
const ABOVE = 1 + 1e-9;

/** How many keys are like this one, into how many each has to be cut, and what else could be done. */
function remediesOf(
  key: KeyLoad,
  question: HotKeyQuestion,
): Pick<HotKey, 'remedies'> & { readonly found: Partial<HottestKey> } {
  const { loads, limit, risk, keyBytes, isAggregated, crowding, namesKnown } = question;
  const { hot, rest, shards } = cutOf(question);
  const count = loads.keyCount - rest.keyCount;
  const salting =
    hot === undefined || hot.length === 0
      ? undefined
      : saltingOf({ hot, fitting: rest, limit, risk, shards, namesKnown });
  return {
    found: {
      ...(crowding === undefined ? { unfitKeys: count } : { crowds: true }),
      ...(salting === undefined ? {} : { salts: saltsOfHeaviest(salting) }),
      waysOut: waysOutOf({
        ...{ heaviest: key, count, keyBytes, limit, salting, isAggregated, crowding },
        shard: SHARD_LIMIT,
        confidence: Math.round((1 - risk) * 1e9) / 1e9,
      }),
    },
    remedies: salting === undefined ? [] : [saltRemedy(salting, count, crowding)],
  };
}

/** `Cut the heaviest key into 12 keys (salts): 7 shards would do instead of 7,801.` */
function saltRemedy({ random, chosen, shards }: Salting, count: number, crowding?: Crowding): string {
  const [most] = random ?? chosen;
  const which = count === 1 ? 'the heaviest key' : `each of the ${formatCount(count)} heaviest keys`;
  const how = `${count === 1 ? '' : 'up to '}${formatCount(most)} keys (${random === undefined ? 'chosen ' : ''}salts)`;
  const carried = `${formatCount(shards)} ${shards === 1 ? 'shard carries' : 'shards carry'} it all`;
  return `Cut ${which} into ${how}: then ${carried}${insteadOf(crowding?.shards ?? null)}.`;
}

function saltsOfHeaviest({ random, chosen, shards }: Salting): HottestKey['salts'] {
  return { ...(random === undefined ? {} : { random: random[0] }), chosen: chosen[0], shards };
}
