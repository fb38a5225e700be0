/**
 * Reads metrics of a stream from CloudWatch: in calls of whole pages, again where some was not ready, and what could not
 * be had is said rather than thrown.
 */
import type { GetMetricDataCommandOutput, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Refusal } from '../../model/refusal.ts';
import { awsTrouble, DeniedCall, isThrottled } from './aws-trouble.ts';
import type { MetricPace } from './metric-pace.ts';
import type { MetricSource } from './metric-source.ts';

const NAMESPACE = 'AWS/Kinesis';
export const READ_METRICS = 'cloudwatch:GetMetricData';

export interface MetricQuery {
  /** AWS's name of the metric. */
  readonly name: string;
  /** Default Sum. */
  readonly stat?: 'Sum' | 'Maximum';
  /** Left out, with `consumer`: the stream's. */
  readonly shardId?: string;
  /** Of a fan-out consumer, by its name. */
  readonly consumer?: string;
}

export interface MetricRead {
  readonly streamName: string;
  readonly queries: readonly MetricQuery[];
  /** Milliseconds since 1970 on the metrics' clock; the end is not included. */
  readonly startMs: number;
  readonly endMs: number;
  readonly periodSec: number;
  /** Metrics in a call. */
  readonly perCall: number;
}

/** Takes one value: of the query at an index, at a time. Called again with the same value where a call is repeated. */
export type MetricSink = (query: number, atMs: number, value: number) => void;

export interface MetricReadOptions {
  /** Ends the reading; what came until then stays. */
  readonly signal?: AbortSignal | undefined;
  /** Left out where nobody limits it. */
  readonly pace?: MetricPace | undefined;
  /** Hears of each call that has been answered. */
  readonly onCall?: (() => void) | undefined;
  /** Between tries of the same metrics; default 1 s, then 2 s, 4 s. */
  readonly pauseMs?: number | undefined;
  /** Of the same metrics; default 4. The SDK's own are beside them. */
  readonly tries?: number;
}

/** How reading went. */
export interface MetricReading {
  readonly requests: number;
  /** As CloudWatch charges: each metric in each call. */
  readonly metrics: number;
  /** Indexes of queries that were not answered whole. */
  readonly unread: readonly number[];
  /** Why, where there are any: the first trouble. */
  readonly trouble: Refusal | undefined;
  /** Last word of CloudWatch on a metric that it did not give whole: InternalError, PartialData, Forbidden. */
  readonly status: string | undefined;
}

const CALLS_AT_ONCE = 4;
const TRIES = 4;
const PAUSE_MS = 1000;

/** Never rejects for what the service or the network refuses. */
export async function readMetricData(
  source: MetricSource,
  read: MetricRead,
  sink: MetricSink,
  options: MetricReadOptions = {},
): Promise<MetricReading> {
  const reader = new MetricReader(source, read, sink, options);
  const batches: number[][] = [];
  for (let from = 0; from < read.queries.length; from += read.perCall) {
    const length = Math.min(read.perCall, read.queries.length - from);
    batches.push(Array.from({ length }, (_, i) => from + i));
  }
  const work = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) await reader.read(batch);
  };
  await Promise.all(Array.from({ length: Math.min(CALLS_AT_ONCE, batches.length) }, work));
  return reader.reading;
}

class MetricReader {
  readonly #source: MetricSource;
  readonly #read: MetricRead;
  readonly #sink: MetricSink;
  readonly #options: MetricReadOptions;
  #requests = 0;
  #metrics = 0;
  readonly #unread: number[] = [];
  #trouble: Refusal | undefined;
  #status: string | undefined;

  constructor(source: MetricSource, read: MetricRead, sink: MetricSink, options: MetricReadOptions) {
    this.#source = source;
    this.#read = read;
    this.#sink = sink;
    this.#options = options;
  }

