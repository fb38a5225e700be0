/**
 * A search for the largest rate as text for a terminal: the answer, what it rests on, and every probe.
 */
import { formatNumber } from '../model/quantity.ts';
import { SEARCH_CEILING, type MaxRateResult, type RateProbe } from '../results/many-simulations.ts';
import type { ReportDocument } from '../results/report-document.ts';
import { subjectLines } from './circumstances.ts';
import { amountOf, count, NBSP, percent } from './figure.ts';
import { inkFor, type Ink } from './ink.ts';
import { showName } from './name.ts';
import { finish, labelled, pageWidth, partialLines, wrap } from './paragraph.ts';
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
    ...wrap(answer(search, document.partial !== false), columns).map((line) => ink('bold', ink(color, line))),
    ...partialLines(document, search.probes.length, columns).map((line) => ink('yellow', line)),
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

function answer(search: MaxRateResult, isPartial: boolean): string {
  const { expression, holdsAtPerSec, breaksAtPerSec, probes } = search;
  const named = showName(expression);
  if (isPartial) return partialAnswer(search, named);
  if (search.isFlat === true) return flatAnswer(search, named);
  if (holdsAtPerSec === null) {
    const least = probes.reduce((low, probe) => Math.min(low, probe.ratePerSec), Infinity);
    return `No rate holds ${named}, down to ${rate(least)}.`;
  }
  if (breaksAtPerSec === null)
    return `${named} holds up to ${rate(holdsAtPerSec)}, the highest that was tried.`;
  return `${rate(holdsAtPerSec)} is the largest rate that holds ${named}, to 1${NBSP}%.`;
}

/** What is known of a search that was interrupted. */
function partialAnswer({ holdsAtPerSec, breaksAtPerSec }: MaxRateResult, named: string): string {
  const known = [
    ...(holdsAtPerSec === null ? [] : [`${rate(holdsAtPerSec)} hold ${named}`]),
    ...(breaksAtPerSec === null ? [] : [`${rate(breaksAtPerSec)} break it`]),
  ];
  return known.length === 0 ? `Nothing is known of ${named} yet.` : `So far: ${known.join(', ')}.`;
}

function flatAnswer({ unit, expression, probes }: MaxRateResult, named: string): string {
  const rates = probes.map(({ ratePerSec }) => ratePerSec);
  const values = probes.map(({ actual }) => actual);
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) =>
    thresholdValue(value, { unit, expression }),
  );
  const was = least === most ? least : `${least} to ${most}`;
  return (
    `No rate holds ${named}: it was ${was} at every rate from ${rate(Math.min(...rates))} to ` +
    `${rate(Math.max(...rates))}. It does not depend on the rate.`
  );
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
      rateText(probe.ratePerSec),
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
  return `${rateText(perSec)}${NBSP}records/s`;
}

/** A low rate is not written as none. */
function rateText(perSec: number): string {
  return perSec < 10 ? formatNumber(perSec) : count(perSec);
}
