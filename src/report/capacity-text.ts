/**
 * How an on-demand stream split itself: throttling by the number of open shards, and what the simulation of it takes
 * for granted.
 */
import type { Assumption } from '../model/on-demand-assumptions.ts';
import type { CapacityInfo, CapacityPhase } from '../results/report-document.ts';
import { amountOf, count, duration, NBSP, partOf } from './figure.ts';
import type { Ink } from './ink.ts';
import { labelled } from './paragraph.ts';
import { tableLines } from './table.ts';

const MOST_ROWS = 12;
const CONFIDENCE_COLUMNS = 13;

const COLUMNS = [
  { title: 'until', align: 'right' },
  { title: 'open shards', align: 'right' },
  { title: 'attempts', align: 'right' },
  { title: 'throttled', align: 'right' },
  { title: '', align: 'right' },
] as const;

/** `on-demand, 4 shards at the start, 16 at the end`, in one sentence. */
export function capacityOf({ shardsAtStart, shardsAtEnd, splits, recordDistribution }: CapacityInfo): string {
  const auto = recordDistribution === 'auto' ? '; record distribution AUTO: keys are ignored' : '';
  const end =
    splits === 0 ? ' and at the end' : `, ${count(shardsAtEnd)} at the end, ${amountOf(splits, 'split')}`;
  return `on-demand, ${amountOf(shardsAtStart, 'shard')} at the start${end}${auto}`;
}

export function capacityLines({ phases, assumptions }: CapacityInfo, ink: Ink, columns: number): string[] {
  return [
    ...phaseLines(phases, ink),
    ...assumptions.flatMap((assumption) => assumptionLines(assumption, columns)),
  ];
}

function phaseLines(phases: readonly CapacityPhase[], ink: Ink): string[] {
  const rows = phases
    .slice(0, MOST_ROWS)
    .map(({ toMs, openShards, attempts, throttledAttempts }) => [
      duration(toMs),
      count(openShards),
      count(attempts),
      count(throttledAttempts),
      partOf(throttledAttempts, attempts),
    ]);
  const lines = tableLines(COLUMNS, rows, ink);
  const hidden = phases.length - rows.length;
  return hidden === 0
    ? lines
    : [...lines, `  ${ink('dim', `… and ${count(hidden)} more in the JSON report.`)}`];
}

function assumptionLines({ text, confidence }: Assumption, columns: number): string[] {
  const word = confidence === 'scenario' ? `as${NBSP}written` : confidence;
  return labelled(`  ${word}`, text, CONFIDENCE_COLUMNS, columns);
}
