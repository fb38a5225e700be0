/**
 * The same traffic on Kinesis Data Streams, Firehose Direct PUT and SQS: whether it fits, and what each can and cannot do.
 */
import { LIMITS, type Limit } from '../../model/limits.ts';
import { formatBytes, formatCount, formatNumber } from '../../model/quantity.ts';
import { hasLargeQuotas } from '../../model/region-quotas.ts';
import { SERVICE_LIMITS } from '../../model/service-limits.ts';
import type { PlanResult } from '../../results/plan-result.ts';
import type { ServiceQuota, ServiceResult } from '../../results/plan-services.ts';
import { largestDataBytes } from '../../traffic/record-mean.ts';
import type { PlanInput } from '../plan/plan-input.ts';

/** What the services are asked to take, in user records. */
interface Traffic {
  readonly recordsPerSec: number;
  /** Data alone: only Kinesis Data Streams has partition keys. */
  readonly bytesPerSec: number;
  /** Data of the largest record; undefined where the distribution has no end. */
  readonly largestBytes: number | undefined;
  readonly region: string;
  readonly headroom: number;
}

/** One row each. @param input before aggregation: other services take records one by one */
export function compareServices(input: PlanInput, plan: PlanResult): ServiceResult[] {
  const { sources, region, headroom } = input;
  const largest = sources.map(({ size }) => largestDataBytes(size));
  const traffic: Traffic = {
    recordsPerSec: sources.reduce((sum, { recordsPerSec }) => sum + recordsPerSec, 0),
    bytesPerSec: sources.reduce((sum, { recordsPerSec, dataBytes }) => sum + recordsPerSec * dataBytes, 0),
    largestBytes: largest.every((bytes) => bytes !== undefined) ? Math.max(...largest) : undefined,
    region,
    headroom,
  };
  return [dataStreams(plan), firehose(traffic), sqsStandard(traffic), sqsFifo(traffic)];
}

function dataStreams({ shards, binding }: PlanResult): ServiceResult {
  return {
    service: 'kinesis-data-streams',
    fits: shards !== null,
    why:
      shards === null
        ? (binding ?? 'no shards')
        : `${formatCount(shards)} ${shards === 1 ? 'shard' : 'shards'}`,
    quotas: [],
    order: 'within a key',
    replay: `up to ${formatCount(LIMITS.retentionHoursMax.value / 24)} d`,
    readers: 'many, each reads all',
    delay: 'none',
    acknowledgement: 'checkpoint per shard',
    largestRecordBytes: LIMITS.defaultMaxRecordBytes.value,
    notes: [
      `Kinesis Data Streams: records up to ${formatBytes(LIMITS.ceilingMaxRecordBytes.value)} by a setting of the stream.`,
    ],
  };
}

function firehose(traffic: Traffic): ServiceResult {
  const large = hasLargeQuotas(traffic.region);
  const { recordsPerSec, bytesPerSec } = traffic;
  const requests = Math.max(
    recordsPerSec / SERVICE_LIMITS.firehoseRecordsPerBatch.value,
    bytesPerSec / SERVICE_LIMITS.firehoseBytesPerBatch.value,
  );
  const limits = large
    ? [
        SERVICE_LIMITS.firehoseBytesPerSec,
        SERVICE_LIMITS.firehoseRecordsPerSec,
        SERVICE_LIMITS.firehoseRequestsPerSec,
      ]
    : [
        SERVICE_LIMITS.firehoseBytesPerSecElsewhere,
        SERVICE_LIMITS.firehoseRecordsPerSecElsewhere,
        SERVICE_LIMITS.firehoseRequestsPerSecElsewhere,
      ];
  const quotas = [
    quota('bytes', bytesPerSec, 'B/s', limits[0]),
    quota('records', recordsPerSec, 'records/s', limits[1]),
    quota('requests', requests, 'requests/s', limits[2]),
  ];
  return {
    service: 'firehose-direct-put',
    ...verdict(traffic, quotas, SERVICE_LIMITS.firehoseRecordBytes),
    order: 'none promised',
    replay: 'no',
    readers: 'one destination',
    delay: `buffer, up to ${SERVICE_LIMITS.firehoseBufferSec.value} s`,
    acknowledgement: 'none',
    notes: [
      'Firehose: its quotas are defaults, which AWS raises by itself or on request.',
      `Firehose, records/s: ${SERVICE_LIMITS.firehoseRecordsPerSec.note}`,
      `Firehose, buffer: ${SERVICE_LIMITS.firehoseBufferSec.note}`,
    ],
  };
}

