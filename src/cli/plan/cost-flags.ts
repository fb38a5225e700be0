/**
 * The flags of `shardwise plan` that say what things cost.
 */
import type { Command } from 'commander';
import type { MoneyOptions } from '../../advice/money/plan-money.ts';
import type { PlanInput } from '../../advice/plan/plan-input.ts';
import { LIMITS } from '../../model/limits.ts';
import { builtInPrices } from '../../model/price-tables.ts';
import type { Prices } from '../../model/prices.ts';
import { requireBytes } from '../../model/quantity.ts';
import { badInput } from '../../model/refusal.ts';

export interface CostFlags {
  prices?: string;
  longTermReads?: string;
}

export function addCostFlags(command: Command): Command {
  return command
    .optionsGroup('Costs:')
    .option('--prices <file>', 'prices of the region, as shardwise prices writes them')
    .option(
      '--long-term-reads <size>',
      'read in a month from what is older than 7 days, by GetRecords: 100GiB',
    );
}

/** What bills need besides the plan. Refuses (exit 2) what is no value of its flag, and prices of another region. */
export async function parseCosts(
  flags: CostFlags,
  { region, retentionHours }: PlanInput,
): Promise<Pick<MoneyOptions, 'prices' | 'longTermReadBytes'>> {
  return {
    prices: flags.prices === undefined ? builtInPrices(region) : await pricesIn(flags.prices, region),
    longTermReadBytes:
      flags.longTermReads === undefined ? undefined : longTermReadsOf(flags.longTermReads, retentionHours),
  };
}

/** @throws Refusal (exit 2) where the file has no prices of the region */
export async function pricesIn(file: string, region: string): Promise<Prices> {
  const { readTextFile } = await import('../../run/files/text-file.ts');
  const { readPricesFile } = await import('../../advice/money/prices-file.ts');
  const prices = readPricesFile(await readTextFile(file), file);
  if (prices.region === region) return prices;
  throw badInput(
    `--prices: ${file} has the prices of ${prices.region}, and ${region} is asked about.`,
    `Add --region ${prices.region}, or get those of ${region}: shardwise prices --region ${region} -o prices.json`,
  );
}

function longTermReadsOf(text: string, retentionHours: number): number {
  const bytes = requireBytes(text, '--long-term-reads');
  const least = LIMITS.extendedRetentionHours.value;
  if (retentionHours > least) return bytes;
  throw badInput(
    `--long-term-reads: nothing on the stream is older than 7 days with a retention of ${retentionHours} h.`,
    'Add --retention, for example 30d, or leave it out.',
  );
}
