/**
 * Small files of two columns: sizes (`bytes,count`) and measured rates (`time,rate`), with or without a heading.
 */
import { LIMITS } from '../model/limits.ts';
import { parseRate } from '../model/quantity.ts';
import { badInput, type Refusal } from '../model/refusal.ts';
import { countOf } from './count-file.ts';
import type { RatePoint } from './rate-shapes.ts';
import { timestampUs } from './timestamp.ts';

export interface SizeHistogram {
  readonly bytes: readonly number[];
  readonly counts: readonly number[];
}

const MOST_ROWS = 1_000_000;

interface Row {
  readonly line: number;
  readonly left: string;
  readonly right: string;
}

/** Reads `bytes,count`: how many records have each size; sizes that occur again are added up. @throws Refusal */
export function readSizes(text: string, fileName: string): SizeHistogram {
  const example = 'Write one size in bytes and its count per line: 900,1200';
  const counts = new Map<number, number>();
  for (const { line, left, right } of rowsOf(text, fileName, example)) {
    const bytes = countOf(left);
    if (bytes === undefined || !Number.isInteger(bytes) || bytes > LIMITS.ceilingMaxRecordBytes.value)
      throw refusal(fileName, line, `${quoted(left)} is no number of bytes that a record can have`, example);
    const count = countOf(right);
    if (count === undefined)
      throw refusal(
        fileName,
        line,
        right.startsWith('-') ? `the count ${right} is negative` : `${quoted(right)} is no count`,
        example,
      );
    if (count > 0) counts.set(bytes, (counts.get(bytes) ?? 0) + count);
  }
  if (counts.size === 0) throw badInput(`${fileName}: there is no size with a count above 0.`, example);
  return { bytes: [...counts.keys()], counts: [...counts.values()] };
}

/**
 * Reads `time,rate`: times in seconds or as ISO 8601 in ascending order, rates in records per second (a bare number,
 * or with its unit).
 * @throws Refusal
 */
export function readRates(text: string, fileName: string): RatePoint[] {
  const example = 'Write one time and its rate per line: 2026-03-01T00:00:00Z,1200 (or seconds: 60,1200).';
  let before = -Infinity;
  const points = rowsOf(text, fileName, example).map(({ line, left, right }): RatePoint => {
    const seconds = countOf(left);
    const timeUs = seconds === undefined ? timestampUs(left) : Math.round(seconds * 1_000_000);
    if (timeUs === undefined) throw refusal(fileName, line, `${quoted(left)} is no time`, example);
    if (timeUs <= before)
      throw refusal(fileName, line, `${left} is not after the time before it`, 'Sort the lines by time.');
    before = timeUs;
    const rate = countOf(right) ?? recordsPerSec(right);
    if (rate === undefined)
      throw refusal(
        fileName,
        line,
        right.startsWith('-') ? `the rate ${right} is negative` : `${quoted(right)} is no rate in records`,
        example,
      );
    return { timeUs, rate };
  });
  if (points.length < 2) throw badInput(`${fileName}: a series needs at least two times.`, example);
  return points;
}

function recordsPerSec(text: string): number | undefined {
  const rate = parseRate(text);
  return rate && 'recordsPerSec' in rate ? rate.recordsPerSec : undefined;
}

/** The rows that are not empty; a first one that begins with a letter and has no digit behind the comma is a heading. */
function rowsOf(text: string, fileName: string, example: string): Row[] {
  const rows: Row[] = [];
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .forEach((content, i) => {
      if (content.trim() === '') return;
      const parts = content.split(',').map((part) => part.trim().replace(/^"(.*)"$/, '$1'));
      if (rows.length === 0 && /^[a-z]/i.test(parts[0]) && /^[a-z]/i.test(parts[1] ?? '')) return;
      if (parts.length !== 2)
        throw refusal(fileName, i + 1, 'this is not two values with a comma between them', example);
      rows.push({ line: i + 1, left: parts[0], right: parts[1] });
    });
  if (rows.length === 0) throw badInput(`${fileName}: the file is empty.`, example);
  if (rows.length > MOST_ROWS)
    throw badInput(`${fileName}: there are more than 1,000,000 lines.`, 'Add lines up into fewer.');
  return rows;
}

function refusal(fileName: string, line: number, what: string, fix: string): Refusal {
  return badInput(`${fileName}, line ${line}: ${what}.`, fix);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 37)}...` : text);
}
