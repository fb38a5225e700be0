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

/** What a stream's counters tell. */
const METRIC = 'throttledAttempts';

/** Minutes that are looked at, the one that runs now included: the newest two or three may still grow. */
export const GATE_MINUTES = 5;

/**
 * Reads an expression such as `throttledAttempts > 1%`: it says when to stop.
 * @throws Refusal where it is none, or asks for what a stream's counters do not tell
 */
export function checkStopExpression(expression: string): string {
  // What apply does not take is not offered either: of an unknown metric, the general list is left out.
  const name = /^\s*([^\s<>=]+)\s*[<>]/.exec(expression)?.[1];
  if (name !== undefined && name !== METRIC) {
    throw badInput(
      `--stop-if ${JSON.stringify(expression)}: a stream's counters do not tell ${name}.`,
      `Use ${METRIC}, the only one that they tell: --stop-if "${METRIC} > 20%".`,
    );
  }
  const { operator } = parseThreshold(expression, '--stop-if');
  if (operator.startsWith('<')) {
    throw badInput(
      `--stop-if ${JSON.stringify(expression)} would stop while all is well.`,
      `Say when to stop: --stop-if "${METRIC} > 20%".`,
    );
  }
  return expression;
}

/**
 * @param isFirst no step has been taken yet this time: what throttles now is not their doing
 * @returns why to stop, or undefined
 */
export async function askGate(
  connection: AwsConnection,
  streamName: string,
  expression: string,
  isFirst = false,
): Promise<GateStop | undefined> {
  let attempts: { readonly all: number; readonly throttled: number };
  try {
    attempts = await readAttempts(connection, streamName);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: 'gate-unknown', why: `--stop-if could not be asked: ${error.what}` };
  }
  return gateStop(expression, attempts, isFirst);
}

/** @returns why to stop at so many attempts and throttled ones, or undefined */
export function gateStop(
  expression: string,
  attempts: { readonly all: number; readonly throttled: number },
  isFirst: boolean,
): GateStop | undefined {
  const [row] = evaluateThresholds([expression], measuredOf(attempts));
  if (row.ok !== true || row.actual === null) return undefined;
  const seen = `${row.actual.toFixed(2)} % of ${attempts.all} attempts at records were throttled`;
  const why = `${expression}: in the last ${GATE_MINUTES} minutes ${seen}.`;
  if (!isFirst) return { kind: 'gate', why };
  const already = 'That was so before the first step of this time, so no step brought it about.';
  const bound = boundAbove(row.actual);
  const fix =
    bound === undefined
      ? 'Nothing is let through any more: leave --stop-if out, for steps are what helps.'
      : `To stop only where it gets worse, take a bound above it: --stop-if "${METRIC} > ${bound}%".`;
  return { kind: 'gate', why: `${why} ${already} ${fix}` };
}

/** Half as much again, rounded up to whole per cents; undefined where there is no room above. */
function boundAbove(percent: number): number | undefined {
  const bound = Math.min(99, Math.ceil(percent * 1.5));
  return bound > percent ? bound : undefined;
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
