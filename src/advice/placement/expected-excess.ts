/**
 * How much load shards are expected to get beyond their limit when the keys' places are random: the mean over
 * placements of what is throttled for good, burst and chance in time aside (the fluid value of math.md 1).
 */
import { binomialPoint } from './binomial.ts';
import type { LoadDistribution, TailSource } from './shard-tail.ts';

/**
 * N E(load - limit)+ over the whole load, 0…1.
 * @param limit of one shard, in the unit of the source's loads
 * @param distribution of one shard's load, up to levels that are hardly ever reached
 */
export function excessShare(
  source: TailSource,
  shards: number,
  limit: number,
  distribution: () => LoadDistribution,
): number {
  const total = source.loads.total[source.dimension];
  if (total <= 0) return 0;
  if (shards === 1) return Math.max(0, total - limit) / total;
  const excess =
    source.equal === undefined
      ? distribution().meanAbove(limit)
      : equalExcess(source.equal, source.loads.keyCount, shards, limit);
  return Math.min(1, (shards * excess) / total);
}

/** E(load x keys - limit)+ for a binomial number of keys, term by term from the first that is over. */
function equalExcess(load: number, keys: number, shards: number, limit: number): number {
  const first = Math.floor(limit / load + 1e-9) + 1;
  const p = 1 / shards;
  if (first <= keys * p)
    return load * keys * p - limit + equalShortfall(load, keys, shards, limit, first - 1);
  let point = binomialPoint(keys, p, first);
  let sum = 0;
  for (let x = first; x <= keys && point > 0; x++) {
    const term = (load * x - limit) * point;
    sum += term;
    if (term < sum * 1e-15) break;
    point *= ((keys - x) / (x + 1)) * (p / (1 - p));
  }
  return sum;
}

/** E(limit - load x keys)+, downwards from the last number of keys that is not over. */
function equalShortfall(load: number, keys: number, shards: number, limit: number, last: number): number {
  const p = 1 / shards;
  let point = binomialPoint(keys, p, last);
  let sum = 0;
  for (let x = last; x >= 0 && point > 0; x--) {
    sum += (limit - load * x) * point;
    point *= (x / (keys - x + 1)) * ((1 - p) / p);
  }
  return sum;
}
