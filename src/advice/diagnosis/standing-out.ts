/**
 * Which of the keys of a sample are heavier than the others, and which only look so: among many equal keys one always
 * comes out first.
 */
import type { SampledKey, ShardSample } from '../../results/evidence/record-sample.ts';
import { mostByChance } from '../../traffic/heaviest-by-chance.ts';

/** Keys that chance among all the lighter ones does not explain, by records; the heaviest are taken off one by one. */
export function keysStandingOut(sample: ShardSample): ReadonlySet<SampledKey> {
  const heaviest = sample.keys.toSorted((a, b) => b.atLeast.records - a.atLeast.records);
  const found = new Set<SampledKey>();
  let rest = sample.userRecords;
  let left = Math.max(1, sample.distinctKeys.estimate, sample.keys.length);
  for (const key of heaviest) {
    if (left > 1 && key.atLeast.records <= mostByChance(rest / left, left)) break;
    found.add(key);
    rest = Math.max(0, rest - key.atLeast.records);
    left = Math.max(1, left - 1);
  }
  return found;
}
