/**
 * Shards that throttle although the mean of the minute fits: the load comes in bursts that are shorter than a minute, and
 * the bucket of one second runs empty in them (math.md 8).
 */
import { LIMITS } from '../../model/limits.ts';
import type { DiagnosisFindingOf } from '../../results/diagnosis-finding.ts';
import type { SecondCount } from '../../results/evidence/record-sample.ts';
import type { Dimension } from '../../results/finding.ts';
import { limitOf } from './judged-interval.ts';
import type { ThrottledBelow } from './shard-load.ts';
import { timeOf, type StreamView } from './stream-view.ts';

/** So near to empty a bucket must have been in a sampled second for the burst to count as seen. */
const DRAINED = 0.9;

export function findHiddenBursts(view: StreamView): DiagnosisFindingOf<'HIDDEN_BURST'>[] {
  return view.open
    .flatMap((shard) => {
      const load = view.loads.get(shard.shardId);
      // A shard that is above its limit at other times has a finding of its own, and bursts besides explain nothing more.
      if (load === undefined || load.burst === null || load.episode?.isLasting === true) return [];
      return [findingOf(view, shard.shardId, load.burst)];
    })
    .sort((a, b) => b.evidence.throttled - a.evidence.throttled || (a.shardId < b.shardId ? -1 : 1));
}

type Found = DiagnosisFindingOf<'HIDDEN_BURST'> & { readonly shardId: string };

function findingOf(view: StreamView, shardId: string, burst: ThrottledBelow): Found {
  const seconds = (view.evidence.sample?.shards ?? [])
    .filter((sample) => sample.shardId === shardId)
    .flatMap(({ perSecond }) => perSecond);
  const seen = { records: deficitOf(seconds, 'records'), bytes: deficitOf(seconds, 'bytes') };
  const dimension = seen.bytes > seen.records ? 'bytes' : 'records';
  const deficit = seconds.length === 0 ? null : seen[dimension];
  return {
    code: 'HIDDEN_BURST',
    severity: 'warning',
    confidence: deficit !== null && deficit >= DRAINED ? 'high' : 'medium',
    splitHelps: 'unknown',
    shardId,
    sinceMs: timeOf(view, burst.firstStep),
    untilMs: timeOf(view, burst.lastStep),
    evidence: {
      load: burst.worst,
      throttled: burst.throttled,
      stepsThrottled: burst.steps,
      peakSecond: deficit === null ? null : peakOf(seconds, dimension),
      deficit,
      sampledSeconds: seconds.length,
    },
  };
}

function peakOf(seconds: readonly SecondCount[], dimension: Dimension): number {
  return seconds.reduce((most, second) => Math.max(most, second[dimension]), 0);
}

/**
 * How far the accepted records drained the bucket at most, over its size: D <- max(0, D + arrivals - refill). A gap between
 * slices fills it again. Bursts shorter than a second drain it further than seconds tell.
 */
export function deficitOf(seconds: readonly SecondCount[], dimension: Dimension): number {
  const refill = limitOf(dimension);
  const size = dimension === 'records' ? LIMITS.writeRecordBurst.value : LIMITS.writeByteBurst.value;
  let [deficit, most, lastMs] = [0, 0, -Infinity];
  for (const second of seconds) {
    if (second.atMs - lastMs > 1000) deficit = 0;
    deficit = Math.max(0, deficit + second[dimension] - refill);
    most = Math.max(most, deficit);
    lastMs = second.atMs;
  }
  return most / size;
}
