/**
 * The gates that the user set, and how each came out.
 */
import { isFarApart, type MergedInfo } from '../results/merged-info.ts';
import type { ReportDocument, ThresholdRow } from '../results/report-document.ts';
import { count, millis, NBSP, percent, times } from './figure.ts';
import type { Ink } from './ink.ts';
import { showName } from './name.ts';
import { wrap } from './paragraph.ts';
import { tableLines } from './table.ts';

const EXPRESSION_COLUMNS = 40;

export function thresholdLines(document: ReportDocument, ink: Ink, columns: number): string[] {
  const { thresholds = [] } = document;
  const rows = thresholds.map((row) => [
    outcome(row, ink),
    showName(row.expression, Math.min(EXPRESSION_COLUMNS, columns - 40)),
    row.actual === null ? '' : `was ${thresholdValue(row.actual, row)}`,
  ]);
  const reasons = new Set(thresholds.flatMap((row) => (row.ok === null ? [reasonOf(row, document)] : [])));
  return [
    ...tableLines([{ title: '' }, { title: '' }, { title: '' }], rows, ink),
    ...[...reasons].flatMap((reason) => wrap(reason, columns - 2)).map((line) => `  ${line}`),
  ];
}

/** Why there is no answer to a gate. */
function reasonOf({ expression }: ThresholdRow, { kind, totals, merged, partial }: ReportDocument): string {
  if (merged !== undefined && isCut(merged)) return 'Not decided: parts of the load are missing.';
  if (merged !== undefined && isFarApart(merged))
    return 'Not decided: the machines started too far apart to have been one load.';
  if (partial !== false && kind === 'run') return 'Not decided: the report does not cover the whole load.';
  const metric = expression.trim();
  if (metric.startsWith('latency.endToEnd')) {
    return kind === 'simulation'
      ? 'Not measured: a simulation models latency from end to end. shardwise run measures it.'
      : 'Not measured: no consumer of the scenario read a record with a header.';
  }
  if (metric.startsWith('latency')) {
    return kind === 'simulation'
      ? 'Not measured: latency in a simulation is modelled, so no gate on it can pass. shardwise run measures it.'
      : 'Not measured: no record was accepted whose latency could be told.';
  }
  if (metric.startsWith('iteratorAge'))
    return 'Not measured: there were no consumers whose age could be told.';
  if (totals?.offered === 0) return 'Not measured: nothing was offered.';
  return 'Not measured: there is nothing to take a part of.';
}

function isCut({ missing, workers }: MergedInfo): boolean {
  return missing.length > 0 || workers.some(({ partial }) => partial !== false);
}

function outcome({ ok }: ThresholdRow, ink: Ink): string {
  if (ok === null) return ink('yellow', 'not measured');
  return ok ? ink('green', 'met') : ink('red', 'MISSED');
}

/** A measured value with its unit; a ratio as it was asked for. */
export function thresholdValue(
  value: number,
  { unit, expression }: Pick<ThresholdRow, 'unit' | 'expression'>,
): string {
  switch (unit) {
    case 'ms':
      return `${millis(value)}${NBSP}ms`;
    case '%':
      return `${value.toFixed(value < 10 ? 2 : 1)}${NBSP}%`;
    case '/s':
      return `${count(value)}/s`;
    case 'ratio':
      return /%\s*$/.test(expression) ? percent(value) : times(value);
  }
}
