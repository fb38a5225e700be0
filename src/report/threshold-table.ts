/**
 * The gates that the user set, and how each came out.
 */
import type { ThresholdRow } from '../results/report-document.ts';
import { count, millis, NBSP, times } from './figure.ts';
import type { Ink } from './ink.ts';
import { showName } from './name.ts';
import { tableLines } from './table.ts';

const EXPRESSION_COLUMNS = 40;

export function thresholdLines(thresholds: readonly ThresholdRow[], ink: Ink, columns: number): string[] {
  const rows = thresholds.map((row) => [
    outcome(row, ink),
    showName(row.expression, Math.min(EXPRESSION_COLUMNS, columns - 40)),
    row.actual === null ? '' : `was ${thresholdValue(row.actual, row.unit)}`,
  ]);
  return tableLines([{ title: '' }, { title: '' }, { title: '' }], rows, ink);
}

function outcome({ ok }: ThresholdRow, ink: Ink): string {
  if (ok === null) return ink('yellow', 'not measured');
  return ok ? ink('green', 'met') : ink('red', 'MISSED');
}

/** A measured value with its unit. */
export function thresholdValue(value: number, unit: ThresholdRow['unit']): string {
  switch (unit) {
    case 'ms':
      return `${millis(value)}${NBSP}ms`;
    case '%':
      return `${value.toFixed(value < 10 ? 2 : 1)}${NBSP}%`;
    case '/s':
      return `${count(value)}/s`;
    case 'ratio':
      return times(value);
  }
}
