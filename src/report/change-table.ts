/**
 * What happened to the stream while the scenario was played: which shards were closed and opened, and outages.
 */
import type { CapacityPhase, TimelineRow } from '../results/report-document.ts';
import { amountOf, count, duration, partOf, percent } from './figure.ts';
import type { Ink } from './ink.ts';
import { cellName } from './name.ts';
import { tableLines } from './table.ts';

const MOST_ROWS = 12;
/** Names in a cell. */
const MOST_NAMES = 3;

export function changeLines(timeline: readonly TimelineRow[], ink: Ink): string[] {
  const rows = timeline
    .slice(0, MOST_ROWS)
    .map((row) => [
      row.atMs < 0 ? 'warm-up' : duration(row.atMs),
      row.durationMs === undefined ? row.kind : `${row.kind} of ${duration(row.durationMs)}`,
      namesOf(row.shardIds),
      namesOf(row.children),
    ]);
  const columns = [
    { title: 'at', align: 'right' as const },
    { title: 'what' },
    { title: 'closed' },
    { title: 'opened' },
  ];
  const lines = tableLines(columns, rows, ink);
  const hidden = timeline.length - rows.length;
  if (hidden === 0) return lines;
  return [...lines, `  ${ink('dim', `… and ${amountOf(hidden, 'more event')} in the JSON report.`)}`];
}

const PHASE_COLUMNS = ['until', 'open shards', 'offered', 'throttled', '', 'hottest shard'].map((title) => ({
  title,
  align: 'right' as const,
}));

/** What each change of the layout changed: the load and the throttling between one and the next. */
export function phaseLines(phases: readonly CapacityPhase[], ink: Ink): string[] {
  const rows = phases
    .slice(0, MOST_ROWS)
    .map(({ toMs, openShards, offered = 0, attempts, throttledAttempts, utilizationMax = 0 }) => [
      duration(toMs),
      count(openShards),
      count(offered),
      count(throttledAttempts),
      partOf(throttledAttempts, attempts),
      percent(utilizationMax),
    ]);
  const hidden = phases.length - rows.length;
  return [
    '',
    `  ${ink('dim', 'throttled: attempts, and their part of all; hottest: its busiest 10 s')}`,
    ...tableLines(PHASE_COLUMNS, rows, ink),
    ...(hidden === 0 ? [] : [`  ${ink('dim', `… and ${count(hidden)} more in the JSON report.`)}`]),
  ];
}

function namesOf(shardIds: readonly string[]): string {
  if (shardIds.length === 0) return '–';
  if (shardIds.length > MOST_NAMES) return amountOf(shardIds.length, 'shard');
  return shardIds.map(shortShard).join(' ');
}

/** `…0002` of `shardId-000000000002`: the full ids stand in the table of shards. */
export function shortShard(shardId: string): string {
  const match = /^shardId-0{0,8}(\d{4,})$/.exec(shardId);
  return match ? `…${match[1]}` : cellName(shardId, 13);
}
