/**
 * What a sample of records would read, and what it means for others, said before it is done.
 */
import { LIMITS } from '../model/limits.ts';
import { formatBytes, formatCount, formatNumber, formatPercent } from '../model/quantity.ts';
import type { PlannedSlice, SamplePlan } from '../results/evidence/sample-plan.ts';

/** How records are read. */
export interface SampleWay {
  readonly by: 'polling' | 'fan-out';
  readonly share: number;
  /** Only what arrives from now on; undefined: the past. */
  readonly nowForMs: number | undefined;
  /** Metric seconds per real second: 1 but on a local endpoint. */
  readonly factor: number;
}

export interface FanOutCost {
  readonly usd: number;
  readonly formula: string;
}

const WHY: Readonly<Record<PlannedSlice['why'], string>> = {
  worst: 'its worst minute',
  'before-onset': 'before it throttled',
  even: "stream's worst minute",
};
/** Slices named one by one. */
const NAMED = 6;

/**
 * Lines for a person.
 * @param fanOutCost of a fan-out consumer for an hour; undefined where its price is not known, or there is none
 */
export function samplePlanLines(
  plan: SamplePlan,
  way: SampleWay,
  fanOutCost: FanOutCost | undefined,
): string[] {
  const { by, share, nowForMs, factor } = way;
  const shards = `${formatCount(plan.shards)} of ${formatCount(plan.shardsInAll)} open shards`;
  const chosen = plan.bySuspicion ? 'the worst by their metrics' : 'chosen evenly';
  const lines = [
    `Records: ${shards} (${chosen}), at most ${formatBytes(plan.mostBytes)}`,
    `  ${howOf(by, share)}`,
  ];
  if (nowForMs !== undefined)
    return [
      ...lines,
      `  what arrives in the next ${formatNumber(nowForMs / 1000)} s`,
      ...costLines(fanOutCost),
    ];
  for (const { shardId, fromMs, toMs, why } of plan.slices.slice(0, NAMED)) {
    const seconds = formatNumber(Math.max(1, Math.round((toMs - fromMs) / 1000 / factor)));
    lines.push(`  ${shardId} ${timeOf(fromMs)} for ${seconds} s: ${WHY[why]}`);
  }
  const more = plan.slices.length - NAMED;
  if (more > 0) lines.push(`  and ${formatCount(more)} more ${more === 1 ? 'slice' : 'slices'}`);
  if (by === 'polling') {
    lines.push(
      '  Reading old positions raises GetRecords.IteratorAgeMilliseconds of the',
      '  stream, which is one figure for all its readers: alarms on it may go off.',
    );
  }
  return [...lines, ...costLines(fanOutCost)];
}

function costLines(cost: FanOutCost | undefined): string[] {
  return cost === undefined ? [] : [`  The consumer costs up to $${cost.usd.toFixed(3)} (${cost.formula}).`];
}

function howOf(by: SampleWay['by'], share: number): string {
  if (by === 'fan-out') return 'by a temporary consumer with enhanced fan-out';
  const calls = formatNumber(LIMITS.getRecordsCallsPerSec.value * share);
  const bytes = formatBytes(Math.round(LIMITS.readBytesPerSec.value * share));
  return `by polling with ${formatPercent(share).replace('%', ' %')} of a shard's read budget (${calls} ${calls === '1' ? 'call' : 'calls'}/s, ${bytes}/s)`;
}

/** On the metrics' clock, UTC. */
function timeOf(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}
