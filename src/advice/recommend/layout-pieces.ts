/**
 * The pieces that a recommended layout may be made of: every open shard as it is, and those that carry too much cut where
 * a cut may help, between the keys that were seen or, where none were seen, into equal parts.
 */
import { canSplitAt, shareOf, widthOf, type HashRange } from '../../model/hash-range.ts';
import { LIMITS } from '../../model/limits.ts';
import type { LoadInterval } from '../../results/load-interval.ts';
import type { Cells } from '../layout/cells.ts';
import { lacksHeadroom, mayOutgrowShard } from '../overweight-key.ts';
import { shareWithin, type KeyShare, type PieceShare, type ShardKeys } from './key-shares.ts';
import { fillOf, type PlanningLimit } from './planning-limit.ts';
import { DEAD_BAND } from './recommend-options.ts';
import type { ShardFigures } from './shard-census.ts';

export interface Piece {
  /** Number of the open shard that it is a part of. */
  readonly shard: number;
  readonly range: HashRange;
  /** Parts of the shard's records and bytes. */
  readonly records: number;
  readonly bytes: number;
  /** What its heaviest key has of these, where keys are known. */
  readonly heaviest?: PieceShare;
}

/** A cut leaves more than this part of the load together: then it is not worth making. */
export const HARDLY_HELPS = 0.9;
/** Equal parts that a shard is tried to be cut into besides between its keys, at least. */
const LEAST_PARTS = 16;
/** A key lighter than this part of the planning limit needs no cut of its own. */
const HEAVY = 1 / 16;

/** A shard that is above the limit: its pieces, or why it has none. */
export type ShardCut =
  | {
      readonly kind: 'keys' | 'blind';
      readonly pieces: readonly Piece[];
      /** Keys that no layout gives what is planned for them: above the limit less headroom by themselves. */
      readonly unfit: readonly KeyShare[];
      /** Keys that are so in their busier seconds only. */
      readonly tight: readonly KeyShare[];
    }
  | { readonly kind: 'none'; readonly unfit: readonly KeyShare[]; readonly tight: readonly KeyShare[] };

/** @param headroom of the limits, which a single key is held against */
export function cutShard(
  shard: number,
  range: HashRange,
  figures: ShardFigures,
  keys: ShardKeys | undefined,
  { limit, headroom }: { readonly limit: PlanningLimit; readonly headroom: number },
): ShardCut {
  const fill = fillOf(limit, figures.planned.records, figures.planned.bytes);
  const parts = Math.ceil(fill / DEAD_BAND);
  if (keys === undefined) {
    if (parts < 2 || widthOf(range) < BigInt(parts) * 4n) return { kind: 'none', unfit: [], tight: [] };
    const ranges = rangesOf(range, evenStarts(range, parts));
    return {
      kind: 'blind',
      unfit: [],
      tight: [],
      pieces: ranges.map((part) => evenPiece(shard, part, range)),
    };
  }
  const unfit = keys.keys.filter((key) => lacksHeadroom(loadAlone(key, figures), headroom));
  const tight = keys.keys.filter((key) => !unfit.includes(key) && fillOfKey(key, figures, limit) > 1);
  const isBeyond = unfit.some((key) => mayOutgrowShard(loadAlone(key, figures), headroom));
  if (isBeyond && fillWithout(unfit, figures, limit) <= 1) return { kind: 'none', unfit, tight };
  const pieces = rangesOf(range, keyStarts(keys, figures, limit, parts)).map((part) => ({
    shard,
    range: part,
    ...shareWithin(keys, part),
    ...heaviestWithin(keys, part, figures, limit),
  }));
  const most = Math.max(...pieces.map((piece) => fillOfPiece(piece, figures, limit)));
  return most > HARDLY_HELPS * fill && (unfit.length === 0 || fillWithout(unfit, figures, limit) <= 1)
    ? { kind: 'none', unfit, tight }
    : { kind: 'keys', pieces, unfit, tight };
}

export function fillOfPiece(piece: Piece, { planned }: ShardFigures, limit: PlanningLimit): number {
  return fillOf(limit, planned.records * piece.records, planned.bytes * piece.bytes);
}

