/**
 * Who read the stream, how far behind each was, who took what a shard allows, and what to set about it.
 */
import { LIMITS, MIB } from '../model/limits.ts';
import { formatNumber } from '../model/quantity.ts';
import type { ConsumerRow, ReportDocument } from '../results/report-document.ts';
import { highestOf, sparkline } from './bars.ts';
import { deliveryLines, deliverySentences, headerSentences } from './delivery-text.ts';
import { amountOf, count, duration, NBSP, partOf, percent } from './figure.ts';
import type { Ink } from './ink.ts';
import { cellName, quoteName, showProse } from './name.ts';
import { wrap } from './paragraph.ts';
import { type Column, tableLines } from './table.ts';

const MOST_ROWS = 16;
const NARROW = 72;
const LABEL_COLUMNS = 13;
const PEAK_COLUMNS = 14;
const SENTENCE_NAME = 30;
/** Below this part of what was used nobody is to blame alone. */
const MOST_OF_IT = 0.4;
/** Part of throttled calls from which the first lines speak of them. */
const MANY_THROTTLED = 0.1;
const WORTH_TELLING_MS = 1000;
/** Part of the records that decides a p99. */
const BEYOND_P99 = 0.01;
/** AWS's advice, and fast enough for five consumers to share a shard. */
const ONCE_A_SECOND_MS = 1000;

export function consumerLines(document: ReportDocument, ink: Ink, columns: number): string[] {
  const all = document.consumers ?? [];
  const rows = all.slice(0, MOST_ROWS);
  return [
    ...lagTable(rows, document.latencyBasis, ink, columns),
    '',
    ...deliveryLines(rows, ink, columns),
    ...useTable(rows, ink, columns),
    ...(all.length > rows.length
      ? [`  ${ink('dim', `… and ${amountOf(all.length - rows.length, 'more consumer')}.`)}`]
      : []),
    ...ageLines(document, ink, columns),
    ...[...undecidedSentences(document), ...headerSentences(rows), ...rows.flatMap(sentencesOf)].flatMap(
      (text) => wrap(text, columns - 2).map((line) => `  ${line}`),
    ),
  ];
}

/** What the first lines of a report say of a consumer that does not get what it needs. */
export function consumerVerdict(row: ConsumerRow): string | undefined {
  const name = quoteName(row.name, SENTENCE_NAME);
  if (row.drain.state === 'growing' || row.drain.state === 'draining')
    return `Consumer ${name} is behind in the end, by ${duration(row.iteratorAgeMs.atEnd)}.`;
  if (row.throttledCalls < row.calls * MANY_THROTTLED || row.throttledCalls === 0) return undefined;
  return `Consumer ${name} had ${percent(row.throttledCalls / row.calls)} of its reads throttled.`;
}

function lagTable(
  rows: readonly ConsumerRow[],
  basis: ReportDocument['latencyBasis'],
  ink: Ink,
  columns: number,
): string[] {
  const isWide = columns >= NARROW;
  const headings: Column[] = [
    { title: 'consumer' },
    ...(isWide ? [{ title: 'reads' }] : []),
    ...['age max', 'at end', 'backlog max', 'at end', ...(isWide ? ['p99'] : [])].map(numbers),
  ];
  const cells = rows.map((row) => [
    cellName(row.name, isWide ? 14 : 12),
    ...(isWide ? [howOf(row)] : []),
    span(row.iteratorAgeMs.max),
    span(row.iteratorAgeMs.atEnd),
    count(row.backlog.maxRecords),
    count(row.backlog.atEndRecords),
    ...(isWide ? [row.endToEndMs.p99 === null ? '–' : span(row.endToEndMs.p99)] : []),
  ]);
  const note = isWide
    ? `age: how far behind the worst shard is; p99: due to processed (${basis ?? 'modelled'})`
    : 'age: of the worst shard';
  return [`  ${ink('dim', note)}`, ...tableLines(headings, cells, ink)];
}

