/** Plans and prices for the tests of money: traffic in round figures. */
import { planInputOfFlags, type PlanInput } from '../../../src/advice/plan/plan-input.ts';
import { builtInPrices } from '../../../src/model/price-tables.ts';
import type { Prices } from '../../../src/model/prices.ts';
import type { CostLine } from '../../../src/results/plan-money.ts';
import type { CountedConsumer } from '../../../src/traffic/short-form.ts';

export interface Traffic {
  readonly rate: number;
  /** Of the whole record: data, and a key of 16 bytes. */
  readonly recordBytes: number;
  readonly polling?: number;
  readonly efo?: number;
  readonly retentionHours?: number;
}

/** A plan's input of equal records. */
export function inputOf({
  rate,
  recordBytes,
  polling = 1,
  efo = 0,
  retentionHours = 24,
}: Traffic): PlanInput {
  const consumers: CountedConsumer[] = [
    ...Array.from({ length: polling }, () => ({ kind: 'polling' as const })),
    ...Array.from({ length: efo }, () => ({ kind: 'efo' as const })),
  ];
  const input = planInputOfFlags({
    rate: { recordsPerSec: rate },
    dataBytes: recordBytes - 16,
    keyBytes: 16,
    consumers,
  });
  return { ...input, retentionHours };
}

export function pricesOf(region = 'us-east-1'): Prices {
  const prices = builtInPrices(region);
  if (prices === undefined) throw new Error(`no prices of ${region}`);
  return prices;
}

/** `shard-hours 2190 × 0.015 = 32.85`, one line of a bill each. */
export function usdOf(lines: readonly CostLine[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { item, usd } of lines) sums[item] = Math.round(((sums[item] ?? 0) + usd) * 100) / 100;
  return sums;
}
