/**
 * A sweep as text for a terminal: one line for each value, with a bar that shows how near to its limit the hottest
 * shard came.
 */
import type { SweepPoint, SweepResult } from '../results/many-simulations.ts';
import type { Finding, ReportDocument, ThresholdRow } from '../results/report-document.ts';
import { barWidth, loadBar } from './bars.ts';
import { subjectLines } from './circumstances.ts';
import { amountOf, count, NBSP, percent } from './figure.ts';
import { inkFor, type Ink } from './ink.ts';
import { finish, pageWidth, partialLines, wrap } from './paragraph.ts';
import type { Style } from './render.ts';
import { tableLines, widthBeside, type Column } from './table.ts';

const WIDEST_BAR = 24;
const BAR_COLUMN = 4;

/** A sweep's report in at most 80 columns. */
export function renderSweepText(document: ReportDocument, sweep: SweepResult, style: Style): string {
  const ink = inkFor(style);
  const columns = pageWidth(style.columns);
  return finish([
    ...wrap(answer(sweep), columns).map((line) => ink('bold', line)),
    ...partialLines(document, sweep.points.length, columns).map((line) => ink('yellow', line)),
    '',
    ...subjectLines(document, columns),
    '',
    ...curveLines(sweep, ink, columns),
    '',
    ...wrap(HOW[sweep.field] + (document.scenario?.mode === 'on-demand' ? ON_DEMAND : ''), columns),
    `Seed ${document.seed ?? 1}: every point draws the same random numbers.`,
  ]);
}

const ON_DEMAND = ' An on-demand stream: its shards at the start, which the service may split.';

const HOW: Readonly<Record<SweepResult['field'], string>> = {
  shards: 'Each line is the scenario on a stream of so many equal shards.',
  rate: 'Each line is the scenario at that mean rate: all its sources scaled by the same factor.',
};

/** Where the curve comes to rest, or that it does not; a full bucket may hide an overload that a finding sees. */
function answer({ field, points }: SweepResult): string {
  if (points.length === 0) return 'No point was simulated to its end.';
  const calm = points.filter(isCalm);
  const range = `${valueOf(field, points[0].value)} to ${valueOf(field, points[points.length - 1].value)}`;
  if (calm.length === 0) return `Something is throttled, dropped or found at every point from ${range}.`;
  if (calm.length === points.length)
    return `Nothing is throttled, dropped or found at any point from ${range}.${beyond(field, points)}`;
  const best = field === 'shards' ? calm[0] : calm[calm.length - 1];
  const edge = field === 'shards' ? 'fewest' : 'highest rate';
  return `Of ${amountOf(points.length, 'point')} from ${range}, the ${edge} at which nothing is throttled, dropped or found: ${valueOf(field, best.value)}.`;
}

/** Where every point holds, the edge lies outside of what was tried. */
function beyond(field: SweepResult['field'], points: readonly SweepPoint[]): string {
  const values = points.map((point) => point.value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (field === 'rate')
    return ` The highest tried, ${valueOf(field, most)}, holds; higher rates were not tried.`;
  if (least === 1) return ' One shard holds, and there is nothing smaller.';
  return ` The fewest tried, ${valueOf(field, least)}, hold; fewer were not tried.`;
}

function isCalm({ totals, findings }: SweepPoint): boolean {
  return totals.throttledAttempts === 0 && totals.dropped === 0 && findings.length === 0;
}

function valueOf(field: SweepResult['field'], value: number): string {
  return field === 'shards' ? amountOf(value, 'shard') : `${count(value)}${NBSP}records/s`;
}

function curveLines({ field, points }: SweepResult, ink: Ink, columns: number): string[] {
  const hasGates = points.some((point) => point.thresholds.length > 0);
  const rows = points.map((point) => [
    count(point.value),
    shareOf(point.totals.throttled, point.totals.offered),
    shareOf(point.totals.throttledAttempts, point.totals.attempts),
    percent(point.utilizationMax),
    '',
    findingsOf(point.findings),
    ...(hasGates ? [gatesOf(point.thresholds)] : []),
  ]);
  const table: Column[] = [
    { title: field === 'shards' ? 'shards' : 'records/s', align: 'right' },
    { title: 'throttled', align: 'right' },
    { title: 'attempts', align: 'right' },
    { title: 'load', align: 'right' },
    { title: '' },
    { title: 'findings' },
    ...(hasGates ? [{ title: 'gates' }] : []),
  ];
  const cells = Math.max(
    6,
    Math.min(WIDEST_BAR, columns - widthBeside(table, rows, BAR_COLUMN) - barWidth(0)),
  );
  const full = Math.max(1, ...points.map((point) => point.utilizationMax));
  const withBars = rows.map((row, i) => row.with(BAR_COLUMN, paint(points[i], full, cells, ink)));
  return [
    ...wrap(
      'throttled: records given up, of those offered; attempts: throttled ones, of all; load: the hottest shard, its ' +
        'busiest 10 s against the limit',
      columns - 2,
    ).map((line) => ink('dim', `  ${line}`)),
    ...tableLines(table, withBars, ink),
  ];
}

function paint({ utilizationMax }: SweepPoint, full: number, cells: number, ink: Ink): string {
  const bar = loadBar(utilizationMax, full, cells);
  return utilizationMax > 1 ? ink('red', bar) : bar;
}

function shareOf(part: number, whole: number): string {
  return whole > 0 ? percent(part / whole) : '–';
}

/** `UNDER_PROVISIONED +2`: the first finding, and how many more there are. */
function findingsOf(findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  return `${findings[0].code}${findings.length > 1 ? ` +${count(findings.length - 1)}` : ''}`;
}

function gatesOf(thresholds: readonly ThresholdRow[]): string {
  if (thresholds.some((row) => row.ok === false)) return 'MISSED';
  return thresholds.some((row) => row.ok === null) ? 'not meas.' : 'met';
}
