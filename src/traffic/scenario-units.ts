/**
 * From what a user wrote to what the rest of Shardwise reads: units resolved, defaults filled in.
 *
 * The input has passed `scenario-schema.ts` and the contradictions of `scenario-rules.ts`, so that every text
 * here can be read.
 */
import { LIMITS } from '../model/limits.ts';
import { bytesOf, rateOf, usOf } from './checked-quantity.ts';
import { meanRecordBytes } from './record-mean.ts';
import { contentOf, longKeys, type FileContents } from './scenario-files.ts';
import { resolveKeys, type KeyContext } from './scenario-keys.ts';
import { naturalUs, stagesOf } from './scenario-rates.ts';
import type { Arrivals, ConsumerSpec, ProducerSpec, Retry, Scenario, Size, Source } from './scenario.ts';
import type { ScenarioInput } from './scenario-schema.ts';
import type { SourceInput } from './source-schema.ts';
import { DEFAULT_POLLING_US } from './short-form.ts';

const HOUR_US = 3_600_000_000;

/** @param files what the files held that the scenario names */
export function resolveScenario(input: ScenarioInput, files: FileContents): Scenario {
  const stream = {
    shards: input.stream.shards,
    maxRecordBytes: bytesOr(input.stream.maxRecordSize, LIMITS.defaultMaxRecordBytes.value),
    retentionHours: usOr(input.stream.retention, LIMITS.retentionHoursDefault.value * HOUR_US) / HOUR_US,
    initialFill: input.stream.initialFill ?? 1,
  };
  const durationUs = durationOf(input, files);
  const warmupUs = usOr(input.warmup, 0);
  const producer = resolveProducer(input.producer ?? {});
  const context = {
    durationUs,
    maxRecordBytes: stream.maxRecordBytes,
    placementSeed: input.placementSeed,
    files,
    shards: stream.shards,
    batch: producer.batch,
    totalUs: warmupUs + durationUs,
  };
  return {
    ...(input.description !== undefined && { description: input.description }),
    stream,
    warmupUs,
    durationUs,
    seed: input.seed ?? 1,
    ...(input.placementSeed !== undefined && { placementSeed: input.placementSeed }),
    traffic: input.traffic.map((source, i) => resolveSource(source, i, context)),
    producer,
    consumers: (input.consumers ?? []).map(resolveConsumer),
    thresholds: input.thresholds ?? [],
  };
}

function bytesOr(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : bytesOf(text);
}

function usOr(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : usOf(text);
}

/** The length of the sources that have one, which is the same for all of them. */
function durationOf(input: ScenarioInput, files: FileContents): number {
  for (const source of input.traffic) {
    const natural = naturalUs(source, files);
    if (natural !== undefined) return natural;
  }
  return usOr(input.duration, 0);
}

interface Context extends KeyContext {
  readonly durationUs: number;
  readonly maxRecordBytes: number;
  readonly placementSeed: number | undefined;
}

function resolveSource(source: SourceInput, index: number, context: Context): Source {
  const keys = resolveKeys(longKeys(source.keys), context);
  const size = resolveSize(source, context.files);
  const perSec = (text: string): number => {
    const rate = rateOf(text);
    if ('recordsPerSec' in rate) return rate.recordsPerSec;
    return rate.bytesPerSec / meanRecordBytes(size, keys, context.maxRecordBytes, context.placementSeed);
  };
  const compressibility = source.payload?.random?.compressibility;
  return {
    name: source.name ?? String(index),
    stages: stagesOf(source, perSec, context.durationUs, context.files),
    arrivals: resolveArrivals(source.arrivals ?? 'even'),
    keys,
    size,
    ...(compressibility !== undefined && { compressibility }),
  };
}

function resolveArrivals(arrivals: NonNullable<SourceInput['arrivals']>): Arrivals {
  if (typeof arrivals === 'string') return { kind: arrivals };
  return { kind: 'bursts', everyUs: usOf(arrivals.bursts.every), withinUs: usOf(arrivals.bursts.within) };
}

function resolveSize({ size, payload }: SourceInput, files: FileContents): Size {
  if (payload?.template !== undefined) return { kind: 'template', template: payload.template };
  if (payload?.lines !== undefined) return { kind: 'lines', lines: contentOf(files.lines, payload.lines) };
  if (typeof size === 'string') return { kind: 'fixed', bytes: bytesOf(size) };
  if (size?.uniform)
    return { kind: 'uniform', min: bytesOf(size.uniform.min), max: bytesOf(size.uniform.max) };
  if (size?.lognormal)
    return { kind: 'lognormal', median: bytesOf(size.lognormal.median), p99: bytesOf(size.lognormal.p99) };
  if (size?.file !== undefined) return { kind: 'histogram', ...contentOf(files.sizes, size.file) };
  throw new Error('a size without a kind has passed the rules');
}

function resolveProducer(producer: NonNullable<ScenarioInput['producer']>): ProducerSpec {
  return {
    api: 'PutRecords',
    batch: producer.batch ?? 500,
    lingerUs: usOr(producer.linger, 100_000),
    inFlight: producer.inFlight ?? 16,
    retry: resolveRetry(producer.retry ?? { policy: 'none' }),
  };
}

/** The backoff's defaults are those of the AWS SDK: three tries, 100 ms doubling up to 20 s. */
function resolveRetry(retry: NonNullable<NonNullable<ScenarioInput['producer']>['retry']>): Retry {
  if (retry.policy === 'none') return { policy: 'none' };
  const baseUs = usOr(retry.base, 100_000);
  return {
    policy: 'backoff',
    maxAttempts: retry.maxAttempts ?? 3,
    baseUs,
    maxUs: Math.max(baseUs, usOr(retry.max, 20_000_000)),
  };
}

function resolveConsumer(consumer: NonNullable<ScenarioInput['consumers']>[number]): ConsumerSpec {
  if (consumer.kind === 'efo') return { kind: 'efo' };
  return { kind: 'polling', everyUs: usOr(consumer.every, DEFAULT_POLLING_US) };
}
