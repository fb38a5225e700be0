/**
 * The layout that is aimed at: of all that fit over the whole window the one with the fewest shards, and of those the one
 * that takes the fewest splits and merges; where keys were seen, cut so that the load is spread most evenly.
 */
import { cheapestRuns, FEWEST_SHARDS } from '../layout/cheapest-layout.ts';
import { evenCuts } from './even-cuts.ts';
import type { KeyShare } from './key-shares.ts';
import { cellsOfPieces, cutShard, wholePiece, type Piece, type ShardCut } from './layout-pieces.ts';
import { PieceRun, type RunRules } from './piece-run.ts';
import type { PlanningLimit } from './planning-limit.ts';
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

/** As many cuts of a shard as before, where its fullest part is least full. */
function evenedOut(
  pieces: readonly Piece[],
  firsts: readonly number[],
  { census, rules }: TargetQuestion,
  cuts: ReadonlyMap<number, ShardCut>,
): number[] {
  const all = new Set(firsts);
  let begin = 0;
  for (let end = 1; end <= pieces.length; end++) {
    const { shard } = pieces[begin];
    if (end < pieces.length && pieces[end].shard === shard) continue;
    const isApart = all.has(begin) && (end === pieces.length || all.has(end));
    if (cuts.get(shard)?.kind === 'keys' && isApart) {
      const inside = firsts.filter((first) => first >= begin && first < end).map((first) => first - begin);
      const even = evenCuts(pieces.slice(begin, end), inside, census.shards[shard], rules);
      for (const first of inside) all.delete(begin + first);
      for (const first of even) all.add(begin + first);
    }
    begin = end;
  }
  return [...all].sort((a, b) => a - b);
}
