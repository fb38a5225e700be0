/**
 * The cuts of one shard: in no more parts than it takes for each to fit, and of all such cuts those whose fullest part is
 * least full.
 *
 * A key that is too much for a shard makes its part full wherever the cuts are. That is no leave for the other parts: they
 * would be above the limit, or be cut or merged again the next day.
 */
import type { Piece } from './layout-pieces.ts';
import type { ShardFigures } from './shard-census.ts';
import { ShardPart, type PartRules } from './shard-part.ts';

/** Halvings of the range in which the least fill lies. */
const HALVINGS = 40;

/** How full parts may be besides what the rules say. */
interface Levels {
  /** Those that one key fills: of the planning limit. */
  readonly ofOneKey: number;
  /** All others: of the rules' limit. */
  readonly others: number;
}

/**
 * @param pieces all of one shard
 * @param firsts the first piece of each part, as few parts as all fit by the rules
 * @returns as many others
 */
export function evenCuts(
  pieces: readonly Piece[],
  firsts: readonly number[],
  figures: ShardFigures,
  rules: PartRules,
): readonly number[] {
  if (firsts.length === 1) return firsts;
  const cutsAt = (levels: Levels): number[] | undefined => {
    const found = filledFromLeft(pieces, figures, rules, levels);
    return found.length <= firsts.length ? found : undefined;
  };
  const all = new ShardPart(figures, rules);
  for (const piece of pieces) all.add(piece);
  const ofOneKey = least(all.fill, (level) => cutsAt({ ofOneKey: level, others: Infinity }) !== undefined);
  const others = least(1, (level) => cutsAt({ ofOneKey, others: level }) !== undefined);
  return cutsAt({ ofOneKey, others }) ?? firsts;
}

/** The least level from 0 to `high` at which something holds; infinite where it does not at `high`. */
function least(high: number, holds: (level: number) => boolean): number {
  if (!holds(high)) return Infinity;
  let best = high;
  for (let low = 0, i = 0; i < HALVINGS; i++) {
    const middle = (low + best) / 2;
    if (holds(middle)) best = middle;
    else low = middle;
  }
  return best;
}

/** A piece alone always fits; each part goes as far as it may, which takes the fewest (math.md 9). */
function filledFromLeft(
  pieces: readonly Piece[],
  figures: ShardFigures,
  rules: PartRules,
  levels: Levels,
): number[] {
  const firsts = [0];
  let part = new ShardPart(figures, rules);
  pieces.forEach((piece, i) => {
    part.add(piece);
    if (i === firsts[firsts.length - 1]) return;
    const isFull = part.isOfOneKey ? part.fill > levels.ofOneKey : part.share > levels.others;
    if (part.fits() && !isFull) return;
    firsts.push(i);
    part = new ShardPart(figures, rules);
    part.add(piece);
  });
  return firsts;
}
