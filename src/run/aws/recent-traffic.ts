/**
 * Who writes to a stream and reads from it now, as CloudWatch tells it.
 */
import { Refusal } from '../../model/refusal.ts';
import type { RecentTraffic } from '../../results/preflight.ts';
import { epochClock } from '../clock.ts';
import type { AwsConnection } from './connection.ts';
import { learnMetricTime, readMinuteSums } from './metric-sums.ts';

/** The newest two or three are not complete on AWS: the busiest of ten is not theirs to hide. */
const MINUTES = 10;
const METRICS = [
  'IncomingRecords',
  'IncomingBytes',
  'WriteProvisionedThroughputExceeded',
  'GetRecords.Records',
  'GetRecords.Success',
] as const;

/** Null where CloudWatch may not be asked or does not answer: a load test can do without. */
export async function readRecentTraffic(
  connection: AwsConnection,
  streamName: string,
): Promise<RecentTraffic | null> {
  try {
    const time = await learnMetricTime(connection, streamName);
    const end = time.minuteAt(epochClock()) + 1;
    const range = { start: end - MINUTES, end };
    const sums = await readMinuteSums(
      connection,
      streamName,
      METRICS.map((name) => ({ name })),
      range,
    );
    const perSec = (i: number): number => (Math.max(0, ...sums[i].values()) * time.factor) / 60;
    return {
      minutes: MINUTES,
      recordsInPerSec: perSec(0),
      bytesInPerSec: perSec(1),
      throttledPerSec: perSec(2),
      recordsReadPerSec: perSec(3),
      readCallsPerSec: perSec(4),
    };
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
