/**
 * The way from one layout to another, step by step, and where on it a stream stands.
 *
 * Each step moves one boundary between shards: a split makes it, a merge removes it. No step moves one that another has
 * moved, so the boundaries that are there tell which steps were taken, whoever took them.
 */
import { MAX_HASH_KEY, parseHashKey } from '../model/hash-key.ts';
import type { LayoutStep } from './layout-step.ts';

/** What a step does to the boundaries. */
interface Move {
  readonly kind: LayoutStep['kind'];
  /** Lowest hash key of the upper of the two shards that it makes or merges. */
  readonly boundary: bigint;
}

export class LayoutTrail {
  /** Lowest hash keys of the open shards before the first step. */
  readonly #first: ReadonlySet<bigint>;
  readonly #moves: readonly Move[];

  /**
   * @param starts lowest hash keys of the open shards before the first step
   * @throws TrailError where a step cannot be taken when its turn comes
   */
  constructor(starts: readonly bigint[], steps: readonly LayoutStep[]) {
    this.#first = new Set(starts);
    this.#moves = movesOf(starts, steps);
  }

  /** Steps in all. */
  get length(): number {
    return this.#moves.length;
  }

  /** Lowest hash keys of the open shards after so many steps, ascending. */
  startsAfter(steps: number): bigint[] {
    const starts = new Set(this.#first);
    for (const { kind, boundary } of this.#moves.slice(0, steps)) {
      if (kind === 'split') starts.add(boundary);
      else starts.delete(boundary);
    }
    return [...starts].sort(ascending);
  }

  /** The most open shards on the way from one position to a later one, both ends included. */
  mostShards(from: number, to: number): number {
    let open = this.startsAfter(from).length;
    let most = open;
    for (const { kind } of this.#moves.slice(from, to)) {
      open += kind === 'split' ? 1 : -1;
      most = Math.max(most, open);
    }
    return most;
  }

  /**
   * How many steps have been taken where these shards are open; undefined where the layout is not one of the trail's.
   * @param starts lowest hash keys of the shards that are open now
   */
  positionOf(starts: readonly bigint[]): number | undefined {
    const now = new Set(starts);
    const isTaken = (move: Move): boolean => now.has(move.boundary) === (move.kind === 'split');
    let position = 0;
    while (position < this.#moves.length && isTaken(this.#moves[position])) position++;
    const expected = this.startsAfter(position);
    return expected.length === now.size && expected.every((start) => now.has(start)) ? position : undefined;
  }
}

/** Steps that do not follow from each other: `step` counts from 1. */
export class TrailError extends Error {
  readonly step: number;

  constructor(step: number, message: string) {
    super(message);
    this.name = 'TrailError';
    this.step = step;
  }
}

function movesOf(starts: readonly bigint[], steps: readonly LayoutStep[]): Move[] {
  const open = new OpenBoundaries(starts);
  const moved = new Set<bigint>();
  return steps.map((step, i) => {
    const fail = (why: string): never => {
      throw new TrailError(i + 1, why);
    };
    const start = parseHashKey(step.startingHashKey) ?? fail('startingHashKey is no hash key');
    const end = parseHashKey(step.endingHashKey) ?? fail('endingHashKey is no hash key');
    const boundary =
      step.kind === 'split' ? cutOf(step, start, end, open, fail) : seamOf(start, end, open, fail);
    if (moved.has(boundary)) fail('it moves a boundary that an earlier step has moved');
    moved.add(boundary);
    if (step.kind === 'split') open.add(start, boundary);
    else open.remove(start, boundary);
    return { kind: step.kind, boundary };
  });
}

type Fail = (why: string) => never;

function cutOf(step: LayoutStep, start: bigint, end: bigint, open: OpenBoundaries, fail: Fail): bigint {
  if (open.next(start) !== end + 1n) fail('there is no open shard of its hash range at its turn');
  const cut = parseHashKey(step.newStartingHashKey ?? '') ?? fail('newStartingHashKey is no hash key');
  // The service's own rule: strictly inside, and not right behind the start.
  if (cut <= start + 1n || cut >= end) fail('newStartingHashKey is not inside its hash range');
  return cut;
}

function seamOf(start: bigint, end: bigint, open: OpenBoundaries, fail: Fail): bigint {
  const seam = open.next(start) ?? fail('no open shard begins at its startingHashKey at its turn');
  if (open.next(seam) !== end + 1n)
    fail('its hash range is not that of two neighbouring open shards at its turn');
  return seam;
}

/** Where each open shard ends, by its lowest hash key. */
class OpenBoundaries {
  readonly #next = new Map<bigint, bigint>();

  constructor(starts: readonly bigint[]) {
    const sorted = [...starts].sort(ascending);
    sorted.forEach((start, i) => this.#next.set(start, sorted.at(i + 1) ?? MAX_HASH_KEY + 1n));
  }

  /** One above the highest hash key of the shard that begins at `start`; undefined where none does. */
  next(start: bigint): bigint | undefined {
    return this.#next.get(start);
  }

  add(start: bigint, boundary: bigint): void {
    this.#next.set(boundary, this.#next.get(start) ?? MAX_HASH_KEY + 1n);
    this.#next.set(start, boundary);
  }

  remove(start: bigint, boundary: bigint): void {
    this.#next.set(start, this.#next.get(boundary) ?? MAX_HASH_KEY + 1n);
    this.#next.delete(boundary);
  }
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
