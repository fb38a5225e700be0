/**
 * The layout that is aimed at: of all that fit over the whole window the one with the fewest shards, and of those the one
 * that takes the fewest splits and merges; where keys were seen, cut so that the load is spread most evenly.
 */
import { cheapestRuns, FEWEST_SHARDS } from '../layout/cheapest-layout.ts';
import { evenSegments } from '../layout/even-layout.ts';
import type { KeyShare } from './key-shares.ts';
import {
  cellsOfPieces,
  cutShard,
  fillOfPiece,
  wholePiece,
  type Piece,
  type ShardCut,
} from './layout-pieces.ts';
import { PieceRun, type RunRules } from './piece-run.ts';
import type { PlanningLimit } from './planning-limit.ts';
import { DEAD_BAND } from './recommend-options.ts';
import type { Census } from './shard-census.ts';
import type { StreamLoads } from './stream-loads.ts';

export interface TargetQuestion {
  readonly loads: StreamLoads;
  readonly census: Census;
  readonly limit: PlanningLimit;
  readonly headroom: number;
  /** Open shards that are to be cut, where that helps. */
  readonly isHot: (shard: number) => boolean;
  /** Shards that a cut without keys is known not to help. */
  readonly isLoneChild: (shard: number) => boolean;
  readonly rules: RunRules;
}

export interface TargetLayout {
  readonly pieces: readonly Piece[];
  /** First piece of each shard to be. */
  readonly firsts: readonly number[];
  /** Of each shard that is to be cut, by its number. */
  readonly cuts: ReadonlyMap<number, ShardCut>;
}

export function targetLayout(question: TargetQuestion): TargetLayout {
  const { loads, census, isHot, isLoneChild, rules } = question;
  const cuts = new Map<number, ShardCut>();
  const pieces = loads.shards.flatMap(({ shardId, range }, shard) => {
    if (!isHot(shard)) return [wholePiece(shard, range)];
    const keys = loads.keys.get(shardId);
    const cut: ShardCut =
      keys === undefined && isLoneChild(shard)
        ? { kind: 'none', unfit: [], tight: [] }
        : cutShard(shard, range, census.shards[shard], keys, question);
    cuts.set(shard, cut);
    return cut.kind === 'none' ? [wholePiece(shard, range)] : cut.pieces;
  });
  const joinable = rules.isJoinable;
  const isJoinable =
    joinable === undefined
      ? undefined
      : (shard: number): boolean => joinable(shard) && cuts.get(shard)?.kind !== 'none';
  const run = new PieceRun(pieces, loads, census, { ...rules, isJoinable });
  const layout = cheapestRuns(cellsOfPieces(pieces), run, FEWEST_SHARDS);
  if (layout === undefined) throw new Error('a piece alone always fits');
  return { pieces, firsts: evenedOut(pieces, [...layout], question, cuts), cuts };
}

/** Keys that are above what is planned for a shard by themselves, with the shard that each is on. */
export function unfitKeysOf(
  cuts: TargetLayout['cuts'],
): { readonly shard: number; readonly key: KeyShare }[] {
  return [...cuts].flatMap(([shard, { unfit, tight }]) =>
    [...unfit, ...tight].map((key) => ({ shard, key })),
  );
}

/** As many cuts of a shard as before, where its heaviest part is lightest. */
function evenedOut(
  pieces: readonly Piece[],
  firsts: readonly number[],
  { census, limit }: TargetQuestion,
  cuts: ReadonlyMap<number, ShardCut>,
): number[] {
  const all = new Set(firsts);
  let begin = 0;
  for (let end = 1; end <= pieces.length; end++) {
    const { shard } = pieces[begin];
    if (end < pieces.length && pieces[end].shard === shard) continue;
    const isApart = all.has(begin) && (end === pieces.length || all.has(end));
    if (cuts.get(shard)?.kind === 'keys' && isApart) {
      const inside = firsts.filter((first) => first >= begin && first < end);
      for (const first of inside) all.delete(first);
      for (const first of fewestFirsts(pieces.slice(begin, end), inside.length, census, limit))
        all.add(begin + first);
    }
    begin = end;
  }
  return [...all].sort((a, b) => a - b);
}

/**
 * A key that is too much for the limit stands alone where others may not join it, which takes shards that its neighbours
 * can share: no more than are needed for the heaviest to be no heavier, or they would be merged again the next day.
 */
function fewestFirsts(
  pieces: readonly Piece[],
  most: number,
  census: Census,
  limit: PlanningLimit,
): Uint32Array {
  let firsts = evenFirsts(pieces, most, census, limit);
  const heaviest = heaviestOf(pieces, firsts, census, limit);
  for (let shards = most - 1; shards > 0; shards--) {
    const fewer = evenFirsts(pieces, shards, census, limit);
    if (heaviestOf(pieces, fewer, census, limit) > Math.max(DEAD_BAND, heaviest * (1 + ROUNDING))) break;
    firsts = fewer;
  }
  return firsts;
}

/** Cells are whole numbers: a part in so many is lost. */
const ROUNDING = 1e-3;

/** Over the planning limit. */
function heaviestOf(
  pieces: readonly Piece[],
  firsts: Uint32Array,
  census: Census,
  limit: PlanningLimit,
): number {
  const fills = Array.from(firsts, (first, i) => {
    const own = pieces.slice(first, firsts[i + 1] ?? pieces.length);
    const [records, bytes] = [
      sumOf(own.map((piece) => piece.records)),
      sumOf(own.map((piece) => piece.bytes)),
    ];
    return fillOfPiece({ ...own[0], records, bytes }, census.shards[own[0].shard], limit);
  });
  return Math.max(...fills);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function evenFirsts(
  pieces: readonly Piece[],
  shards: number,
  census: Census,
  limit: PlanningLimit,
): Uint32Array {
  const { planned } = census.shards[pieces[0].shard];
  const cells = {
    count: pieces.length,
    rows: 1,
    records: Float64Array.from(pieces, ({ records }) => Math.ceil(records * planned.records * 1024)),
    bytes: Float64Array.from(pieces, ({ bytes }) => Math.ceil(bytes * planned.bytes * 1024)),
    isOld: new Uint8Array(pieces.length),
    startAt: (i: number) => pieces[i].range.start,
  };
  return evenSegments(cells, shards, { records: limit.records * 1024, bytes: limit.bytes * 1024 });
}
