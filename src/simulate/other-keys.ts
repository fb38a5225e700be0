/**
 * What the aggregate engine knows of the keys that it does not count one by one: how heavy the heaviest of them may be.
 */
import type { OtherKeys } from '../results/count-tally.ts';
import { mostByChance } from '../traffic/heaviest-by-chance.ts';
import type { ShardClasses } from './shard-classes.ts';

/**
 * Over all sources, as if their heaviest keys were one key.
 * @param offered records of each source
 */
export function otherKeysOf(
  sources: readonly { readonly classes: Pick<ShardClasses, 'others'> }[],
  offered: ArrayLike<number>,
): OtherKeys {
  let keys = 0;
  let recordsAtMost = 0;
  sources.forEach(({ classes: { others } }, s) => {
    if (others.keys === 0) return;
    keys += others.keys;
    recordsAtMost += Math.floor(mostByChance(offered[s] * others.largestShare, others.keys));
  });
  return { keys, recordsAtMost };
}
