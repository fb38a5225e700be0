/**
 * Which of a run's keys are heavier than the others, and which only look so: among many equal keys one always comes out
 * first.
 */
import type { TallyReading } from '../results/count-tally.ts';
import type { KeySpread } from '../results/report-document.ts';
import { mostByChance } from '../traffic/heaviest-by-chance.ts';

/**
 * What a key must have to stand out. The heaviest keys are taken off as long as chance among the others does not explain
 * them; what chance gives one of those that are left is the mark. Undefined where nothing was offered.
 */
export function keySpreadOf({ sketch, keys: counts, shards, others }: TallyReading): KeySpread | undefined {
  let rest = shards.sum('offered');
  if (rest === 0) return undefined;
  const keys = (sketch.offset > 0 ? sketch.capacity : sketch.size) + (others?.keys ?? 0);
  const records = Float64Array.from(sketch.held(), (place) => counts.count(place, 'offered')).sort();
  let left = keys;
  for (let i = records.length - 1; i >= 0 && left > 1; i--) {
    if (records[i] <= mostByChance(rest / left, left)) break;
    rest -= records[i];
    left--;
  }
  const byChance = Math.floor(mostByChance(Math.max(0, rest) / left, left));
  return {
    keys,
    byChance: Math.max(byChance, others?.recordsAtMost ?? 0),
    ...(others === undefined || others.keys === 0
      ? {}
      : { counted: sketch.size, othersAtMost: others.recordsAtMost }),
  };
}
