/**
 * A plan's traffic after KPL aggregation: fewer, larger Kinesis records.
 *
 * How well records pack depends on how many a shard gets, and so on the number of shards that is asked for. The
 * question is turned round: a shard is full in records at one rate of user records, and in bytes at another, whatever
 * the number of shards (`shard-packing.ts`). Counted at these rates, a shard, hot or not, is over its limit exactly
 * when its user records are above the rate. What is reported and billed is counted at the rate that shards then have.
 */
import { LIMITS } from '../../model/limits.ts';
import { formatBytes, formatCount, formatNumber } from '../../model/quantity.ts';
import type { AggregationResult } from '../../results/plan-aggregation.ts';
import type { PlanResult } from '../../results/plan-result.ts';
import type { AggregateSpec, Size } from '../../traffic/scenario.ts';
import type { Assumption } from '../plan/assumption.ts';
import { bytesPerSec, percentOf, perSec, planningLimit } from '../plan/constraints.ts';
import type { PlanInput, PlanSource } from '../plan/plan-input.ts';
import { billedTrafficOf } from '../money/billed-traffic.ts';
import { kinesisRecordBytes, type MeanRecord } from './aggregate.ts';
import {
  fullInBytes,
  fullInRecords,
  packingAt,
  type Aggregating,
  type FullShard,
  type Packing,
} from './shard-packing.ts';

/** What a user says of aggregation, defaults filled in. */
export interface AggregateOptions {
  readonly spec: AggregateSpec;
  readonly lingerUs: number;
  readonly producers: number;
  /** Whether the number of producers is the user's or the default. */
  readonly producersGiven: boolean;
}

export interface Aggregated {
  /** For the constraints: traffic in Kinesis records, packed as on a shard that is full. */
  readonly input: PlanInput;
  /** The arithmetic of the sums in user records, which add up, and what stands beside the plan. */
  readonly finish: (plan: PlanResult) => PlanResult;
  /** For money: traffic in Kinesis records as they are at the mean rate on so many shards, one source without keys. */
  readonly billed: (shards: number) => PlanInput;
}

/** Puts KPL aggregation between the sources and the stream. */
export function aggregated(input: PlanInput, options: AggregateOptions): Aggregated {
  const aggregating: Aggregating = {
    spec: options.spec,
    lingerSec: options.lingerUs / 1_000_000,
    producers: options.producers,
    record: meanRecordOf(input.sources),
  };
  const limit = planningLimit(input.headroom);
  const records = fullInRecords(limit.records, aggregating);
  const bytes = fullInBytes(limit.bytes, aggregating);
  const per = records.packing.recordsPerAggregate;
  const overhead = overheadOf(bytes.packing, aggregating.record);
  return {
    input: {
      ...input,
      sources: input.sources.map((source) => packedSource(source, per, overhead)),
      userRecordsPerRecord: per,
      maxRecordBytes: recordBytesOf(input, options.spec),
      origins: { ...input.origins, rate: 'derived', size: 'derived', keySize: 'derived' },
      assumptions: [...assumptionsOf(options, aggregating), ...input.assumptions],
    },
    finish: (plan) => ({
      ...plan,
      constraints: plan.constraints.map((constraint) => {
        if (constraint.name === 'write-records')
          return { ...constraint, formula: recordsFormula(input, records) };
        if (constraint.name === 'write-bytes')
          return { ...constraint, formula: bytesFormula(input, aggregating.record, overhead) };
        return constraint;
      }),
      aggregation: resultOf(input, options, aggregating, records, plan),
    }),
    billed: (shards) => billedInput(input, aggregating, shards),
  };
}

/** The sources share aggregates, so one mean record stands for all of them. */
function meanRecordOf(sources: readonly PlanSource[]): MeanRecord {
  const total = sumOf(sources, ({ recordsPerSec }) => recordsPerSec);
  const mean = (of: (source: PlanSource) => number): number =>
    total === 0 ? of(sources[0]) : sumOf(sources, (source) => source.recordsPerSec * of(source)) / total;
  return { dataBytes: mean(({ dataBytes }) => dataBytes), keyBytes: mean(({ keyBytes }) => keyBytes) };
}

/** Bytes that the format adds to a user record on average. */
function overheadOf({ bytesPerAggregate, recordsPerAggregate }: Packing, record: MeanRecord): number {
  return Math.max(0, bytesPerAggregate / recordsPerAggregate - record.dataBytes - record.keyBytes);
}

