/**
 * The load of a stream as its keys showed it: what each observed key carries, at its place among the hash keys,
 * and the rest of each shard spread evenly over its range.
 */
import { MAX_HASH_KEY } from '../model/hash-key.ts';
import { widthOf, type HashRange } from '../model/hash-range.ts';
import { openNumbersOf, type ShardMap } from '../model/shard-map.ts';
import type { TallyReading } from '../results/count-tally.ts';
import { LEAST_WEIGHT } from '../results/key-sketch.ts';
import type { Dimension } from '../results/report-document.ts';
import type { ShardWindow } from '../results/stream-window.ts';

export interface ObservedKey {
  readonly hashKey: bigint;
  /** Where that is in the key space, 0…1. */
  readonly position: number;
  /** Load in the chosen unit, records or bytes over the whole run or a window of it. */
  readonly load: number;
}

export interface ObservedShard {
  readonly range: HashRange;
  /** Hot keys left out; in ascending order of hash key. */
  readonly keys: readonly ObservedKey[];
  /** Load of all other keys, of which only the sum is known. */
  readonly rest: number;
}

/**
 * Every open shard with its keys, without those in `leaveOut` (numbers of keys). Load is that of the whole run: what
 * came while another layout was open counts where its keys are now, and the rest of closed shards is spread evenly over
 * their ranges. No load is lost or counted twice.
 */
export function observedShardsOf(
  tally: TallyReading,
  map: ShardMap,
  hashKeyOf: (key: number) => bigint,
  dimension: Dimension,
  leaveOut: ReadonlySet<number>,
): ObservedShard[] {
  const name = dimension === 'records' ? 'offered' : 'bytes';
  const keys: ObservedKey[][] = map.all.map(() => []);
  const rest = tally.shards.column(name);
  const all = rest.reduce((sum, load) => sum + load, 0);
  let ofKeys = 0;
  for (const place of tally.sketch.held()) {
    const shard = tally.shardOfKey[place];
    const load = tally.keys.count(place, name);
    rest[shard] -= load - (tally.stays?.before(place, name) ?? 0);
    ofKeys += load;
    if (leaveOut.has(tally.sketch.keys[place])) {
      const missed =
        dimension === 'records' ? tally.sketch.missed[place] / LEAST_WEIGHT : tally.sketch.missed[place];
      rest[shard] -= missed;
      ofKeys += missed;
      continue;
    }
    const hashKey = hashKeyOf(tally.sketch.keys[place]);
    keys[shard].push({ hashKey, position: positionOf(hashKey), load });
  }
  const open = Array.from(openNumbersOf(map));
  if (open.length < map.all.length) inheritRest(rest, tally, map, open, name, Math.max(0, all - ofKeys));
  return open.map((i) => ({
    range: map.all[i].range,
    keys: keys[i].sort((a, b) => (a.hashKey < b.hashKey ? -1 : 1)),
    rest: Math.max(0, rest[i]),
  }));
}

/**
 * Leaves the rest of closed shards to the open ones, and makes the sum what it must be: keys that lost their places
 * are part of the rest again, whichever shards they had been taken off.
 */
function inheritRest(
  rest: Float64Array,
  { stays }: TallyReading,
  { all }: ShardMap,
  open: readonly number[],
  name: 'offered' | 'bytes',
  sum: number,
): void {
  const shares = new Float64Array(open.length);
  all.forEach((shard, i) => {
    const left = Math.max(0, rest[i] - (stays?.left(i, name) ?? 0));
    if (left > 0) open.forEach((heir, o) => (shares[o] += left * partWithin(shard.range, all[heir].range)));
  });
  const total = shares.reduce((all, share) => all + share, 0);
  open.forEach((heir, o) => {
    rest[heir] = total > 0 ? (sum * shares[o]) / total : sum * partWithin(WHOLE, all[heir].range);
  });
}

const WHOLE: HashRange = { start: 0n, end: MAX_HASH_KEY };

/** Part of a range that lies within another, 0…1. */
function partWithin(range: HashRange, other: HashRange): number {
  const start = range.start > other.start ? range.start : other.start;
  const end = range.end < other.end ? range.end : other.end;
  return end < start ? 0 : Number(end - start + 1n) / Number(widthOf(range));
}

/** A shard as it was in one window. */
export function observedShardOf(
  { sum, keys }: ShardWindow,
  range: HashRange,
  hashKeyOf: (key: number) => bigint,
  dimension: Dimension,
): ObservedShard {
  const observed: ObservedKey[] = [];
  let rest = sum[dimension];
  for (const [key, load] of keys) {
    const hashKey = hashKeyOf(key);
    observed.push({ hashKey, position: positionOf(hashKey), load: load[dimension] });
    rest -= load[dimension];
  }
  observed.sort((a, b) => (a.hashKey < b.hashKey ? -1 : 1));
  return { range, keys: observed, rest: Math.max(0, rest) };
}

/** Load of the heaviest of `count` equal shards, if the stream had that many. */
export function heaviestOfUniform(observed: readonly ObservedShard[], count: number): number {
  const loads = new Float64Array(count);
  for (const { range, keys, rest } of observed) {
    for (const key of keys) loads[Math.floor(key.position * count)] += key.load;
    spread(range, rest, loads);
  }
  return loads.reduce((most, load) => (load > most ? load : most), 0);
}

const PRECISION = 1n << 53n;

/** Position in the key space, from 0 to below 1; rounded down, so that a key is never placed past an end. */
function positionOf(hashKey: bigint): number {
  return Number((hashKey * PRECISION) >> 128n) / Number(PRECISION);
}

/** Spreads a load evenly over the parts that a range covers. */
function spread(range: HashRange, load: number, loads: Float64Array): void {
  if (load === 0) return;
  const from = positionOf(range.start) * loads.length;
  const to = from + (Number(widthOf(range)) / Number(1n << 128n)) * loads.length;
  for (let part = Math.floor(from); part < Math.min(loads.length, to); part++) {
    const covered = Math.min(to, part + 1) - Math.max(from, part);
    loads[part] += (load * Math.max(0, covered)) / (to - from);
  }
}
