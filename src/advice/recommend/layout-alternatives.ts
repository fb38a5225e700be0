/**
 * What could be done in place of single splits and merges: equal ranges by UpdateShardCount, and on-demand capacity.
 */
import { formatHashKey } from '../../model/hash-key.ts';
import { shareOf, uniformRanges } from '../../model/hash-range.ts';
import type { Prices } from '../../model/prices.ts';
import { resizeSteps } from '../../model/resize-steps.ts';
import type { StreamEvidence } from '../../results/evidence/stream-evidence.ts';
import type { BilledMean, LayoutAlternatives } from '../../results/recommendation-document.ts';
import { LIMITS } from '../../model/limits.ts';
import { exactUsd, modeCost } from '../money/mode-cost.ts';
import type { BilledTraffic } from '../money/billed-traffic.ts';
import { DEAD_BAND } from './recommend-options.ts';
import { worstSteps, type Census } from './shard-census.ts';
import type { StreamLoads } from './stream-loads.ts';
import { fillOf, type PlanningLimit } from './planning-limit.ts';

/** Minutes that equal ranges are tried in: those in which the stream or one shard carries most. */
const WORST_STEPS = 24;
/** Counts are tried one by one up to this many, above it in steps of a fiftieth. */
const FINE_COUNTS = 400;
const COARSE_STEP = 1 / 50;

/** The load of the worst steps alone, per open shard. */
interface WorstLoads {
  readonly steps: number;
  /** Shard j in step k at `[j * steps + k]`, per second. */
  readonly records: Float64Array;
  readonly bytes: Float64Array;
}

export interface AlternativeQuestion {
  readonly evidence: StreamEvidence;
  readonly loads: StreamLoads;
  readonly census: Census;
  readonly limit: PlanningLimit;
  /** 1 - headroom. */
  readonly planned: number;
  readonly mostShards: number;
  readonly prices: Prices | undefined;
  readonly traffic: BilledTraffic;
  /** Shards that are too hot. */
  readonly hot: readonly number[];
}

export function alternativesOf(question: AlternativeQuestion): LayoutAlternatives {
  const { prices, traffic, loads, hot } = question;
  const onDemand = prices === undefined ? null : modeCost('on-demand', traffic, 1, prices).monthlyUsd;
  const found = leastUniform(question);
  return {
    resize: found && {
      ...found,
      calls: resizeSteps(loads.shards.length, found.shards)?.length ?? null,
      ...undoneBy(found.shards, loads),
      isByKeys: hot.length > 0 && hot.every((shard) => loads.keys.has(loads.shards[shard].shardId)),
      monthlyUsd: prices === undefined ? null : monthlyUsd(traffic, found.shards, prices),
    },
    onDemand: { monthlyUsd: onDemand },
  };
}

/** The bill of a provisioned stream with this traffic; null where a price is missing. */
export function monthlyUsd(traffic: BilledTraffic, shards: number, prices: Prices): number | null {
  const usd = exactUsd('provisioned', traffic, shards, prices);
  return usd === null ? null : Math.round(usd * 100) / 100;
}

/** The mean from the first step with any traffic on: a stream that is younger than the window is not diluted by it. */
export function billedMean({ total }: Census): BilledMean {
  const first = total.records.findIndex((records, step) => records > 0 || total.bytes[step] > 0);
  const from = first < 0 ? total.records.length : first;
  return {
    steps: total.records.length - from,
    recordsPerSec: meanOf(total.records.subarray(from)),
    bytesPerSec: meanOf(total.bytes.subarray(from)),
  };
}

/** That traffic as it is billed; records are taken to be of their mean size. */
export function billedTraffic(
  evidence: StreamEvidence,
  { recordsPerSec, bytesPerSec }: BilledMean,
): BilledTraffic {
  const size = recordsPerSec > 0 ? bytesPerSec / recordsPerSec : 0;
  const given = evidence.givenConsumers;
  const count = (isEfo: boolean): number =>
    (given ?? []).reduce((sum, { kind, count: of }) => sum + ((kind === 'efo') === isEfo ? of : 0), 0);
  const kib = LIMITS.onDemandBilledBytes.value;
  return {
    recordsPerSec,
    bytesPerSec,
    putUnitsPerSec: recordsPerSec * Math.ceil(size / LIMITS.putPayloadUnitBytes.value),
    roundedBytesPerSec: recordsPerSec * Math.ceil(size / kib) * kib,
    polling: given === null ? 1 : count(false),
    efo: evidence.fanOutConsumers?.length ?? count(true),
    retentionHours: evidence.stream.retentionHours,
    longTermReadBytesPerSec: 0,
  };
}

