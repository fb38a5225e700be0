/**
 * What happened when, as two sparklines: records offered, and attempts throttled, over the counted duration.
 */
import type { Series } from '../results/report-document.ts';
import { sparkline } from './bars.ts';
import { count, duration } from './figure.ts';
import type { Ink } from './ink.ts';

const LABEL_COLUMNS = 13;
/** Room for `peak 9,999,999`. */
const PEAK_COLUMNS = 16;

export function timelineLines(series: Series, ink: Ink, columns: number): string[] {
  const cells = columns - LABEL_COLUMNS - PEAK_COLUMNS;
  // One scale for both, so that the eye may compare them.
  const highest = Math.max(0, ...series.offered, ...series.throttledAttempts);
  const line = (label: string, values: readonly number[], color?: 'red'): string => {
    const blocks = sparkline(values, highest, cells);
    return `  ${label.padEnd(LABEL_COLUMNS - 2)}${color ? ink(color, blocks) : blocks}  ${peakOf(values)}`;
  };
  return [line('offered', series.offered), line('throttled', series.throttledAttempts, 'red')];
}

/** What one sees, for the heading. */
export function timelineNote(series: Series): string {
  return `records offered and attempts throttled, in steps of ${duration(series.stepMs)}`;
}

function peakOf(values: readonly number[]): string {
  return `peak ${count(Math.max(0, ...values))}`;
}