/** The key of an aggregate is one byte; those of its records are data like any other. */
const OUTER_KEY_BYTES = 1;

function packedSource(source: PlanSource, recordsPerAggregate: number, overhead: number): PlanSource {
  const userBytes = source.dataBytes + source.keyBytes + overhead;
  const dataBytes = userBytes * recordsPerAggregate - OUTER_KEY_BYTES;
  return {
    ...source,
    recordsPerSec: source.recordsPerSec / recordsPerAggregate,
    meanRecordsPerSec: source.meanRecordsPerSec / recordsPerAggregate,
    dataBytes,
    size: { kind: 'fixed', bytes: dataBytes },
    keyBytes: OUTER_KEY_BYTES,
    equalKeyBytes: true,
  };
}

/** `a shard is full at 1,000/s × 80 % × 54 records in an aggregate there = 43,200/s; 50,000/s ÷ 43,200/s = 1.16`. */
function recordsFormula({ sources, headroom }: PlanInput, full: FullShard): string {
  const users = sumOf(sources, ({ recordsPerSec }) => recordsPerSec);
  const { userRecordsPerSec, packing } = full;
  const limit = LIMITS.writeRecordsPerSec.value;
  return (
    `a shard is full at ${perSec(limit)} × ${percentOf(1 - headroom)} × ${formatNumber(packing.recordsPerAggregate)} records in ` +
    `an aggregate there = ${perSec(userRecordsPerSec)}; ${perSec(users)} ÷ ${perSec(userRecordsPerSec)} = ` +
    formatNumber(users / userRecordsPerSec)
  );
}

function bytesFormula({ sources, headroom }: PlanInput, record: MeanRecord, overhead: number): string {
  const users = sumOf(sources, ({ recordsPerSec }) => recordsPerSec);
  const each = record.dataBytes + record.keyBytes;
  const load = users * (each + overhead);
  const limit = LIMITS.writeBytesPerSec.value;
  return (
    `${perSec(users)} × (${formatNumber(each)} B + ${formatNumber(overhead)} B of format) = ${bytesPerSec(load)} ÷ ` +
    `(${bytesPerSec(limit)} × ${percentOf(1 - headroom)}) = ${formatNumber(load / (limit * (1 - headroom)))}`
  );
}

function resultOf(
  input: PlanInput,
  { spec, lingerUs, producers }: AggregateOptions,
  aggregating: Aggregating,
  fullShard: FullShard,
  plan: PlanResult,
): AggregationResult {
  const { sources } = input;
  const shards = plan.shards ?? Math.max(1, ...plan.constraints.map((constraint) => constraint.shards ?? 1));
  const users = sumOf(sources, ({ recordsPerSec }) => recordsPerSec);
  const packing = packingAt(users / shards, aggregating);
  const kinesisRecordsPerSec = users / packing.recordsPerAggregate;
  return {
    ...spec,
    lingerMs: lingerUs / 1000,
    producers,
    shards,
    userRecordsPerSec: users,
    recordsPerAggregate: packing.recordsPerAggregate,
    recordsByTime: 1 + (users / shards / producers) * aggregating.lingerSec,
    limitedBy: limitedBy(packing, aggregating),
    kinesisRecordsPerSec,
    bytesPerAggregate: packing.bytesPerAggregate,
    overheadBytes: overheadOf(packing, aggregating.record),
    putUnitsPerSec: kinesisRecordsPerSec * packing.unitsPerAggregate,
    putUnitsWithout: billedTrafficOf({ ...input, sources: atPeak(sources) }).putUnitsPerSec,
    addedLatencyMs: latencyMs(packing, users / shards / producers, aggregating.lingerSec),
    fullShard: {
      userRecordsPerSec: fullShard.userRecordsPerSec,
      recordsPerAggregate: fullShard.packing.recordsPerAggregate,
    },
    notes: NOTES,
  };
}

/** Shards are planned for the peak, and so is what is said of them. */
function atPeak(sources: readonly PlanSource[]): PlanSource[] {
  return sources.map((source) => ({ ...source, meanRecordsPerSec: source.recordsPerSec }));
}

function limitedBy({ full, counts }: Packing, { spec }: Aggregating): AggregationResult['limitedBy'] {
  if (full < 0.5) return 'linger';
  return counts[counts.length - 1].count >= spec.maxCount ? 'count' : 'size';
}

