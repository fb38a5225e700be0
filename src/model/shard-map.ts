/**
 * The shards of a stream, open and closed, with their lineage. A shard map is a value: every operation returns
 * a new one.
 */
import {
  areAdjacent,
  canSplitAt,
  contains,
  join,
  midpointOf,
  splitAt,
  uniformRanges,
  type HashRange,
} from './hash-range.ts';

export interface Shard {
  /** `shardId-` and twelve digits, numbered in order of creation (source: Shard API reference). */
  readonly shardId: string;
  readonly range: HashRange;
  readonly open: boolean;
  readonly parentShardId?: string;
  readonly adjacentParentShardId?: string;
}

export interface ShardMap {
  /** Every shard there ever was, by number: `all[n].shardId` is `shardIdOf(n)`. */
  readonly all: readonly Shard[];
  /** The open shards in ascending order of hash key. Their ranges tile the key space. */
  readonly open: readonly Shard[];
}

/** One split or merge, by the numbers of the shards that it closes and opens; children in order of hash key. */
export type ReshardStep =
  | {
      readonly kind: 'split';
      readonly parents: readonly [number];
      readonly children: readonly [number, number];
    }
  | {
      readonly kind: 'merge';
      readonly parents: readonly [number, number];
      readonly children: readonly [number];
    };

/** A new layout, and the splits and merges that lead to it, in order: levels of buckets are inherited along them. */
export interface LayoutChange {
  readonly map: ShardMap;
  readonly steps: readonly ReshardStep[];
}

const PREFIX = 'shardId-';

export function shardIdOf(number: number): string {
  return `${PREFIX}${number.toString().padStart(12, '0')}`;
}

/** The number in a shard id, or -1 where the text is not a shard id. */
export function shardNumberOf(shardId: string): number {
  const match = /^shardId-(\d{12})$/.exec(shardId);
  return match ? Number(match[1]) : -1;
}

/** Places in `map.all` of the open shards, in ascending order of hash key. */
export function openNumbersOf(map: ShardMap): Uint32Array {
  const numbers = new Uint32Array(map.open.length);
  writeNumbers(map, numbers, 0, numbers.length);
  return numbers;
}

/** The same of a layout that came from another one, whose numbers are known: what few shards have changed costs little. */
export function openNumbersAfter(known: Uint32Array, before: ShardMap, map: ShardMap): Uint32Array {
  const { low, high } = untouchedEnds(before.open, map.open);
  const numbers = new Uint32Array(map.open.length);
  numbers.set(known.subarray(0, low));
  writeNumbers(map, numbers, low, numbers.length - high);
  numbers.set(known.subarray(known.length - high), numbers.length - high);
  return numbers;
}

/** Of the open shards `from` … `to - 1`. */
function writeNumbers({ all, open }: ShardMap, numbers: Uint32Array, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    // Its name tells where it is, unless the layout came from elsewhere.
    const guess = shardNumberOf(open[i].shardId);
    numbers[i] = all[guess] === open[i] ? guess : all.indexOf(open[i]);
  }
}

/** How many of some open shards, from the lowest hash key up and from the highest down, are open in a later layout too. */
export function untouchedEnds(
  before: readonly Shard[],
  after: readonly Shard[],
): { readonly low: number; readonly high: number } {
  const most = Math.min(before.length, after.length);
  let low = 0;
  while (low < most && before[low] === after[low]) low++;
  let high = 0;
  while (high < most - low && before[before.length - 1 - high] === after[after.length - 1 - high]) high++;
  return { low, high };
}

/** A new stream of `count` equal shards. */
export function createShardMap(count: number): ShardMap {
  const all = uniformRanges(count).map((range, i): Shard => ({ shardId: shardIdOf(i), range, open: true }));
  return { all, open: all };
}

/** A map of open shards with given ranges, for layouts that came from elsewhere. The ranges must tile. */
export function shardMapOf(ranges: readonly HashRange[]): ShardMap {
  const all = ranges.map((range, i): Shard => ({ shardId: shardIdOf(i), range, open: true }));
  return { all, open: all };
}

/** The open shard that holds a hash key. */
export function route(map: ShardMap, hashKey: bigint): Shard {
  return map.open[routeIndex(map, hashKey)];
}

