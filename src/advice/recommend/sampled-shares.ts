/**
 * Which part of the stream's load each shard has, by records read of shards that have no metrics of their own.
 *
 * What is read is what was accepted: on a shard below its limits that is its whole load. One that was at its limit has
 * more, and what the stream throttled then is its own, or one of several such shards'. Offered load lies between what was
 * accepted (all throttled attempts were retries) and that with all of them (all were new records), so every share is
 * worked out for both, and a step's load is the share times what the stream was offered under the same reading.
 */
import { LIMITS } from '../../model/limits.ts';
import type { RecordSample, SampleSlice, ShardSample } from '../../results/evidence/record-sample.ts';
import { SATURATED, THROTTLED_SIZE } from '../evidence/step-loads.ts';

/** Of the stream's load, 0…1. `planned` adds up to 1 over all shards. */
export interface Share {
  readonly lower: number;
  readonly planned: number;
  readonly upper: number;
}

export interface SampledShare {
  /** Where all throttled attempts were retries, and where all were new records. */
  readonly retried: Readonly<Record<Dimension, Share>>;
  readonly fresh: Readonly<Record<Dimension, Share>>;
  /** Whether it was at its limit while the stream throttled, when it was read. */
  readonly isFull: boolean;
}

export interface SampledShares {
  readonly shards: ReadonlyMap<string, SampledShare>;
  /** What the shards have together that were not read. */
  readonly others: SampledShare;
  /** Real seconds read of a shard, the least of all; and times that were read. */
  readonly seconds: number;
  readonly moments: number;
}

/** Per second, in the step that a moment lies in. */
export interface StreamRates {
  readonly records: number;
  readonly bytes: number;
  /** Attempts. */
  readonly throttled: number;
}

export type Dimension = 'records' | 'bytes';

const DIMENSIONS = ['records', 'bytes'] as const;
const LIMIT = { records: LIMITS.writeRecordsPerSec.value, bytes: LIMITS.writeBytesPerSec.value } as const;
/** A slice that covers less says nothing of a load. */
const LEAST_SECONDS = 2;
/** Standard errors on either side. */
const SIGMAS = 3;

/** What was read of one shard at one time. */
interface Reading {
  readonly shardId: string;
  readonly seconds: number;
  /** Accepted per second. */
  readonly accepted: Readonly<Record<Dimension, number>>;
  /** Of what was accepted, by count and by how its seconds differ. */
  readonly error: Readonly<Record<Dimension, number>>;
  readonly isFull: boolean;
}

/**
 * @param unknown names of the open shards that have no metrics
 * @param ratesAt what the stream had between two times of the slices, of those shards together
 * @returns undefined where no such shard was read for long enough
 */
export function sampledShares(
  sample: RecordSample | null,
  unknown: readonly string[],
  ratesAt: (fromMs: number, toMs: number) => StreamRates,
): SampledShares | undefined {
  // Nobody knows what a file left out.
  if (sample === null || sample.source === 'file') return undefined;
  const moments = momentsOf(sample.slices).flatMap((slices) => {
    const rates = ratesAt(slices[0].fromMs, Math.max(...slices.map(({ toMs }) => toMs)));
    const names = new Set(unknown);
    if (slices.some(({ shardId }) => !names.has(shardId))) return [];
    const readings = slices.map((slice) => readingOf(slice, sample.shards, rates.throttled > 0));
    return [sharesAt(readings, unknown.length, rates)];
  });
  return moments.length === 0 ? undefined : together(moments);
}

/** Slices that overlap in time, the earliest first; too short ones are left out, and second ones of a shard. */
function momentsOf(slices: readonly SampleSlice[]): SampleSlice[][] {
  const long = slices.filter(({ fromMs, toMs }) => toMs - fromMs >= LEAST_SECONDS * 1000);
  const moments: { toMs: number; slices: SampleSlice[] }[] = [];
  for (const slice of [...long].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = moments.at(-1);
    if (last === undefined || slice.fromMs >= last.toMs) moments.push({ toMs: slice.toMs, slices: [slice] });
    else if (last.slices.every(({ shardId }) => shardId !== slice.shardId)) {
      last.slices.push(slice);
      last.toMs = Math.max(last.toMs, slice.toMs);
    }
  }
  return moments.map((moment) => moment.slices);
}

function readingOf(slice: SampleSlice, shards: readonly ShardSample[], isThrottling: boolean): Reading {
  const { shardId, fromMs, toMs } = slice;
  const seconds = (toMs - fromMs) / 1000;
  const accepted = { records: slice.records / seconds, bytes: slice.bytes / seconds };
  const within = (shards.find((shard) => shard.shardId === shardId)?.perSecond ?? []).filter(
    ({ atMs }) => atMs >= fromMs && atMs + 1000 <= toMs,
  );
  const byCount = Math.sqrt(Math.max(1, slice.records)) / seconds;
  const size = slice.records > 0 ? slice.bytes / slice.records : 0;
  const error = (dimension: Dimension): number =>
    SIGMAS *
    Math.max(
      byCount * (dimension === 'records' ? 1 : size),
      standardError(within.map((second) => second[dimension])),
    );
  return {
    ...{ shardId, seconds, accepted },
    error: { records: error('records'), bytes: error('bytes') },
    isFull: isThrottling && DIMENSIONS.some((of) => accepted[of] >= SATURATED * LIMIT[of]),
  };
}

