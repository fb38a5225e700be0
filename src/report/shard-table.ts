/**
 * The shards of a run, hottest first, each with a bar that shows how near to its limit it came.
 */
import type { ShardRow } from '../results/report-document.ts';
import { barWidth, loadBar, MARK } from './bars.ts';
import { amountOf, count, percent } from './figure.ts';
import type { Ink } from './ink.ts';
import { cellName } from './name.ts';
import { type Column, tableLines, widthBeside } from './table.ts';

const MOST_ROWS = 16;
const ID_COLUMNS = 20;
const WIDEST_BAR = 24;

export function shardLines(shards: readonly ShardRow[], ink: Ink, columns: number): string[] {
  const hottestFirst = shards.toSorted((a, b) => b.utilization - a.utilization);
  const shown = hottestFirst.slice(0, MOST_ROWS);
  const throttled = throttledOf(shards, columns);
  const rows = shown.map((shard) => [
    cellName(shard.shardId, ID_COLUMNS) + (shard.closedAtMs === undefined ? '' : ' closed'),
    percent(shard.utilization),
    '',
    count(shard.offered),
    count(shard[throttled.field]),
  ]);
  const table = headings('', throttled.title);
  const cells = Math.min(WIDEST_BAR, columns - widthBeside(table, rows, 2) - barWidth(0));
  const full = Math.max(1, ...shown.map((shard) => shard.utilization));
  const mark = loadBar(0, full, cells).indexOf(MARK);
  const withBars = rows.map((row, i) => row.with(2, paint(shown[i].utilization, full, cells, ink)));
  const lines = tableLines(headings(barTitle(mark), throttled.title), withBars, ink);
  if (shards.length <= MOST_ROWS) return lines;
  const rest = hottestFirst.slice(MOST_ROWS);
  const more = `… and ${amountOf(rest.length, 'more shard')}, none above ${percent(rest[0].utilization)}.`;
  return [...lines, `  ${ink('dim', more)}`];
}

/** Points at the mark, from the side that has room. */
function barTitle(mark: number): string {
  const title = 'limit';
  return mark > title.length ? `${title.padStart(mark - 1)} ${MARK}` : `${''.padStart(mark)}${MARK} ${title}`;
}

/** With retries the records that were lost in the end say less than the attempts that were refused. */
function throttledOf(
  shards: readonly ShardRow[],
  columns: number,
): { readonly field: 'throttled' | 'throttledAttempts'; readonly title: string } {
  if (shards.every((shard) => shard.throttled === shard.throttledAttempts))
    return { field: 'throttled', title: 'throttled' };
  return { field: 'throttledAttempts', title: columns < 72 ? 'thr. attempts' : 'throttled attempts' };
}

function headings(bar: string, throttled: string): Column[] {
  return [
    { title: 'shard' },
    { title: 'load', align: 'right' },
    { title: bar },
    { title: 'offered', align: 'right' },
    { title: throttled, align: 'right' },
  ];
}

function paint(utilization: number, full: number, cells: number, ink: Ink): string {
  const bar = loadBar(utilization, full, cells);
  return utilization > 1 ? ink('red', bar) : bar;
}
