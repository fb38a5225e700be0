/**
 * Into how many keys the keys that fit on no shard must be cut, all of them at once and beside all other keys, so that
 * every shard can carry what falls on it.
 *
 * `salts.ts` answers for one key among an even background. Here the background is what the keys that fit make of it:
 * by their names where these are known, by chance where they are not. (math.md 2.1, 2.5)
 */
import { LIMITS } from '../../model/limits.ts';
import type { Dimension } from '../../results/report-document.ts';
import { binomialAbove } from './binomial.ts';
import { fillOf, withKeys, type KeyLoads } from './key-loads.ts';
import type { KeyLoad, PerDimension } from './key-run.ts';
import { placeKeys, shardLoads } from './placement.ts';
import { randomKeysOf, riskAt } from './random-placement.ts';
import { chosenTogether, PRACTICAL_SALTS } from './salts.ts';
import {
  distributionOf,
  tailAbove,
  tailSourceOf,
  type LoadDistribution,
  type TailSource,
} from './shard-tail.ts';

export interface SaltingQuestion {
  /** The keys that fit on no shard, heaviest first, at least one. */
  readonly hot: readonly KeyLoad[];
  /** All others. */
  readonly fitting: KeyLoads;
  /** Planning limit of a shard. */
  readonly limit: PerDimension;
  /** Accepted probability that some shard is over it, 0…1. */
  readonly risk: number;
  /** Shards that everything else asks for. */
  readonly shards: number;
  /** Whether the keys that fit are placed by their names. */
  readonly namesKnown: boolean;
}

/** Salts of each hot key, in the order of the question. */
export interface Salting {
  readonly shards: number;
  /** Names of salts fall at random. */
  readonly random?: readonly number[];
  /** Each salt is put on a shard, by choosing its name or by an explicit hash key. */
  readonly chosen: readonly number[];
  /** Chosen salts fit only on shards that have room: other keys come close to filling some by themselves. */
  readonly besideHeavy?: true;
}

/** Room on the shards, and what chance makes of it. */
interface Ground {
  /** Probability bound that the salts, dealt out to the shards by hand, leave some shard over its limit. */
  readonly riskOfChosen: (parts: readonly PerDimension[], salts: readonly number[]) => number;
  readonly riskOfRandom: (parts: readonly PerDimension[], salts: readonly number[]) => number;
}

/** Salts that are more than so many in all are no advice. */
const MOST_SALTS = 2000;

/** Loads are sums of floating point. */
const TOLERANCE = 1e-9;

/**
 * On as many shards as the rest of the plan needs, or on the next count at which a practical number of random salts
 * fits; where there is none, the first at which chosen salts do; undefined where neither was found.
 */
export function saltingOf(question: SaltingQuestion): Salting | undefined {
  const { hot, limit, shards, risk, fitting } = question;
  const total = hot.reduce((sum, key) => sum + fillOf(key, limit), 0);
  const most = Math.min(LIMITS.shardQuota.value, 2 * shards + 2 * Math.ceil(total) + 16);
  const groundOn = groundsOf(question);
  let fallback: Salting | undefined;
  for (let count = shards; count <= most; count += Math.max(1, Math.floor(count / FINE_STEPS))) {
    if (count * (1 + TOLERANCE) < fillOf(fitting.total, limit) + total) continue;
    const ground = groundOn(count);
    if (ground === undefined) continue;
    const chosen = leastSalts(question, count, (parts, salts) => ground.riskOfChosen(parts, salts) <= risk);
    if (chosen === undefined) continue;
    const random = leastSalts(
      question,
      PRACTICAL_SALTS,
      (parts, salts) => ground.riskOfRandom(parts, salts) <= risk,
    );
    if (random !== undefined) return { shards: count, random, chosen };
    fallback ??= { shards: count, chosen };
  }
  return fallback ?? saltingByMeans(question, most);
}

/** Among the mean load of all other keys: somebody who chooses salts can see which shards have room. */
function saltingByMeans({ hot, fitting, limit, shards }: SaltingQuestion, most: number): Salting | undefined {
  const filled = hot.map(({ records, bytes }) => ({
    records: records / limit.records,
    bytes: bytes / limit.bytes,
  }));
  for (let count = shards; count <= most; count++) {
    const background = {
      records: fitting.total.records / limit.records / count,
      bytes: fitting.total.bytes / limit.bytes / count,
    };
    const chosen = chosenTogether(filled, background, count);
    if (chosen !== undefined) return { shards: count, chosen, besideHeavy: true };
  }
  return undefined;
}

