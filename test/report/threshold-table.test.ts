/** Gates are answered in the unit in which they were asked, and with a reason where there is no answer. */
import { expect, it } from 'vitest';
import type { ReportDocument, ThresholdRow } from '../../src/results/report-document.ts';
import { inkFor } from '../../src/report/ink.ts';
import { thresholdLines } from '../../src/report/threshold-table.ts';
import { calmRun } from './sample-documents.ts';

function said(kind: ReportDocument['kind'], ...thresholds: ThresholdRow[]): string {
  const document = { ...calmRun(), kind, thresholds };
  const lines = thresholdLines(document, inkFor({ color: false }), 80);
  return lines.join(' ').replaceAll(/\s+/g, ' ').trim();
}

const unanswered = (expression: string, unit: ThresholdRow['unit'] = 'ms'): ThresholdRow => ({
  ...{ expression, unit, ok: null, actual: null },
});

it('a utilization is a percentage where one was asked for, and else a ratio', () => {
  const row = { ok: false, actual: 2.53, unit: 'ratio' } as const;
  expect(said('run', { ...row, expression: 'utilization.max < 80%' })).toMatch(/was 253 %$/);
  expect(said('run', { ...row, expression: 'utilization.max < 80% ' })).toMatch(/was 253 %$/);
  expect(said('run', { ...row, expression: 'utilization.max < 0.8' })).toMatch(/was 2\.53 ×$/);
});

it.each([
  [
    'simulation',
    'latency.p99 < 1ms',
    'in a simulation is modelled, so no gate on it can pass. shardwise run measures it.',
  ],
  ['run', 'latency.p99 < 1ms', 'Not measured: no record was accepted'],
  ['run', 'latency.endToEnd.p99 < 1s', 'no consumer of the scenario read a record with a header.'],
  ['simulation', 'latency.endToEnd.p99 < 1s', 'a simulation models latency from end to end.'],
  ['simulation', 'iteratorAge.max < 1s', 'there were no consumers'],
] as const)('a %s says why %s has no answer', (kind, expression, reason) => {
  expect(said(kind, unanswered(expression))).toContain(reason);
});

it('says a reason once for all gates that have it', () => {
  const text = said('simulation', unanswered('latency.p99 < 1ms'), unanswered('latency.p50 < 1ms'));
  expect(text.match(/Not measured: /g)).toHaveLength(1);
});

it('a gate of a run that was cut short is not decided, whatever was counted until then', () => {
  const thresholds = [{ expression: 'accepted > 1/s', unit: '/s', ok: null, actual: 500 }] as const;
  const document = { ...calmRun(), partial: 'unfinished', thresholds } as const;
  const lines = thresholdLines(document, inkFor({ color: false }), 80)
    .join(' ')
    .replaceAll(/\s+/g, ' ');
  expect(lines).toContain('was 500/s Not decided: the report does not cover the whole load.');
});