function sqsStandard(traffic: Traffic): ServiceResult {
  return {
    service: 'sqs-standard',
    ...verdict(traffic, [], SERVICE_LIMITS.sqsMessageBytes),
    order: 'best effort',
    ...QUEUE,
    notes: [`SQS, largest message: ${SERVICE_LIMITS.sqsMessageBytes.note}`],
  };
}

const QUEUE = {
  replay: 'no',
  readers: 'one per message',
  delay: `up to ${SERVICE_LIMITS.sqsDelayMinutes.value} min each`,
  acknowledgement: 'each message',
} as const;

function sqsFifo(traffic: Traffic): ServiceResult {
  const { recordsPerSec, bytesPerSec, region } = traffic;
  const high = hasLargeQuotas(region)
    ? SERVICE_LIMITS.sqsFifoHighCallsPerSec
    : SERVICE_LIMITS.sqsFifoHighCallsPerSecElsewhere;
  // A batch is taken to hold no more than the largest message does.
  const calls = Math.max(
    recordsPerSec / SERVICE_LIMITS.sqsMessagesPerBatch.value,
    bytesPerSec / SERVICE_LIMITS.sqsMessageBytes.value,
  );
  const usual = SERVICE_LIMITS.sqsFifoCallsPerSec.value * (1 - traffic.headroom);
  const inFlight = SERVICE_LIMITS.sqsFifoInFlight;
  return {
    service: 'sqs-fifo',
    ...verdict(
      traffic,
      [quota('calls in batches of 10', calls, 'calls/s', high)],
      SERVICE_LIMITS.sqsMessageBytes,
    ),
    order: 'within a group',
    ...QUEUE,
    notes: [
      calls * (1 - 1e-9) <= usual
        ? `SQS FIFO: ${formatNumber(calls)} calls/s need no high throughput mode.`
        : `SQS FIFO: needs high throughput mode; without it a queue takes ${SERVICE_LIMITS.sqsFifoCallsPerSec.value} calls/s.`,
      ...('note' in high ? [`SQS FIFO, calls/s: ${high.note}`] : []),
      `SQS FIFO: at most ${formatCount(inFlight.value)} messages in flight, ${formatNumber(inFlight.value / Math.max(recordsPerSec, 1e-9))} s of this traffic. ${inFlight.note}`,
    ],
  };
}

function quota(name: string, load: number, unit: string, limit: Limit): ServiceQuota {
  return { name, load, limit: limit.value, unit, source: limit.source };
}

/** Held against the limits less headroom, as everything in a plan. */
function verdict(
  { headroom, largestBytes }: Traffic,
  quotas: readonly ServiceQuota[],
  record: Limit,
): Pick<ServiceResult, 'fits' | 'why' | 'quotas' | 'largestRecordBytes'> {
  const fullest = quotas.toSorted((a, b) => b.load / b.limit - a.load / a.limit).at(0);
  const isWithin = fullest === undefined || fullest.load <= fullest.limit * (1 - headroom) * (1 + 1e-9);
  const isTooLarge = largestBytes !== undefined && largestBytes > record.value;
  const why = isTooLarge
    ? `records of ${formatBytes(largestBytes)}`
    : fullest === undefined
      ? 'nearly unlimited'
      : ofText(fullest);
  return { fits: isWithin && !isTooLarge, why, quotas, largestRecordBytes: record.value };
}

/** `300 of 70,000 calls/s`. */
function ofText({ load, limit, unit }: ServiceQuota): string {
  if (unit === 'B/s') return `${formatBytes(load)}/s of ${formatBytes(limit)}/s`;
  return `${formatNumber(load)} of ${formatNumber(limit)} ${unit}`;
}
