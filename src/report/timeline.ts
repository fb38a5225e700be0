/**
 * What happened when, as sparklines: records offered, attempts throttled and, where the layout changed, open
 * shards, over the counted duration.
 */
import type { Series } from '../results/report-document.ts';
import { highestOf, sparkline } from './bars.ts';
import { count, duration } from './figure.ts';
import type { Ink } from './ink.ts';

const LABEL_COLUMNS = 13;
/** Room for `peak 9,999,999`. */
const PEAK_COLUMNS = 16;

export function timelineLines(series: Series, ink: Ink, columns: number): string[] {
  const steps = stepsPerColumn(series, columns);
  // One scale for both, so that the eye may compare them.
  const highest = Math.max(highestOf(series.offered), highestOf(series.throttledAttempts));
  const line = (label: string, values: readonly number[], color?: 'red'): string => {
    const blocks = sparkline(grouped(values, steps), highest, values.length);
    return `  ${label.padEnd(LABEL_COLUMNS - 2)}${color ? ink(color, blocks) : blocks}  ${peakOf(values)}`;
  };
  const { openShards } = series;
  return [
    line('offered', series.offered),
    line('throttled', series.throttledAttempts, 'red'),
    ...(openShards === undefined ? [] : [openLine(openShards, steps)]),
  ];
}

/** Open shards, on a scale of their own. */
function openLine(openShards: readonly number[], steps: number): string {
  const blocks = sparkline(grouped(openShards, steps), highestOf(openShards), openShards.length);
  return `  ${'shards'.padEnd(LABEL_COLUMNS - 2)}${blocks}  ${peakOf(openShards)}`;
}

/** What one sees, for the heading. */
export function timelineNote(series: Series, columns: number): string {
  const steps = stepsPerColumn(series, columns);
  const step = duration(series.stepMs);
  const column = steps === 1 ? step : `the busiest ${step} of ${duration(steps * series.stepMs)}`;
  return `offered and throttled attempts; one column is ${column}`;
}

/** Every column stands for as many steps as any other; the last may have fewer. */
function stepsPerColumn({ offered }: Series, columns: number): number {
  return Math.max(1, Math.ceil(offered.length / (columns - LABEL_COLUMNS - PEAK_COLUMNS)));
}

/** The highest of every so many values. */
function grouped(values: readonly number[], size: number): number[] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) =>
    highestOf(values.slice(i * size, (i + 1) * size)),
  );
}

function peakOf(values: readonly number[]): string {
  return `peak ${count(highestOf(values))}`;
}