  get reading(): MetricReading {
    return {
      requests: this.#requests,
      metrics: this.#metrics,
      unread: this.#unread.sort((a, b) => a - b),
      trouble: this.#trouble,
      status: this.#status,
    };
  }

  /** After trouble, and after an interruption, nothing more is asked. */
  async read(batch: readonly number[]): Promise<void> {
    const { tries = TRIES } = this.#options;
    let left = batch;
    for (let attempt = 0; left.length > 0 && attempt < tries && !this.#isOver; attempt++) {
      if (attempt > 0) await this.#pause(2 ** (attempt - 1));
      try {
        left = await this.#readPages(left);
      } catch (error) {
        if (isThrottled(error) && attempt + 1 < tries) continue;
        if (!this.#isAborted) this.#trouble ??= this.#troubleOf(error);
      }
      if (this.#status === 'Forbidden') this.#trouble ??= this.#denied();
    }
    for (const query of left) this.#unread.push(query);
  }

  get #isAborted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  get #isOver(): boolean {
    return this.#trouble !== undefined || this.#isAborted;
  }

  /** @returns the queries that were not answered whole */
  async #readPages(batch: readonly number[]): Promise<readonly number[]> {
    const statuses = new Map<number, string>();
    let token: string | undefined;
    do {
      const page = await this.#readPage(batch, token);
      for (const {
        Id = '',
        StatusCode = 'Complete',
        Timestamps = [],
        Values = [],
      } of page.MetricDataResults ?? []) {
        const query = Number(Id.slice(1));
        statuses.set(query, StatusCode);
        Timestamps.forEach((time, i) => this.#sink(query, time.getTime(), Values[i]));
      }
      token = page.NextToken;
    } while (token !== undefined && !this.#isAborted);
    const left = batch.filter((query) => statuses.get(query) !== 'Complete');
    if (left.length > 0) this.#status = statuses.get(left[0]) ?? 'no answer';
    return left;
  }

  async #readPage(batch: readonly number[], token: string | undefined): Promise<GetMetricDataCommandOutput> {
    const { GetMetricDataCommand } = await import('./cloudwatch.ts');
    const { startMs, endMs, periodSec } = this.#read;
    const { signal, pace, onCall } = this.#options;
    const client = await this.#source.cloudWatch();
    const points = batch.length * Math.ceil((endMs - startMs) / 1000 / periodSec);
    if (pace !== undefined) await wait(pace.take(points, performance.now()), signal);
    this.#requests++;
    this.#metrics += batch.length;
    const page = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries: batch.map((query) => this.#queryOf(query)),
        StartTime: new Date(startMs),
        EndTime: new Date(endMs),
        ...(token === undefined ? {} : { NextToken: token }),
      }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    onCall?.();
    return page;
  }

  #queryOf(index: number): MetricDataQuery {
    const { streamName, queries, periodSec } = this.#read;
    const { name, stat = 'Sum', shardId, consumer } = queries[index];
    const dimensions = [{ Name: 'StreamName', Value: streamName }];
    if (shardId !== undefined) dimensions.push({ Name: 'ShardId', Value: shardId });
    if (consumer !== undefined) dimensions.push({ Name: 'ConsumerName', Value: consumer });
    const metric = { Namespace: NAMESPACE, MetricName: name, Dimensions: dimensions };
    return { Id: `m${index}`, MetricStat: { Metric: metric, Period: periodSec, Stat: stat } };
  }

  #troubleOf(error: unknown): Refusal {
    const { endpoint } = this.#source.watch;
    return awsTrouble(error, { action: READ_METRICS, about: `stream ${this.#read.streamName}`, endpoint });
  }

  #denied(): Refusal {
    return new DeniedCall({ action: READ_METRICS, about: `stream ${this.#read.streamName}` });
  }

  async #pause(times: number): Promise<void> {
    await wait((this.#options.pauseMs ?? PAUSE_MS) * times, this.#options.signal);
  }
}

async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (ms <= 0) return;
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
