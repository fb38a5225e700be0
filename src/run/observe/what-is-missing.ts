/**
 * What a call that failed leaves unknown, and how to come to know it.
 */
import { shardMetricsCost } from '../../model/metric-prices.ts';
import { formatCount } from '../../model/quantity.ts';
import { Refusal } from '../../model/refusal.ts';
import type { MissingEvidence } from '../../results/evidence/missing-evidence.ts';
import type { StreamFacts } from '../../results/preflight.ts';
import { DeniedCall } from '../aws/aws-trouble.ts';
import type { MetricReading } from '../aws/metric-data.ts';
import type { ShardMetric } from '../../results/evidence/minute-series.ts';

export type MissingPart = MissingEvidence['what'];

/**
 * A failure of the world as missing evidence.
 * @throws what is no failure of the world, or means that the user asked wrongly
 */
export function missingAfter(what: MissingPart, thrown: unknown): MissingEvidence {
  if (thrown instanceof DeniedCall) return { what, why: 'denied', permission: thrown.permission };
  if (!(thrown instanceof Refusal) || thrown.exitCode === 2) throw thrown;
  return { what, why: 'failed', detail: thrown.what };
}

/** The first failure among readings of metrics; undefined where all was read. */
export function missingAfterReading(
  what: MissingPart,
  readings: readonly MetricReading[],
): MissingEvidence | undefined {
  const trouble = readings.find((reading) => reading.trouble !== undefined)?.trouble;
  const unread = readings.reduce((sum, reading) => sum + reading.unread.length, 0);
  if (trouble === undefined && unread === 0) return undefined;
  if (trouble !== undefined) return missingAfter(what, trouble);
  const status = readings.find((reading) => reading.status !== undefined)?.status;
  const detail = status === undefined ? 'interrupted' : `CloudWatch answered ${status}`;
  const metrics = unread === 1 ? '1 metric was' : `${formatCount(unread)} metrics were`;
  return { what, why: 'failed', detail: `${metrics} not read whole: ${detail}` };
}

/** Where the calls go, as a command line says it. */
export interface Place {
  readonly region: string;
  /** Undefined: AWS's own. */
  readonly endpointUrl?: string | undefined;
}

/** Shard-level metrics that are off: how to switch them on, and what that costs. */
export function metricsOff(facts: StreamFacts, off: readonly ShardMetric[], place: Place): MissingEvidence {
  const name = facts.name.startsWith('-') ? `--stream-name=${facts.name}` : `--stream-name ${facts.name}`;
  const command = [
    `aws kinesis enable-enhanced-monitoring ${name} --shard-level-metrics ${off.join(' ')}`,
    `--region ${place.region}`,
    ...(place.endpointUrl === undefined ? [] : [`--endpoint-url ${place.endpointUrl}`]),
  ].join(' ');
  return { what: 'shard-metrics', why: 'off', command, ...shardMetricsCost(facts.shards, off.length) };
}
