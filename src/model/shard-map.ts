/**
 * The shards of a stream, open and closed, with their lineage. A shard map is a value: every operation returns
 * a new one.
 */
import {
  areAdjacent,
  canSplitAt,
  contains,
  join,
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

export function shardIdOf(number: number): string {
  return `shardId-${number.toString().padStart(12, '0')}`;
}

/** The number in a shard id, or -1 where the text is not a shard id. */
export function shardNumberOf(shardId: string): number {
  const match = /^shardId-(\d{12})$/.exec(shardId);
  return match ? Number(match[1]) : -1;
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

/**
 * Brings the stream to `count` equal shards by splits and merges, from the lowest hash key up, as UpdateShardCount
 * does: a shard that straddles an end of a target range is split there, then the pieces of the range are merged.
 * Rounded ends can lie one key apart (3 shards to 6), where SplitShard would refuse to cut; the service need not.
 */
export function resizeUniform(map: ShardMap, count: number): ShardMap {
  let current = map;
  for (const target of uniformRanges(count)) {
    const straddling = route(current, target.end);
    if (straddling.range.end !== target.end) current = splitAnywhere(current, straddling, target.end + 1n);
    for (;;) {
      const first = routeIndex(current, target.start);
      if (current.open[first].range.end === target.end) break;
      current = mergeShards(current, current.open[first].shardId, current.open[first + 1].shardId);
    }
  }
  return current;
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
  const closed = new Map(parents.map((shard) => [shard.shardId, { ...shard, open: false }]));
  return {
    all: [...map.all.map((shard) => closed.get(shard.shardId) ?? shard), ...children],
    open: [...map.open.slice(0, at), ...children, ...map.open.slice(at + parents.length)],
  };
}

/** Linear search, kept as the slow and plain statement of what routing means. */
export function routeByScan(map: ShardMap, hashKey: bigint): Shard {
  const shard = map.open.find((candidate) => contains(candidate.range, hashKey));
  if (!shard) throw new Error('open shards do not tile the key space');
  return shard;
}
