/**
 * What a scenario will send, and what that costs at list prices.
 */
import { LIMITS } from '../../model/limits.ts';
import { builtInPrices } from '../../model/price-tables.ts';
import { priceOf, type PricedItem, type Prices } from '../../model/prices.ts';
import { formatBytes, formatCount, formatDuration } from '../../model/quantity.ts';
import type { CostEstimate, CostLine, LoadEstimate } from '../../results/preflight.ts';
import { peakRatePerSec } from '../../traffic/peak-rate.ts';
import { rateCurveOf, totalOf } from '../../traffic/rate-curve.ts';
import { keyLengthsOf, meanBlocks, type KeyLength } from '../../traffic/record-blocks.ts';
import { meanKeyBytes, meanRecordBytes } from '../../traffic/record-mean.ts';
import type { Keys, Scenario, Source } from '../../traffic/scenario.ts';

const US_PER_HOUR = 3_600_000_000;
const BILLED_GB = 2 ** 30;

/** Records and bytes on average, warm-up included: where arrivals or sizes are random, so is what is sent. */
export function estimateLoad(scenario: Scenario): LoadEstimate {
  const { stream, placementSeed, warmupUs, durationUs } = scenario;
  let records = 0;
  let bytes = 0;
  for (const source of scenario.traffic) {
    const { size, keys } = source;
    const count = recordsOf(scenario, source);
    records += count;
    bytes += count * meanRecordBytes(size, keys, stream.maxRecordBytes, placementSeed);
  }
  const peak = peakRatePerSec(scenario);
  return {
    records: Math.round(records),
    bytes: Math.round(bytes),
    durationMs: (warmupUs + durationUs) / 1000,
    peakRecordsPerSec: peak,
    peakBytesPerSec: records === 0 ? 0 : Math.round((peak * bytes) / records),
  };
}

function recordsOf({ warmupUs }: Scenario, { stages }: Source): number {
  return totalOf(rateCurveOf(stages, warmupUs));
}

export interface CostBasis {
  readonly region: string;
  readonly mode: 'provisioned' | 'on-demand';
  /** Of the stream that is made for the test; a stream that is there costs its hours anyway. */
  readonly newShards?: number;
  /** Shards that the timeline adds to a stream that is there, at most. */
  readonly moreShards?: number;
  /** Open at most; default as many as the scenario's stream has. */
  readonly openShards?: number | undefined;
  /** That the load is split over, each with fan-out consumers of its own; default 1. */
  readonly machines?: number | undefined;
}

/**
 * Every record accepted once; records that are aggregated cost less. Null where a price of the region is not known.
 */
export function estimateCost(scenario: Scenario, basis: CostBasis): CostEstimate | null {
  const prices = builtInPrices(basis.region);
  if (prices === undefined) return null;
  const written = basis.mode === 'provisioned' ? unitsLine(scenario, prices) : dataLine(scenario, prices);
  const { mode, newShards, moreShards = 0, openShards = scenario.stream.shards, machines = 1 } = basis;
  const hours = [
    ...(newShards === undefined ? [] : [hoursLine(scenario, mode, newShards, prices)]),
    ...(moreShards === 0 ? [] : [hoursLine(scenario, mode, moreShards, prices, 'more ')]),
  ];
  const read = readingLines(scenario, mode, { shards: openShards, machines }, prices);
  const lines: CostLine[] = [];
  for (const line of [written, ...hours, ...read]) {
    if (line === undefined) return null;
    lines.push(line);
  }
  return { usd: lines.reduce((sum, { usd }) => sum + usd, 0), asOf: prices.asOf, lines };
}

/** Undefined, here and below, where the price is not known. */
function unitsLine(scenario: Scenario, prices: Prices): CostLine | undefined {
  const unitUsd = unitPrice(prices, 'provisioned', 'put-payload-units');
  if (unitUsd === undefined) return undefined;
  const units = Math.round(blocksOf(scenario, LIMITS.putPayloadUnitBytes.value));
  return {
    usd: units * unitUsd,
    formula: `${formatCount(units)} PUT units of 25 KiB at $${trim(unitUsd * 1e6)} a million`,
  };
}

function dataLine(scenario: Scenario, prices: Prices): CostLine | undefined {
  const gbUsd = unitPrice(prices, 'on-demand', 'data-in');
  if (gbUsd === undefined) return undefined;
  const block = LIMITS.onDemandBilledBytes.value;
  const bytes = Math.round(blocksOf(scenario, block)) * block;
  return {
    usd: (bytes / BILLED_GB) * gbUsd,
    formula: `${formatBytes(bytes)}, each record rounded up to 1 KiB, at $${trim(gbUsd)} a GB`,
  };
}

