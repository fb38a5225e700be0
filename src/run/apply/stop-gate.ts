/**
 * The gate of `apply --stop-if`: what the stream's own counters say of the last minutes, held against the user's bound
 * before each step.
 */
import { badInput, Refusal } from '../../model/refusal.ts';
import { evaluateThresholds, parseThreshold, type Measured } from '../../results/threshold.ts';
import type { Totals } from '../../results/report-document.ts';
import type { AwsConnection } from '../aws/connection.ts';
import { learnMetricTime, readMinuteSums } from '../aws/metric-sums.ts';
import { epochClock } from '../clock.ts';
import type { GateStop } from './apply-steps.ts';

/** Minutes that are looked at, the one that runs now included: the newest two or three may still grow. */
export const GATE_MINUTES = 5;

/**
 * Reads an expression such as `throttledAttempts > 1%`: it says when to stop.
 * @throws Refusal where it is none, or asks for what a stream's counters do not tell
 */
export function checkStopExpression(expression: string): string {
  const { metric, operator } = parseThreshold(expression, '--stop-if');
  if (operator.startsWith('<')) {
    throw badInput(
      `--stop-if ${JSON.stringify(expression)} would stop while all is well.`,
      'Say when to stop: --stop-if "throttledAttempts > 1%".',
    );
  }
  if (metric.kind === 'share' && metric.count === 'throttledAttempts') return expression;
  throw badInput(
    `--stop-if ${JSON.stringify(expression)}: a stream's counters do not tell that.`,
    'Write for example --stop-if "throttledAttempts > 1%".',
  );
}

/** @returns why to stop, or undefined */
export async function askGate(
  connection: AwsConnection,
  streamName: string,
  expression: string,
): Promise<GateStop | undefined> {
  let attempts: { readonly all: number; readonly throttled: number };
  try {
    attempts = await readAttempts(connection, streamName);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: 'gate-unknown', why: `--stop-if could not be asked: ${error.what}` };
  }
  const [row] = evaluateThresholds([expression], measuredOf(attempts));
  if (row.ok !== true || row.actual === null) return undefined;
  const seen = `${row.actual.toFixed(2)} % of ${attempts.all} attempts at records were throttled`;
  return { kind: 'gate', why: `${expression}: in the last ${GATE_MINUTES} minutes ${seen}.` };
}

async function readAttempts(
  connection: AwsConnection,
  streamName: string,
): Promise<{ readonly all: number; readonly throttled: number }> {
  const time = await learnMetricTime(connection, streamName);
  const end = time.minuteAt(epochClock()) + 1;
  const wanted = [{ name: 'IncomingRecords' }, { name: 'WriteProvisionedThroughputExceeded' }];
  const sums = await readMinuteSums(connection, streamName, wanted, { start: end - GATE_MINUTES, end });
  const [accepted, throttled] = sums.map((minutes) => [...minutes.values()].reduce((sum, n) => sum + n, 0));
  return { all: accepted + throttled, throttled };
}

/** Attempts alone: nothing else can be asked for. */
function measuredOf({ all, throttled }: { readonly all: number; readonly throttled: number }): Measured {
  const none = (): null => null;
  const totals = { attempts: all, throttledAttempts: throttled } as Totals;
  return {
    percentileMs: none,
    meanMs: none,
    maxMs: none,
    totals,
    countedDurationSec: 0,
    utilizationMax: null,
  };
}
