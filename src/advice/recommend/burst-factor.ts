/**
 * How much busier a second is than the minute around it: measured in sampled records where these are enough, else taken
 * from the options or assumed. One-minute means hide it, and limits are per second.
 */
import { LIMITS } from '../../model/limits.ts';
import type { RecordSample, SecondCount } from '../../results/evidence/record-sample.ts';
import type { PlanningRules } from '../../results/recommendation-document.ts';
import { SATURATED } from '../evidence/step-loads.ts';
import { DEFAULT_BURST_FACTOR } from './recommend-options.ts';

/** Seconds of a minute that must have been read to take their mean for the minute's. */
const LEAST_SECONDS = 30;
/** Minutes below this part of a limit are left out: a few records a second are uneven by chance, and harm nobody. */
const LEAST_FILL = 0.05;
const PERCENTILE = 0.99;

/** @param given by the user */
export function burstFactorOf(sample: RecordSample | null, given?: number): PlanningRules['burstFactor'] {
  if (given !== undefined) return { records: given, bytes: given, origin: 'given' };
  const records: number[] = [];
  const bytes: number[] = [];
  for (const { perSecond } of sample?.shards ?? []) {
    for (const seconds of minutesOf(perSecond)) {
      records.push(...ratios(seconds, 'records', LIMITS.writeRecordsPerSec.value));
      bytes.push(...ratios(seconds, 'bytes', LIMITS.writeBytesPerSec.value));
    }
  }
  const seconds = Math.max(records.length, bytes.length);
  if (seconds < LEAST_SECONDS)
    return { records: DEFAULT_BURST_FACTOR, bytes: DEFAULT_BURST_FACTOR, origin: 'default' };
  return {
    records: percentileOf(records.length === 0 ? bytes : records),
    bytes: percentileOf(bytes.length === 0 ? records : bytes),
    origin: 'measured',
    seconds,
  };
}

function minutesOf(perSecond: readonly SecondCount[]): SecondCount[][] {
  const minutes = new Map<number, SecondCount[]>();
  for (const second of perSecond) {
    const minute = Math.floor(second.atMs / 60_000);
    const found = minutes.get(minute);
    if (found === undefined) minutes.set(minute, [second]);
    else found.push(second);
  }
  return [...minutes.values()].filter((seconds) => seconds.length >= LEAST_SECONDS);
}

/** Nothing of a minute at the limit: what was accepted there is as even as the throttle makes it. */
function ratios(seconds: readonly SecondCount[], dimension: 'records' | 'bytes', limit: number): number[] {
  const mean = seconds.reduce((sum, second) => sum + second[dimension], 0) / seconds.length;
  if (mean < LEAST_FILL * limit || mean >= SATURATED * limit) return [];
  return seconds.map((second) => second[dimension] / mean);
}

function percentileOf(all: readonly number[]): number {
  const sorted = [...all].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * PERCENTILE) - 1)];
  return Math.max(1, Math.ceil(value * 100) / 100);
}
