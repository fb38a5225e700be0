/**
 * How bills are worked out where AWS leaves it open, in the words of the report.
 */
import { LIMITS } from '../../model/limits.ts';
import { PRICED_ITEMS, PRICED_MODES, type Price, type Prices } from '../../model/prices.ts';
import type { PlanInput } from '../plan/plan-input.ts';
import { countReaders } from './billed-traffic.ts';

/** The most doubtful first; only what some line of the bills rests on. */
export function costAssumptions(input: PlanInput, prices: Prices): string[] {
  const { polling, efo } = countReaders(input);
  const isExtended = input.retentionHours > LIMITS.retentionHoursDefault.value;
  const isLong = input.retentionHours > LIMITS.extendedRetentionHours.value;
  return [
    'The mean rate is billed, for 730 hours a month, and each consumer reads every record once; a GB is 2^30 bytes.',
    'Data and partition key together are rounded up; AWS does not say whether the key counts.',
    'On-demand Advantage rounds each record written up to 1 KiB as Standard does; AWS does not say.',
    'A PUT payload unit is 25,600 bytes ("25 KB"); every record is rounded up by itself, by the spread of sizes.',
    ...(polling + efo > 0
      ? ['Data read is billed as it is, data and partition keys, without rounding.']
      : []),
    ...(isExtended
      ? [
          'Retention: provisioned bills every shard-hour as soon as it is above 24 h; on demand, the GB that are older than 24 h, as written and not rounded, for the whole month.',
        ]
      : []),
    ...(isLong
      ? [
          'Beyond 7 days the GB that are older than that are billed as long-term retention, in every mode, and the first 7 days as extended retention.',
        ]
      : []),
    ...(areTiered(prices)
      ? ['Price tiers are filled by this stream alone; AWS adds up the whole account.']
      : []),
    ...(input.userRecordsPerRecord === undefined && input.sources.every(({ keys }) => keys === undefined)
      ? ['Shards grow in proportion to the rate for the break-even, and are then rounded up.']
      : []),
    ...(input.userRecordsPerRecord === undefined
      ? []
      : ['For the break-even, aggregates hold as much at every rate as they do at this one.']),
    'Not counted: KMS requests, enhanced (shard-level) metrics, data transfer out of the region, the consumers themselves.',
  ];
}

function areTiered({ usd }: Prices): boolean {
  return PRICED_MODES.some((mode) => {
    const prices: Readonly<Record<string, Price | undefined>> = usd[mode];
    return Object.keys(PRICED_ITEMS[mode]).some((item) => (prices[item]?.length ?? 0) > 1);
  });
}
