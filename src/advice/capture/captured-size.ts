/**
 * Sizes of the records of some shards, as a scenario can say them: the mean exactly, for limits are on sums, and where
 * records were sampled a lognormal spread with their 99th percentile.
 */
import { exp, ln } from '../../traffic/elementary.ts';
import type { CapturedSize } from './capture.ts';
import type { SampledShard } from './sampled-traffic.ts';

/** 99th percentile of the normal distribution. */
const Z99 = 2.3263478740408408;
/** Ratio of p99 and mean that a lognormal distribution has at most: exp(Z99² / 2). */
const WIDEST = 14.96;
/** Below it all records are as long as each other. */
const NARROW = 1.05;

/**
 * @param meanBytes data and key, of the metrics where there are any
 * @param keyBytes mean of the keys
 * @param maxBytes data and key that the stream takes
 */
export function capturedSizeOf(
  meanBytes: number,
  keyBytes: number,
  sampled: readonly SampledShard[],
  maxBytes: number,
): CapturedSize {
  const mean = Math.max(1, meanBytes - keyBytes);
  const spread = Math.min(spreadOf(sampled, keyBytes), WIDEST * 0.99);
  if (!(spread > NARROW)) return { kind: 'fixed', bytes: Math.round(Math.min(mean, maxBytes - keyBytes)) };
  // ln(p99/mean) = z s - s²/2, solved for the smaller s.
  const s = Z99 - Math.sqrt(Z99 * Z99 - 2 * ln(spread));
  const median = mean * exp((-s * s) / 2);
  const p99 = mean * spread;
  if (median < 1 || p99 >= maxBytes - keyBytes) return { kind: 'fixed', bytes: Math.round(mean) };
  const rounded = { median: Math.max(1, Math.round(median)), p99: Math.round(p99) };
  if (rounded.p99 <= rounded.median) return { kind: 'fixed', bytes: Math.round(mean) };
  return { kind: 'lognormal', ...rounded, mean };
}

/** Ratio of the 99th percentile of the sampled data and their mean; NaN without any. */
function spreadOf(sampled: readonly SampledShard[], keyBytes: number): number {
  const counts = new Map<number, number>();
  for (const { sizes } of sampled)
    for (const [upTo, count] of sizes) counts.set(upTo, (counts.get(upTo) ?? 0) + count);
  const records = sampled.reduce((sum, shard) => sum + shard.records, 0);
  const bytes = sampled.reduce((sum, shard) => sum + shard.bytes, 0);
  if (records <= 0) return NaN;
  let left = records * 0.99;
  for (const [upTo, count] of [...counts].sort(([a], [b]) => a - b)) {
    left -= count;
    if (left <= 0) return Math.max(0, upTo - keyBytes) / Math.max(1, bytes / records - keyBytes);
  }
  return NaN;
}
