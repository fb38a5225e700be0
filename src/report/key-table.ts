/**
 * The heaviest keys of a run.
 */
import type { KeyRow } from '../results/report-document.ts';
import { amountOf, count, percent } from './figure.ts';
import type { Ink } from './ink.ts';
import { cellName } from './name.ts';
import { type Column, tableLines, widthBeside } from './table.ts';

const MOST_ROWS = 10;
const WIDEST_KEY = 40;
const NARROWEST_KEY = 12;

export function keyLines(keys: readonly KeyRow[], ink: Ink, columns: number): string[] {
  const shown = keys.slice(0, MOST_ROWS);
  const hasErrors = shown.some((key) => key.error > 0);
  const table = headings(hasErrors);
  const rows = shown.map((key) => cellsOf(key, hasErrors));
  const room = columns - widthBeside(table, rows, 0);
  const keyColumns = Math.max(NARROWEST_KEY, Math.min(WIDEST_KEY, room));
  const named = rows.map((row, i) => row.with(0, cellName(shown[i].key, keyColumns)));
  const lines = tableLines(table, named, ink);
  if (keys.length <= MOST_ROWS) return lines;
  const more = `… and ${amountOf(keys.length - MOST_ROWS, 'lighter key')} in the saved report.`;
  return [...lines, `  ${ink('dim', more)}`];
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
    percent(key.share),
    count(key.records),
    ...(hasErrors ? [key.error > 0 ? `± ${count(key.error)}` : ''] : []),
    count(key.throttled),
  ];
}

/** `…0002` of `shardId-000000000002`: the full ids stand in the table of shards. */
function shortShard(shardId: string): string {
  const match = /^shardId-0{0,8}(\d{4,})$/.exec(shardId);
  return match ? `…${match[1]}` : cellName(shardId, 13);
}
