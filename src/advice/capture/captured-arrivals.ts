/**
 * How records of sampled shards arrived: in bursts some seconds apart, or independently of each other. Within a second
 * nothing is known.
 */
import type { SecondCount } from '../../results/evidence/record-sample.ts';
import type { CapturedArrivals } from './capture.ts';
import type { SampledShard } from './sampled-traffic.ts';

/** Seconds of a run, and bursts in it, from which it tells anything. */
const LEAST_SECONDS = 20;
const LEAST_BURSTS = 3;
/** Bursts: so much of the records in at most this part of the seconds, and counts so much wider than by chance. */
const IN_BURSTS = 0.8;
const BUSY_PART = 0.5;
const WIDE = 5;
/** Distances between bursts that differ by at most this part are regular. */
const REGULAR = 0.25;
/** Variance over mean below which records come more evenly than by chance. */
const EVEN = 0.3;

/** Undefined where too few seconds were sampled. */
export function capturedArrivalsOf(sampled: readonly SampledShard[]): CapturedArrivals | undefined {
  const runs = sampled
    .flatMap(({ perSecond }) => perSecond.flatMap(contiguous))
    .filter(({ length }) => length >= LEAST_SECONDS);
  if (runs.length === 0) return undefined;
  const bursts = runs.map(burstsIn).filter((found) => found !== undefined);
  if (bursts.length * 2 > runs.length) {
    const mean = (of: (burst: Bursts) => number): number =>
      bursts.reduce((sum, burst) => sum + of(burst), 0) / bursts.length;
    const everySec = Math.round(mean(({ every }) => every) * 10) / 10;
    const withinSec = Math.min(everySec, Math.max(1, Math.round(mean(({ within }) => within) * 10) / 10));
    return { kind: 'bursts', everySec, withinSec, isRegular: bursts.every(({ isRegular }) => isRegular) };
  }
  const wide = runs.reduce((sum, run) => sum + dispersion(run), 0) / runs.length;
  return { kind: wide < EVEN ? 'even' : 'poisson' };
}

interface Bursts {
  readonly every: number;
  readonly within: number;
  readonly isRegular: boolean;
}

/** Counts of seconds that follow each other. */
function contiguous(seconds: readonly SecondCount[]): number[][] {
  const runs: number[][] = [];
  seconds.forEach(({ atMs, records }, i) => {
    if (i === 0 || atMs - seconds[i - 1].atMs > 1500) runs.push([]);
    runs[runs.length - 1].push(records);
  });
  return runs;
}

function dispersion(counts: readonly number[]): number {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  if (mean === 0) return 1;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length / mean;
}

function burstsIn(counts: readonly number[]): Bursts | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const mean = total / counts.length;
  const isBusy = counts.map((count) => count > mean);
  const busy = isBusy.filter(Boolean).length;
  const inBursts = counts.reduce((sum, count, i) => sum + (isBusy[i] ? count : 0), 0);
  if (dispersion(counts) < WIDE || busy > BUSY_PART * counts.length || inBursts < IN_BURSTS * total)
    return undefined;
  const starts = isBusy.flatMap((is, i) => (is && !(i > 0 && isBusy[i - 1]) ? [i] : []));
  if (starts.length < LEAST_BURSTS) return undefined;
  const gaps = starts.slice(1).map((start, i) => start - starts[i]);
  const every = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return {
    every,
    within: busy / starts.length,
    isRegular: gaps.every((gap) => Math.abs(gap - every) <= REGULAR * every),
  };
}
