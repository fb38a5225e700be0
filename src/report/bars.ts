/**
 * Bars and sparklines from block characters.
 */

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;
const HEIGHTS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
/** Stands at 100 %. */
export const MARK = '│';

/** Cells that a bar of `cells` takes with its mark. */
export function barWidth(cells: number): number {
  return cells + 1;
}

/**
 * A bar for a load over its limit, `cells` + 1 characters long: the mark stands at 1, the bar is full at `full`.
 * Whatever is above the limit passes the mark, if by the thinnest block only; whatever is below does not.
 */
export function loadBar(ratio: number, full: number, cells: number): string {
  const scale = Math.max(1, full);
  const below = Math.max(1, Math.round(cells / scale));
  const above = cells - below;
  const inside = block(Math.min(1, ratio), below);
  const outside = above > 0 && ratio > 1 ? block((ratio - 1) / (scale - 1), above) : '';
  return inside.padEnd(below) + MARK + outside.padEnd(above);
}

/** A block bar of at most `cells`; anything above zero shows. */
function block(part: number, cells: number): string {
  const eighths = Math.min(cells * 8, Math.max(part > 0 ? 1 : 0, Math.round(part * cells * 8)));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

/**
 * A row of at most `cells` little columns, each the highest of the steps it stands for; steps are never stretched.
 * Zero is blank, anything above zero shows, `highest` is full height.
 */
export function sparkline(values: readonly number[], highest: number, cells: number): string {
  const width = Math.min(cells, values.length);
  const edge = (cell: number): number => Math.floor((cell * values.length) / width);
  return Array.from({ length: width }, (_, i) =>
    column(highestOf(values.slice(edge(i), edge(i + 1))), highest),
  ).join('');
}

/** 0 where there is none. A loop, because Math.max takes no more arguments than the stack has room for. */
export function highestOf(values: readonly number[]): number {
  let highest = 0;
  for (const value of values) if (value > highest) highest = value;
  return highest;
}

function column(value: number, highest: number): string {
  if (value <= 0 || highest <= 0) return ' ';
  const height = Math.ceil((value / highest) * HEIGHTS.length);
  return HEIGHTS[Math.min(HEIGHTS.length, height) - 1];
}
