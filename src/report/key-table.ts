/**
 * The heaviest keys of a run.
 */
import type { KeyRow } from '../results/report-document.ts';
import { shortShard } from './change-table.ts';
import { amountOf, count, percent } from './figure.ts';
import type { Ink } from './ink.ts';
import { cellName } from './name.ts';
import { wrap } from './paragraph.ts';
import { type Column, tableLines, widthBeside } from './table.ts';

const MOST_ROWS = 10;
const WIDEST_KEY = 40;
const NARROWEST_KEY = 12;

export function keyLines(keys: readonly KeyRow[], ink: Ink, columns: number): string[] {
  const certain = keys.filter(isCertain);
  if (certain.length === 0) {
    const none =
      'No key stands out: the count of each is mostly its error bound. All are in the JSON report.';
    return wrap(none, columns - 2).map((line) => `  ${ink('dim', line)}`);
  }
  const shown = certain.slice(0, MOST_ROWS);
  const hasErrors = shown.some((key) => key.error > 0);
  const table = headings(hasErrors);
  const rows = shown.map((key) => cellsOf(key, hasErrors));
  const room = columns - widthBeside(table, rows, 0);
  const keyColumns = Math.max(NARROWEST_KEY, Math.min(WIDEST_KEY, room));
  const named = rows.map((row, i) => row.with(0, cellName(shown[i].key, keyColumns)));
  const lines = tableLines(table, named, ink);
  const hidden = keys.length - shown.length;
  if (hidden === 0) return lines;
  const more = `… and ${amountOf(hidden, certain.length > MOST_ROWS ? 'lighter key' : 'uncertain key')} in the JSON report.`;
  return [...lines, `  ${ink('dim', more)}`];
}

/** More of its count is known than guessed. */
function isCertain({ records, error }: KeyRow): boolean {
  return error <= records / 2;
}

/** Of all records, at least. */
function shareOf({ share, records, error }: KeyRow): string {
  if (error === 0) return percent(share);
  const least = percent((share * (records - error)) / records);
  return least.startsWith('<') ? least : `≥ ${least}`;
}

function headings(hasErrors: boolean): Column[] {
  return [
    { title: 'key' },
    { title: 'shard', align: 'right' },
    { title: 'load', align: 'right' },
    { title: 'share', align: 'right' },
    { title: 'offered', align: 'right' },
    ...(hasErrors ? [{ title: '± error', align: 'left' as const }] : []),
    { title: 'throttled', align: 'right' },
  ];
}

function cellsOf(key: KeyRow, hasErrors: boolean): string[] {
  return [
    '',
    shortShard(key.shardId),
    percent(key.utilization),
    shareOf(key),
    count(key.records),
    ...(hasErrors ? [key.error > 0 ? `± ${count(key.error)}` : ''] : []),
    count(key.throttled),
  ];
}