/**
 * The first record of an aggregate waits until it is sent, the others half as long on average. A full one is sent
 * when its last record comes.
 * @param perSec user records per second of one process to one shard
 */
function latencyMs(packing: Packing, perSecond: number, lingerSec: number): { mean: number; max: number } {
  const { counts, full, recordsPerAggregate } = packing;
  const most = counts[counts.length - 1].count;
  let waits = 0;
  for (const { count, chance } of counts) {
    const isFull = full > 0 && count === most;
    const open = isFull && perSecond > 0 ? Math.min(lingerSec, (count - 1) / perSecond) : lingerSec;
    waits += chance * (isFull ? (count * open) / 2 : open + ((count - 1) * open) / 2);
  }
  return { mean: (waits / recordsPerAggregate) * 1000, max: lingerSec * 1000 };
}

const NOTES: readonly string[] = [
  'Readers other than the KCL, Lambda functions among them, get aggregates and must de-aggregate them.',
  'A stream with the record distribution strategy AUTO does not work with aggregation.',
  'The stream sees the partition key "a" for every aggregate: who looks for hot keys must de-aggregate first.',
];

function assumptionsOf(
  { producers, producersGiven, spec }: AggregateOptions,
  { record }: Aggregating,
): Assumption[] {
  const many = producersGiven
    ? `${formatCount(producers)} ${producers === 1 ? 'process aggregates' : 'processes aggregate'}, each for itself, with an even share of the traffic.`
    : 'One process aggregates all records (default): each further one fills aggregates of its own, and more of them ' +
      'are sent half empty. --producers says how many there are.';
  const usual = LIMITS.defaultMaxRecordBytes.value;
  return [
    { text: many, doubt: producersGiven ? 'some' : 'high' },
    {
      text:
        `Every user record is taken to have the mean size, ${formatNumber(record.dataBytes)} B of data and ` +
        `${formatNumber(record.keyBytes)} B of key, and a key of its own in its aggregate.`,
      doubt: 'little',
    },
    ...(spec.maxBytes + OUTER_KEY_BYTES > usual
      ? [
          {
            text: `The stream takes records above ${formatBytes(usual)}, for aggregates of up to ${formatBytes(spec.maxBytes)}.`,
            doubt: 'some' as const,
          },
        ]
      : []),
  ];
}

/** What the stream takes in a record, aggregates among them. */
function recordBytesOf({ maxRecordBytes }: PlanInput, { maxBytes }: AggregateSpec): number {
  return Math.max(maxRecordBytes, maxBytes + OUTER_KEY_BYTES);
}

/** As many sizes tell an aggregate's distribution apart. */
const MOST_SIZES = 200;

function billedInput(input: PlanInput, aggregating: Aggregating, shards: number): PlanInput {
  const mean = sumOf(input.sources, ({ meanRecordsPerSec }) => meanRecordsPerSec);
  const peak = sumOf(input.sources, ({ recordsPerSec }) => recordsPerSec);
  const packing = packingAt(mean / shards, aggregating);
  const source: PlanSource = {
    recordsPerSec: peak / packingAt(peak / shards, aggregating).recordsPerAggregate,
    meanRecordsPerSec: mean / packing.recordsPerAggregate,
    dataBytes: packing.bytesPerAggregate - OUTER_KEY_BYTES,
    size: sizesOf(packing, aggregating.record),
    keyBytes: OUTER_KEY_BYTES,
    equalKeyBytes: true,
    keys: undefined,
  };
  return { ...input, sources: [source], maxRecordBytes: recordBytesOf(input, aggregating.spec) };
}

/** Data of aggregates as a scenario writes sizes. */
function sizesOf({ counts }: Packing, record: MeanRecord): Size {
  const every = Math.ceil(counts.length / MOST_SIZES);
  const bytes: number[] = [];
  const weights: number[] = [];
  for (let from = 0; from < counts.length; from += every) {
    const group = counts.slice(from, from + every);
    const chance = sumOf(group, (one) => one.chance);
    const count = sumOf(group, (one) => one.chance * one.count) / chance;
    bytes.push(Math.max(1, Math.round(kinesisRecordBytes(count, record) - OUTER_KEY_BYTES)));
    weights.push(chance);
  }
  return { kind: 'histogram', bytes, counts: weights };
}

function sumOf<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((sum, one) => sum + of(one), 0);
}
