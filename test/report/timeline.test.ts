/** What is shown of a series: rates that agree with the load whatever a step's length, and where on the axis. */
import { describe, expect, it } from 'vitest';
import type { Series } from '../../src/results/report-document.ts';
import { columnsOf } from '../../src/report/name.ts';
import { inkFor } from '../../src/report/ink.ts';
import { timelineLines, timelineNote } from '../../src/report/timeline.ts';

const ink = inkFor({ color: false });

function evenSeries(durationMs: number, stepMs: number, perSec: number): Series {
  const offered = Array.from({ length: Math.ceil(durationMs / stepMs) }, (_, i) =>
    Math.round((perSec * Math.min(stepMs, durationMs - i * stepMs)) / 1000),
  );
  const none = offered.map(() => 0);
  return { stepMs, offered, accepted: offered, throttledAttempts: none, bytes: none, shards: [] };
}

const shown = (series: Series, durationMs: number, columns = 80): string[] =>
  timelineLines(series, durationMs, ink, columns).map((line) => line.replaceAll('\u00a0', ' '));

describe('the time line', () => {
  it.each([
    ['a day in steps of a minute', 86_400_000, 60_000],
    ['ten seconds', 10_000, 1000],
    ['half a second', 500, 1000],
    ['a last step that is cut short', 90_500, 60_000],
    ['a last step of a millisecond', 10_001, 1000],
  ])('shows the rate of an even load as it is: %s', (_name, durationMs, stepMs) => {
    const [offered, throttled] = shown(evenSeries(durationMs, stepMs, 6500), durationMs);
    expect(offered).toMatch(/peak 6,500\/s$/);
    expect(throttled).toMatch(/peak 0\/s$/);
  });

  it('has an axis whose middle stands at its column', () => {
    const lines = shown(evenSeries(1_200_000, 1000, 100), 1_200_000);
    const axis = lines[2];
    expect(axis.trim()).toMatch(/^0 s +10 min +20 min$/);
    const [, blocks] = /^( {2}offered +[▁-█]+)/.exec(lines[0]) ?? [];
    expect(columnsOf(axis)).toBe(columnsOf(blocks));
    expect(axis.indexOf('10 min') - 13).toBe((columnsOf(blocks) - 13) / 2);
  });

  it.each([1, 2, 5, 9, 13, 40, 600, 3600, 100_000, 8_640_000])(
    'fits the page and ends with its end: %i s',
    (seconds) => {
      const stepMs = Math.ceil(seconds / 1440) * 1000;
      const series = evenSeries(seconds * 1000, stepMs, 99_999_999);
      for (const columns of [60, 72, 80]) {
        const lines = shown(series, seconds * 1000, columns);
        for (const line of lines) expect(columnsOf(line), line).toBeLessThanOrEqual(columns);
        expect(lines[2].trim()).toMatch(/^0 s .*\d (s|min|h)$/);
        const heading = `OVER TIME  ${timelineNote(series, columns)}`;
        expect(columnsOf(heading), heading).toBeLessThanOrEqual(columns === 80 ? 80 : Infinity);
      }
    },
  );

  it('tells what came after the end in words, and not of the reply of a last request', () => {
    const series = evenSeries(60_000, 1000, 10);
    const after = { accepted: 5, throttledAttempts: 1200, retries: 1205 };
    const late = shown({ ...series, afterEnd: { ...after, lastMs: 150_000 } }, 60_000);
    expect(late.slice(3).join(' ').replaceAll(/\s+/g, ' ').trim()).toBe(
      'After the end it took 90 s more to settle what was waiting: 5 accepted, 1,200 attempts throttled.',
    );
    expect(shown({ ...series, afterEnd: { ...after, lastMs: 60_020 } }, 60_000)).toHaveLength(3);
  });
});
