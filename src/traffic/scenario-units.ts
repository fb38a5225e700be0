/**
 * From what a user wrote to what the rest of Shardwise reads: units resolved, defaults filled in.
 *
 * The input has passed `scenario-schema.ts` and the contradictions of `scenario-rules.ts`, so that every text
 * here can be read.
 */
import { LIMITS } from '../model/limits.ts';
import { onDemandOf, shardsOf } from './capacity-rules.ts';
import { bytesOf, rateOf, usOf } from './checked-quantity.ts';
import { KPL_AGGREGATE, PLAIN_PRODUCER, PRESETS, RETRY_DEFAULTS } from './producer-presets.ts';
import { initialRangesOf, rangesOf } from './initial-layout.ts';
import { meanRecordBytes } from './record-mean.ts';
import { resolveConsumers } from './scenario-consumers.ts';
import { contentOf, longKeys, type FileContents } from './scenario-files.ts';
import { resolveKeys, type KeyContext } from './scenario-keys.ts';
import { naturalUs, stagesOf } from './scenario-rates.ts';
import type { AggregateSpec, Arrivals, ProducerSpec, Retry, Scenario, Size, Source } from './scenario.ts';
import type { ProducerInput, RetryInput, ScenarioInput } from './scenario-schema.ts';
import type { SourceInput } from './source-schema.ts';
import { resolveTimeline } from './timeline-schema.ts';

const HOUR_US = 3_600_000_000;

/** @param files what the files held that the scenario names */
export function resolveScenario(input: ScenarioInput, files: FileContents): Scenario {
  const onDemand = onDemandOf(input.stream);
  const ranges = rangesOf(input.stream.startingHashKeys);
  const stream = {
    shards: shardsOf(input.stream),
    ...(ranges !== undefined && { ranges }),
    maxRecordBytes: bytesOr(input.stream.maxRecordSize, LIMITS.defaultMaxRecordBytes.value),
    retentionHours: usOr(input.stream.retention, LIMITS.retentionHoursDefault.value * HOUR_US) / HOUR_US,
    initialFill: input.stream.initialFill ?? 1,
    ...(onDemand !== undefined && { onDemand }),
  };
  const durationUs = durationOf(input, files);
  const warmupUs = usOr(input.warmup, 0);
  const producer = resolveProducer(input.producer ?? {});
  const context = {
    durationUs,
    maxRecordBytes: stream.maxRecordBytes,
    placementSeed: input.placementSeed,
    files,
    ranges: initialRangesOf(stream),
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
    consumers: resolveConsumers(input.consumers ?? []),
    ...(input.timeline?.length && { timeline: resolveTimeline(input.timeline) }),
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

/** What is not written is the preset's, or the plain producer's. */
function resolveProducer(producer: ProducerInput): ProducerSpec {
  const base = producer.preset === undefined ? PLAIN_PRODUCER : PRESETS[producer.preset];
  const aggregate = resolveAggregate(producer, base.aggregate);
  const batchBytes = producer.batchSize === undefined ? base.batchBytes : bytesOf(producer.batchSize);
  const api = producer.api ?? base.api;
  const { concurrency } = producer;
  // A request of one record is full at once, and so is one whose records fall due with its slot.
  const isFullAtOnce = api === 'PutRecord' || concurrency !== undefined;
  return {
    api,
    ...(base.preset !== undefined && { preset: base.preset }),
    batch: api === 'PutRecord' ? 1 : (producer.batch ?? base.batch),
    ...(batchBytes !== undefined && { batchBytes }),
    lingerUs: isFullAtOnce ? 0 : usOr(producer.linger, base.lingerUs),
    inFlight: concurrency ?? producer.inFlight ?? base.inFlight,
    ...(concurrency !== undefined && { loop: 'closed' }),
    ...(aggregate !== undefined && { aggregate }),
    retry: producer.retry === undefined ? base.retry : resolveRetry(producer.retry, base.retry),
  };
}

function resolveAggregate(
  producer: ProducerInput,
  base: AggregateSpec | undefined,
): AggregateSpec | undefined {
  const isKpl = producer.aggregate === undefined ? base !== undefined : producer.aggregate === 'kpl';
  if (!isKpl) return undefined;
  return {
    maxBytes: bytesOr(producer.aggregateMaxSize, KPL_AGGREGATE.maxBytes),
    maxCount: producer.aggregateMaxCount ?? KPL_AGGREGATE.maxCount,
  };
}

/** Of the preset's policy the rest is the preset's, of another one that policy's default. */
function resolveRetry(retry: RetryInput, preset: Retry): Retry {
  const base = preset.policy === retry.policy ? preset : RETRY_DEFAULTS[retry.policy];
  if (base.policy === 'none') return base;
  if (base.policy === 'kpl') {
    const rateLimit = retry.rateLimit === undefined ? base.rateLimit : Number.parseInt(retry.rateLimit) / 100;
    return { policy: 'kpl', ttlUs: usOr(retry.ttl, base.ttlUs), rateLimit };
  }
  const baseUs = usOr(retry.base, base.baseUs);
  return {
    policy: base.policy,
    maxAttempts: retry.maxAttempts ?? base.maxAttempts,
    baseUs,
    maxUs: Math.max(baseUs, usOr(retry.max, base.maxUs)),
  };
}
