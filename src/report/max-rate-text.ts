/**
 * A search for the largest rate as text for a terminal: the answer, what it rests on, and every probe.
 */
import { SEARCH_CEILING, type MaxRateResult, type RateProbe } from '../results/many-simulations.ts';
import type { ReportDocument } from '../results/report-document.ts';
import { subjectLines } from './circumstances.ts';
import { amountOf, count, NBSP, percent } from './figure.ts';
import { inkFor, type Ink } from './ink.ts';
import { showName } from './name.ts';
import { finish, labelled, pageWidth, wrap } from './paragraph.ts';
import type { Style } from './render.ts';
import { tableLines } from './table.ts';
import { thresholdValue } from './threshold-table.ts';

const MARGIN = 11;
const CEILING = `a search tries at most ${count(SEARCH_CEILING.records)} records at a time or ${SEARCH_CEILING.times} times the scenario's rate, whichever is more`;

/** A search's report in at most 80 columns. */
export function renderMaxRateText(document: ReportDocument, search: MaxRateResult, style: Style): string {
  const ink = inkFor(style);
  const columns = pageWidth(style.columns);
  const color = search.holdsAtPerSec === null ? 'red' : 'green';
  return finish([
    ...wrap(answer(search), columns).map((line) => ink('bold', ink(color, line))),
    '',
    ...subjectLines(document, columns),
    '',
    `${ink('bold', 'PROBES')}  ${ink('dim', 'in the order in which they were simulated')}`,
    ...probeLines(search, ink),
    '',
    ...labelled('Bracket', bracket(search), MARGIN, columns),
    ...labelled('Rests on', restsOn(document), MARGIN, columns),
  ]);
}

function answer({ expression, holdsAtPerSec, breaksAtPerSec, probes }: MaxRateResult): string {
  const named = showName(expression);
  if (holdsAtPerSec === null) {
    const least = probes.reduce((low, probe) => Math.min(low, probe.ratePerSec), Infinity);
    return `No rate holds ${named}, down to ${rate(least)}.`;
  }
  if (breaksAtPerSec === null)
    return `${named} holds up to ${rate(holdsAtPerSec)}, the highest that was tried.`;
  return `${rate(holdsAtPerSec)} is the largest rate that holds ${named}, to 1${NBSP}%.`;
}

function bracket({ holdsAtPerSec, breaksAtPerSec, probes }: MaxRateResult): string {
  const holds = holdsAtPerSec === null ? 'it held nowhere' : `it held at ${rate(holdsAtPerSec)}`;
  const breaks = breaksAtPerSec === null ? `broke nowhere (${CEILING})` : `broke at ${rate(breaksAtPerSec)}`;
  return `${holds} and ${breaks}; ${amountOf(probes.length, 'simulation')}.`;
}

function restsOn({ seed }: ReportDocument): string {
  return (
    'empty token buckets at the start, so that no burst hides an overload; the same random numbers in every probe ' +
    `(seed ${seed ?? 1}); all sources scaled by one factor, the mean rate shown; a rate at which the producer drops records counts as broken, unless asked about; and that what breaks at one rate ` +
    'breaks at every higher one. Other thresholds of the scenario were not held.'
  );
}

function probeLines({ probes, unit, expression }: MaxRateResult, ink: Ink): string[] {
  return tableLines(
    [
      { title: 'records/s', align: 'right' },
      { title: 'held?' },
      { title: 'was', align: 'right' },
      { title: 'throttled', align: 'right' },
      { title: 'dropped', align: 'right' },
      { title: 'hottest shard', align: 'right' },
    ],
    probes.map((probe) => [
      count(probe.ratePerSec),
      probe.ok ? ink('green', 'yes') : ink('red', 'NO'),
      thresholdValue(probe.actual, { unit, expression }),
      partOf(probe, probe.totals.throttled),
      partOf(probe, probe.totals.dropped),
      percent(probe.utilizationMax),
    ]),
    ink,
  );
}

function partOf({ totals }: RateProbe, part: number): string {
  return totals.offered > 0 ? percent(part / totals.offered) : '–';
}

function rate(perSec: number): string {
  return `${count(perSec)}${NBSP}records/s`;
}
