/**
 * Values with units, as people write and read them: `2000/s`, `5MiB/s`, `2KiB`, `1m30s`, `40%`.
 *
 * Text is read as a decimal fraction and never through floating point, so `0.1s` is exactly 100,000 us. `KB` is
 * 1,000 bytes and `KiB` 1,024. A bare number is not a quantity: the `require…` functions refuse it with the fix.
 */
import { badInput } from './refusal.ts';

/** An arrival rate, either of records or of their bytes (data and key). */
export type Rate = { readonly recordsPerSec: number } | { readonly bytesPerSec: number };

const BYTE_UNITS: ReadonlyMap<string, bigint> = new Map([
  ['B', 1n],
  ['kB', 1000n],
  ['KB', 1000n],
  ['MB', 1000n ** 2n],
  ['GB', 1000n ** 3n],
  ['TB', 1000n ** 4n],
  ['KiB', 1024n],
  ['MiB', 1024n ** 2n],
  ['GiB', 1024n ** 3n],
  ['TiB', 1024n ** 4n],
]);

/** Microseconds. */
const TIME_UNITS: ReadonlyMap<string, bigint> = new Map([
  ['us', 1n],
  ['ms', 1000n],
  ['s', 1_000_000n],
  ['m', 60_000_000n],
  ['min', 60_000_000n],
  ['h', 3_600_000_000n],
  ['d', 86_400_000_000n],
]);

/** Seconds. */
const PER_UNITS: ReadonlyMap<string, bigint> = new Map([
  ['s', 1n],
  ['min', 60n],
  ['h', 3600n],
]);

/** A decimal number as a fraction: `1.25` is 125 / 100. */
interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

/** Reads digits with an optional decimal part; no sign, exponent or separators. */
function parseDecimal(text: string): Fraction | undefined {
  const match = /^(\d{1,15})(?:\.(\d{1,15}))?$/.exec(text);
  if (!match) return undefined;
  const decimals = match.at(2) ?? '';
  return { over: BigInt(match[1] + decimals), under: 10n ** BigInt(decimals.length) };
}

/** The nearest whole number, exact where the fraction is whole; undefined above 2^53 - 1. */
function toWhole(over: bigint, under: bigint): number | undefined {
  const whole = Number((over * 2n + under) / (under * 2n));
  return Number.isSafeInteger(whole) ? whole : undefined;
}

/**
 * Bytes of `900B`, `2KiB`, `1.5MB`: whole, in larger units rounded to the nearest; undefined where the text is none,
 * as `1.5B` is: nobody sends half a byte.
 */
export function parseBytes(text: string): number | undefined {
  const match = /^([\d.]+) ?([A-Za-z]+)$/.exec(text.trim());
  const value = match && parseDecimal(match[1]);
  const unit = match && BYTE_UNITS.get(match[2]);
  if (!value || !unit || (unit === 1n && value.over % value.under !== 0n)) return undefined;
  return toWhole(value.over * unit, value.under);
}

/** Microseconds of `100ms`, `5s`, `1m30s`, `7d`, or several parts added up; undefined where the text is none. */
export function parseDuration(text: string): number | undefined {
  const compact = text.trim().replaceAll(' ', '');
  if (!/^([\d.]+[a-z]+)+$/.test(compact)) return undefined;
  let totalUs = 0;
  for (const [, number, name] of compact.matchAll(/([\d.]+)([a-z]+)/g)) {
    const value = parseDecimal(number);
    const unit = TIME_UNITS.get(name);
    const partUs = value && unit ? toWhole(value.over * unit, value.under) : undefined;
    if (partUs === undefined) return undefined;
    totalUs += partUs;
  }
  return Number.isSafeInteger(totalUs) ? totalUs : undefined;
}

/** 0.4 of `40%`, from 0 to 1; undefined where the text is none. */
export function parsePercent(text: string): number | undefined {
  const match = /^([\d.]+) ?%$/.exec(text.trim());
  const value = match && parseDecimal(match[1]);
  if (!value) return undefined;
  const share = Number(value.over) / Number(value.under * 100n);
  return share <= 1 ? share : undefined;
}

/** `2000/s` and `60/min` as records per second, `5MiB/s` as bytes per second; undefined where the text is none. */
export function parseRate(text: string): Rate | undefined {
  const match = /^([\d.]+) ?([A-Za-z]*)\/([a-z]+)$/.exec(text.trim());
  const value = match && parseDecimal(match[1]);
  const perSec = match && PER_UNITS.get(match[3]);
  if (!value || !perSec) return undefined;
  const under = Number(value.under * perSec);
  if (match[2] === '') return { recordsPerSec: Number(value.over) / under };
  const unit = BYTE_UNITS.get(match[2]);
  return unit === undefined ? undefined : { bytesPerSec: Number(value.over * unit) / under };
}

