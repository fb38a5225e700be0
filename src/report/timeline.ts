/**
 * What happened when, as sparklines over a time axis: records offered and attempts throttled per second and, where the
 * layout changed, open shards, over the counted duration.
 *
 * All are rates, the mean of a step, so that they can be held against the load at the top of the report whatever the
 * length of a step.
 */
import type { AfterEnd, Series } from '../results/report-document.ts';
import { highestOf, sparkline } from './bars.ts';
import { amountOf, count, duration, timeAt } from './figure.ts';
import type { Ink } from './ink.ts';
import { wrap } from './paragraph.ts';

const LABEL_COLUMNS = 13;
/** Room for `peak 99,999,999/s`. */
const PEAK_COLUMNS = 19;
const MS_PER_SEC = 1000;
/** A shorter time than that to settle what was waiting is that of a request. */
const WORTH_TELLING_MS = 1000;

/** @param durationMs of the series: its last step may be shorter than the others */
export function timelineLines(series: Series, durationMs: number, ink: Ink, columns: number): string[] {
  const steps = stepsPerColumn(series, columns);
  const rates = (counts: readonly number[]): number[] => ratesOf(counts, series.stepMs, durationMs);
  const [offered, throttled] = [rates(series.offered), rates(series.throttledAttempts)];
  // One scale for both, so that the eye may compare them.
  const highest = Math.max(highestOf(offered), highestOf(throttled));
  const line = (label: string, values: readonly number[], color?: 'red'): string => {
    const blocks = sparkline(grouped(values, steps), highest, values.length);
    const peak = `peak ${count(highestOf(values))}/s`;
    return `  ${label.padEnd(LABEL_COLUMNS - 2)}${color ? ink(color, blocks) : blocks}  ${peak}`;
  };
  const { openShards, afterEnd } = series;
  return [
    line('offered', offered),
    line('throttled', throttled, 'red'),
    ...(openShards === undefined ? [] : [openLine(openShards, steps)]),
    ink('dim', axisLine(series, steps, durationMs)),
    ...(afterEnd === undefined ? [] : afterEndLines(afterEnd, durationMs, columns)),
  ];
}

/** Open shards, on a scale of their own. */
function openLine(openShards: readonly number[], steps: number): string {
  const blocks = sparkline(grouped(openShards, steps), highestOf(openShards), openShards.length);
  return `  ${'shards'.padEnd(LABEL_COLUMNS - 2)}${blocks}  peak ${count(highestOf(openShards))}`;
}

/** Start, middle and end, each at its column; without the middle, and then without its place, where there is no room. */
function axisLine({ stepMs, offered }: Series, steps: number, durationMs: number): string {
  const width = Math.ceil(offered.length / steps);
  const half = Math.floor(width / 2);
  const [start, middle, end] = [timeAt(0), timeAt(half * steps * stepMs), duration(durationMs)];
  const rest = width - end.length;
  const withMiddle = start.padEnd(half) + middle;
  const line =
    start.length < half && withMiddle.length < rest
      ? withMiddle.padEnd(rest) + end
      : start.length < rest
        ? start.padEnd(rest) + end
        : `${start} … ${end}`;
  return ' '.repeat(LABEL_COLUMNS) + line;
}

function afterEndLines(
  { accepted, throttledAttempts, lastMs }: AfterEnd,
  durationMs: number,
  columns: number,
): string[] {
  const lateMs = lastMs - durationMs;
  if (lateMs < WORTH_TELLING_MS) return [];
  return wrap(
    `After the end it took ${duration(lateMs)} more to settle what was waiting: ${count(accepted)} accepted, ` +
      `${amountOf(throttledAttempts, 'attempt')} throttled.`,
    columns - 2,
  ).map((line) => `  ${line}`);
}

/** What one sees, for the heading. */
export function timelineNote(series: Series, columns: number): string {
  const steps = stepsPerColumn(series, columns);
  const step = duration(series.stepMs);
  const column = steps === 1 ? step : `the busiest ${step} of ${duration(steps * series.stepMs)}`;
  return `records and attempts/s; one column is ${column}`;
}

/** Every column stands for as many steps as any other; the last may have fewer. */
function stepsPerColumn({ offered }: Series, columns: number): number {
  return Math.max(1, Math.ceil(offered.length / (columns - LABEL_COLUMNS - PEAK_COLUMNS)));
}

/**
 * Counts per step as rates per second. A last step of less than a second, where there are others, counts as a second:
 * one request in a few milliseconds is no rate.
 */
function ratesOf(counts: readonly number[], stepMs: number, durationMs: number): number[] {
  const least = Math.min(MS_PER_SEC, durationMs);
  return counts.map((amount, i) => {
    const lengthMs = Math.max(least, Math.min(stepMs, durationMs - i * stepMs));
    return lengthMs > 0 ? (amount * MS_PER_SEC) / lengthMs : 0;
  });
}

/** The highest of every so many values. */
function grouped(values: readonly number[], size: number): number[] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) =>
    highestOf(values.slice(i * size, (i + 1) * size)),
  );
}
