/**
 * A file that says how traffic changes from hour to hour: one rate per hour, which repeats after the last (24 lines are
 * a day, 168 a week).
 *
 *     hour,rate          time,MiB/s                    records/s
 *     0,1200/s           2026-03-02T00:00Z,1.5         1200
 *     1,900/s            2026-03-02T01:00Z,1.2         900
 *
 * The hours are numbered from 0, or are times (of several in one hour the highest rate counts), or are left out. A rate
 * has its unit, or its column has it in the heading.
 */
import { parseRate } from '../model/quantity.ts';
import { badInput, type Refusal } from '../model/refusal.ts';
import { timestampUs } from './timestamp.ts';

export interface RateProfile {
  /** The highest rate of each hour, 0 or more; at least two, one of them above 0. */
  readonly rates: readonly number[];
  /** What is counted per second: records, or their bytes (data and key). */
  readonly unit: 'records' | 'bytes';
  /** When the first hour begins, in microseconds since 1970; undefined where the file has no times. */
  readonly startUs?: number;
}

const HOUR_US = 3_600_000_000;
const MOST_HOURS = 8784;
const EXAMPLE = 'Write one hour and its rate per line: 0,1200/s or 2026-03-02T00:00Z,5MiB/s.';

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** @param fileName how error messages call the file @throws Refusal (exit code 2) */
export function readRateProfile(text: string, fileName: string): RateProfile {
  const { heading, rows } = rowsOf(text, fileName);
  const unitText = heading === undefined ? undefined : unitOf(heading[heading.length - 1]);
  const rates = rows.map((row) => rateOf(row, unitText, fileName));
  const unit = rates[0].unit;
  rates.forEach((rate, i) => {
    if (rate.unit !== unit)
      throw refusal(
        fileName,
        rows[i],
        'this rate is in other units than those above',
        `Write all in ${unit}.`,
      );
  });
  const hours = rows.map((row, i) => hourOf(row, i, fileName));
  const startHour = hours[0].hour;
  const highest: number[] = [];
  hours.forEach(({ hour, isTime }, i) => {
    const at = hour - startHour;
    if (isTime !== hours[0].isTime)
      throw refusal(fileName, rows[i], 'this is no hour as those above are', EXAMPLE);
    if (at < highest.length - 1 || (!isTime && at !== highest.length))
      throw refusal(fileName, rows[i], 'the hours are not in order', 'Number them 0, 1, 2 …, each once.');
    if (at > highest.length)
      throw refusal(fileName, rows[i], 'there is no rate for the hour before', 'Give every hour a rate.');
    highest[at] = Math.max(highest[at] ?? 0, rates[i].perSec);
  });
  if (highest.length < 2 || highest.length > MOST_HOURS)
    throw badInput(`${fileName}: a profile has 2 to 8,784 hours, and this one ${highest.length}.`, EXAMPLE);
  if (highest.every((rate) => rate === 0))
    throw badInput(`${fileName}: there is no traffic in any hour.`, EXAMPLE);
  return { rates: highest, unit, ...(hours[0].isTime && { startUs: startHour * HOUR_US }) };
}

/** The lines that are not empty, and the first one where it is a heading. */
function rowsOf(text: string, fileName: string): { heading?: readonly string[]; rows: Row[] } {
  const all = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((content, i): Row => ({ line: i + 1, cells: content.split(',').map(bare) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const first = all.at(0)?.cells ?? [];
  const isHeading = first.length > 0 && first.every((cell) => !/^[-+.\d]/.test(cell));
  const rows = isHeading ? all.slice(1) : all;
  if (rows.length === 0) throw badInput(`${fileName}: there is no rate in the file.`, EXAMPLE);
  const columns = isHeading ? first.length : rows[0].cells.length;
  for (const row of rows)
    if (row.cells.length !== columns || columns > 2)
      throw refusal(
        fileName,
        row,
        `this is not ${columns === 1 ? 'one rate' : 'an hour, a comma and a rate'}`,
        EXAMPLE,
      );
  return { ...(isHeading && { heading: first }), rows };
}

function bare(cell: string): string {
  return cell.trim().replace(/^"(.*)"$/, '$1');
}

/** What a heading says of the unit: `/s` of `records/s`, `MiB/s` of itself; undefined where it only says `rate`. */
function unitOf(heading: string): string | undefined {
  const unit = heading.replace(/^records? ?(?=\/)/i, '');
  return parseRate(`1${unit}`) === undefined ? undefined : unit;
}

function rateOf(
  row: Row,
  unitText: string | undefined,
  fileName: string,
): { readonly unit: RateProfile['unit']; readonly perSec: number } {
  const text = row.cells[row.cells.length - 1];
  const isBare = /^\d+(\.\d+)?$/.test(text);
  if (isBare && unitText === undefined)
    throw refusal(
      fileName,
      row,
      `${text} has no unit`,
      `Write ${text}/s for records or ${text}B/s for bytes, or name the column records/s or MiB/s.`,
    );
  const rate = parseRate(isBare ? `${text}${unitText ?? ''}` : text);
  if (rate === undefined) throw refusal(fileName, row, `${JSON.stringify(text)} is no rate`, EXAMPLE);
  return 'recordsPerSec' in rate
    ? { unit: 'records', perSec: rate.recordsPerSec }
    : { unit: 'bytes', perSec: rate.bytesPerSec };
}

/** Hours since 1970 of a time, or the number that stands there, or the place of the line. */
function hourOf(
  row: Row,
  index: number,
  fileName: string,
): { readonly hour: number; readonly isTime: boolean } {
  if (row.cells.length === 1) return { hour: index, isTime: false };
  const [text] = row.cells;
  if (/^\d{1,4}$/.test(text)) {
    if (index > 0 || Number(text) === 0) return { hour: Number(text), isTime: false };
    throw refusal(fileName, row, `the first hour is ${text}`, 'Number the hours from 0.');
  }
  const us = timestampUs(text);
  if (us === undefined)
    throw refusal(fileName, row, `${JSON.stringify(text)} is no hour and no time`, EXAMPLE);
  return { hour: Math.floor(us / HOUR_US), isTime: true };
}

function refusal(fileName: string, { line }: Row, what: string, fix: string): Refusal {
  return badInput(`${fileName}, line ${line}: ${what}.`, fix);
}