export type QuantityKind = 'rate' | 'size' | 'duration' | 'percentage';

interface Wording {
  readonly noun: string;
  readonly examples: string;
  /** What to write where only the digits were given. */
  readonly withUnit: (digits: string) => string;
}

const WORDING: Readonly<Record<QuantityKind, Wording>> = {
  rate: {
    noun: 'a rate',
    examples: '2000/s for records per second, or 5MiB/s for bytes',
    withUnit: (digits) => `${digits}/s for records per second, or ${digits}B/s for bytes`,
  },
  size: {
    noun: 'a size',
    examples: '900B, 2KiB or 1MB',
    withUnit: (digits) => `${digits}B for bytes, or ${digits}KiB`,
  },
  duration: {
    noun: 'a duration',
    examples: '100ms, 5s, 5m or 1h',
    withUnit: (digits) => `${digits}s for seconds, or ${digits}ms`,
  },
  percentage: {
    noun: 'a percentage from 0% to 100%',
    examples: '40%',
    withUnit: percentOf,
  },
};

/** What a bare number most likely meant: 0.4 and 40 are both 40 %. */
function percentOf(digits: string): string {
  const value = Number(digits);
  return value <= 1 ? formatPercent(value) : `${value <= 100 ? digits : '40'}%`;
}

/** Two sentences for a text that the reader of its kind refused: what is wrong with it, and what to write. */
export function explainQuantity(
  kind: QuantityKind,
  text: string,
): { readonly what: string; readonly fix: string } {
  const trimmed = text.trim();
  const { noun, examples, withUnit } = WORDING[kind];
  if (parseDecimal(trimmed)) return { what: `${trimmed} has no unit.`, fix: `Write ${withUnit(trimmed)}.` };
  const parts = kind === 'size' ? /^(\d{1,15})\.\d+ ?B$/.exec(trimmed) : null;
  if (parts)
    return { what: `${trimmed} is no whole number of bytes.`, fix: `Write ${Number(parts[1]) + 1}B.` };
  return { what: `${JSON.stringify(trimmed)} is not ${noun}.`, fix: `Write for example ${examples}.` };
}

/**
 * A rate, or the refusal with the fix.
 * @param where what the user knows the value by: a flag, or the file and the path of the field
 * @throws Refusal where the text is no rate
 */
export function requireRate(text: string, where: string): Rate {
  return parseRate(text) ?? refuse('rate', text, where);
}

/** Bytes, or the refusal with the fix. @throws Refusal */
export function requireBytes(text: string, where: string): number {
  return parseBytes(text) ?? refuse('size', text, where);
}

/** Microseconds, or the refusal with the fix. @throws Refusal */
export function requireDuration(text: string, where: string): number {
  return parseDuration(text) ?? refuse('duration', text, where);
}

/** A part from 0 to 1, or the refusal with the fix. @throws Refusal */
export function requirePercent(text: string, where: string): number {
  return parsePercent(text) ?? refuse('percentage', text, where);
}

function refuse(kind: QuantityKind, text: string, where: string): never {
  const { what, fix } = explainQuantity(kind, text);
  throw badInput(`${where}: ${what}`, fix);
}

/** A count with thousands separators, rounded to a whole number: `1,234,567`. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toFixed(0)
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Three significant digits without trailing zeros below 100, whole and with separators above. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 99.95 || Number.isInteger(value)) return formatCount(value);
  const decimals = size >= 9.995 ? 1 : size >= 0.9995 ? 2 : size >= 0.0995 ? 3 : 4;
  return value.toFixed(decimals).replace(/\.?0+$/, '');
}

/** Bytes in the largest binary unit that leaves at least 1: `900 B`, `1.5 KiB`, `10 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${formatNumber(value)} ${units[unit]}`;
}

/** `3,000/s` for records, `5 MiB/s` for bytes. */
export function formatRate(rate: Rate): string {
  return 'recordsPerSec' in rate
    ? `${formatNumber(rate.recordsPerSec)}/s`
    : `${formatBytes(rate.bytesPerSec)}/s`;
}

/** A duration in microseconds, in parts from one minute up: `250us`, `1.5ms`, `12s`, `1m30s`, `1d`. */
export function formatDuration(us: number): string {
  if (us === 0) return '0s';
  if (us < 999.5) return `${formatNumber(us)}us`;
  if (us < 999_500) return `${formatNumber(us / 1000)}ms`;
  if (us < 59_950_000) return `${formatNumber(us / 1_000_000)}s`;
  const seconds = Math.round(us / 1_000_000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  return parts.map(([count, name]) => (count > 0 ? `${count}${name}` : '')).join('');
}

/** A part from 0 to 1 (or more) as a percentage: `40%`, `0.25%`. */
export function formatPercent(ratio: number): string {
  return `${formatNumber(ratio * 100)}%`;
}
