/**
 * What happened to the stream while the scenario was played: which shards were closed and opened, and outages.
 */
import type { CapacityPhase, TimelineRow } from '../results/report-document.ts';
import { amountOf, count, duration, millis, partOf, percent } from './figure.ts';
import type { Ink } from './ink.ts';
import { cellName } from './name.ts';
import { wrap } from './paragraph.ts';
import { tableLines } from './table.ts';

const MOST_ROWS = 12;
/** Names in a cell. */
const MOST_NAMES = 3;

export function changeLines(timeline: readonly TimelineRow[], ink: Ink, columns: number): string[] {
  const rows = timeline
    .slice(0, MOST_ROWS)
    .map((row) => [
      row.atMs < 0 ? 'warm-up' : duration(row.atMs),
      row.durationMs === undefined ? kindOf(row) : `${row.kind} of ${duration(row.durationMs)}`,
      namesOf(row.shardIds),
      namesOf(row.children),
    ]);
  const titles = [
    { title: 'at', align: 'right' as const },
    { title: 'what' },
    { title: 'closed' },
    { title: 'opened' },
  ];
  const lines = [...tableLines(titles, rows, ink), ...carriedOutLines(timeline, columns)];
  const hidden = timeline.length - rows.length;
  if (hidden === 0) return lines;
  return [...lines, `  ${ink('dim', `… and ${amountOf(hidden, 'more event')} in the JSON report.`)}`];
}

/** A call that took long, one that had to wait, and one that came to nothing. */
function carriedOutLines(timeline: readonly TimelineRow[], columns: number): string[] {
  const sentences = timeline.slice(0, MOST_ROWS).flatMap(({ kind, atMs, carriedOut }) => {
    if (carriedOut === undefined) return [];
    const { dueMs, acceptedAtMs, heldUpBy = [], failed } = carriedOut;
    const refusals = heldUpBy.map(
      ({ code, calls }) => `${code}${calls > 1 ? `, ${count(calls)} times` : ''}`,
    );
    const waited = refusals.length === 0 ? '' : `, after ${refusals.join(' and ')}`;
    const name = `${kind} due at ${duration(dueMs)}`;
    if (failed !== undefined) return [`${name}: NOT DONE${waited}: ${failed}`];
    if (acceptedAtMs === undefined) return [];
    const tookMs = Math.round(atMs - acceptedAtMs);
    return [
      `${name}: taken at ${duration(Math.round(acceptedAtMs))}${waited}, seen ${duration(tookMs)} later`,
    ];
  });
  return sentences.flatMap((text) =>
    wrap(text, columns - 4).map((line, i) => `${i === 0 ? '  ' : '    '}${line}`),
  );
}

function kindOf({ kind, cause, carriedOut }: TimelineRow): string {
  if (cause === 'outside') return `${kind}, from outside`;
  return carriedOut?.failed === undefined ? kind : `${kind}: not done`;
}

const MEASURED_COLUMNS = ['p50', 'p99'].map((title) => ({ title, align: 'right' as const }));
const PHASE_COLUMNS = ['until', 'open shards', 'offered', 'throttled', '', 'hottest shard'].map((title) => ({
  title,
  align: 'right' as const,
}));

/** What each change of the layout changed: the load and the throttling between one and the next. */
export function phaseLines(phases: readonly CapacityPhase[], ink: Ink): string[] {
  const isMeasured = phases.some(({ latencyMs }) => latencyMs !== undefined);
  const rows = phases
    .slice(0, MOST_ROWS)
    .map(({ toMs, openShards, offered = 0, attempts, throttledAttempts, utilizationMax = 0, latencyMs }) => [
      duration(toMs),
      count(openShards),
      count(offered),
      count(throttledAttempts),
      partOf(throttledAttempts, attempts),
      percent(utilizationMax),
      ...(isMeasured ? [latencyMs?.response.p50, latencyMs?.response.p99].map(millisOrNone) : []),
    ]);
  const hidden = phases.length - rows.length;
  return [
    '',
    `  ${ink('dim', `throttled: attempts, and their part of all; hottest: its busiest 10 s${isMeasured ? '; ms' : ''}`)}`,
    ...tableLines([...PHASE_COLUMNS, ...(isMeasured ? MEASURED_COLUMNS : [])], rows, ink),
    ...(hidden === 0 ? [] : [`  ${ink('dim', `… and ${count(hidden)} more in the JSON report.`)}`]),
  ];
}

function millisOrNone(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? '–' : millis(ms);
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
