/**
 * The splits and merges that lead from one layout to another, one at a time, as SplitShard and MergeShards take them.
 */
import { formatHashKey, MAX_HASH_KEY } from '../../model/hash-key.ts';
import { shardIdOf } from '../../model/shard-map.ts';
import type { LayoutStep } from '../../results/layout-step.ts';

/** A stream's shards before the first step. */
export interface StreamNow {
  /** Lowest hash keys of the open shards, ascending from 0. */
  readonly starts: readonly bigint[];
  /** Their names, in the same order. */
  readonly shardIds: readonly string[];
  /** The number that the next new shard will have. */
  readonly nextNumber: number;
}

export interface LayoutPath {
  readonly steps: readonly LayoutStep[];
  /** The most shards that are open at once on the way. */
  readonly peakShards: number;
}

/** A stream that was created with so many equal shards and never resharded. */
export function freshStream(starts: readonly bigint[]): StreamNow {
  return { starts, shardIds: starts.map((_, i) => shardIdOf(i)), nextNumber: starts.length };
}

/**
 * All splits, then all merges: until the last split every shard is one of now or a part of one, and every shard lies
 * within one of the target's, so that no state on the way is worse than both ends. Where that takes more open shards
 * than `mostShards`, one target shard after the other instead, which never takes more than two above the larger of
 * before and after.
 * @param target lowest hash keys of the shards to come, ascending from 0, at least two apart from all of now
 */
export function pathTo(now: StreamNow, target: readonly bigint[], mostShards = Infinity): LayoutPath {
  const first = new Set(now.starts);
  const splits = target.filter((start) => !first.has(start)).length;
  if (now.starts.length + splits <= mostShards) return splitsFirst(now, target);
  return shardByShard(now, target);
}

/** Every split from the lowest hash key up, then every merge. */
export function splitsFirst(now: StreamNow, target: readonly bigint[]): LayoutPath {
  const path = new Path(now);
  for (const start of target) path.splitAt(start);
  path.mergeUpTo(target, 0, target.length);
  return path;
}

/**
 * One target shard after the other: its ends are split, then what lies inside is merged. Those that open no more shards
 * than they close come first; of the rest always the lowest, which then opens one.
 */
export function shardByShard(now: StreamNow, target: readonly bigint[]): LayoutPath {
  const path = new Path(now);
  const inside = innerBoundaries(now.starts, target);
  const isThere = boundariesThere(now.starts, target);
  const isDone = new Uint8Array(target.length);
  const growth = (shard: number): number => 2 - isThere[shard] - isThere[shard + 1] - inside[shard];
  const ready = Array.from(target, (_, shard) => shard)
    .filter((shard) => growth(shard) <= 0)
    .sort((a, b) => growth(b) - growth(a) || b - a);
  for (let lowest = 0; ;) {
    while (lowest < target.length && isDone[lowest] === 1) lowest++;
    const shard = ready.pop() ?? lowest;
    if (shard === target.length) return path;
    if (isDone[shard] === 1) continue;
    isDone[shard] = 1;
    path.splitAt(target[shard]);
    if (shard + 1 < target.length) path.splitAt(target[shard + 1]);
    path.mergeUpTo(target, shard, shard + 1);
    isThere[shard] = 1;
    isThere[shard + 1] = 1;
    for (const neighbour of [shard + 1, shard - 1])
      if (neighbour >= 0 && neighbour < target.length && isDone[neighbour] === 0 && growth(neighbour) <= 0)
        ready.push(neighbour);
  }
}

/** How many of today's boundaries lie strictly inside each target shard. */
function innerBoundaries(starts: readonly bigint[], target: readonly bigint[]): Uint32Array {
  const inside = new Uint32Array(target.length);
  let shard = 0;
  for (const start of starts) {
    while (shard + 1 < target.length && target[shard + 1] <= start) shard++;
    if (start !== target[shard]) inside[shard]++;
  }
  return inside;
}

/** 1 for each target boundary that stands already; one more for the end of the hash space. */
function boundariesThere(starts: readonly bigint[], target: readonly bigint[]): Uint8Array {
  const known = new Set(starts);
  return Uint8Array.from([...target.map((start) => Number(known.has(start))), 1]);
}

