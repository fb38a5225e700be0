/**
 * Sentences on paper of a given width: wrapping, hanging indents, labels in a margin.
 */
import type { ReportDocument } from '../results/report-document.ts';
import { NBSP } from './figure.ts';
import { columnsOf } from './name.ts';

/** No report is wider, whatever the terminal; below the lower bound tables cannot stand. */
const MAX_COLUMNS = 80;
const MIN_COLUMNS = 60;

/** The width a report uses on a terminal of `columns`. */
export function pageWidth(columns: number): number {
  return Math.min(MAX_COLUMNS, Math.max(MIN_COLUMNS, Math.floor(columns)));
}

/** Of many simulations that were interrupted: how many are in the report; nothing where all are. */
export function partialLines(
  { partial }: Pick<ReportDocument, 'partial'>,
  simulations: number,
  columns: number,
): string[] {
  if (partial === false) return [];
  const played = `${simulations} ${simulations === 1 ? 'simulation' : 'simulations'}`;
  return wrap(`Partial report: ${partial} after ${played}. It covers those only.`, columns);
}

/** Breaks a text at spaces into lines of at most `columns`. A word wider than that is cut. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((part) => cut(part, columns))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (columnsOf(longer) <= columns) {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** A text after a label in a margin of `indent` columns; the lines that follow hang under the first. */
export function labelled(label: string, text: string, indent: number, columns: number): string[] {
  const lines = wrap(text, columns - indent);
  return lines.map((line, i) => (i === 0 ? label : '').padEnd(indent) + line);
}

/** The whole page: ends with one newline, no line ends with a space, and no no-break spaces are left. */
export function finish(lines: readonly string[]): string {
  return `${lines.map((line) => line.replaceAll(NBSP, ' ').trimEnd()).join('\n')}\n`;
}

function cut(word: string, columns: number): string[] {
  if (columnsOf(word) <= columns) return [word];
  const pieces = [''];
  for (const character of word) {
    const last = pieces[pieces.length - 1];
    if (columnsOf(last + character) <= columns) pieces[pieces.length - 1] = last + character;
    else pieces.push(character);
  }
  return pieces;
}