/** Smallest count (above 400 to a fiftieth) at which no equal range is above the limit in the worst steps. */
function leastUniform(
  question: AlternativeQuestion,
): { readonly shards: number; readonly hottest: number } | null {
  const { loads, census, limit, mostShards, planned } = question;
  const worst = worstLoads(loads, census, limit);
  const mean = Math.max(...Array.from({ length: worst.steps }, (_, k) => sumFill(worst, k, limit)), 0);
  const most = Math.min(mostShards, LIMITS.resizeShards.value);
  const below = DEAD_BAND;
  for (let count = Math.max(1, Math.ceil(mean / below)); count <= most;) {
    const hottest = fillOfUniform(count, worst, loads, limit);
    if (hottest <= below) return { shards: count, hottest: hottest * planned };
    count += count < FINE_COUNTS ? 1 : Math.ceil(count * COARSE_STEP);
  }
  return null;
}

function worstLoads(loads: StreamLoads, { worst, total }: Census, limit: PlanningLimit): WorstLoads {
  const chosen = worstSteps({ worst, total }, limit, WORST_STEPS);
  const steps = chosen.length;
  const records = new Float64Array(loads.shards.length * steps);
  const bytes = new Float64Array(loads.shards.length * steps);
  const narrowed = loads.at(chosen);
  const room = narrowed.room();
  loads.shards.forEach((_, shard) => {
    narrowed.fill(shard, room, 'even');
    records.set(room.records.upper, shard * steps);
    bytes.set(room.bytes.upper, shard * steps);
  });
  return { steps, records, bytes };
}

function sumFill({ steps, records, bytes }: WorstLoads, k: number, limit: PlanningLimit): number {
  let [ofRecords, ofBytes] = [0, 0];
  for (let at = k; at < records.length; at += steps) {
    ofRecords += records[at];
    ofBytes += bytes[at];
  }
  return fillOf(limit, ofRecords, ofBytes);
}

/** Load within today's shards is spread evenly, but for sampled keys, which are as heavy as the shard's worst steps. */
function fillOfUniform(count: number, worst: WorstLoads, loads: StreamLoads, limit: PlanningLimit): number {
  const { steps } = worst;
  const sums = { records: new Float64Array(count * steps), bytes: new Float64Array(count * steps) };
  const add = (range: number, shard: number, records: number, bytes: number): void => {
    for (let k = 0; k < steps; k++) {
      sums.records[range * steps + k] += worst.records[shard * steps + k] * records;
      sums.bytes[range * steps + k] += worst.bytes[shard * steps + k] * bytes;
    }
  };
  let at = 0;
  loads.shards.forEach(({ shardId, range }, shard) => {
    const from = at * count;
    at += shareOf(range);
    const to = at * count;
    const keys = loads.keys.get(shardId);
    const rest = keys?.rest ?? { records: 1, bytes: 1 };
    for (let i = Math.floor(from); i < Math.min(count, to); i++) {
      const part = Math.max(0, Math.min(to, i + 1) - Math.max(from, i)) / (to - from);
      if (part > 0) add(i, shard, rest.records * part, rest.bytes * part);
    }
    for (const key of keys?.keys ?? []) {
      const place = Math.min(count - 1, Math.floor(shareOf({ start: 0n, end: key.hashKey }) * count));
      add(place, shard, key.records.lower, key.bytes.lower);
    }
  });
  let most = 0;
  for (let i = 0; i < sums.records.length; i++)
    most = Math.max(most, fillOf(limit, sums.records[i], sums.bytes[i]));
  return most;
}

/** Boundaries of now that equal ranges do not have. */
function undoneBy(
  shards: number,
  { shards: open }: StreamLoads,
): { readonly undone: number; readonly boundaries: number } {
  const kept = new Set(uniformRanges(shards).map(({ start }) => formatHashKey(start)));
  const undone = open.filter(({ range }) => !kept.has(formatHashKey(range.start))).length;
  return { undone, boundaries: open.length - 1 };
}

function meanOf(column: Float64Array): number {
  return column.length === 0 ? 0 : column.reduce((sum, value) => sum + value, 0) / column.length;
}
