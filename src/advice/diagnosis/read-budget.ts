/**
 * Reads that were throttled: all that poll a shard share 5 calls and 2 MiB a second. Who it was is said only where it was
 * given; metrics do not name consumers that poll.
 */
import { LIMITS } from '../../model/limits.ts';
import type { DiagnosisEvidence } from '../../results/diagnosis-finding.ts';
import type { Column } from '../../results/evidence/minute-series.ts';
import type { GivenConsumer } from '../../results/evidence/stream-evidence.ts';
import { CONSUMER_DEFAULTS } from '../../traffic/consumer-presets.ts';
import type { Rule } from './rule.ts';
import { timeOf, type StreamView } from './stream-view.ts';

const CALLS = LIMITS.getRecordsCallsPerSec.value;
/** Part of the budget from which on it is taken for the cause. */
const NEARLY = 0.8;
const MOST_SHARDS = 5;

const PRESET = { polling: 'custom', lambda: 'lambda', firehose: 'firehose' } as const;

export const findReadBudget: Rule<'READ_BUDGET_EXHAUSTED'> = (view) => {
  const { metrics, givenConsumers } = view.evidence;
  const column = metrics?.stream.ReadProvisionedThroughputExceeded;
  const byShard = throttledShards(view);
  if (metrics === null || (column === undefined && byShard.length === 0)) return [];
  const steps = Array.from({ length: metrics.count }, (_, step) => step).filter((step) =>
    column === undefined ? byShard.some((row) => row.column[step] > 0) : column[step] > 0,
  );
  if (steps.length === 0) return [];
  const sum = column === undefined ? byShard.reduce((all, row) => all + row.calls, 0) : sumOf(column);
  const callsPerSec = mostCalls(view);
  return [
    {
      code: 'READ_BUDGET_EXHAUSTED',
      severity: 'warning',
      confidence: 'high',
      splitHelps: 'no',
      ...(byShard.length === 1 ? { shardId: byShard[0].shardId } : {}),
      sinceMs: timeOf(view, steps[0]),
      untilMs: timeOf(view, steps[steps.length - 1]),
      evidence: {
        throttledCalls: Math.round(sum),
        stepsThrottled: steps.length,
        steps: metrics.count,
        callsPerSec,
        callLimitPerSec: CALLS,
        cause: causeOf(view, callsPerSec),
        givenCallsPerSec: givenConsumers === null ? null : callsOf(givenConsumers),
        given: givenConsumers?.map(({ kind, count }) => `${kind}:${count}`) ?? null,
        shardIds: byShard.slice(0, MOST_SHARDS).map(({ shardId }) => shardId),
      },
    },
  ];
};

/** Calls per second on each shard, by what their makers set. */
function callsOf(given: readonly GivenConsumer[]): number {
  return given.reduce((sum, { kind, count }) => {
    if (kind === 'efo') return sum;
    return sum + count * (1_000_000 / CONSUMER_DEFAULTS[PRESET[kind]].polling.everyUs);
  }, 0);
}

function throttledShards(view: StreamView): { shardId: string; calls: number; column: Column }[] {
  return view.open
    .flatMap(({ shardId }) => {
      const column = view.evidence.metrics?.shards.get(shardId)?.ReadProvisionedThroughputExceeded;
      const calls = column === undefined ? 0 : sumOf(column);
      return column === undefined || calls === 0 ? [] : [{ shardId, calls, column }];
    })
    .sort((a, b) => b.calls - a.calls || (a.shardId < b.shardId ? -1 : 1));
}

/** Answered and throttled calls per shard in the busiest step, the mean of all shards. */
function mostCalls({ evidence: { metrics }, open }: StreamView): number | null {
  const answered = metrics?.stream['GetRecords.Success'];
  if (metrics === null || answered === undefined) return null;
  const refused = metrics.stream.ReadProvisionedThroughputExceeded;
  let most = 0;
  for (let step = 0; step < metrics.count; step++) {
    const calls = zeroOf(answered[step]) + zeroOf(refused?.[step]);
    most = Math.max(most, calls / metrics.secPerStep / Math.max(1, open.length));
  }
  return most;
}

function causeOf(
  { evidence: { metrics }, open }: StreamView,
  callsPerSec: number | null,
): DiagnosisEvidence['READ_BUDGET_EXHAUSTED']['cause'] {
  if (metrics === null) return 'unknown';
  const limit = LIMITS.readBytesPerSec.value * metrics.secPerStep;
  const ofShards = open.map(({ shardId }) => mostOf(metrics.shards.get(shardId)?.OutgoingBytes) / limit);
  const ofStream = mostOf(metrics.stream['GetRecords.Bytes']) / (limit * Math.max(1, open.length));
  if (Math.max(ofStream, ...ofShards) >= NEARLY) return 'bandwidth';
  return callsPerSec !== null && callsPerSec >= NEARLY * CALLS ? 'calls' : 'unknown';
}

function mostOf(column: Column | undefined): number {
  let most = 0;
  for (const value of column ?? []) if (value > most) most = value;
  return most;
}

function sumOf(column: Column): number {
  let sum = 0;
  for (const value of column) sum += zeroOf(value);
  return sum;
}

function zeroOf(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? 0 : value;
}
