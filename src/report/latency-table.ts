/**
 * The latencies of a run as a table, with what must be known before believing them.
 */
import type { Latencies, LatencySummary, ReportDocument, Totals } from '../results/report-document.ts';
import { amountOf, millis } from './figure.ts';
import type { Ink } from './ink.ts';
import { wrap } from './paragraph.ts';
import { type Column, tableLines } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'milliseconds' },
  ...['p50', 'p90', 'p99', 'p99.9', 'max', 'mean'].map((title) => ({ title, align: 'right' as const })),
];

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

export function latencyLines(
  latencies: Latencies,
  basis: ReportDocument['latencyBasis'],
  totals: Totals | undefined,
  ink: Ink,
  columns: number,
): string[] {
  const rows = [
    row('response, from when due', latencies.response),
    row('service, from last sending', latencies.service),
    row('queue, for a free slot', latencies.queue),
  ];
  const notes = [basis === undefined ? '' : BASIS_NOTE[basis], RESPONSE_NOTE, ...cautions(latencies, totals)];
  const noteLines = wrap(notes.filter(Boolean).join(' '), columns - 2);
  return [...tableLines(COLUMNS, rows, ink), ...noteLines.map((line) => `  ${ink('dim', line)}`)];
}

function row(label: string, summary: LatencySummary): string[] {
  return [
    label,
    ...[summary.p50, summary.p90, summary.p99, summary.p999, summary.max, summary.mean].map(millis),
  ];
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
