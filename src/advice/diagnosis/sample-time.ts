/**
 * Whether records that were sampled are of the time in which their shard was above its limit: those of calm times have
 * other keys.
 */
import type { ShardSample } from '../../results/evidence/record-sample.ts';
import type { StreamEvidence } from '../../results/evidence/stream-evidence.ts';
import type { ShardLoad } from './shard-load.ts';

/** Whether a sample is from before the shard throttled. Its slices' times are not the metrics' where these run faster. */
export function isBeforeOnset(
  { sample, metrics }: StreamEvidence,
  { shardId, fromMs, toMs }: ShardSample,
  load: ShardLoad | undefined,
): boolean {
  if (metrics === null || load === undefined || load.episode === null) return false;
  const span = timesOfSample({ sample, metrics }, { shardId, fromMs, toMs });
  return span !== null && span.toMs <= metrics.startMs + load.episode.firstStep * metrics.stepMs;
}

/** When the records of a sample arrived, on the metrics' clock; null where that is not known. */
function timesOfSample(
  { sample, metrics }: Pick<StreamEvidence, 'sample' | 'metrics'>,
  { shardId, fromMs, toMs }: Pick<ShardSample, 'shardId' | 'fromMs' | 'toMs'>,
): { readonly fromMs: number; readonly toMs: number } | null {
  if (fromMs !== undefined && toMs !== undefined) return { fromMs, toMs };
  if (metrics === null || metrics.stepMs !== metrics.secPerStep * 1000) return null;
  const slices = (sample?.slices ?? []).filter((slice) => slice.shardId === shardId);
  if (slices.length === 0 || slices.some((slice) => slice.toMs <= 0)) return null;
  return {
    fromMs: Math.min(...slices.map((slice) => slice.fromMs)),
    toMs: Math.max(...slices.map((slice) => slice.toMs)),
  };
}

/** Of the time that a sample covers so much must lie in the time that a shard was above, to speak for it. */
const MOSTLY = 0.5;
/** Metrics come some minutes late: what showed in one of the last steps is taken to go on. */
const LATE_STEPS = 5;

/**
 * Whether a sample is of the time in which its shard was above the limit: `during`, for the most part; `outside`;
 * `unknown`, where its records have no times; `calm`: the shard was never above.
 */
export function timeOfSample(
  evidence: Pick<StreamEvidence, 'sample' | 'metrics'>,
  sample: ShardSample,
  load: ShardLoad | undefined,
): 'during' | 'outside' | 'unknown' | 'calm' {
  const { metrics } = evidence;
  const span = timesOfSample(evidence, sample);
  const episode = load?.episode ?? null;
  if (metrics === null || episode === null) return 'calm';
  if (span === null) return 'unknown';
  const { startMs, stepMs, count } = metrics;
  const isGoingOn = episode.lastStep + LATE_STEPS >= count - 1;
  const fromMs = Math.max(span.fromMs, startMs + episode.firstStep * stepMs);
  const toMs = Math.min(span.toMs, isGoingOn ? Infinity : startMs + (episode.lastStep + 1) * stepMs);
  return toMs - fromMs >= MOSTLY * (span.toMs - span.fromMs) && toMs >= fromMs ? 'during' : 'outside';
}