/** Counts of shards above this are tried in steps: an advice on salts is not about the last shard. */
const FINE_STEPS = 64;

type Fits = (parts: readonly PerDimension[], salts: readonly number[]) => boolean;

/**
 * The fewest salts, all of about the same load, with which it fits; `most` of the heaviest key are tried first, for
 * where they do not fit, fewer hardly ever do.
 */
function leastSalts({ hot, limit }: SaltingQuestion, most: number, fits: Fits): number[] | undefined {
  const saltsFor = (heaviest: number): number[] => {
    const part = fillOf(hot[0], limit) / heaviest;
    return hot.map((key) => Math.max(1, Math.ceil(fillOf(key, limit) / part - TOLERANCE)));
  };
  const isFit = (salts: readonly number[]): boolean =>
    salts.reduce((sum, count) => sum + count, 0) <= MOST_SALTS && fits(partsOf(hot, salts), salts);
  if (!isFit(saltsFor(most))) return undefined;
  const least = Math.max(1, Math.ceil(fillOf(hot[0], limit) - TOLERANCE));
  // One by one while that is quick; then in steps of a sixteenth.
  for (let heaviest = least; heaviest < most; heaviest += Math.max(1, Math.floor(heaviest / 64))) {
    const salts = saltsFor(heaviest);
    if (isFit(salts)) return salts;
  }
  return saltsFor(most);
}

/** What one salt of each key carries. */
function partsOf(hot: readonly KeyLoad[], salts: readonly number[]): PerDimension[] {
  return hot.map(({ records, bytes }, i) => ({ records: records / salts[i], bytes: bytes / salts[i] }));
}

function groundsOf(question: SaltingQuestion): (shards: number) => Ground | undefined {
  const { fitting, hot, limit, namesKnown } = question;
  if (namesKnown) {
    const placed = placeKeys(fitting);
    return (shards) => groundOfNames(shardLoads(placed, shards), limit);
  }
  // Salts may bind in another dimension than the keys beside them.
  const { sources } = randomKeysOf(withKeys(fitting, hot), limit);
  const beside = sources.map(({ dimension }) => tailSourceOf(fitting, dimension));
  return (shards) => groundOfChance(question, beside, shards);
}

/** What the other keys leave free is known. Undefined where they overload a shard by themselves. */
function groundOfNames(loads: readonly PerDimension[], limit: PerDimension): Ground | undefined {
  const rooms = loads.map(({ records, bytes }) => ({
    records: limit.records * (1 + TOLERANCE) - records,
    bytes: limit.bytes * (1 + TOLERANCE) - bytes,
  }));
  if (rooms.some(({ records, bytes }) => records < 0 || bytes < 0)) return undefined;
  return {
    riskOfChosen: (parts, salts) => (fillRooms(rooms, limit, parts, salts) ? 0 : 1),
    riskOfRandom: (parts, salts) => riskInRooms(rooms, limit, parts, salts),
  };
}

/** Deals salt after salt to the shard with most room left; a key gets no shard twice. */
function fillRooms(
  rooms: readonly PerDimension[],
  limit: PerDimension,
  parts: readonly PerDimension[],
  salts: readonly number[],
): boolean {
  const left = rooms.map(({ records, bytes }) => ({ records, bytes }));
  return parts.every((part, i) => {
    if (salts[i] > left.length) return false;
    const roomy = left.toSorted((a, b) => roomOf(b, limit) - roomOf(a, limit)).slice(0, salts[i]);
    for (const room of roomy) {
      room.records -= part.records;
      room.bytes -= part.bytes;
    }
    return roomy.every(({ records, bytes }) => records >= 0 && bytes >= 0);
  });
}

function roomOf(room: PerDimension, limit: PerDimension): number {
  return Math.min(room.records / limit.records, room.bytes / limit.bytes);
}