/** Of the mean of some numbers. */
function standardError(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

interface Moment {
  readonly shards: ReadonlyMap<string, SampledShare>;
  readonly others: SampledShare;
  readonly seconds: number;
  /** Records offered at most, per second. */
  readonly offered: number;
}

function sharesAt(readings: readonly Reading[], shards: number, rates: StreamRates): Moment {
  const records = sharesIn('records', readings, shards, rates, rates.throttled);
  const size = rates.records > 0 ? rates.bytes / rates.records : 0;
  const bytes = sharesIn('bytes', readings, shards, rates, rates.throttled * size * THROTTLED_SIZE);
  const joined = (i: number, isFull: boolean): SampledShare => ({
    retried: { records: records.retried[i], bytes: bytes.retried[i] },
    fresh: { records: records.fresh[i], bytes: bytes.fresh[i] },
    isFull,
  });
  return {
    shards: new Map(readings.map(({ shardId, isFull }, i) => [shardId, joined(i, isFull)])),
    others: joined(readings.length, false),
    seconds: Math.min(...readings.map(({ seconds }) => seconds)),
    offered: rates.records + rates.throttled,
  };
}

/** Shares of each reading, and last that of the shards that were not read. @param refused by the stream, per second */
function sharesIn(
  dimension: Dimension,
  readings: readonly Reading[],
  shards: number,
  rates: StreamRates,
  refused: number,
): { readonly retried: Share[]; readonly fresh: Share[] } {
  const isWhole = readings.length >= shards;
  const sum = readings.reduce((all, { accepted }) => all + accepted[dimension], 0);
  const doubt = readings.reduce((all, { error }) => all + error[dimension], 0);
  const left = isWhole ? 0 : Math.max(0, rates[dimension] - sum);
  const full = readings.filter(({ isFull }) => isFull).length;
  // Where none of those that were read was full, those that were not read throttled; or all did, in bursts.
  const isTheirs = full === 0 && !isWhole;
  const loads = readings.map(({ accepted, error, isFull }): { retried: Share; fresh: Share } => {
    const own = accepted[dimension];
    // One alone must have throttled; of several near their limits, any may not have.
    const isSure = isFull && full === 1;
    const least = isSure && own >= SATURATED * LIMIT[dimension] ? Math.max(own, LIMIT[dimension]) : own;
    const part = isFull ? 1 / full : full === 0 && isWhole && sum > 0 ? own / sum : 0;
    const margin = error[dimension];
    const [lower, upper] = [Math.max(0, own - margin), own + margin];
    return {
      retried: { lower: isSure ? least : lower, planned: least, upper: isSure ? least : upper },
      fresh: {
        lower: isSure ? own + refused : lower,
        planned: own + refused * part,
        upper: part > 0 ? upper + refused : upper,
      },
    };
  });
  const theirs = isTheirs ? refused : 0;
  loads.push({
    retried: { lower: Math.max(0, left - doubt), planned: left, upper: isWhole ? 0 : left + doubt },
    fresh: {
      lower: Math.max(0, left - doubt),
      planned: left + theirs,
      upper: isWhole ? 0 : left + theirs + doubt,
    },
  });
  return {
    retried: asParts(loads.map(({ retried }) => retried)),
    fresh: asParts(loads.map(({ fresh }) => fresh)),
  };
}

function asParts(loads: readonly Share[]): Share[] {
  const all = loads.reduce((sum, { planned }) => sum + planned, 0);
  const of = (load: number): number => (all > 0 ? Math.min(1, load / all) : 0);
  return loads.map(({ lower, planned, upper }) => ({
    lower: of(lower),
    planned: of(planned),
    upper: of(upper),
  }));
}

/**
 * The widest ends of all moments in which the same shards were read: as many as can be. Planned with as in that one of
 * them in which the stream was offered most.
 */
function together(moments: readonly Moment[]): SampledShares {
  const sorted = [...moments].sort((a, b) => b.shards.size - a.shards.size || b.offered - a.offered);
  const [main] = sorted;
  const like = sorted.filter(
    ({ shards }) => shards.size === main.shards.size && [...main.shards.keys()].every((id) => shards.has(id)),
  );
  const widestOf = (main: SampledShare, of: (moment: Moment) => SampledShare | undefined): SampledShare =>
    like.reduce((known, moment) => widest(known, of(moment) ?? known), main);
  return {
    shards: new Map(
      [...main.shards].map(([id, share]) => [id, widestOf(share, ({ shards }) => shards.get(id))]),
    ),
    others: widestOf(main.others, ({ others }) => others),
    seconds: Math.min(...like.map(({ seconds }) => seconds)),
    moments: like.length,
  };
}

function widest(main: SampledShare, other: SampledShare): SampledShare {
  const ends = (a: Share, b: Share): Share => ({
    lower: Math.min(a.lower, b.lower),
    planned: a.planned,
    upper: Math.max(a.upper, b.upper),
  });
  const both = (reading: 'retried' | 'fresh') => ({
    records: ends(main[reading].records, other[reading].records),
    bytes: ends(main[reading].bytes, other[reading].bytes),
  });
  return { retried: both('retried'), fresh: both('fresh'), isFull: main.isFull || other.isFull };
}
