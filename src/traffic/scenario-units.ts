/**
 * From what a user wrote to what the rest of Shardwise reads: units resolved, defaults filled in.
 *
 * The input has passed `scenario-schema.ts` and the contradictions of `scenario-rules.ts`, so that every text
 * here can be read.
 */
import { LIMITS } from '../model/limits.ts';
import { parseBytes, parseDuration, parsePercent, parseRate } from '../model/quantity.ts';
import { KPL_AGGREGATE, PLAIN_PRODUCER, PRESETS, RETRY_DEFAULTS } from './producer-presets.ts';
import { meanRecordBytes } from './record-mean.ts';
import { DEFAULT_TEMPLATE } from './scenario.ts';
import type {
  AggregateSpec,
  Arrivals,
  ConsumerSpec,
  Keys,
  ProducerSpec,
  Retry,
  Scenario,
  Size,
  Source,
  Stage,
} from './scenario.ts';
import type {
  KeysInput,
  ProducerInput,
  RetryInput,
  ScenarioInput,
  SizeInput,
  SourceInput,
} from './scenario-schema.ts';
import { DEFAULT_POLLING_US, expandKeys } from './short-form.ts';

const HOUR_US = 3_600_000_000;

/** A reader whose text has been checked before. */
function checked<T>(read: (text: string) => T | undefined): (text: string) => T {
  return (text) => {
    const value = read(text);
    if (value === undefined) throw new Error(`${text} has passed the schema and cannot be read`);
    return value;
  };
}

const bytesOf = checked(parseBytes);
const usOf = checked(parseDuration);
const shareOf = checked(parsePercent);
const rateOf = checked(parseRate);

export function resolveScenario(input: ScenarioInput): Scenario {
  const stream = {
    shards: input.stream.shards,
    maxRecordBytes: bytesOr(input.stream.maxRecordSize, LIMITS.defaultMaxRecordBytes.value),
    retentionHours: usOr(input.stream.retention, LIMITS.retentionHoursDefault.value * HOUR_US) / HOUR_US,
    initialFill: input.stream.initialFill ?? 1,
  };
  const durationUs = durationOf(input);
  const context = { durationUs, maxRecordBytes: stream.maxRecordBytes, placementSeed: input.placementSeed };
  return {
    ...(input.description !== undefined && { description: input.description }),
    stream,
    warmupUs: usOr(input.warmup, 0),
    durationUs,
    seed: input.seed ?? 1,
    ...(input.placementSeed !== undefined && { placementSeed: input.placementSeed }),
    traffic: input.traffic.map((source, i) => resolveSource(source, i, context)),
    producer: resolveProducer(input.producer ?? {}),
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

/** The stages' length where there are stages, which all last as long as each other. */
function durationOf(input: ScenarioInput): number {
  const staged = input.traffic.find((source) => source.stages !== undefined)?.stages;
  return staged ? staged.reduce((sum, stage) => sum + usOf(stage.for), 0) : usOr(input.duration, 0);
}

interface Context {
  readonly durationUs: number;
  readonly maxRecordBytes: number;
  readonly placementSeed: number | undefined;
}

function resolveSource(source: SourceInput, index: number, context: Context): Source {
  const keys = resolveKeys(source.keys);
  const size = resolveSize(source.size);
  const perSec = (text: string): number => {
    const rate = rateOf(text);
    if ('recordsPerSec' in rate) return rate.recordsPerSec;
    return rate.bytesPerSec / meanRecordBytes(size, keys, context.maxRecordBytes, context.placementSeed);
  };
  return {
    name: source.name ?? String(index),
    stages: stagesOf(source, perSec, context.durationUs),
    arrivals: resolveArrivals(source.arrivals ?? 'even'),
    keys,
    size,
  };
}

/** A constant rate is a single stage. */
function stagesOf(source: SourceInput, perSec: (text: string) => number, durationUs: number): Stage[] {
  if (source.stages)
    return source.stages.map((stage) => ({
      durationUs: usOf(stage.for),
      from: perSec(stage.from),
      to: perSec(stage.to),
    }));
  const rate = perSec(source.rate ?? '0/s');
  return [{ durationUs, from: rate, to: rate }];
}

function resolveArrivals(arrivals: NonNullable<SourceInput['arrivals']>): Arrivals {
  if (typeof arrivals === 'string') return { kind: arrivals };
  return { kind: 'bursts', everyUs: usOf(arrivals.bursts.every), withinUs: usOf(arrivals.bursts.within) };
}

function resolveSize(size: SizeInput): Size {
  if (typeof size === 'string') return { kind: 'fixed', bytes: bytesOf(size) };
  if (size.uniform)
    return { kind: 'uniform', min: bytesOf(size.uniform.min), max: bytesOf(size.uniform.max) };
  if (size.lognormal)
    return { kind: 'lognormal', median: bytesOf(size.lognormal.median), p99: bytesOf(size.lognormal.p99) };
  throw new Error('a size without a kind has passed the rules');
}

/** Keys in either form. */
export function resolveKeys(keys: KeysInput | string): Keys {
  if (typeof keys === 'string') {
    const expanded = expandKeys(keys);
    if ('what' in expanded) throw new Error(`${keys} has passed the schema and cannot be read`);
    return resolveKeys(expanded.long);
  }
  const template = keys.template ?? DEFAULT_TEMPLATE;
  if (keys.uniform) return { kind: 'uniform', ...keys.uniform, template };
  if (keys.zipf) return { kind: 'zipf', ...keys.zipf, template };
  if (keys.hot) return { kind: 'hot', ...keys.hot, share: shareOf(keys.hot.share), template };
  const weights = keys.weights ?? {};
  return { kind: 'weights', names: Object.keys(weights), weights: Object.values(weights) };
}

/** What is not written is the preset's, or the plain producer's. */
function resolveProducer(producer: ProducerInput): ProducerSpec {
  const base = producer.preset === undefined ? PLAIN_PRODUCER : PRESETS[producer.preset];
  const aggregate = resolveAggregate(producer, base.aggregate);
  const batchBytes = producer.batchSize === undefined ? base.batchBytes : bytesOf(producer.batchSize);
  return {
    api: base.api,
    ...(base.preset !== undefined && { preset: base.preset }),
    batch: producer.batch ?? base.batch,
    ...(batchBytes !== undefined && { batchBytes }),
    lingerUs: usOr(producer.linger, base.lingerUs),
    inFlight: producer.inFlight ?? base.inFlight,
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

function resolveConsumer(consumer: NonNullable<ScenarioInput['consumers']>[number]): ConsumerSpec {
  if (consumer.kind === 'efo') return { kind: 'efo' };
  return { kind: 'polling', everyUs: usOr(consumer.every, DEFAULT_POLLING_US) };
}
