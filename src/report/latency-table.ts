/**
 * The latencies of a run as a table, with what must be known before believing them.
 */
import type { Latencies, LatencySummary, ReportDocument, Totals } from '../results/report-document.ts';
import { amountOf, millis } from './figure.ts';
import type { Ink } from './ink.ts';
import { wrap } from './paragraph.ts';
import { type Column, tableLines } from './table.ts';

const STATISTICS: readonly Column[] = ['p50', 'p90', 'p99', 'p99.9', 'max', 'mean'].map((title) => ({
  title,
  align: 'right',
}));

/** What a table counts in: the first of these in which its largest number has at most five digits. */
const UNITS = [
  { name: 'milliseconds', ms: 1 },
  { name: 'seconds', ms: 1_000 },
  { name: 'minutes', ms: 60_000 },
  { name: 'hours', ms: 3_600_000 },
  { name: 'days', ms: 86_400_000 },
] as const;
type Unit = (typeof UNITS)[number];
/** Six digits in each of six columns would be wider than the page. */
const TOO_WIDE = 99_999.5;

/** A percentile p wants 10 / (1 - p) requests behind it: below that, a handful of outliers decides it. */
const REQUESTS_WANTED = [
  { title: 'p50', requests: 20 },
  { title: 'p90', requests: 100 },
  { title: 'p99', requests: 1_000 },
  { title: 'p99.9', requests: 10_000 },
] as const;

const BASIS_NOTE: Readonly<Record<NonNullable<ReportDocument['latencyBasis']>, string>> = {
  'measured-local': "Latencies are of this machine's local endpoint, not of AWS.",
  measured: 'Latencies are measured, from this machine to the stream and back.',
  modelled: 'Latencies are modelled, not measured: every request takes the same service time.',
};

const RESPONSE_NOTE = 'Response includes the wait for a batch to fill or linger.';
/** Coordinated omission (G. Tene): whoever waits for a reply before it asks again measures fewer of the slow times. */
const CLOSED_NOTE =
  'CLOSED LOOP: while a reply is late its slot sends nothing, so that slow times are measured less often than traffic ' +
  'that comes by itself would meet them (coordinated omission). Percentiles are those of the slots; for those of your ' +
  'users write rates.';

export function latencyLines(
  latencies: Latencies,
  { latencyBasis: basis, totals, scenario }: Pick<ReportDocument, 'latencyBasis' | 'totals' | 'scenario'>,
  ink: Ink,
  columns: number,
): string[] {
  const { response, service, queue, endToEnd } = latencies;
  const unit = unitOf([response, service, queue, ...(endToEnd ? [endToEnd] : [])]);
  const rows = [
    row('response, from when due', response, unit),
    row('service, from last sending', service, unit),
    row('queue, for a free slot', queue, unit),
    ...(endToEnd ? [row('end to end, slowest reader', endToEnd, unit)] : []),
  ];
  const loopNote = scenario?.producer?.loop === 'closed' ? CLOSED_NOTE : RESPONSE_NOTE;
  const notes = [basis === undefined ? '' : BASIS_NOTE[basis], loopNote, ...cautions(latencies, totals)];
  const noteLines = wrap(notes.filter(Boolean).join(' '), columns - 2);
  return [
    ...tableLines([{ title: unit.name }, ...STATISTICS], rows, ink),
    ...noteLines.map((line) => `  ${ink('dim', line)}`),
  ];
}

function unitOf(summaries: readonly LatencySummary[]): Unit {
  const mostMs = summaries.reduce((most, { max }) => Math.max(most, max ?? 0), 0);
  return UNITS.find(({ ms }) => mostMs / ms < TOO_WIDE) ?? UNITS[UNITS.length - 1];
}

function row(label: string, summary: LatencySummary, unit: Unit): string[] {
  const { p50, p90, p99, p999, max, mean } = summary;
  return [label, ...[p50, p90, p99, p999, max, mean].map((ms) => cell(ms, unit))];
}

/** In the table's unit; something is never written as nothing only because others are large. */
function cell(ms: number | null, unit: Unit): string {
  if (ms === null || unit.ms === 1) return millis(ms);
  const value = ms / unit.ms;
  return value > 0 && value < 0.005 ? '<0.01' : millis(value);
}

function cautions(latencies: Latencies, totals: Totals | undefined): string[] {
  if (latencies.response.count === 0) return ['Nothing was accepted, so there is nothing to time.'];
  if (totals === undefined) return [];
  const thin = REQUESTS_WANTED.filter(({ requests }) => totals.requests < requests).map(({ title }) => title);
  if (thin.length === 0) return [];
  const which = thin.length === 1 ? thin[0] : `${thin.slice(0, -1).join(', ')} and ${thin[thin.length - 1]}`;
  return [
    `Only ${amountOf(totals.requests, 'request')} were sent: ${which} ${thin.length === 1 ? 'is' : 'are'} rough.`,
  ];
}
