/**
 * Partition keys in the order of their hash keys, as cells that a layout may cut between: in the middle of the gap
 * between two neighbours, and at the boundaries that stand already.
 */
import { HASH_SPACE, MAX_HASH_KEY, positionOfHashKey, POSITIONS } from '../../model/hash-key.ts';
import type { PerDimension } from '../placement/key-run.ts';
import type { Cells, LoadColumn, SegmentLimit } from './cells.ts';

/** Positions further apart than this are far more than two hash keys apart. */
const NEAR = 4;
/** A shard's worth of load that no key is known of may be cut into so many parts. */
const TAIL_PIECES = 32;

export interface OrderedKeys {
  readonly count: number;
  readonly rows: number;
  /** First 53 bits of the hash keys, ascending. */
  readonly positions: Float64Array;
  readonly hashKeyAt: (i: number) => bigint;
  /** Whole numbers, key i in row r at `[i * rows + r]`, as in `Cells`. */
  readonly records: LoadColumn;
  readonly bytes: LoadColumn;
  /** 1 where a key is not to be cut off the one before it: so many keys need not all be told apart. Default: none. */
  readonly isJoined?: Uint8Array;
}

export interface Surroundings {
  /** Lowest hash keys of the shards that are open now, ascending; 0 may be left out. */
  readonly oldStarts?: readonly bigint[];
  /** Load of keys that were not observed, per row: spread evenly over the hash space. */
  readonly tail?: readonly PerDimension[];
  /** A shard's limit: how finely the tail has to be cut. */
  readonly limit: SegmentLimit;
}

/** Cells with at most one key each, but for keys whose hash keys are too close together for a cut. */
export function cellsOfKeys(keys: OrderedKeys, surroundings: Surroundings): Cells {
  const cuts = cutsOf(keys, surroundings);
  const count = cuts.firstKey.length;
  const tail = surroundings.tail ?? [];
  const isPlain =
    tail.length === 0 && count === keys.count && cuts.firstKey.every((key, cell) => key === cell);
  return {
    count,
    rows: keys.rows,
    records: isPlain ? keys.records : sumsOf(keys, cuts, 'records', tail),
    bytes: isPlain ? keys.bytes : sumsOf(keys, cuts, 'bytes', tail),
    isOld: Uint8Array.from(cuts.isOld),
    startAt: (cell) => cuts.startAt(cell),
  };
}

/** Cells while they are made: for each the first key in or above it. */
class Cuts {
  readonly firstKey: number[] = [0];
  readonly isOld: number[] = [1];
  /** Those that are not the middle of the gap before their first key. */
  readonly #exact = new Map<number, bigint>([[0, 0n]]);
  readonly #keys: OrderedKeys;

  constructor(keys: OrderedKeys) {
    this.#keys = keys;
  }

  startAt(cell: number): bigint {
    return this.#exact.get(cell) ?? middleBefore(this.#keys, this.firstKey[cell]);
  }

  positionAt(cell: number): number {
    const exact = this.#exact.get(cell);
    if (exact !== undefined) return positionOfHashKey(exact);
    const { positions } = this.#keys;
    const key = this.firstKey[cell];
    return (positions[key - 1] + positions[key]) / 2;
  }

  /** The middle of a wide gap: its hash key is worked out when it is asked for. */
  addMiddle(key: number): void {
    this.firstKey.push(key);
    this.isOld.push(0);
  }

  /** A cut at a hash key. One that is too close to its neighbour is left out, unless a shard begins there now. */
  add(start: bigint, key: number, old: boolean): void {
    const last = this.firstKey.length - 1;
    if (start === this.startAt(last) || start > MAX_HASH_KEY - 1n) return;
    if (start < this.startAt(last) + 2n) {
      if (!old || this.isOld[last] === 1) return;
      this.#drop(last);
    }
    this.#exact.set(this.firstKey.length, start);
    this.firstKey.push(key);
    this.isOld.push(old ? 1 : 0);
  }

  #drop(cell: number): void {
    this.firstKey.pop();
    this.isOld.pop();
    this.#exact.delete(cell);
  }
}

