/**
 * After a run: waits until CloudWatch has all minutes of it, and holds its counters against what we put.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../../model/refusal.ts';
import type { ShardMap } from '../../model/shard-map.ts';
import type { PutCounts } from '../../results/put-counts.ts';
import { reconcile, type Reconciliation, type ServiceCounts } from '../../results/reconciliation.ts';
import { epochClock } from '../clock.ts';
import type { MetricSource } from './metric-source.ts';
import {
  learnMetricTime,
  readMinuteSums,
  type MetricTime,
  type MinuteRange,
  type WantedMetric,
} from './metric-sums.ts';

const METRICS = {
  records: 'IncomingRecords',
  bytes: 'IncomingBytes',
  throttled: 'WriteProvisionedThroughputExceeded',
} as const;
type Count = keyof typeof METRICS;
const COUNTS = Object.keys(METRICS) as Count[];

/** Clocks of ours and of AWS differ by this, as far as the Date of a reply tells. */
const SKEW_US = 2_000_000;
/** AWS promises nothing on when a minute is complete; the newest two or three are taken for incomplete. */
const SETTLE_MINUTES = 3;
/** Seconds of the metric clock between two looks. */
const LOOK_SEC = 15;
const LEAST_LOOK_MS = 20;

export interface ReconciledRun {
  readonly connection: MetricSource;
  readonly streamName: string;
  readonly map: ShardMap;
  /** Shard-level metrics that are switched on. */
  readonly shardMetrics: readonly string[];
  /** Undefined where a thread died without telling. */
  readonly puts: PutCounts | undefined;
}

export interface ReconcileOptions extends ReconciledRun {
  readonly signal: AbortSignal;
  /** How long it may still take at most, in milliseconds. */
  readonly onWait?: (leftMs: number) => void;
}

/** Never rejects for what the service or the network refuses: the measurement is there already. */
export async function reconcileWithService(options: ReconcileOptions): Promise<Reconciliation> {
  // Who interrupts a run does not wait for a service that may not even answer.
  if (options.signal.aborted) return INTERRUPTED;
  return whereAvailable(options, (puts, time, range) => readWhenComplete(options, puts, time, range));
}

/** The same against an endpoint of our own whose minute under way shows: nothing is waited for. */
export async function reconcileAtOnce(run: ReconciledRun): Promise<Reconciliation> {
  return whereAvailable(run, async (puts, _, range) => {
    const counts = await readCounts(run, range);
    return reconcile(puts, counts, { ...minutesOf(range), waitedMs: 0, complete: true });
  });
}

async function whereAvailable(
  { connection, streamName, puts }: ReconciledRun,
  read: (puts: PutCounts, time: MetricTime, range: MinuteRange) => Promise<Reconciliation>,
): Promise<Reconciliation> {
  if (puts === undefined) {
    return {
      verdict: 'unavailable',
      reason: 'a sending thread died, and what it had sent last is not known',
    };
  }
  if (puts.firstUs === undefined || puts.lastUs === undefined) {
    return { verdict: 'nothing-sent', reason: 'nothing was sent' };
  }
  try {
    const time = await learnMetricTime(connection, streamName);
    return await read(puts, time, {
      start: time.minuteAt(puts.firstUs - SKEW_US / time.factor),
      end: time.minuteAt(puts.lastUs + SKEW_US / time.factor) + 1,
    });
  } catch (error) {
    if (error instanceof Refusal) return { verdict: 'unavailable', reason: error.what.replace(/\.$/, '') };
    throw error;
  }
}

/**
 * Complete: three minutes of the metrics after the last one, or earlier where two looks show the same and nothing of ours
 * is missing.
 */
async function readWhenComplete(
  options: ReconcileOptions,
  puts: PutCounts,
  time: MetricTime,
  range: MinuteRange,
): Promise<Reconciliation> {
  const { signal, onWait } = options;
  const startUs = epochClock();
  const endUs = time.startUs(range.end);
  const settledUs = time.startUs(range.end + SETTLE_MINUTES);
  let before = '';
  for (;;) {
    const nowUs = epochClock();
    const counts = nowUs >= endUs ? await readCounts(options, range) : undefined;
    const isSettled = nowUs >= settledUs;
    if (counts !== undefined) {
      const result = reconcile(puts, counts, {
        ...minutesOf(range),
        waitedMs: Math.round((nowUs - startUs) / 1000),
        complete: isSettled,
      });
      const seen = JSON.stringify(counts);
      if (isSettled || (seen === before && isAllThere(result))) return result;
      before = seen;
    }
    if (signal.aborted) return INTERRUPTED;
    onWait?.((settledUs - nowUs) / 1000);
    const lookMs = (LOOK_SEC * 1000) / time.factor;
    const untilMs = nowUs < endUs ? (endUs - nowUs) / 1000 : lookMs;
    await sleep(Math.max(LEAST_LOOK_MS, Math.min(lookMs, untilMs)), undefined, { signal }).catch(
      () => undefined,
    );
  }
}

const INTERRUPTED = {
  verdict: 'interrupted',
  reason: 'interrupted, so the metrics were not waited for',
} as const satisfies Reconciliation;

function isAllThere({ verdict }: Reconciliation): boolean {
  return verdict === 'matches' || verdict === 'others' || verdict === 'unknown';
}

/** The sums of all minutes in the range, of the stream and of the shards whose metrics are on. */
async function readCounts(
  { connection, streamName, map, shardMetrics }: ReconciledRun,
  range: MinuteRange,
): Promise<ServiceCounts> {
  const isOn = (count: Count): boolean =>
    shardMetrics.includes(METRICS[count]) || shardMetrics.includes('ALL');
  const perShard = COUNTS.filter(isOn);
  // Closed ones too: they have taken records while they were open.
  const shards = perShard.length === 0 ? [] : map.all;
  const wanted: WantedMetric[] = [
    ...COUNTS.map((count) => ({ name: METRICS[count] })),
    ...shards.flatMap(({ shardId }) => perShard.map((count) => ({ name: METRICS[count], shardId }))),
  ];
  const sums = await readMinuteSums(connection, streamName, wanted, range);
  const total = (i: number): number => [...sums[i].values()].reduce((sum, value) => sum + value, 0);
  return {
    records: total(0),
    bytes: total(1),
    throttled: total(2),
    ...(shards.length === 0
      ? {}
      : {
          shards: shards.map(({ shardId }, shard) => ({
            shardId,
            shard,
            ...Object.fromEntries(
              perShard.map((count, i) => [count, total(COUNTS.length + shard * perShard.length + i)]),
            ),
          })),
        }),
  };
}

function minutesOf({ start, end }: MinuteRange): { from: string; to: string } {
  const isoOf = (minute: number): string => new Date(minute * 60_000).toISOString();
  return { from: isoOf(start), to: isoOf(end) };
}
