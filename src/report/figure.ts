/**
 * How a number is written in a report: with its unit, and never rounded across the line that decides something.
 *
 * A no-break space stands between number and unit so that they stay on one line; `wrap` and `finish` in
 * `paragraph.ts` turn it into an ordinary one.
 */
import { MIB } from '../model/limits.ts';
import { formatBytes, formatCount, formatNumber } from '../model/quantity.ts';
import type { Dimension } from '../results/report-document.ts';

export const NBSP = '\u00a0';

export { formatCount as count };

/** `1.42 ×`: a load over its limit. 1.004 is not written as 1, nor 0.996. */
export function times(ratio: number): string {
  return `${away(ratio, 1, 2)}${NBSP}×`;
}

/** `142 %` of 1.42. Below 10 % one decimal; something is never written as nothing, nor 99.9 % as 100 %. */
export function percent(ratio: number): string {
  const value = ratio * 100;
  if (value > 0 && value < 0.1) return `<0.1${NBSP}%`;
  return `${value < 10 ? trim(value.toFixed(1)) : away(value, 100, 0)}${NBSP}%`;
}

/** `a, b and c`. */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

/** One count as a percentage of another; nothing where either is zero. */
export function partOf(part: number, whole: number): string {
  return part > 0 && whole > 0 ? percent(part / whole) : '';
}

/** `12.3` for a table whose heading says ms; `–` where nothing was measured. */
export function millis(ms: number | null): string {
  if (ms === null) return '–';
  return ms < 99.95 ? ms.toFixed(ms < 9.995 ? 2 : 1) : formatCount(ms);
}

/** `250 ms`, `12.5 s`, `1 m 30 s`: spans that a person reads. */
export function duration(ms: number): string {
  if (ms < 1000) return `${formatNumber(ms)}${NBSP}ms`;
  const seconds = Math.round(ms / 100) / 10;
  if (seconds < 120) return `${formatNumber(seconds)}${NBSP}s`;
  const whole = Math.round(seconds);
  const parts = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ] as const;
  return parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${NBSP}${unit}`)
    .join(NBSP);
}

/** `0 s`, `12.5 s`, `10 min 3 s`: a moment of the counted duration. */
export function timeAt(ms: number): string {
  return ms === 0 ? `0${NBSP}s` : duration(ms);
}

/** `1,420 records/s` or `1.42 MiB/s`: a load, not rounded to the limit that it is held against, or the limit itself. */
export function perSec(dimension: Dimension, amount: number, limit: number): string {
  if (dimension === 'bytes') return `${trim(away(amount / MIB, limit / MIB, 2))}${NBSP}MiB/s`;
  return `${trim(away(amount, limit, amount < 100 ? 1 : 0))}${NBSP}records/s`;
}

/** `1.5 MiB`. */
export function bytes(amount: number): string {
  return formatBytes(amount).replace(' ', NBSP);
}

/** `1 shard`, `2 shards`. */
export function amountOf(amount: number, one: string, many = `${one}s`): string {
  return `${formatCount(amount)}${NBSP}${amount === 1 ? one : many}`;
}

/** The fewest decimals, from `decimals` up, at which a value does not look equal to a mark that it is beside. */
function away(value: number, mark: number, decimals: number): string {
  const isMark = value === mark;
  for (let digits = decimals; digits < decimals + 4; digits++) {
    const text = value.toFixed(digits);
    if (isMark || Number(text) !== mark) return withSeparators(text);
  }
  return withSeparators(value.toFixed(decimals + 4));
}

function withSeparators(decimal: string): string {
  return decimal.replace(/\B(?<!\.\d*)(?=(\d{3})+(\.|$))/g, ',');
}

function trim(decimal: string): string {
  return decimal.replace(/\.0+$|(?<=\.\d+)0+$/, '');
}