function useTable(rows: readonly ConsumerRow[], ink: Ink, columns: number): string[] {
  const isWide = columns >= NARROW;
  const headings: Column[] = [
    { title: 'consumer' },
    ...['calls', 'throttled', ...(isWide ? ['', 'empty'] : []), 'calls/s', 'MiB/s'].map(numbers),
  ];
  const cells = rows.map((row) => {
    const throttled = row.throttledCalls === 0 ? '0' : count(row.throttledCalls);
    const { callsPerSec, bytesPerSec } = row.share;
    const polls = (text: string): string => (row.kind === 'polling' ? text : '–');
    return [
      cellName(row.name, isWide ? 14 : 12),
      polls(count(row.calls)),
      row.throttledCalls > 0 ? ink('red', throttled) : polls(throttled),
      ...(isWide ? [partOf(row.throttledCalls, row.calls), polls(count(row.emptyCalls))] : []),
      polls(callsPerSec.toFixed(2)),
      (bytesPerSec / MIB).toFixed(bytesPerSec < MIB / 10 ? 4 : 2),
    ];
  });
  const { getRecordsCallsPerSec: calls, readBytesPerSec: bytes } = LIMITS;
  const limits = `${calls.value} calls/s and ${bytes.value / MIB} MiB/s`;
  const notes = [
    'calls: over all shards; calls/s (those answered) and MiB/s: mean of a shard,',
    `of which all that poll share ${limits}`,
  ].flatMap((note) => wrap(note, columns - 2));
  return [...notes.map((note) => `  ${ink('dim', note)}`), ...tableLines(headings, cells, ink)];
}

function numbers(title: string): Column {
  return { title, align: 'right' };
}

/** `1 s`, `no wait`, `fan-out`: from one call to the next. */
function howOf({ kind, everyMs = 0 }: ConsumerRow): string {
  if (kind === 'efo') return 'fan-out';
  return everyMs === 0 ? 'no wait' : duration(everyMs);
}

/** The age over time, a row of little columns for each; one scale for all. */
function ageLines({ series, consumers = [] }: ReportDocument, ink: Ink, columns: number): string[] {
  const rows = series?.consumers?.slice(0, MOST_ROWS) ?? [];
  const highest = highestOf(rows.map(({ iteratorAgeMs }) => highestOf(iteratorAgeMs)));
  if (series === undefined || highest === 0 || consumers.length === 0) return [];
  const room = columns - LABEL_COLUMNS - PEAK_COLUMNS;
  const lines = rows.map(({ name, iteratorAgeMs }) => {
    const label = cellName(name, LABEL_COLUMNS - 3).padEnd(LABEL_COLUMNS - 2);
    const blocks = sparkline(iteratorAgeMs, highest, room).padEnd(Math.min(room, iteratorAgeMs.length));
    return `  ${label}${blocks}  ${span(highestOf(iteratorAgeMs))}`;
  });
  return ['', `  ${ink('dim', 'iterator age over the counted duration, and its peak')}`, ...lines, ''];
}

/** Of several machines: why nobody can say whether records were lost. */
function undecidedSentences({ merged }: ReportDocument): string[] {
  if (merged?.undecided === undefined) return [];
  return [`Whether records were lost is not decided: ${showProse(merged.undecided)}.`];
}

function sentencesOf(row: ConsumerRow): string[] {
  return [
    ...deliverySentences(row),
    drainSentence(row),
    unreadSentence(row),
    starvationSentence(row),
    coarseSentence(row),
  ].filter((sentence) => sentence !== undefined);
}

function drainSentence({ name, drain }: ConsumerRow): string | undefined {
  const who = quoteName(name, SENTENCE_NAME);
  const spanText = duration(drain.ms ?? 0);
  switch (drain.state) {
    case 'keptUp':
      return undefined;
    case 'drained':
      return (drain.ms ?? 0) < WORTH_TELLING_MS
        ? undefined
        : `Once behind, ${who} took at most ${spanText} to catch up.`;
    case 'draining':
      if (drain.ms === null) return `${who} is still behind in the end.`;
      return `${who} is still behind in the end; at the pace since it fell behind it needs ${spanText} more.`;
    case 'growing':
      return `${who} is behind in the end and comes no nearer: records come as fast as it reads, or faster.`;
  }
}