function cutsOf(keys: OrderedKeys, { oldStarts = [], tail = [], limit }: Surroundings): Cuts {
  const cuts = new Cuts(keys);
  const fill = Math.max(
    0,
    ...tail.map((row) => Math.max(row.records / limit.records, row.bytes / limit.bytes)),
  );
  let next = 0;
  // The gap before each key, and the one after the last.
  for (let key = 0; key <= keys.count; key++) {
    const old: bigint[] = [];
    while (next < oldStarts.length && isAtOrBelow(keys, oldStarts[next], key)) old.push(oldStarts[next++]);
    const below = key === 0 ? 0 : keys.positions[key - 1];
    const above = key === keys.count ? POSITIONS : keys.positions[key];
    const pieces = Math.ceil(((above - below) / POSITIONS) * fill * TAIL_PIECES);
    const isInner = key > 0 && key < keys.count;
    if (old.length === 0 && pieces <= 1 && keys.isJoined?.[key] === 1) continue;
    if (old.length === 0 && pieces <= 1 && above - below > NEAR) {
      if (isInner) cuts.addMiddle(key);
      continue;
    }
    const made = [...(isInner ? middles(keys, key) : []), ...evenly(keys, key, pieces)].map((start) => ({
      start,
      old: false,
    }));
    const all = [...made, ...old.map((start) => ({ start, old: true }))];
    all.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : Number(b.old) - Number(a.old)));
    for (const cut of all) cuts.add(cut.start, key, cut.old);
  }
  return cuts;
}

/** Whether a boundary lies in the gap before a key or in one below: keys at the boundary are above it. */
function isAtOrBelow(keys: OrderedKeys, start: bigint, key: number): boolean {
  if (key === keys.count) return true;
  const distance = positionOfHashKey(start) - keys.positions[key];
  return Math.abs(distance) > NEAR ? distance < 0 : start <= keys.hashKeyAt(key);
}

/** The middle of the gap before a key, if there is one: keys of the same hash key cannot be separated. */
function middles(keys: OrderedKeys, key: number): bigint[] {
  return keys.hashKeyAt(key - 1) < keys.hashKeyAt(key) ? [middleBefore(keys, key)] : [];
}

/** Above the key before, and not above the key itself. */
function middleBefore(keys: OrderedKeys, key: number): bigint {
  return (keys.hashKeyAt(key - 1) + keys.hashKeyAt(key) + 1n) / 2n;
}

/** Cuts that part a gap into equal pieces. */
function evenly(keys: OrderedKeys, key: number, pieces: number): bigint[] {
  if (pieces <= 1) return [];
  const below = key === 0 ? 0n : keys.hashKeyAt(key - 1) + 1n;
  const above = key === keys.count ? HASH_SPACE : keys.hashKeyAt(key);
  const width = (above - below) / BigInt(pieces);
  return Array.from({ length: pieces - 1 }, (_, i) => below + width * BigInt(i + 1));
}

/** Load of each cell: its keys, and its part of the tail. */
function sumsOf(
  keys: OrderedKeys,
  cuts: Cuts,
  dimension: keyof PerDimension,
  tail: readonly PerDimension[],
): Float64Array {
  const { rows } = keys;
  const column = keys[dimension];
  const count = cuts.firstKey.length;
  const sums = new Float64Array(count * rows);
  for (let cell = 0; cell < count; cell++) {
    const end = cell + 1 < count ? cuts.firstKey[cell + 1] : keys.count;
    for (let key = cuts.firstKey[cell]; key < end; key++)
      for (let row = 0; row < rows; row++) sums[cell * rows + row] += column[key * rows + row];
    if (tail.length === 0) continue;
    const above = cell + 1 < count ? cuts.positionAt(cell + 1) : POSITIONS;
    // Rounded up to each boundary, so that the parts add up to the whole.
    const below = cuts.positionAt(cell) / POSITIONS;
    for (let row = 0; row < rows; row++) {
      const all = tail[row][dimension];
      sums[cell * rows + row] += Math.round((all * above) / POSITIONS) - Math.round(all * below);
    }
  }
  return sums;
}
