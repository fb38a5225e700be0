/**
 * The money part of a plan: each capacity mode with its bill and whether it fits, break-evens, and the risk on demand.
 */
import { PRICED_MODES, type Prices } from '../../model/prices.ts';
import type { PlanMode, PlanMoney } from '../../results/plan-money.ts';
import type { PlanResult } from '../../results/plan-result.ts';
import type { PlanInput } from '../plan/plan-input.ts';
import { withAssumptions } from '../plan/assumption.ts';
import { billDoubts } from './bill-doubts.ts';
import { billedTrafficOf, type BilledRounding, type BilledTraffic } from './billed-traffic.ts';
import { breakEvensOf } from './break-even.ts';
import { costAssumptions } from './cost-assumptions.ts';
import { modeCost } from './mode-cost.ts';
import { fitOf } from './mode-fit.ts';
import { onDemandRisk, type TrafficShape } from './on-demand-risk.ts';
import { shardGrowthOf } from './shard-growth.ts';

export interface MoneyOptions {
  /** Undefined where there are none for the region: then nothing has a price. */
  readonly prices: Prices | undefined;
  /** What a scenario says of its traffic over time; undefined where flags alone speak. */
  readonly shape?: TrafficShape | undefined;
  /** The traffic as it is billed on so many shards, where that is not the plan's input (aggregation). */
  readonly billed?: ((shards: number) => PlanInput) | undefined;
  /** Bytes that GetRecords reads in a month from what is older than seven days. */
  readonly longTermReadBytes?: number | undefined;
}

/**
 * Adds money to a result, and what is doubtful of the bills to its assumptions.
 * @param core the plan alone, as it was made of the input
 */
export function withMoney(
  result: PlanResult,
  input: PlanInput,
  core: PlanResult,
  options: MoneyOptions,
): PlanResult {
  const money = planMoney(input, core, options);
  if (options.prices === undefined) return { ...result, ...money };
  const trafficBy = (rounding?: BilledRounding): BilledTraffic =>
    trafficOf(input, core, money.onDemand.expectedShards, options, rounding);
  return withAssumptions({ ...result, ...money }, billDoubts(trafficBy, core.shards, options.prices));
}

function trafficOf(
  input: PlanInput,
  { shards }: PlanResult,
  expectedShards: number,
  { billed, longTermReadBytes }: MoneyOptions,
  rounding?: BilledRounding,
): BilledTraffic {
  return billedTrafficOf(billed?.(shards ?? expectedShards) ?? input, longTermReadBytes, rounding);
}

/** The money of a finished plan. Provisioned is billed at the shards of the plan, and not at all where it has none. */
export function planMoney(input: PlanInput, core: PlanResult, options: MoneyOptions): PlanMoney {
  const { prices, shape } = options;
  const risk = onDemandRisk(input, core, shape);
  const traffic = trafficOf(input, core, risk.expectedShards, options);
  const modes = PRICED_MODES.map((mode): PlanMode => {
    const fit = fitOf(mode, input, core, { risk, traffic });
    const shards = mode === 'provisioned' ? core.shards : 1;
    if (prices === undefined || shards === null)
      return { mode, ...fit, monthlyUsd: null, lines: [], missingPrices: [] };
    const { monthlyUsd, lines, missing } = modeCost(mode, traffic, shards, prices);
    return { mode, ...fit, monthlyUsd, lines, missingPrices: missing };
  });
  return {
    modes,
    breakEven:
      prices === undefined
        ? []
        : breakEvensOf(traffic, shardGrowthOf(input, core), prices, userRecordsPerSec(input)),
    onDemand: risk,
    priceRegion: input.region,
    prices: prices === undefined ? null : originOf(prices),
    costAssumptions: prices === undefined ? [] : costAssumptions(input, prices),
  };
}

/** Mean records per second before aggregation. */
function userRecordsPerSec({ sources, userRecordsPerRecord = 1 }: PlanInput): number {
  return sources.reduce((sum, { meanRecordsPerSec }) => sum + meanRecordsPerSec * userRecordsPerRecord, 0);
}

function originOf({ region, asOf, source, confidence }: Prices): PlanMoney['prices'] {
  return { region, asOf, source, confidence };
}
