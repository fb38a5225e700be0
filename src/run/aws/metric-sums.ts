/**
 * What CloudWatch has counted for a stream, minute by minute.
 */
import { LIMITS } from '../../model/limits.ts';
import { worldFailure } from '../../model/refusal.ts';
import { epochClock } from '../clock.ts';
import { readMetricData } from './metric-data.ts';
import type { MetricSource } from './metric-source.ts';
import type { EndpointClock, ReplyWatch } from './reply-watch.ts';

export const MINUTE_US = 60_000_000;

export interface WantedMetric {
  readonly name: string;
  /** Left out: the stream's. */
  readonly shardId?: string;
}

/** Minutes since 1970 on the metrics' clock; `end` is the one behind the last. */
export interface MinuteRange {
  readonly start: number;
  readonly end: number;
}

/** Sums by minute, in the order of what was wanted; a minute without samples is not there. */
export type MinuteSums = readonly ReadonlyMap<number, number>[];

/** @throws Refusal where CloudWatch may not be asked, or does not answer */
export async function readMinuteSums(
  connection: MetricSource,
  streamName: string,
  wanted: readonly WantedMetric[],
  { start, end }: MinuteRange,
): Promise<MinuteSums> {
  const sums = wanted.map(() => new Map<number, number>());
  const range = { startMs: start * 60_000, endMs: end * 60_000, periodSec: 60 };
  const { unread, trouble, status } = await readMetricData(
    connection,
    { streamName, queries: wanted, ...range, perCall: LIMITS.metricQueries.value },
    (query, atMs, value) => sums[query].set(Math.floor(atMs / 60_000), value),
  );
  if (trouble !== undefined) throw trouble;
  if (unread.length > 0) {
    throw worldFailure(
      `CloudWatch did not give all metrics of stream ${streamName} (${status ?? 'no answer'}).`,
      'Try again later.',
    );
  }
  return sums;
}

/** The clock of the metrics, for times of ours. Asked after CloudWatch has answered once. */
export class MetricTime {
  readonly #watch: ReplyWatch;

  constructor(watch: ReplyWatch) {
    this.#watch = watch;
  }

  /** Metric seconds per real second. */
  get factor(): number {
    return this.#clock.factor;
  }

  /** A time of ours, in microseconds since 1970, on the metrics' clock. */
  at(us: number): number {
    const { originUs, factor } = this.#clock;
    return originUs + (us - originUs) * factor + this.#watch.skewUs;
  }

  minuteAt(us: number): number {
    return Math.floor(this.at(us) / MINUTE_US);
  }

  /** When a minute of the metrics begins, on our clock. */
  startUs(minute: number): number {
    return this.oursAt(minute * MINUTE_US);
  }

  /** A time on the metrics' clock, in microseconds since 1970, on ours. */
  oursAt(metricUs: number): number {
    const { originUs, factor } = this.#clock;
    return originUs + (metricUs - this.#watch.skewUs - originUs) / factor;
  }

  get #clock(): EndpointClock {
    return this.#watch.metricClock ?? { factor: 1, originUs: 0 };
  }
}

/**
 * Asks CloudWatch something cheap, so that its replies have told of its clock.
 * @throws Refusal as `readMinuteSums`
 */
export async function learnMetricTime(connection: MetricSource, streamName: string): Promise<MetricTime> {
  const endMs = Math.floor(epochClock() / MINUTE_US) * 60_000;
  const range = { startMs: endMs - 60_000, endMs, periodSec: 60 };
  const queries = [{ name: 'IncomingRecords' }];
  const { trouble } = await readMetricData(
    connection,
    { streamName, queries, ...range, perCall: 1 },
    // Any reply will do.
    () => undefined,
    { tries: 1 },
  );
  if (trouble !== undefined) throw trouble;
  return new MetricTime(connection.watch);
}