function hoursLine(
  { warmupUs, durationUs }: Scenario,
  mode: CostBasis['mode'],
  shards: number,
  prices: Prices,
  more = '',
): CostLine | undefined {
  const hours = Math.ceil((warmupUs + durationUs) / US_PER_HOUR);
  const item = mode === 'on-demand' ? 'stream-hours' : 'shard-hours';
  const hourUsd = unitPrice(prices, mode, item);
  if (hourUsd === undefined) return undefined;
  const things = mode === 'on-demand' ? 1 : shards;
  const what =
    mode === 'on-demand' ? 'a stream' : `${formatCount(shards)} ${more}${shards === 1 ? 'shard' : 'shards'}`;
  return {
    usd: hours * things * hourUsd,
    formula: `${what} for ${formatDuration(hours * US_PER_HOUR)} at $${trim(hourUsd)} an hour`,
  };
}

/**
 * What its consumers cost: fan-out by the hour and the GB; what is polled, where streams are on demand. Hours are those of
 * every consumer that is registered, on all shards; a record is pushed to one machine alone.
 */
function readingLines(
  scenario: Scenario,
  mode: CostBasis['mode'],
  { shards, machines }: { readonly shards: number; readonly machines: number },
  prices: Prices,
): (CostLine | undefined)[] {
  const { warmupUs, durationUs, consumers } = scenario;
  const fanOut = consumers.filter(({ kind }) => kind === 'efo').length;
  const polling = consumers.length - fanOut;
  const { bytes } = estimateLoad(scenario);
  const hours = Math.ceil((warmupUs + durationUs) / US_PER_HOUR);
  const dataOf = (readers: number, item: PricedItem, what: string): CostLine | undefined => {
    const usd = unitPrice(prices, mode, item);
    const read = readers * bytes;
    return usd === undefined
      ? undefined
      : { usd: (read / BILLED_GB) * usd, formula: `${formatBytes(read)} ${what} at $${trim(usd)} a GB` };
  };
  const hoursOf = (): CostLine | undefined => {
    const usd = unitPrice(prices, mode, 'fan-out-shard-hours');
    const all = fanOut * machines;
    const each = machines === 1 ? '' : ` (${fanOut} on each of ${machines} machines)`;
    const what = `${all} fan-out ${all === 1 ? 'consumer' : 'consumers'}${each} of ${formatCount(shards)}`;
    return usd === undefined
      ? undefined
      : {
          usd: usd * all * shards * hours,
          formula: `${what} ${shards === 1 ? 'shard' : 'shards'} for ${formatDuration(hours * US_PER_HOUR)} at $${trim(usd)} an hour and shard`,
        };
  };
  return [
    ...(fanOut > 0 && mode === 'provisioned' ? [hoursOf()] : []),
    ...(fanOut > 0 ? [dataOf(fanOut, 'fan-out-data', 'pushed by fan-out')] : []),
    ...(polling > 0 && mode === 'on-demand' ? [dataOf(polling, 'data-out', 'polled')] : []),
  ];
}

/** Blocks that the records fill on average, each record rounded up by itself. */
function blocksOf(scenario: Scenario, blockBytes: number): number {
  const { stream, placementSeed } = scenario;
  let blocks = 0;
  for (const source of scenario.traffic) {
    let each = 0;
    for (const { bytes, share } of lengthsOf(source.keys, placementSeed)) {
      each += share * meanBlocks(source.size, bytes, blockBytes, stream.maxRecordBytes);
    }
    blocks += recordsOf(scenario, source) * each;
  }
  return blocks;
}

/** The lengths of keys that are drawn; of others their mean, which is within a byte or two of each. */
function lengthsOf(keys: Keys, placementSeed: number | undefined): readonly KeyLength[] {
  switch (keys.kind) {
    case 'uniform':
    case 'zipf':
    case 'hot':
    case 'weights':
    case 'hashKeys':
    case 'file':
      return keyLengthsOf(keys, placementSeed);
    default:
      return [{ bytes: Math.ceil(meanKeyBytes(keys, placementSeed)), share: 1 }];
  }
}

/** Of the first unit of a month: a load test is no reason to count on a discount for volume. */
function unitPrice(prices: Prices, mode: CostBasis['mode'], item: PricedItem): number | undefined {
  return priceOf(prices, mode, item)?.at(0)?.usd;
}

/** Without the last bits of a product. */
function trim(usd: number): string {
  return String(Number(usd.toPrecision(6)));
}
