import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inkFor } from '../../src/report/ink.ts';
import { latencyLines } from '../../src/report/latency-table.ts';
import type { LatencySummary } from '../../src/results/report-document.ts';

const CENTURY_MS = 100 * 365 * 86_400_000;

function summaryOf(values: readonly number[]): LatencySummary {
  const [p50, p90, p99, p999, max] = [...values].sort((a, b) => a - b);
  return { p50, p90, p99, p999, max, mean: p90, count: 5, hdr: '' };
}

/** The table without its notes: the heading and three rows. */
function tableOf(...summaries: readonly LatencySummary[]): string[] {
  const [response, service = response, queue = service] = summaries;
  return latencyLines(
    { response, service, queue },
    { latencyBasis: 'modelled' },
    inkFor({ color: false }),
    80,
  ).slice(0, 4);
}

/** Milliseconds of every magnitude from a microsecond to a century. */
const magnitude = fc
  .tuple(fc.integer({ min: -3, max: 12 }), fc.double({ min: 1, max: 10, noNaN: true }))
  .map(([power, digits]) => Math.min(CENTURY_MS, Math.round(digits * 10 ** power * 1000) / 1000));
const summary = fc.array(magnitude, { minLength: 5, maxLength: 5 }).map(summaryOf);

describe('the table of latencies', () => {
  it('stays within 80 columns whatever the latencies are', () => {
    fc.assert(
      fc.property(summary, summary, summary, (response, service, queue) => {
        for (const line of tableOf(response, service, queue)) expect(line.length).toBeLessThanOrEqual(80);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [99_999, 'milliseconds', '99,999'],
    [99_999.6, 'seconds', '100'],
    [7_200_000, 'seconds', '7,200'],
    [100_000_000, 'minutes', '1,667'],
    [6_000_000_000, 'hours', '1,667'],
    [CENTURY_MS, 'days', '36,500'],
  ])('counts a largest latency of %d ms in %s', (ms, unit, shown) => {
    const [heading, response] = tableOf(summaryOf([ms, ms, ms, ms, ms]));
    expect(heading.trim().split(/\s+/)[0]).toBe(unit);
    expect(response.trim().split(/\s+/).at(-1)).toBe(shown);
  });

  it('does not write a short latency as nothing beside long ones', () => {
    const long = summaryOf([CENTURY_MS, CENTURY_MS, CENTURY_MS, CENTURY_MS, CENTURY_MS]);
    const [, , service, queue] = tableOf(long, summaryOf([20, 20, 20, 20, 20]), summaryOf([0, 0, 0, 0, 0]));
    expect(service).toContain('<0.01');
    expect(queue).toContain('0.00');
    expect(queue).not.toContain('<');
  });
});
