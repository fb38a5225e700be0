/**
 * What a bill rests on that AWS does not say, where the other reading makes it another bill: said at the top, with both
 * figures.
 */
import { PRICE_TABLES } from '../../model/price-tables.ts';
import { PRICED_MODES, type Prices } from '../../model/prices.ts';
import { formatCount } from '../../model/quantity.ts';
import type { Assumption } from '../plan/assumption.ts';
import { BILLED_ROUNDING, type BilledRounding, type BilledTraffic } from './billed-traffic.ts';
import { exactUsd } from './mode-cost.ts';

/** A bill that changes by more than this part is another bill. */
const MUCH = 0.1;

/** "25 KB" with a thousand bytes to the KB. */
const DECIMAL_PUT_UNIT_BYTES = 25_000;

/**
 * The assumptions of bills that are worth doubting.
 * @param trafficBy the same traffic, rounded in some way
 * @param shards of the provisioned stream; null: there is none
 */
export function billDoubts(
  trafficBy: (rounding: BilledRounding) => BilledTraffic,
  shards: number | null,
  prices: Prices,
): Assumption[] {
  const bothWays = (other: Partial<BilledRounding>): string | undefined =>
    otherFigures(trafficBy(BILLED_ROUNDING), trafficBy({ ...BILLED_ROUNDING, ...other }), shards, prices);
  const key = bothWays({ countsKey: false });
  const unit = bothWays({ putUnitBytes: DECIMAL_PUT_UNIT_BYTES });
  return [
    ...(key === undefined
      ? []
      : [
          {
            text: `Bills round up data and partition key together; AWS does not say whether the key counts. If not, ${key}.`,
            doubt: 'high' as const,
          },
        ]),
    ...(unit === undefined
      ? []
      : [
          {
            text: `A PUT payload unit ("25 KB") is taken to be 25,600 bytes. If it is 25,000, ${unit}.`,
            doubt: 'high' as const,
          },
        ]),
    ...ageDoubt(prices),
  ];
}

/** `on-demand costs $1,541 a month instead of $2,543`; undefined where no bill changes much. */
function otherFigures(
  assumed: BilledTraffic,
  other: BilledTraffic,
  shards: number | null,
  prices: Prices,
): string | undefined {
  const changed = PRICED_MODES.flatMap((mode) => {
    if (mode === 'provisioned' && shards === null) return [];
    const [ours, theirs] = [assumed, other].map((traffic) => exactUsd(mode, traffic, shards ?? 1, prices));
    if (ours === null || theirs === null || Math.abs(theirs - ours) <= MUCH * ours) return [];
    return [`${mode} costs ${dollars(theirs)} a month instead of ${dollars(ours)}`];
  });
  return changed.length === 0 ? undefined : changed.join(', and ');
}

function dollars(usd: number): string {
  return `$${formatCount(Math.round(usd))}`;
}

/** Prices so many months older than the newest that are built in are called old. */
const OLD_MONTHS = 12;

/** There is no clock here: the newest built-in table stands for today. */
function ageDoubt({ region, asOf }: Prices): Assumption[] {
  const newest = PRICE_TABLES.reduce((last, table) => (table.asOf > last ? table.asOf : last), '');
  const months = monthsOf(newest) - monthsOf(asOf);
  if (months <= OLD_MONTHS) return [];
  return [
    {
      text:
        `The prices of ${region} are of ${asOf}, ${months} months older than the newest built-in ones: ` +
        `shardwise prices --region ${region} gets today's.`,
      doubt: 'some',
    },
  ];
}

/** Months since the year 0 of `2026-09` or `2026-09-23`. */
function monthsOf(asOf: string): number {
  const [year, month] = asOf.split('-').map(Number);
  return year * 12 + month;
}
