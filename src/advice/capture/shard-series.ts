/**
 * What each shard of now was sent in each step: from metrics of shards where there are some, else the stream's own shared
 * out by what was sampled, else by the width of the ranges. What closed shards took counts for those that have their
 * ranges now, by the closed shards' keys where they were read.
 */
import { widthOf, type HashRange } from '../../model/hash-range.ts';
import { LIMITS } from '../../model/limits.ts';
import type { EvidenceShard } from '../../results/evidence/evidence-shard.ts';
import type { Column, MinuteSeries } from '../../results/evidence/minute-series.ts';
import { columnsOfShard, SATURATED } from '../evidence/step-loads.ts';
import type { CapturedShard } from './capture.ts';
import { heirsOf } from './range-heirs.ts';
import type { SampledTraffic } from './sampled-traffic.ts';

/** Of one shard by step: counts, not rates. */
export interface ShardCounts {
  readonly accepted: Float64Array;
  readonly throttled: Float64Array;
  readonly bytes: Float64Array;
  from: CapturedShard['from'];
}

export interface ShardSeries {
  readonly shards: readonly ShardCounts[];
  readonly shares: 'metrics' | 'mixed' | 'sample' | 'width';
  readonly isThrottlingGuessed: boolean;
}

/** Part of the stream's count that its shards may lack before it counts as somebody's. */
const NOISE = 0.005;

/** @param ranges of the shards of now */
export function shardSeries(
  metrics: MinuteSeries,
  steps: { readonly from: number; readonly to: number },
  ranges: readonly HashRange[],
  known: readonly EvidenceShard[],
  sample: SampledTraffic | null,
): ShardSeries {
  const count = steps.to - steps.from;
  const shards = ranges.map((): ShardCounts => ({
    accepted: new Float64Array(count),
    throttled: new Float64Array(count),
    bytes: new Float64Array(count),
    from: 'rest',
  }));
  const isCovered = addMeasured(metrics, steps, ranges, known, sample, shards);
  const rest = restOf(metrics, steps, shards);
  const measured = isCovered.filter(Boolean).length;
  const unmeasured = isCovered.map((is) => !is);
  if (measured === 0) {
    const { isThrottlingGuessed } = share(
      rest,
      shards,
      sample === null ? widthShares(ranges) : sampledShares(sample, rest, steps, metrics, ranges),
    );
    for (const shard of shards) shard.from = sample === null ? 'width' : 'sample';
    return { shards, shares: sample === null ? 'width' : 'sample', isThrottlingGuessed };
  }
  const total = sum(rest.accepted) + shards.reduce((all, { accepted }) => all + sum(accepted), 0);
  const isLeft = sum(rest.accepted) + sum(rest.throttled) > NOISE * total;
  // What no shard has counted is of those without metrics, and without such of all: some of their samples are missing.
  const open = unmeasured.some(Boolean) ? unmeasured : unmeasured.map(() => true);
  if (isLeft) share(rest, shards, evenShares(restrict(shares(sample, ranges), open)));
  return {
    shards,
    shares: isLeft && unmeasured.some(Boolean) ? 'mixed' : 'metrics',
    isThrottlingGuessed: false,
  };
}

/** Adds what shards have counted themselves; returns which shards of now that covers. */
function addMeasured(
  metrics: MinuteSeries,
  { from, to }: { readonly from: number; readonly to: number },
  ranges: readonly HashRange[],
  known: readonly EvidenceShard[],
  sample: SampledTraffic | null,
  into: readonly ShardCounts[],
): boolean[] {
  const isCovered = ranges.map(() => false);
  for (const shard of known) {
    const columns = columnsOfShard(metrics, shard.shardId);
    if (columns?.incomingRecords === undefined) continue;
    const keys = sample?.keysRead.get(shard.shardId);
    for (const { index, part, records, bytes } of heirsOf(shard.range, ranges, keys)) {
      const target = into[index];
      if (part > 0) isCovered[index] = true;
      target.from = 'metrics';
      addPart(columns.incomingRecords, from, to, records, target.accepted);
      addPart(columns.incomingBytes, from, to, bytes, target.bytes);
      addPart(columns.throttled, from, to, records, target.throttled);
    }
  }
  return isCovered;
}

function addPart(
  column: Column | undefined,
  from: number,
  to: number,
  part: number,
  into: Float64Array,
): void {
  if (column === undefined) return;
  for (let step = from; step < to; step++) if (column[step] > 0) into[step - from] += column[step] * part;
}

