/**
 * What a report says of the machines that sent a load: which part this one is of, or how each of several fared.
 */
import { isFarApart, type MergedInfo, type MergedWorker } from '../results/merged-info.ts';
import type { Partiality, ReportDocument } from '../results/report-document.ts';
import { endedSentence } from './ended-early.ts';
import { amountOf, bytes, count, duration, millis, NBSP, percent } from './figure.ts';
import type { Ink } from './ink.ts';
import { wrap } from './paragraph.ts';
import { type Column, tableLines } from './table.ts';
import { lossTexts } from './totals-table.ts';

const MOST_ROWS = 12;
const MOST_NAMED = 5;

/** The first line of one machine's report; undefined of any other. */
export function partVerdict({ worker, totals, partial }: ReportDocument): string | undefined {
  if (worker === undefined || totals === undefined) return undefined;
  const { offered } = totals;
  const losses = lossTexts(totals, partial, { throttled: 'throttled', failed: 'failed', dropped: 'dropped' });
  const of = offered === 0 ? 'nothing was offered' : losses.length === 0 ? 'all accepted' : losses.join(', ');
  const late =
    worker.lateMs === undefined ? '' : ` It started ${duration(worker.lateMs)} later than it was told to.`;
  const read = worker.reading?.consumers.map(
    ({ row, shards }) => `${amountOf(row.records, 'record')} of ${amountOf(shards, 'shard')}`,
  );
  const reading = read === undefined ? '' : ` Its consumers read ${read.join(', ')}.`;
  const about = read === undefined ? 'Findings and thresholds' : 'Findings, thresholds and losses';
  return (
    `Part ${worker.index} of ${worker.count}: ${amountOf(offered, 'record')}, ${of}.${late}${reading} ` +
    `${about} are about the whole load: "shardwise merge" adds the parts up.`
  );
}

/** What is not whole about a merged load. */
export function mergedVerdicts(document: ReportDocument): string[] {
  const { merged, scenario } = document;
  if (merged === undefined) return [];
  const { missing, of, workers, startSpreadMs } = merged;
  const cut = workers.filter(({ partial }) => partial !== false);
  const asked = scenario === undefined ? '' : ` of ${duration(scenario.durationMs)}`;
  const more = cut.length > MOST_NAMED ? [`So do ${count(cut.length - MOST_NAMED)} other parts.`] : [];
  return [
    ...(missing.length === 0
      ? []
      : [
          `Incomplete: of ${of} parts there is no report of ${namesOf(missing)}, whose records are in no count.`,
        ]),
    ...cut
      .slice(0, MOST_NAMED)
      .map(
        (worker) =>
          `Incomplete: part ${worker.index} ${endOf(worker)} ${duration(worker.durationMs)}${asked}.`,
      ),
    ...otherEnds(document),
    ...more,
    ...(!isFarApart(merged)
      ? []
      : [
          `The machines started up to ${duration(startSpreadMs)} apart: each one's seconds count from its own start, ` +
            'and the stream was never offered their sum. Findings are of that sum; no gate is decided by it.',
        ]),
  ];
}

/** Whose generator is not known to the end, and up to when it is; undefined where all are. */
export function unknownSentence({ workers, missing }: MergedInfo): string | undefined {
  const cut = workers.filter(({ partial }) => partial === 'unfinished');
  if (cut.length === 0 && missing.length === 0) return undefined;
  const known = cut
    .slice(0, MOST_NAMED)
    .map(({ index, durationMs }) => `of worker ${index} up to second ${durationMs / 1000}`);
  const more =
    cut.length > MOST_NAMED ? [`of ${count(cut.length - MOST_NAMED)} more up to where they were killed`] : [];
  const nothing = missing.length === 0 ? [] : [`of ${namesOf(missing)} nothing`];
  return `not known to the end (known is ${[...known, ...more, ...nothing].join(', ')})`;
}

const END_OF: Readonly<Record<Exclude<Partiality, false>, string>> = {
  unfinished: 'was killed, and its report ends after',
  interrupted: 'was interrupted after',
  failed: 'lost a sending thread in its',
};

function endOf({ partial, ended }: MergedWorker): string {
  return ended === undefined ? END_OF[partial || 'failed'] : 'came to a dead end after';
}

/** Dead ends of another kind than the report begins with: one sentence for each kind. */
function otherEnds({ merged, ended, target }: ReportDocument): string[] {
  const told = new Set([ended?.kind]);
  return (merged?.workers ?? []).flatMap((worker) => {
    if (worker.ended === undefined || told.has(worker.ended.kind)) return [];
    told.add(worker.ended.kind);
    return [`Of part ${worker.index}: ${endedSentence(worker.ended, target?.stream ?? '')}`];
  });
}

function namesOf(missing: readonly number[]): string {
  const named = missing.slice(0, MOST_NAMED).map(String);
  const more = missing.length - named.length;
  const all = more > 0 ? [...named, `${count(more)} more`] : named;
  return all.length === 1
    ? `worker ${all[0]}`
    : `workers ${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}`;
}

/** One row per machine, those first that had trouble where there are many. */
export function machineLines(merged: MergedInfo, ink: Ink, columns: number): string[] {
  const { workers } = merged;
  const isMany = workers.length > MOST_ROWS;
  const rows = isMany
    ? [...workers].sort((a, b) => trouble(b) - trouble(a) || b.lagP99Ms - a.lagP99Ms || a.index - b.index)
    : workers;
  const firstMs = Math.min(...workers.map(({ startedAt }) => Date.parse(startedAt)));
  const right = (title: string): Column => ({ title, align: 'right' });
  const headings = [right('worker'), right('start'), right('offered'), right('accepted'), right('lag p99')];
  const lines = tableLines(
    [...headings, right('loop'), { title: '' }],
    rows
      .slice(0, MOST_ROWS)
      .map((row) => [
        String(row.index),
        `+${millis(Date.parse(row.startedAt) - firstMs)}${NBSP}ms`,
        count(row.offered),
        count(row.accepted),
        `${millis(row.lagP99Ms)}${NBSP}ms`,
        row.eventLoopUtilization === undefined ? '' : percent(row.eventLoopUtilization),
        stateOf(row, ink),
      ]),
    ink,
  );
  const notes = [
    ...(isMany
      ? [`… and ${amountOf(workers.length - MOST_ROWS, 'machine')} with less lag in the JSON report.`]
      : []),
    ...(merged.stepSec > 1
      ? [`The load was kept in steps of ${merged.stepSec} s: peaks within a step are flattened.`]
      : []),
    ...(merged.keyFloor > 0
      ? [
          `Keys with less than ${bytes(merged.keyFloor)} in ${merged.stepSec} s (a record as at least 1 KiB) were ` +
            'not judged one by one.',
        ]
      : []),
  ];
  return [...lines, ...notes.flatMap((note) => wrap(note, columns - 2).map((line) => `  ${line}`))];
}

function trouble({ partial, valid }: MergedWorker): number {
  return partial !== false ? 2 : valid === false ? 1 : 0;
}

function stateOf({ partial, valid }: MergedWorker, ink: Ink): string {
  if (partial !== false) return ink('yellow', partial);
  return valid === false ? ink('yellow', 'late') : '';
}