/** A consumer that reads little has a low p99 of the little that it read. */
function unreadSentence({
  name,
  records,
  endToEndMs,
  endToEndWithout = 0,
  ...row
}: ConsumerRow): string | undefined {
  if (row.iteratorAgeMs.atEnd === 0 && row.lostRecords === 0) return undefined;
  if (endToEndMs.p99 === null || endToEndWithout < (records + endToEndWithout) * BEYOND_P99) return undefined;
  return (
    `The p99 of ${quoteName(name, SENTENCE_NAME)} is of those records that it read; ` +
    `${amountOf(endToEndWithout, 'unread one')} ${endToEndWithout === 1 ? 'is' : 'are'} not in it.`
  );
}

/** Who took it, and the setting that tames it. */
function starvationSentence(row: ConsumerRow): string | undefined {
  const { name, calls, throttledCalls, starvation, everyMs = ONCE_A_SECOND_MS } = row;
  if (starvation === undefined) return undefined;
  const { limit, shardId, by, share } = starvation;
  const who = quoteName(name, SENTENCE_NAME);
  if (limit === 'calls' && everyMs < ONCE_A_SECOND_MS) {
    const part = percent(throttledCalls / calls);
    return `${who} asks more often than a shard answers: ${part} of its calls were throttled. It takes them from those who ask once a second.`;
  }
  const eater = by === name ? 'it' : quoteName(by, SENTENCE_NAME);
  const did = limit === 'calls' ? 'made' : 'read';
  const what =
    limit === 'calls'
      ? `of the calls that were answered (${LIMITS.getRecordsCallsPerSec.value} a second for all)`
      : `of the bytes (${LIMITS.readBytesPerSec.value / MIB}${NBSP}MiB a second for all)`;
  const blame = `${who} had ${percent(throttledCalls / calls)} of its calls throttled, most on ${shardId}: there ${eater} ${did} ${percent(share)} ${what}.`;
  return `${blame} ${wayOut(limit, share, by === name ? who : eater)}`;
}

function wayOut(limit: 'calls' | 'bytes', share: number, eater: string): string {
  if (limit === 'bytes')
    return `To do: give ${eater} enhanced fan-out (kind: efo), which has 2${NBSP}MiB/s of its own, or the stream more shards.`;
  return share < MOST_OF_IT
    ? 'To do: poll less often (every), or give some of them enhanced fan-out (kind: efo).'
    : `To do: let ${eater} poll once a second (every: 1s), or give it enhanced fan-out (kind: efo).`;
}

/** To a fraction of a second nobody asks. */
function coarseSentence({ name, coarsenedMs = 0, coarsenedBy = name }: ConsumerRow): string | undefined {
  if (coarsenedMs < WORTH_TELLING_MS) return undefined;
  const who = quoteName(name, SENTENCE_NAME);
  const known = `ages and latencies are known to ${duration(coarsenedMs)}.`;
  return coarsenedBy === name
    ? `${who} had a backlog too large to be kept record by record: its ${known}`
    : `On shards where the backlog of ${quoteName(coarsenedBy, SENTENCE_NAME)} was too large to be kept record by record, ${who} reads those runs too: its ${known}`;
}

/** A span in a table: `250 ms`, `12.5 s`, `90 min`, `12.3 h`. */
function span(ms: number): string {
  const unit = (
    [
      ['h', 7_200_000, 3_600_000],
      ['min', 120_000, 60_000],
      ['s', 1000, 1000],
    ] as const
  ).find(([, from]) => ms >= from);
  if (unit === undefined) return `${formatNumber(Math.round(ms))}${NBSP}ms`;
  return `${(ms / unit[2]).toFixed(1)}${NBSP}${unit[0]}`;
}
