/**
 * How a rule of a shard is said: what the hottest shard adds to the sum, and which key is too heavy for it.
 */
import { formatCount } from '../../model/quantity.ts';
import type { KeyLoad } from '../placement/key-run.ts';
import { isPlacedByData } from './planned-keys.ts';
import type { PlanInput } from './plan-input.ts';
import type { RuleCounts } from './shard-rule.ts';

/** `; the hottest shard: 27`, where that is more than the sum asks for. */
export function hottestText({ even, shards, tooHeavy }: RuleCounts): string {
  if (tooHeavy !== undefined) return '; its heaviest key alone is too much for any shard';
  if (shards === null) return '; no count is enough for the hottest shard';
  return shards > even ? `; for the hottest shard ${formatCount(shards)}` : '';
}

/** `The heaviest key`, with its name where that means anything to the user. */
export function keyText({ name }: KeyLoad, { namesGiven, placement, sources }: PlanInput): string {
  const isKnown =
    namesGiven || placement === 'actual' || sources.every(({ keys }) => keys && isPlacedByData(keys));
  return isKnown ? `The heaviest key, ${JSON.stringify(name)},` : 'The heaviest key';
}
