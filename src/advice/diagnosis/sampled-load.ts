/**
 * What a shard without metrics of its own carried, as far as the records read from it tell: what it accepted, and at most
 * all that the stream throttled besides.
 */
import type { EvidenceShard } from '../../results/evidence/evidence-shard.ts';
import type { MinuteSeries } from '../../results/evidence/minute-series.ts';
import type { ShardSample } from '../../results/evidence/record-sample.ts';
import { SATURATED, THROTTLED_SIZE } from '../evidence/step-loads.ts';
import type { Dimension } from '../../results/finding.ts';
import { judged, limitOf } from './judged-interval.ts';
import type { ShardLoad } from './shard-load.ts';
import type { WholeLoad } from './whole-load.ts';

/** Fewer seconds than this are a burst, not a load; of a metric clock that runs faster, this part of its minute. */
const LEAST_SECONDS = 10;
const LEAST_PART = 1 / 6;

/** Undefined where too little was read. Whether it throttles is known of the stream alone. */
export function sampledShardLoad(
  shard: EvidenceShard,
  sample: ShardSample,
  whole: WholeLoad | null,
  metrics: MinuteSeries | null,
): ShardLoad | undefined {
  const { seconds, records, bytes } = sample;
  const least = metrics === null ? LEAST_SECONDS : Math.min(LEAST_SECONDS, metrics.secPerStep * LEAST_PART);
  if (seconds < least || records === 0) return undefined;
  const accepted = { records: records / seconds, bytes: bytes / seconds };
  const refused =
    whole === null || metrics === null
      ? 0
      : whole.throttled / (Math.max(1, whole.stepsThrottled) * metrics.secPerStep);
  const ends = (dimension: Dimension, upper: number): ReturnType<typeof judged> => {
    const limit = limitOf(dimension);
    const isFull = refused > 0 && accepted[dimension] >= SATURATED * limit;
    const lower = isFull ? Math.max(limit, accepted[dimension]) : accepted[dimension];
    return judged(dimension, { lower, upper: Math.max(lower, upper) }, { above: isFull ? 1 : 0, of: 1 });
  };
  const ofRecords = ends('records', accepted.records + refused);
  const ofBytes = ends('bytes', accepted.bytes + refused * (bytes / records) * THROTTLED_SIZE);
  const worst = ofBytes.utilization.lower > ofRecords.utilization.lower ? ofBytes : ofRecords;
  const isAbove = worst.stepsAbove > 0;
  return {
    shard,
    source: 'sample',
    worst,
    worstStep: null,
    accepted,
    throttledPerSec: refused,
    upper: { records: ofRecords.perSec.upper, bytes: ofBytes.perSec.upper },
    incomingRecords: records,
    incomingBytes: bytes,
    throttled: whole?.throttled ?? 0,
    lastThrottled: null,
    episode:
      isAbove && whole !== null && whole.firstThrottled !== null
        ? {
            firstStep: whole.firstThrottled,
            lastStep: whole.lastThrottled ?? whole.firstThrottled,
            stepsAbove: whole.stepsThrottled,
            isLasting: whole.stepsThrottled >= 3,
          }
        : null,
    burst: null,
  };
}
