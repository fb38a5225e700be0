/**
 * The prices of a region as text: what was found, what was not, and how old it is.
 */
import {
  itemsOf,
  PRICED_MODES,
  priceOf,
  unitOf,
  type PricedItem,
  type PricedMode,
  type Prices,
} from '../model/prices.ts';
import { formatCount } from '../model/quantity.ts';
import { amountOf } from './figure.ts';
import type { Ink } from './ink.ts';
import { showProse } from './name.ts';
import { finish, labelled, pageWidth } from './paragraph.ts';
import { type Column, tableLines } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'capacity mode' },
  { title: 'item' },
  { title: '$', align: 'right' },
  { title: 'for each' },
];

/** An item without a price, and why, as the rest of a sentence. */
export interface Missing {
  readonly mode: PricedMode;
  readonly item: PricedItem;
  readonly why: string;
}

/** All prices in a table of at most 80 columns, then what is missing. */
export function renderPricesText(
  prices: Prices,
  missing: readonly Missing[],
  ink: Ink,
  terminalColumns: number,
): string {
  const columns = pageWidth(terminalColumns);
  const rows = PRICED_MODES.flatMap((mode) => itemsOf(mode).flatMap((item) => rowsOf(prices, mode, item)));
  return finish([
    ...labelled(
      '',
      `${amountOf(rows.length, 'price')} of ${prices.region}, ${prices.asOf}: ${showProse(prices.source)}`,
      0,
      columns,
    ),
    '',
    ...tableLines(COLUMNS, rows, ink),
    ...missingLines(missing, columns),
  ]);
}

/** A line for each tier. */
function rowsOf(prices: Prices, mode: PricedMode, item: PricedItem): string[][] {
  const price = priceOf(prices, mode, item) ?? [];
  return price.map(({ from, usd }, i) => [
    i === 0 ? mode : '',
    i === 0 ? item : '',
    usd.toFixed(12).replace(/\.?0+$/, ''),
    from === 0 ? unitOf(mode, item) : `${unitOf(mode, item)} above ${formatCount(from)}`,
  ]);
}

function missingLines(missing: readonly Missing[], columns: number): string[] {
  if (missing.length === 0) return [];
  const lines = missing.map(({ mode, item, why }) => `${mode} ${item}: ${showProse(why)}.`);
  return [
    '',
    ...labelled(
      '',
      'Without a price, so that a plan has no total for a mode that needs one of them:',
      0,
      columns,
    ),
    ...lines.flatMap((line) => labelled('  -', line, 4, columns)),
  ];
}