/** By the lower end of its count. */
function fillOfKey({ records, bytes }: KeyShare, { planned }: ShardFigures, limit: PlanningLimit): number {
  return fillOf(limit, records.lower * planned.records, bytes.lower * planned.bytes);
}

function heaviestWithin(
  { keys }: ShardKeys,
  { start, end }: HashRange,
  figures: ShardFigures,
  limit: PlanningLimit,
): Pick<Piece, 'heaviest'> {
  let heaviest: KeyShare | undefined;
  for (const key of keys)
    if (key.hashKey >= start && key.hashKey <= end)
      if (heaviest === undefined || fillOfKey(key, figures, limit) > fillOfKey(heaviest, figures, limit))
        heaviest = key;
  return heaviest === undefined
    ? {}
    : { heaviest: { records: heaviest.records.lower, bytes: heaviest.bytes.lower } };
}

/** The shard as it is. */
export function wholePiece(shard: number, range: HashRange): Piece {
  return { shard, range, records: 1, bytes: 1 };
}

/** The pieces as cells of a layout; `isOld` where a shard begins now. */
export function cellsOfPieces(pieces: readonly Piece[]): Pick<Cells, 'count' | 'isOld'> {
  return {
    count: pieces.length,
    isOld: Uint8Array.from(pieces, ({ shard }, i) => (i === 0 || pieces[i - 1].shard !== shard ? 1 : 0)),
  };
}

function evenPiece(shard: number, part: HashRange, range: HashRange): Piece {
  const share = shareOf(part) / shareOf(range);
  return { shard, range: part, records: share, bytes: share };
}

/** Over a shard's limits: at least, without any burst, and at most, with what is planned for. */
function loadAlone({ records, bytes }: KeyShare, { least, planned }: ShardFigures): LoadInterval {
  const over = (ofRecords: number, ofBytes: number): number =>
    Math.max(ofRecords / LIMITS.writeRecordsPerSec.value, ofBytes / LIMITS.writeBytesPerSec.value);
  return {
    lower: over(records.lower * least.records, bytes.lower * least.bytes),
    upper: over(records.upper * planned.records, bytes.upper * planned.bytes),
  };
}

/** What the shard would carry without some of its keys. */
function fillWithout(keys: readonly KeyShare[], { planned }: ShardFigures, limit: PlanningLimit): number {
  const left = { records: 1, bytes: 1 };
  for (const key of keys) {
    left.records -= key.records.lower;
    left.bytes -= key.bytes.lower;
  }
  return fillOf(limit, planned.records * Math.max(0, left.records), planned.bytes * Math.max(0, left.bytes));
}

function evenStarts({ start, end }: HashRange, parts: number): bigint[] {
  const width = (end - start + 1n) / BigInt(parts);
  return Array.from({ length: parts - 1 }, (_, i) => start + width * BigInt(i + 1));
}

/** Between neighbouring heavy keys in the middle, and at equal distances for what the other keys carry. */
function keyStarts(
  { range, keys }: ShardKeys,
  { planned }: ShardFigures,
  limit: PlanningLimit,
  parts: number,
): bigint[] {
  const heavy = keys.filter(
    (key) => fillOf(limit, key.records.lower * planned.records, key.bytes.lower * planned.bytes) >= HEAVY,
  );
  const middles = heavy.slice(1).map((key, i) => (heavy[i].hashKey + key.hashKey + 1n) / 2n);
  const evenly = widthOf(range) < 1_000_000n ? [] : evenStarts(range, Math.max(LEAST_PARTS, parts * 4));
  return [...middles, ...evenly].sort((a, b) => (a < b ? -1 : 1));
}

/** Ranges between cuts; a cut too near to the one before it, or that SplitShard would not take, is left out. */
function rangesOf(range: HashRange, starts: readonly bigint[]): HashRange[] {
  const ranges: HashRange[] = [];
  let from = range.start;
  for (const start of starts) {
    if (start < from + 2n || !canSplitAt(range, start)) continue;
    ranges.push({ start: from, end: start - 1n });
    from = start;
  }
  return [...ranges, { start: from, end: range.end }];
}
