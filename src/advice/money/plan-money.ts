/**
 * The money part of a plan: each capacity mode with its bill and whether it fits, break-evens, and the risk on demand.
 */
import { PRICED_MODES, type Prices } from '../../model/prices.ts';
import type { PlanMode, PlanMoney } from '../../results/plan-money.ts';
import type { PlanResult } from '../../results/plan-result.ts';
import type { PlanInput } from '../plan/plan-input.ts';
import { billedTrafficOf } from './billed-traffic.ts';
import { breakEvensOf } from './break-even.ts';
import { costAssumptions } from './cost-assumptions.ts';
import { modeCost } from './mode-cost.ts';
import { fitOf } from './mode-fit.ts';
import { onDemandRisk, type TrafficShape } from './on-demand-risk.ts';

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

/** Adds money to a finished plan. Provisioned is billed at the shards of the plan, and not at all where it has none. */
export function planMoney(input: PlanInput, core: PlanResult, options: MoneyOptions): PlanMoney {
  const { prices, shape, billed, longTermReadBytes } = options;
  const risk = onDemandRisk(input, core, shape);
  const traffic = billedTrafficOf(billed?.(core.shards ?? risk.expectedShards) ?? input, longTermReadBytes);
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
      prices === undefined ? [] : breakEvensOf(traffic, core.shards, prices, userRecordsPerSec(input)),
    onDemand: risk,
    priceRegion: input.region,
    prices: prices === undefined ? null : originOf(prices),
    costAssumptions: prices === undefined ? [] : costAssumptions(input, prices),
  };
}

/** Mean records as the user counts them, also where producers aggregate. */
function userRecordsPerSec({ sources, userRecordsPerRecord = 1 }: PlanInput): number {
  return sources.reduce((sum, source) => sum + source.meanRecordsPerSec, 0) * userRecordsPerRecord;
}

function originOf({ region, asOf, source, confidence }: Prices): PlanMoney['prices'] {
  return { region, asOf, source, confidence };
}