/** Steps as they are taken: what is open is a chain from the lowest range up, so that a step costs the same anywhere. */
class Path implements LayoutPath {
  readonly steps: LayoutStep[] = [];
  peakShards: number;
  #open: number;
  #nextNumber: number;
  /** By the lowest hash key of each open shard: its name, and where the next one begins. */
  readonly #shards = new Map<bigint, { readonly shardId: string; readonly next: bigint }>();
  /** Boundaries that a merge has removed, and where the shard begins that they lie in since. */
  readonly #mergedInto = new Map<bigint, bigint>();
  /** The boundary that was made last. */
  #latest = 0n;
  /** Lowest hash keys of now, to find what a new boundary cuts. */
  readonly #starts: readonly bigint[];

  constructor({ starts, shardIds, nextNumber }: StreamNow) {
    this.#starts = starts;
    this.#open = starts.length;
    this.peakShards = starts.length;
    this.#nextNumber = nextNumber;
    starts.forEach((start, i) => {
      const next = i + 1 < starts.length ? starts[i + 1] : MAX_HASH_KEY + 1n;
      this.#shards.set(start, { shardId: shardIds[i], next });
    });
  }

  /** Makes a boundary, unless there is one. */
  splitAt(newStart: bigint): void {
    if (this.#shards.has(newStart)) return;
    const start = this.#holderOf(newStart);
    const { shardId, next } = this.#at(start);
    if (newStart < start + 2n || newStart > next - 2n)
      throw new RangeError(`${shardId} cannot be split at ${formatHashKey(newStart)}`);
    this.steps.push({
      kind: 'split',
      ...rangeOf(start, next),
      shardId,
      newStartingHashKey: formatHashKey(newStart),
    });
    this.#shards.set(start, { shardId: this.#bear(), next: newStart });
    this.#shards.set(newStart, { shardId: this.#bear(), next });
    this.#latest = newStart;
    this.peakShards = Math.max(this.peakShards, ++this.#open);
  }

  /** Merges what lies inside the target shards `from` … `to - 1`, whose ends are boundaries. */
  mergeUpTo(target: readonly bigint[], from: number, to: number): void {
    for (let shard = from; shard < to; shard++) {
      const end = shard + 1 < target.length ? target[shard + 1] : MAX_HASH_KEY + 1n;
      while (this.#at(target[shard]).next !== end) this.#merge(target[shard]);
    }
  }

  #merge(start: bigint): void {
    const low = this.#at(start);
    const high = this.#at(low.next);
    this.steps.push({
      kind: 'merge',
      ...rangeOf(start, high.next),
      shardId: low.shardId,
      adjacentShardId: high.shardId,
    });
    this.#shards.delete(low.next);
    this.#mergedInto.set(low.next, start);
    this.#shards.set(start, { shardId: this.#bear(), next: high.next });
    this.#open--;
  }

  #bear(): string {
    return shardIdOf(this.#nextNumber++);
  }

  #at(start: bigint): { readonly shardId: string; readonly next: bigint } {
    const shard = this.#shards.get(start);
    if (shard === undefined) throw new Error(`no shard begins at ${formatHashKey(start)}`);
    return shard;
  }

  /** Where the open shard begins that holds a hash key. Target boundaries are cut off it from below. */
  #holderOf(hashKey: bigint): bigint {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#starts[middle] <= hashKey) low = middle;
      else high = middle - 1;
    }
    let start = this.#openStart(this.#starts[low]);
    // Boundaries come in ascending runs: the one before is often the nearest below.
    if (this.#latest > start && this.#latest <= hashKey && this.#shards.has(this.#latest))
      start = this.#latest;
    for (let next = this.#at(start).next; next <= hashKey; next = this.#at(start).next) start = next;
    return start;
  }

  /** Where the open shard begins that a boundary of earlier has been merged into. */
  #openStart(start: bigint): bigint {
    let root = start;
    for (let below = this.#mergedInto.get(root); below !== undefined; below = this.#mergedInto.get(root))
      root = below;
    for (let at = start; at !== root;) {
      const below = this.#mergedInto.get(at) ?? root;
      this.#mergedInto.set(at, root);
      at = below;
    }
    return root;
  }
}

function rangeOf(start: bigint, next: bigint): Pick<LayoutStep, 'startingHashKey' | 'endingHashKey'> {
  return { startingHashKey: formatHashKey(start), endingHashKey: formatHashKey(next - 1n) };
}
