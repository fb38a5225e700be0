/**
 * How much busier a second is than the minute around it: measured in sampled records where these are enough, else taken
 * from the options or assumed. One-minute means hide it, and limits are per second.
 *
 * Only minutes that were read from end to end and were busy throughout count: in one that the traffic began or ended in,
 * every busy second looks like a burst.
 */
import { LIMITS } from '../../model/limits.ts';
import type { RecordSample, SecondCount } from '../../results/evidence/record-sample.ts';
import type { PlanningRules } from '../../results/recommendation-document.ts';
import { SATURATED } from '../evidence/step-loads.ts';
import { DEFAULT_BURST_FACTOR, MOST_MEASURED_FACTOR } from './recommend-options.ts';

/** Fewer seconds in all say too little of a 99th percentile. */
const LEAST_SECONDS = 30;
/** A local endpoint's metric minute may be shorter than this, real seconds: then its seconds do not make up a minute. */
const LEAST_MINUTE = 10;
/** Minutes below this part of a limit are left out: a few records a second are uneven by chance, and harm nobody. */
const LEAST_FILL = 0.05;
/** Nor minutes with less than this part of the shard's busiest one: limits are met in the busy ones. */
const BUSY = 0.5;
/** A minute whose first or last quarter is nearly idle, by this part of its mean, was busy in part only. */
const IDLE = 0.1;
const EDGE = 0.25;
const PERCENTILE = 0.99;

type Dimension = 'records' | 'bytes';

const LIMIT = { records: LIMITS.writeRecordsPerSec.value, bytes: LIMITS.writeBytesPerSec.value } as const;

/**
 * @param given by the user
 * @param minuteSec real seconds of a metric minute: 60 but for a local endpoint whose metric clock is faster
 */
export function burstFactorOf(
  sample: RecordSample | null,
  given?: number,
  minuteSec = 60,
): PlanningRules['burstFactor'] {
  if (given !== undefined) return { records: given, bytes: given, origin: 'given' };
  const records: number[] = [];
  const bytes: number[] = [];
  const sampled = { seconds: 0, minutes: 0 };
  for (const { perSecond } of sample?.shards ?? []) {
    const minutes = coveredMinutes(perSecond, Math.round(minuteSec));
    sampled.seconds += perSecond.length;
    sampled.minutes += minutes.length;
    records.push(...ratios(minutes, 'records'));
    bytes.push(...ratios(minutes, 'bytes'));
  }
  const seconds = Math.max(records.length, bytes.length);
  if (seconds < LEAST_SECONDS)
    return {
      ...{ records: DEFAULT_BURST_FACTOR, bytes: DEFAULT_BURST_FACTOR, origin: 'default' },
      ...(sampled.seconds > 0 ? { sampled } : {}),
    };
  const found = {
    records: percentileOf(records.length < LEAST_SECONDS ? bytes : records),
    bytes: percentileOf(bytes.length < LEAST_SECONDS ? records : bytes),
  };
  const most = Math.max(found.records, found.bytes);
  return {
    records: Math.min(found.records, MOST_MEASURED_FACTOR),
    bytes: Math.min(found.bytes, MOST_MEASURED_FACTOR),
    origin: 'measured',
    seconds,
    ...(most > MOST_MEASURED_FACTOR ? { cappedFrom: most } : {}),
  };
}

/** Stretches of seconds without a gap, cut into minutes; one second may be lost where a slice begins between two. */
function coveredMinutes(perSecond: readonly SecondCount[], minuteSec: number): SecondCount[][] {
  if (minuteSec < LEAST_MINUTE) return [];
  const minutes: SecondCount[][] = [];
  let stretch: SecondCount[] = [];
  const close = (): void => {
    for (let from = 0; from + minuteSec - 1 <= stretch.length; from += minuteSec)
      minutes.push(stretch.slice(from, from + minuteSec));
    stretch = [];
  };
  for (const second of perSecond) {
    const last = stretch.at(-1);
    if (last !== undefined && second.atMs !== last.atMs + 1000) close();
    stretch.push(second);
  }
  close();
  return minutes;
}

/** Nothing of a minute at the limit: what was accepted there is as even as the throttle makes it. */
function ratios(minutes: readonly (readonly SecondCount[])[], dimension: Dimension): number[] {
  const means = minutes.map((seconds) => meanOf(seconds, dimension));
  const busiest = Math.max(0, ...means);
  return minutes.flatMap((seconds, i) => {
    const mean = means[i];
    const isOut = mean < LEAST_FILL * LIMIT[dimension] || mean >= SATURATED * LIMIT[dimension];
    if (isOut || mean < BUSY * busiest || isIdleAtAnEnd(seconds, dimension, mean)) return [];
    return seconds.map((second) => second[dimension] / mean);
  });
}

function isIdleAtAnEnd(seconds: readonly SecondCount[], dimension: Dimension, mean: number): boolean {
  const edge = Math.ceil(seconds.length * EDGE);
  return [seconds.slice(0, edge), seconds.slice(-edge)].some((part) => meanOf(part, dimension) < IDLE * mean);
}

function meanOf(seconds: readonly SecondCount[], dimension: Dimension): number {
  return seconds.reduce((sum, second) => sum + second[dimension], 0) / seconds.length;
}

function percentileOf(all: readonly number[]): number {
  const sorted = [...all].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * PERCENTILE) - 1)];
  return Math.max(1, Math.ceil(value * 100) / 100);
}
