/**
 * What CloudWatch has counted for a stream, minute by minute.
 */
import type { GetMetricDataCommandOutput, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { LIMITS } from '../../model/limits.ts';
import { epochClock } from '../clock.ts';
import { awsTrouble } from './aws-trouble.ts';
import type { MetricSource } from './metric-source.ts';
import type { EndpointClock, ReplyWatch } from './reply-watch.ts';

export const MINUTE_US = 60_000_000;
const NAMESPACE = 'AWS/Kinesis';

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
  const most = LIMITS.metricQueries.value;
  for (let from = 0; from < wanted.length; from += most) {
    const queries = wanted.slice(from, from + most).map((metric, i) => queryOf(streamName, metric, from + i));
    await readPages(connection, streamName, queries, { start, end }, sums);
  }
  return sums;
}

function queryOf(streamName: string, { name, shardId }: WantedMetric, i: number): MetricDataQuery {
  const dimensions = [{ Name: 'StreamName', Value: streamName }];
  if (shardId !== undefined) dimensions.push({ Name: 'ShardId', Value: shardId });
  const metric = { Namespace: NAMESPACE, MetricName: name, Dimensions: dimensions };
  return { Id: `m${i}`, MetricStat: { Metric: metric, Period: 60, Stat: 'Sum' } };
}

async function readPages(
  connection: MetricSource,
  streamName: string,
  queries: MetricDataQuery[],
  { start, end }: MinuteRange,
  sums: readonly Map<number, number>[],
): Promise<void> {
  const { GetMetricDataCommand } = await import('./cloudwatch.ts');
  const client = await connection.cloudWatch();
  let token: string | undefined;
  do {
    const command = new GetMetricDataCommand({
      MetricDataQueries: queries,
      StartTime: new Date(start * 60_000),
      EndTime: new Date(end * 60_000),
      ...(token === undefined ? {} : { NextToken: token }),
    });
    let page: GetMetricDataCommandOutput;
    try {
      page = await client.send(command);
    } catch (error) {
      const { endpoint } = connection.watch;
      throw awsTrouble(error, {
        action: 'cloudwatch:GetMetricData',
        about: `stream ${streamName}`,
        endpoint,
      });
    }
    for (const { Id = '', Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
      const into = sums[Number(Id.slice(1))];
      Timestamps.forEach((time, i) => {
        const minute = Math.floor(time.getTime() / 60_000);
        into.set(minute, (into.get(minute) ?? 0) + Values[i]);
      });
    }
    token = page.NextToken;
  } while (token !== undefined);
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
    const { originUs, factor } = this.#clock;
    return originUs + (minute * MINUTE_US - this.#watch.skewUs - originUs) / factor;
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
  const minute = Math.floor(epochClock() / MINUTE_US);
  await readMinuteSums(connection, streamName, [{ name: 'IncomingRecords' }], {
    start: minute - 1,
    end: minute,
  });
  return new MetricTime(connection.watch);
}
