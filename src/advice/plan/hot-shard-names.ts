/**
 * The hottest shard where the names of the keys are known: exact, with no chance in it.
 */
import { formatCount } from '../../model/quantity.ts';
import { fittingCounts, type FittingCounts } from '../placement/fitting-counts.ts';
import { fillOf } from '../placement/key-loads.ts';
import type { PerDimension } from '../placement/key-run.ts';
import {
  hottestFill,
  LOAD_TOLERANCE,
  type PlacedKeys,
  recordsAbove,
  totalRecords,
} from '../placement/placement.ts';
import { largestThat } from '../placement/random-placement.ts';
import type { Assumption } from './assumption.ts';
import { percentOf, SHARD_LIMIT } from './constraints.ts';
import { constraintOf, scaled, share, type HotShard, type HotShardQuestion } from './hot-shard.ts';

export function hotShardOfNames(question: HotShardQuestion): HotShard {
  const { all, fitting, limit, maxThrottled, mostShards, placedOf } = question;
  const everything = placedOf(all);
  // Where some may be throttled, keys that fit nowhere count with what is too much of them.
  const placed = maxThrottled === undefined ? placedOf(fitting) : everything;
  const loads = maxThrottled === undefined ? fitting : all;
  const least = Math.max(1, Math.ceil(fillOf(loads.total, limit) * (1 - (maxThrottled ?? 0)) * (1 - 1e-9)));
  const counts = fittingCounts(placed, limit, least, mostShards, maxThrottled);
  return {
    constraint: constraintOf(
      question,
      counts.first,
      'by their names',
      formulaAt(question, placed),
      badText(counts),
    ),
    assumptions: spreadAssumption(placed),
    countsFrom: (from) => {
      const { first, hold, fits } = counts;
      if (first === null) return { shards: null, safe: null };
      let shards = Math.max(first, from);
      while (shards <= mostShards && !fits(shards)) shards++;
      return {
        shards: shards > mostShards ? null : shards,
        safe: hold === null || Math.max(hold, from) > mostShards ? null : Math.max(hold, from),
      };
    },
    hottestOn: (shards) => {
      const utilization = hottestFill(everything, shards, SHARD_LIMIT);
      const throttled = throttledOn(everything, shards, SHARD_LIMIT);
      return { utilization, placement: 'actual', shards, throttled };
    },
    riskOn: (shards) => (hottestFill(everything, shards, limit) > 1 + LOAD_TOLERANCE ? 1 : 0),
    holdsOn: (shards) => counts.fits(shards),
    factorFor: (shards) => {
      const fill = hottestFill(everything, shards, limit);
      if (!(fill > 0)) return Infinity;
      if (maxThrottled === undefined) return 1 / fill;
      const most = maxThrottled * (1 + LOAD_TOLERANCE);
      return largestThat(
        (factor) => throttledOn(everything, shards, scaled(limit, 1 / factor)) <= most,
        1 / fill,
      );
    },
  };
}

/** Share of the records that are above their shard's limit. */
function throttledOn(placed: PlacedKeys, shards: number, limit: PerDimension): number {
  const total = totalRecords(placed);
  return total > 0 ? recordsAbove(placed, shards, limit) / total : 0;
}

function formulaAt(
  { limit, maxThrottled }: HotShardQuestion,
  placed: PlacedKeys,
): (shards: number) => string {
  return (shards) =>
    maxThrottled === undefined
      ? `${share(hottestFill(placed, shards, SHARD_LIMIT))} on the hottest of ${formatCount(shards)}`
      : `${share(throttledOn(placed, shards, limit))} of all above their shard on ${formatCount(shards)} <= ${percentOf(maxThrottled)}`;
}

/** Counts above the first that do not fit either: fitting is not monotone. */
function badText({ bad, badCount }: FittingCounts): string {
  if (badCount === 0) return '';
  return `; too hot again: ${bad.map(formatCount).join(', ')}${badCount > bad.length ? ' …' : ''}`;
}

function spreadAssumption({ spreadKeys }: PlacedKeys): Assumption[] {
  if (spreadKeys === 0) return [];
  const text = `The ${formatCount(spreadKeys)} lightest keys are spread evenly; only the heavier ones are placed by name.`;
  return [{ text, doubt: 'little' }];
}
