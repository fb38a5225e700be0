/**
 * Why no merges are offered: a layout that has just changed, a window without a whole day, consumers that are behind, or
 * a past that nobody has looked at.
 */
import { LIMITS } from '../../model/limits.ts';
import type { CoarsePeaks, Column, MinuteSeries } from '../../results/evidence/minute-series.ts';
import type { StreamEvidence } from '../../results/evidence/stream-evidence.ts';
import type { MergeHold } from '../../results/recommendation-document.ts';
import type { PlanningLimit } from './planning-limit.ts';
import { LAG_MS, LAG_STEPS, LEAST_WINDOW_MS, type RecommendOptions } from './recommend-options.ts';
import type { Census } from './shard-census.ts';
import { lastChangeOf } from './shard-lineage.ts';
import type { StreamLoads } from './stream-loads.ts';

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
 * then, for nobody knows how its hours and its neighbours' met. Zero where the window has seen its like. Where only the
 * stream was recorded, shards are taken to have shared it then as they do now.
 */
export function pastLoads(
  { coarse }: StreamEvidence,
  loads: StreamLoads,
  census: Census,
): (shard: number) => PlanningLimit {
  const peak = { records: mostOf(census.total.records), bytes: mostOf(census.total.bytes) };
  return (shard) => {
    const past = { records: 0, bytes: 0 };
    const { planned } = census.shards[shard];
    for (const { stream, shards } of coarse) {
      const known = shards.get(loads.shards[shard].shardId);
      const times = (now: number, then = 0): number => (now > 0 ? then / now : 0);
      const records = known?.recordsPerSec ?? planned.records * times(peak.records, stream?.recordsPerSec);
      const bytes = known?.bytesPerSec ?? planned.bytes * times(peak.bytes, stream?.bytesPerSec);
      if (records > planned.records) past.records = Math.max(past.records, records);
      if (bytes > planned.bytes) past.bytes = Math.max(past.bytes, bytes);
    }
    return past;
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