/** What the stream has counted and its shards have not. */
function restOf(
  { stream }: MinuteSeries,
  { from, to }: { readonly from: number; readonly to: number },
  shards: readonly ShardCounts[],
): Omit<ShardCounts, 'from'> {
  const minus = (column: Column | undefined, of: (shard: ShardCounts) => Float64Array): Float64Array => {
    const rest = new Float64Array(to - from);
    addPart(column, from, to, 1, rest);
    for (let i = 0; i < rest.length; i++) {
      for (const shard of shards) rest[i] -= of(shard)[i];
      rest[i] = Math.max(0, rest[i]);
    }
    return rest;
  };
  return {
    accepted: minus(stream.IncomingRecords, (shard) => shard.accepted),
    throttled: minus(stream.WriteProvisionedThroughputExceeded, (shard) => shard.throttled),
    bytes: minus(stream.IncomingBytes, (shard) => shard.bytes),
  };
}

/** Parts of the rest by shard: of what was accepted, of its bytes, and of what was throttled. */
interface Shares {
  readonly accepted: readonly number[];
  readonly bytes: readonly number[];
  readonly throttled: readonly number[];
  readonly isThrottlingGuessed: boolean;
}

function evenShares(parts: readonly number[]): Shares {
  return { accepted: parts, bytes: parts, throttled: parts, isThrottlingGuessed: false };
}

function widthShares(ranges: readonly HashRange[]): Shares {
  return { ...evenShares(shares(null, ranges)), isThrottlingGuessed: true };
}

/** By what was sampled, or by width; they add up to 1. */
function shares(sample: SampledTraffic | null, ranges: readonly HashRange[]): number[] {
  const rates = sample?.shards.map((shard) => shard?.recordsPerSec ?? 0);
  return parts(rates !== undefined && sum(rates) > 0 ? rates : ranges.map((range) => Number(widthOf(range))));
}

function restrict(values: readonly number[], to: readonly boolean[]): number[] {
  const kept = values.map((value, i) => (to[i] ? value : 0));
  return parts(sum(kept) > 0 ? kept : to.map(Number));
}

function parts(values: readonly number[]): number[] {
  const total = sum(values);
  return values.map((value) => (total > 0 ? value / total : 1 / values.length));
}

/**
 * Sampled shards have what was read from them, the others what the stream had besides in those steps, by width. Throttled
 * attempts are those of the shards that looked full.
 */
function sampledShares(
  sample: SampledTraffic,
  rest: Omit<ShardCounts, 'from'>,
  steps: { readonly from: number; readonly to: number },
  { startMs, stepMs, secPerStep }: MinuteSeries,
  ranges: readonly HashRange[],
): Shares {
  const rates = sample.shards.map((shard) => shard?.recordsPerSec ?? 0);
  const bytes = sample.shards.map((shard) => shard?.bytesPerSec ?? 0);
  const unseen = sample.isWhole ? [] : ranges.flatMap((_, i) => (sample.shards[i] === undefined ? [i] : []));
  if (unseen.length > 0) {
    // Those without a sample have the rest of what the stream took while the others were sampled.
    const inSample = (i: number): boolean =>
      sample.slices.some(({ fromMs, toMs }) => {
        const at = startMs + (steps.from + i) * stepMs;
        return fromMs < at + stepMs && toMs >= at;
      });
    const during = [...rest.accepted].filter((_, i) => inSample(i));
    const basis = during.length > 0 ? during : [...rest.accepted];
    const streamRate = sum(basis) / Math.max(1, basis.length) / secPerStep;
    const left = Math.max(0, streamRate - sum(rates));
    const width = unseen.reduce((all, i) => all + Number(widthOf(ranges[i])), 0);
    const meanBytes = sum(rates) > 0 ? sum(bytes) / sum(rates) : 0;
    for (const i of unseen) {
      rates[i] = (left * Number(widthOf(ranges[i]))) / width;
      bytes[i] = rates[i] * meanBytes;
    }
  }
  const fill = rates.map((rate, i) =>
    Math.max(rate / LIMITS.writeRecordsPerSec.value, bytes[i] / LIMITS.writeBytesPerSec.value),
  );
  const fullest = Math.max(...fill);
  const isFull = fill.map((of) => of >= Math.min(SATURATED, fullest * SATURATED));
  return {
    accepted: parts(rates),
    bytes: parts(sum(bytes) > 0 ? bytes : rates),
    throttled: restrict(parts(rates), isFull),
    isThrottlingGuessed: sum(rest.throttled) > 0,
  };
}

function share(rest: Omit<ShardCounts, 'from'>, shards: readonly ShardCounts[], by: Shares): Shares {
  shards.forEach((shard, j) => {
    for (let i = 0; i < rest.accepted.length; i++) {
      shard.accepted[i] += rest.accepted[i] * by.accepted[j];
      shard.bytes[i] += rest.bytes[i] * by.bytes[j];
      shard.throttled[i] += rest.throttled[i] * by.throttled[j];
    }
  });
  return { ...by, isThrottlingGuessed: by.isThrottlingGuessed && sum(rest.throttled) > 0 };
}

export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}
