/**
 * Tables without lines: columns two spaces apart, numbers to the right, headings dim.
 */
import Table from 'cli-table3';
import type { Ink } from './ink.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

const GAP = '  ';
const NO_LINES = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: GAP },
};

/**
 * The lines of a table, indented by two. Cells must be escaped and cut already. Columns whose titles are all empty
 * get no heading line.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  ink: Ink,
): string[] {
  const hasTitles = columns.some((column) => column.title !== '');
  const table = new Table({
    ...(hasTitles ? { head: columns.map((column) => ink('dim', column.title)) } : {}),
    colAligns: columns.map((column) => column.align ?? 'left'),
    chars: NO_LINES,
    // Its own colours would reach pipes and files too.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map((line) => GAP + line.trimEnd());
}

/** Columns that a table takes besides one column's cells: the other cells at their widest, gaps and indent. */
export function widthBeside(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  index: number,
): number {
  const widest = columns.map((column, i) =>
    Math.max(column.title.length, ...rows.map((row) => row[i].length)),
  );
  return widest.reduce((sum, width, i) => sum + GAP.length + (i === index ? 0 : width), 0);
}
