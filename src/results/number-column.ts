/**
 * Columns of numbers as one text each, so that a thousand of them take one line of a report: decimal numbers with a
 * space between. A column of nothing but zeros is left out.
 */

/** Undefined where all are 0. */
export function writeColumn(values: ArrayLike<number>): string | undefined {
  const column = Array.from(values);
  return column.some((value) => value !== 0) ? column.join(' ') : undefined;
}

/**
 * A column of so many numbers, none below 0.
 * @returns undefined where the text is no such column
 */
export function readColumn(text: string | undefined, length: number): Float64Array | undefined {
  if (text === undefined) return new Float64Array(length);
  const values = readNumbers(text);
  return values.length === length && values.every(isAmount) ? values : undefined;
}

/** Rows of so many numbers side by side; undefined where the text holds something else. */
export function readRows(text: string, width: number): Float64Array | undefined {
  const values = readNumbers(text);
  return values.length % width === 0 && values.every(isAmount) ? values : undefined;
}

function readNumbers(text: string): Float64Array {
  return text === '' ? new Float64Array(0) : Float64Array.from(text.split(' '), Number);
}

function isAmount(value: number): boolean {
  return value >= 0 && value < Infinity;
}
