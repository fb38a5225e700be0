/**
 * Why records were throttled where no finding says so, and what to do: the load fits over every ten seconds, and not
 * over shorter times; or it lies so near a limit that noise decides.
 */
import { LIMITS } from '../model/limits.ts';
import type { Dimension, ReportDocument, Series, ShardRow } from '../results/report-document.ts';
import { WINDOW_SEC } from '../results/sliding-sums.ts';
import { duration, percent, perSec, timeAt } from './figure.ts';
import { showName } from './name.ts';

/** Throttling that is nearly all over by then is a matter of how full the buckets were at the start. */
const START_MS = 5_000;
const NEARLY_ALL = 0.9;

const STORM =
  'Most of the throttling came after a burst that was over: retries went on for longer than the work that it left. To ' +
  'do: more requests in flight, so that the retries of one shard leave room for the others; other waits between ' +
  'tries; or fewer tries.';

/** `10 s`: the windows that a run's load was judged in; a shorter run is one window. */
export function windowText(durationMs: number): string {
  return duration(Math.min(WINDOW_SEC * 1000, durationMs));
}

export function hottestOf(shards: readonly ShardRow[]): ShardRow | undefined {
  return shards.toSorted((a, b) => b.utilization - a.utilization).at(0);
}

/** The hottest shard is above its limit, and still there is no finding on it. */
export function noiseSentence({ shards, durationMs }: ReportDocument): string | undefined {
  const hottest = hottestOf(shards ?? []);
  if (hottest === undefined || hottest.utilization <= 1) return undefined;
  if (hottest.utilizationSec !== undefined) {
    return (
      `${nameOf(hottest)} came to ${percent(hottest.utilization)} of its limit over ` +
      `the ${duration(hottest.utilizationSec * 1000)} that it was open: too short for a finding, which needs ` +
      `${windowText(durationMs)}.`
    );
  }
  return (
    `${nameOf(hottest)} came to ${percent(hottest.utilization)} of its limit in its busiest ` +
    `${windowText(durationMs)}: that is within counting noise of the limit, and a finding needs more than noise ` +
    'explains. Take it as full: a longer run tells more, and more shards make room, unless one key alone fills it.'
  );
}

/** For a run in which attempts were throttled and nothing was found; at least one sentence. */
export function throttlingSentences(document: ReportDocument): string[] {
  const noise = noiseSentence(document);
  const fits = `Over every ${windowText(document.durationMs)} the load fits each shard, but bursts within do not.`;
  if (document.retry?.state === 'collapsed') return [noise ?? fits, STORM];
  const worst = (document.shards ?? []).toSorted((a, b) => b.throttledAttempts - a.throttledAttempts).at(0);
  const peak = worst === undefined || worst.throttledAttempts === 0 ? undefined : peakSentence(worst);
  return [
    noise ?? fits,
    ...(peak === undefined ? [] : [peak]),
    'Larger batches that are flushed together reach a shard at one moment, too.',
    wayOut(document),
  ];
}

function peakSentence(shard: ShardRow): string | undefined {
  const { records, bytes } = shard.peakSecond;
  const ofRecords = records / LIMITS.writeRecordsPerSec.value;
  const ofBytes = bytes / LIMITS.writeBytesPerSec.value;
  const most = Math.max(ofRecords, ofBytes);
  if (most === 0) return undefined;
  const dimension: Dimension = ofRecords >= ofBytes ? 'records' : 'bytes';
  const [amount, limit] =
    dimension === 'records'
      ? [records, LIMITS.writeRecordsPerSec.value]
      : [bytes, LIMITS.writeBytesPerSec.value];
  const was = `In its busiest second ${nameOf(shard)} was offered ${perSec(dimension, amount, limit)}`;
  const takes = `a shard takes ${perSec(dimension, limit, limit)}`;
  if (most > 1) return `${was}; ${takes}.`;
  return `${was}, which it takes if they come evenly and its buckets are full: these came faster, or the buckets were not.`;
}

/** Less than this of the time between the first and the last of it: then it came and went. */
const ALL_ALONG = 0.9;

/** `Throttled from 10 min 3 s to 15 min, of 20 min.`: when, to the step of the series. */
export function throttledSpan({ series, durationMs }: ReportDocument): string | undefined {
  if (series === undefined) return undefined;
  const { stepMs, throttledAttempts } = series;
  const first = throttledAttempts.findIndex((attempts) => attempts > 0);
  if (first === -1) return undefined;
  const end = throttledAttempts.findLastIndex((attempts) => attempts > 0) + 1;
  const throttled = throttledAttempts.reduce((steps, attempts) => steps + (attempts > 0 ? 1 : 0), 0);
  const part = throttled / (end - first);
  const often = part < ALL_ALONG ? ` (in ${percent(part)} of that time)` : '';
  const to = Math.min(durationMs, end * stepMs);
  return `Throttled from ${timeAt(first * stepMs)} to ${timeAt(to)} of ${duration(durationMs)}${often}.`;
}

function wayOut({ series, totals }: ReportDocument): string {
  const retries = totals?.retries ?? 0;
  if (series !== undefined && isOfTheStart(series)) {
    return (
      `Nearly all of it fell within the first ${duration(START_MS)}: a matter of how full the buckets are at the ` +
      'start (stream.initialFill), or of what is sent first; a warm-up leaves that out of the count.'
    );
  }
  return (
    'To do: spread the sending over time (even arrivals, smaller batches)' +
    `${retries > 0 ? '' : ', retry with backoff'}, or give the stream more shards.`
  );
}

/** Whether the throttling of a longer run was nearly over after its first seconds. */
function isOfTheStart({ stepMs, throttledAttempts, afterEnd }: Series): boolean {
  if (throttledAttempts.length * stepMs <= 2 * START_MS || stepMs > START_MS) return false;
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const early = sum(throttledAttempts.slice(0, Math.floor(START_MS / stepMs)));
  return early > 0 && early >= NEARLY_ALL * (sum(throttledAttempts) + (afterEnd?.throttledAttempts ?? 0));
}

function nameOf(shard: ShardRow): string {
  return showName(shard.shardId, 32);
}