/** Position among `map.open` of the shard that holds a hash key. */
export function routeIndex(map: ShardMap, hashKey: bigint): number {
  let low = 0;
  let high = map.open.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (map.open[middle].range.end < hashKey) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Splits an open shard in two at `newStart`, which goes with everything above it to the second child.
 * @throws RangeError where the shard is not open or SplitShard would refuse the point
 */
export function splitShard(map: ShardMap, shardId: string, newStart: bigint): ShardMap {
  const parent = openShard(map, shardId);
  if (!canSplitAt(parent.range, newStart))
    throw new RangeError(`cannot split ${shardId} at ${newStart.toString()}`);
  return splitAnywhere(map, parent, newStart);
}

/**
 * Merges two open shards whose ranges touch, in either order.
 * @throws RangeError where one is not open or they are not adjacent
 */
export function mergeShards(map: ShardMap, shardId: string, adjacentShardId: string): ShardMap {
  const parent = openShard(map, shardId);
  const adjacent = openShard(map, adjacentShardId);
  const [low, high] = parent.range.start < adjacent.range.start ? [parent, adjacent] : [adjacent, parent];
  if (!areAdjacent(low.range, high.range))
    throw new RangeError(`${shardId} and ${adjacentShardId} are not adjacent`);
  const child: Shard = {
    shardId: shardIdOf(map.all.length),
    range: join(low.range, high.range),
    open: true,
    parentShardId: parent.shardId,
    adjacentParentShardId: adjacent.shardId,
  };
  return replace(map, [low, high], [child]);
}

/** `splitShard` with its step. */
export function splitChange(map: ShardMap, shardId: string, newStart: bigint): LayoutChange {
  const next = splitShard(map, shardId, newStart);
  const child = map.all.length;
  return {
    map: next,
    steps: [{ kind: 'split', parents: [shardNumberOf(shardId)], children: [child, child + 1] }],
  };
}

/** `mergeShards` with its step. */
export function mergeChange(map: ShardMap, shardId: string, adjacentShardId: string): LayoutChange {
  const next = mergeShards(map, shardId, adjacentShardId);
  const parents = [shardNumberOf(shardId), shardNumberOf(adjacentShardId)] as const;
  return { map: next, steps: [{ kind: 'merge', parents, children: [map.all.length] }] };
}

/**
 * Splits several open shards at once, each at the middle of its range, from the lowest hash key up. Those that are too
 * narrow to cut, and numbers of closed shards, are left out.
 */
export function halvesChange(map: ShardMap, numbers: ReadonlySet<number>): LayoutChange {
  const all = [...map.all];
  const steps: ReshardStep[] = [];
  const open = map.open.flatMap((shard) => {
    const number = shardNumberOf(shard.shardId);
    const middle = midpointOf(shard.range);
    if (!numbers.has(number) || !canSplitAt(shard.range, middle)) return [shard];
    all[number] = { ...shard, open: false };
    const child = all.length;
    const children = splitAt(shard.range, middle).map((range, i): Shard => ({
      shardId: shardIdOf(child + i),
      range,
      open: true,
      parentShardId: shard.shardId,
    }));
    all.push(...children);
    steps.push({ kind: 'split', parents: [number], children: [child, child + 1] });
    return children;
  });
  return { map: { all, open }, steps };
}

/** The layout that `resizeChange` leads to. */
export function resizeUniform(map: ShardMap, count: number): ShardMap {
  return resizeChange(map, count).map;
}

/**
 * Brings the stream to `count` equal shards by splits and merges, from the lowest hash key up, as UpdateShardCount
 * does: a shard that straddles an end of a target range is split there, then the pieces of the range are merged.
 * Rounded ends can lie one key apart (3 shards to 6), where SplitShard would refuse to cut; the service need not.
 */
export function resizeChange(map: ShardMap, count: number): LayoutChange {
  const all = [...map.all];
  const steps: ReshardStep[] = [];
  const close = (shard: Shard): number => {
    const number = shardNumberOf(shard.shardId);
    all[number] = { ...shard, open: false };
    return number;
  };
  const bear = (child: Omit<Shard, 'shardId' | 'open'>): Shard => {
    const shard = { shardId: shardIdOf(all.length), ...child, open: true };
    all.push(shard);
    return shard;
  };
  const split = (parent: Shard, newStart: bigint): Shard[] => {
    const number = close(parent);
    const children = splitAt(parent.range, newStart).map((range) =>
      bear({ range, parentShardId: parent.shardId }),
    );
    steps.push({ kind: 'split', parents: [number], children: [all.length - 2, all.length - 1] });
    return children;
  };
  const merge = (low: Shard, high: Shard): Shard => {
    const parents = [close(low), close(high)] as const;
    steps.push({ kind: 'merge', parents, children: [all.length] });
    return bear({
      range: join(low.range, high.range),
      parentShardId: low.shardId,
      adjacentParentShardId: high.shardId,
    });
  };
  // What is still to be cut, the lowest last.
  const left = map.open.toReversed();
  const open = uniformRanges(count).map(({ end }) => {
    const pieces: Shard[] = [];
    while (pieces.at(-1)?.range.end !== end) {
      let next = left.pop();
      if (next === undefined) throw new Error('open shards do not tile the key space');
      if (next.range.end > end) {
        const [low, high] = split(next, end + 1n);
        left.push(high);
        next = low;
      }
      pieces.push(next);
    }
    return pieces.reduce(merge);
  });
  return { map: { all, open }, steps };
}

/** The parents of a shard that the map still knows, one after a split and two after a merge. */
export function parentsOf(shard: Shard): string[] {
  return [shard.parentShardId, shard.adjacentParentShardId].filter((id) => id !== undefined);
}

/** The shards that were made from a given one. */
export function childrenOf(map: ShardMap, shardId: string): Shard[] {
  return map.all.filter((shard) => parentsOf(shard).includes(shardId));
}

function openShard(map: ShardMap, shardId: string): Shard {
  const shard = map.all[shardNumberOf(shardId)] as Shard | undefined;
  if (!shard?.open) throw new RangeError(`${shardId} is not an open shard`);
  return shard;
}

/** Splits an open shard at any point above its start. */
function splitAnywhere(map: ShardMap, parent: Shard, newStart: bigint): ShardMap {
  const children = splitAt(parent.range, newStart).map((range, i): Shard => ({
    shardId: shardIdOf(map.all.length + i),
    range,
    open: true,
    parentShardId: parent.shardId,
  }));
  return replace(map, [parent], children);
}

/** Closes neighbours in `open` and puts their children in their place. */
function replace(map: ShardMap, parents: readonly Shard[], children: readonly Shard[]): ShardMap {
  const at = map.open.indexOf(parents[0]);
  const all = map.all.concat(children);
  for (const shard of parents) all[shardNumberOf(shard.shardId)] = { ...shard, open: false };
  return { all, open: map.open.toSpliced(at, parents.length, ...children) };
}

/** Linear search, kept as the slow and plain statement of what routing means. */
export function routeByScan(map: ShardMap, hashKey: bigint): Shard {
  const shard = map.open.find((candidate) => contains(candidate.range, hashKey));
  if (!shard) throw new Error('open shards do not tile the key space');
  return shard;
}