/** Of one key a sum of binomial tails, shard by shard; of several, all on the shard with the least room. */
function riskInRooms(
  rooms: readonly PerDimension[],
  limit: PerDimension,
  parts: readonly PerDimension[],
  salts: readonly number[],
): number {
  if (parts.length === 1) {
    const [part] = parts;
    const risk = rooms.reduce((sum, room) => {
      const fitting = Math.floor(Math.min(room.records / part.records, room.bytes / part.bytes));
      return sum + binomialAbove(salts[0], 1 / rooms.length, fitting);
    }, 0);
    return Math.min(1, risk);
  }
  const least = {
    records: rooms.reduce((most, room) => Math.min(most, room.records), limit.records),
    bytes: rooms.reduce((most, room) => Math.min(most, room.bytes), limit.bytes),
  };
  if (least.records <= 0 || least.bytes <= 0) return 1;
  return riskAt(randomKeysOf(withKeys(NO_KEYS, saltedKeys(parts, salts)), least), rooms.length, least);
}

const NO_KEYS: KeyLoads = {
  runs: [],
  keyCount: 0,
  total: { records: 0, bytes: 0 },
  bytesPerRecord: { min: Infinity, max: 0 },
};

/** The other keys fall by chance as well. */
function groundOfChance(
  { fitting, limit, risk }: SaltingQuestion,
  beside: readonly TailSource[],
  shards: number,
): Ground {
  const tails = beside.map((source) => tailOf(source, shards, limit, risk / shards));
  return {
    riskOfChosen: (parts, salts) => riskOfDealt(tails, limit, dealt(parts, salts, shards)),
    riskOfRandom: (parts, salts) => {
      const all = withKeys(fitting, saltedKeys(parts, salts));
      return riskAt(randomKeysOf(all, limit), shards, limit, risk);
    },
  };
}

function saltedKeys(parts: readonly PerDimension[], salts: readonly number[]): KeyLoad[] {
  return parts.flatMap((part, i) =>
    Array.from({ length: salts[i] }, (_, n) => ({ ...part, name: `salted-${i}-${n}` })),
  );
}

/** What salts put on each shard, dealt out in turn, key after key: no shard gets two of a key that it need not. */
function dealt(parts: readonly PerDimension[], salts: readonly number[], shards: number): PerDimension[] {
  const loads = Array.from({ length: shards }, () => ({ records: 0, bytes: 0 }));
  let next = 0;
  parts.forEach((part, i) => {
    for (let n = 0; n < salts[i]; n++, next = (next + 1) % shards) {
      loads[next].records += part.records;
      loads[next].bytes += part.bytes;
    }
  });
  return loads;
}

/** How likely the keys that fall by chance put more than a load on a shard; of one dimension. */
interface Tail {
  readonly dimension: Dimension;
  readonly above: (load: number) => number;
}

/**
 * One distribution answers for every load up to the limit; it is worked out when it is asked for the first time, and no
 * finer than it takes to tell a probability from `decideAt` at the limit.
 */
function tailOf(source: TailSource, shards: number, limit: PerDimension, decideAt: number): Tail {
  const { dimension, loads, equal } = source;
  if (loads.keyCount === 0) return { dimension, above: () => 0 };
  if (equal !== undefined) return { dimension, above: (load) => tailAbove(source, shards, load) };
  let distribution: LoadDistribution | undefined;
  return {
    dimension,
    above: (load) => {
      distribution ??= distributionOf(source, shards, limit[dimension] * (1 + TOLERANCE), decideAt);
      return distribution.above(load);
    },
  };
}

/** Upper bound of P(some shard over) where each shard has such a load besides the keys that fall by chance. */
function riskOfDealt(tails: readonly Tail[], limit: PerDimension, loads: readonly PerDimension[]): number {
  const known = new Map<string, number>();
  let risk = 0;
  for (const load of loads) {
    const name = `${load.records} ${load.bytes}`;
    const one = known.get(name) ?? riskBeside(tails, limit, load);
    known.set(name, one);
    risk += one;
    if (risk >= 1) return 1;
  }
  return risk;
}

/** P(a shard over) with this load on it already. */
function riskBeside(tails: readonly Tail[], limit: PerDimension, load: PerDimension): number {
  const room = (dimension: Dimension): number => limit[dimension] * (1 + TOLERANCE) - load[dimension];
  if (room('records') < 0 || room('bytes') < 0) return 1;
  return tails.reduce((sum, { dimension, above }) => {
    const left = room(dimension);
    return left <= 0 ? 1 : sum + above(left);
  }, 0);
}
