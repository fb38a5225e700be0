/**
 * Why attempts failed, other than by throttling: the error's code, how often, and the first message seen.
 */
import type { ErrorRow } from '../results/report-document.ts';
import { amountOf } from './figure.ts';
import type { Ink } from './ink.ts';
import { showName, showProse } from './name.ts';
import { wrap } from './paragraph.ts';

const MOST_ROWS = 5;
const CODE_COLUMNS = 48;
/** Some services answer with a page of HTML. */
const MOST_MESSAGE_LINES = 3;

export function errorLines(errors: readonly ErrorRow[], ink: Ink, columns: number): string[] {
  const lines = errors.slice(0, MOST_ROWS).flatMap((row) => {
    const message = wrap(showProse(row.message), columns - 6);
    const shown = message.slice(0, MOST_MESSAGE_LINES);
    if (message.length > shown.length) shown[shown.length - 1] += ' …';
    return [
      `  ${ink('red', showName(row.code, CODE_COLUMNS))}  ${amountOf(row.attempts, 'attempt')}`,
      ...shown.map((line) => `    ${line}`),
    ];
  });
  if (errors.length <= MOST_ROWS) return lines;
  return [
    ...lines,
    `  ${ink('dim', `… and ${amountOf(errors.length - MOST_ROWS, 'rarer error')} in the saved report.`)}`,
  ];
}
