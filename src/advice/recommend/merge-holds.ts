/**
 * Why no merges are offered: a layout that has just changed, a window without a whole day, consumers that are behind, or
 * a past that nobody has looked at.
 */
import { shareOf } from '../../model/hash-range.ts';
import { LIMITS } from '../../model/limits.ts';
import type { CoarsePeaks, Column, MinuteSeries } from '../../results/evidence/minute-series.ts';
import type { StreamEvidence } from '../../results/evidence/stream-evidence.ts';
import type { MergeHold } from '../../results/recommendation-document.ts';
import type { PlanningLimit } from './planning-limit.ts';
import { LAG_MS, LAG_STEPS, LEAST_WINDOW_MS, type RecommendOptions } from './recommend-options.ts';
import type { Census } from './shard-census.ts';
import { lastChangeOf } from './shard-lineage.ts';
import type { StreamLoads } from './stream-loads.ts';

/**
 * Shards' peaks add up to the stream's at least, whenever each of them was: where they come to less than this part of it,
 * their metrics do not reach back to it (they were switched on since, or closed shards are forgotten).
 */
const COVERED = 0.9;
/** Relative noise of quotients and of columns in single precision: no busier past. */
const ROUNDING = 1e-6;

export interface Hold {
  readonly why: MergeHold;
  /** When it ends, milliseconds since 1970 on the metrics' clock. */
  readonly untilMs?: number;
  /** Milliseconds that consumers are behind, or that were seen. */
  readonly value?: number;
}

/** Now is not the time, whatever the load: nothing would be offered if more were known. */
export function holdsForNow(evidence: StreamEvidence, { coolOffMs }: RecommendOptions): Hold[] {
  const holds: Hold[] = [];
  const lastChangeMs = lastChangeOf(evidence.shards);
  if (lastChangeMs !== null && evidence.toMs - lastChangeMs < coolOffMs)
    holds.push({ why: 'cool-off', untilMs: lastChangeMs + coolOffMs });
  const series = evidence.metrics;
  if (series === null) return holds;
  const lagMs = lagOf(series);
  if (lagMs !== undefined && lagMs > LAG_MS) holds.push({ why: 'consumers-lag', value: lagMs });
  const reads = series.stream.ReadProvisionedThroughputExceeded;
  if (reads?.some((value: number) => value > 0) === true) holds.push({ why: 'reads-throttled' });
  return holds;
}

/** What would have to be known first. */
export function holdsForWantOf({ metrics, coarse }: StreamEvidence, loads: StreamLoads): Hold[] {
  if (metrics === null) return [];
  const holds: Hold[] = [];
  if (loads.sampled !== undefined) holds.push({ why: 'loads-sampled', value: loads.sampled.seconds * 1000 });
  const seenMs = Math.min(metrics.complete, metrics.count) * metrics.stepMs;
  if (seenMs < LEAST_WINDOW_MS) holds.push({ why: 'window-too-short', value: seenMs });
  const near = coarse.find(({ reach }) => reach === '63d');
  if (near === undefined || !isKnown(near)) holds.push({ why: 'no-63d' });
  // An hour's step is there only where the stream is older than that: where the nearer look has found it, nothing is missing.
  if (!coarse.some(({ reach }) => reach === '455d')) holds.push({ why: 'no-455d' });
  if (lagOf(metrics) === undefined) holds.push({ why: 'no-iterator-age' });
  return holds;
}

function isKnown({ stream, shards }: CoarsePeaks): boolean {
  return stream !== null || shards.size > 0;
}

/** The furthest that a consumer was behind in the newest steps; undefined where nobody looked. */
function lagOf({ stream, fanOut, count }: MinuteSeries): number | undefined {
  const columns = [stream['GetRecords.IteratorAgeMilliseconds']];
  for (const of of fanOut.values()) columns.push(of['SubscribeToShardEvent.MillisBehindLatest']);
  const known = columns.filter((column) => column !== undefined);
  if (known.length === 0) return undefined;
  return Math.max(0, ...known.map((column) => newestOf(column, count)));
}

function newestOf(column: Column, count: number): number {
  let most = 0;
  for (let step = Math.max(0, count - LAG_STEPS); step < count; step++)
    if (column[step] > most) most = column[step];
  return most;
}

/**
 * What each shard counts with at least in every step of the window, because it was busier in the past: its highest mean
 * then, for nobody knows how its hours and its neighbours' met. Zero where the window has seen its like. Where shards were
 * not recorded for as long as the stream, they are taken to have shared its highest load as they share that of now.
 */
export function pastLoads(
  { coarse }: StreamEvidence,
  loads: StreamLoads,
  census: Census,
): (shard: number) => PlanningLimit {
  const looks = coarse.flatMap((peaks) => [
    pastLook(peaks, 'records', loads, census),
    pastLook(peaks, 'bytes', loads, census),
  ]);
  return (shard) => {
    const past = { records: 0, bytes: 0 };
    const { planned } = census.shards[shard];
    for (const { load, then } of looks) {
      const known = then(shard);
      if (known > planned[load] * (1 + ROUNDING)) past[load] = Math.max(past[load], known);
    }
    return past;
  };
}

interface PastLook {
  readonly load: keyof PlanningLimit;
  /** Highest mean of a coarse step, per second. */
  readonly then: (shard: number) => number;
}

/** One look back at records or bytes. */
function pastLook(
  { stream, shards }: CoarsePeaks,
  load: keyof PlanningLimit,
  loads: StreamLoads,
  census: Census,
): PastLook {
  const rate = `${load}PerSec` as const;
  const whole = stream?.[rate] ?? 0;
  const now = mostOf(census.total[load]);
  const shared = (shard: number): number =>
    now > 0 ? census.shards[shard].planned[load] * (whole / now) : whole * shareOf(loads.shards[shard].range);
  let peaks = 0;
  for (const of of shards.values()) peaks += of[rate];
  const isShort = peaks < whole * COVERED;
  return {
    load,
    then: (shard) => {
      const known = shards.get(loads.shards[shard].shardId)?.[rate];
      if (known === undefined) return shared(shard);
      return isShort ? Math.max(known, shared(shard)) : known;
    },
  };
}

/** Bytes per second of writes that a merged shard's readers can follow: they share 2 MiB/s. */
export function readableBytes({ givenConsumers }: StreamEvidence, headroom: number): number {
  const readers = (givenConsumers ?? [])
    .filter(({ kind }) => kind !== 'efo')
    .reduce((sum, { count }) => sum + count, 0);
  return readers === 0 ? Infinity : (LIMITS.readBytesPerSec.value * (1 - headroom)) / readers;
}

function mostOf(column: Float64Array): number {
  return column.reduce((most, value) => (value > most ? value : most), 0);
}
