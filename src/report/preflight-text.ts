/**
 * What a load test on AWS is about to do, as text: where to, who else is there, how much, what it costs.
 */
import { LIMITS } from '../model/limits.ts';
import { formatNumber } from '../model/quantity.ts';
import type { Difference, Preflight, RecentTraffic, StreamFacts } from '../results/preflight.ts';
import { amountOf, bytes, count, duration, NBSP, percent } from './figure.ts';
import { showName } from './name.ts';
import { finish, labelled, pageWidth } from './paragraph.ts';

const INDENT = 13;

/** In at most 80 columns. */
export function renderPreflight(preflight: Preflight, columns: number): string {
  const width = pageWidth(columns);
  const lines = (label: string, text: string | undefined): string[] =>
    text === undefined ? [] : labelled(label, text, INDENT, width);
  const { stream, create, region, endpoint, load } = preflight;
  return finish([
    ...lines('Where', `${accountOf(stream)}, region ${showName(region)}, ${showName(endpoint)}`),
    ...(stream === undefined ? [] : lines('Stream', factsOf(stream))),
    ...(create === undefined ? [] : lines('Stream', plannedOf(create))),
    ...lines('Allowed', allowedOf(preflight)),
    ...lines('Writing', permissionOf(preflight)),
    ...lines('In use', usedOf(preflight)),
    ...lines('Spare', spareOf(preflight)),
    ...preflight.differences.flatMap((difference, i) =>
      lines(i === 0 ? 'Differs' : '', differenceOf(difference)),
    ),
    ...lines('Reshards', reshardsOf(preflight)),
    ...readersOf(preflight).flatMap((text, i) => lines(i === 0 ? 'Consumers' : '', text)),
    ...lines(
      'Load',
      load.isBound === true
        ? `a closed loop: as much as is taken, at most about ${amountOf(load.records, 'record')} and ` +
            `${bytes(load.bytes)} in ${duration(load.durationMs)}; what is throttled is sent beside`
        : `about ${amountOf(load.records, 'record')} and ${bytes(load.bytes)} in ${duration(load.durationMs)}, at most ` +
            `${count(load.peakRecordsPerSec)}${NBSP}records/s and ${mibPerSec(load.peakBytesPerSec)}`,
    ),
    ...costTexts(preflight).flatMap((text, i) => lines(i === 0 ? 'Cost' : '', text)),
  ]);
}

function accountOf(stream: StreamFacts | undefined): string {
  return stream === undefined
    ? 'the account of the credentials (its number is seen when the stream is made)'
    : `account ${stream.account}`;
}

function factsOf(stream: StreamFacts): string {
  const { name, mode, shards, retentionHours, consumers, maxRecordBytes, encryption, status } = stream;
  const parts = [
    `${showName(name)}, ${mode}`,
    ...(stream.warmMiBps === undefined ? [] : [`warm throughput ${stream.warmMiBps}${NBSP}MiB/s`]),
    amountOf(shards, 'open shard'),
    `retention ${retentionHours}${NBSP}h`,
    amountOf(consumers, 'fan-out consumer'),
    `records up to ${bytes(maxRecordBytes)}`,
    encryption === 'KMS' ? 'encrypted (KMS)' : 'not encrypted',
  ];
  const state =
    status === 'ACTIVE' ? '' : `. It is ${showName(status)}: the run will wait until it is ACTIVE`;
  return parts.join(', ') + state;
}

function plannedOf({
  name,
  mode,
  shards,
  maxRecordBytes,
  warmMiBps,
}: NonNullable<Preflight['create']>): string {
  const size =
    mode === 'provisioned'
      ? amountOf(shards, 'shard')
      : warmMiBps === undefined
        ? 'on-demand'
        : `on-demand, warm throughput ${warmMiBps}${NBSP}MiB/s`;
  return `will be made as ${showName(name)}, ${size}, records up to ${bytes(maxRecordBytes)}, and deleted afterwards`;
}

function allowedOf({ allowedBy }: Preflight): string | undefined {
  switch (allowedBy) {
    case undefined:
      return undefined;
    case 'own':
      return 'the stream was made by shardwise';
    case 'tag':
      return 'the stream is tagged shardwise:load-test=allowed';
    case 'flag':
      return 'by --allow-existing-stream';
    case 'nothing':
      return 'NO: shardwise did not make the stream, and it is not tagged shardwise:load-test=allowed';
  }
}

function permissionOf({ permission }: Preflight): string | undefined {
  switch (permission) {
    case undefined:
      return undefined;
    case 'allowed':
      return 'permitted, as a DryRun says';
    case 'denied':
      return 'NOT permitted: kinesis:PutRecords was denied to a DryRun';
    case 'not-supported':
      return 'permitted: this endpoint does not know DryRun and took the one record that asked';
    case 'unknown-endpoint':
      return 'not checked: an endpoint that is neither AWS nor shardwise local may not know DryRun';
  }
}

function usedOf({ stream, traffic, consumers }: Preflight): string | undefined {
  if (stream === undefined) return undefined;
  const fanOut =
    consumers === null
      ? 'fan-out consumers could not be listed (kinesis:ListStreamConsumers)'
      : consumers === undefined || consumers.length === 0
        ? undefined
        : `fan-out ${consumers.length === 1 ? 'consumer' : 'consumers'} ${nameList(consumers)}`;
  const parts = [...(fanOut === undefined ? [] : [fanOut]), ...trafficParts(traffic)];
  return parts.join('; ');
}

function trafficParts(traffic: Preflight['traffic']): string[] {
  if (traffic === undefined || traffic === null) {
    return ['who writes and polls is not known: CloudWatch could not be asked (cloudwatch:GetMetricData)'];
  }
  const { minutes } = traffic;
  const isWritten = traffic.recordsInPerSec > 0 || traffic.throttledPerSec > 0;
  const writing = isWritten
    ? `written by others: ${rate(traffic.recordsInPerSec, 'records')}, ${mibPerSec(traffic.bytesInPerSec)}` +
      (traffic.throttledPerSec > 0 ? `, ${rate(traffic.throttledPerSec, 'throttled')}` : '')
    : 'nobody wrote';
  const reading =
    traffic.readCallsPerSec > 0
      ? `polled: ${rate(traffic.readCallsPerSec, 'calls')}, ${rate(traffic.recordsReadPerSec, 'records')}`
      : 'nobody polled';
  const span = `in the last ${minutes} minutes${isWritten || traffic.readCallsPerSec > 0 ? ', busiest minute' : ''}`;
  return [writing, `${reading} (${span})`];
}

function reshardsOf({ reshards, stream }: Preflight): string | undefined {
  if (reshards === undefined) return undefined;
  const { events, mostShards, allowedBy } = reshards;
  const what = `${amountOf(events, 'event')} of the timeline: up to ${amountOf(mostShards, 'open shard')}`;
  if (stream === undefined || allowedBy === 'create') return what;
  return allowedBy === 'flag'
    ? `${what}, by --allow-reshard; the stream stays as they leave it`
    : `${what}; NOT allowed without --allow-reshard, as the stream stays as they leave it`;
}

function readersOf({ readers }: Preflight): string[] {
  if (readers === undefined) return [];
  const { polling, fanOut, permission } = readers;
  const may =
    permission === 'denied' ? 'NOT permitted' : permission === 'allowed' ? 'permitted' : 'not checked';
  return [
    ...(polling.length === 0
      ? []
      : [
          `${nameList(polling)} ${polling.length === 1 ? 'polls' : 'poll'}: calls and bytes that others on the stream ` +
            `do not have (kinesis:GetShardIterator ${may})`,
        ]),
    ...(fanOut.length === 0
      ? []
      : [`${nameList(fanOut)}: registered for fan-out with our tags, deregistered at the end`]),
  ];
}

function spareOf({ stream, traffic, load }: Preflight): string | undefined {
  if (stream === undefined || stream.mode !== 'provisioned') return undefined;
  const others: Pick<RecentTraffic, 'recordsInPerSec' | 'bytesInPerSec'> = traffic ?? {
    recordsInPerSec: 0,
    bytesInPerSec: 0,
  };
  const records = stream.shards * LIMITS.writeRecordsPerSec.value;
  const sizes = stream.shards * LIMITS.writeBytesPerSec.value;
  const spareRecords = Math.max(0, records - others.recordsInPerSec);
  const spareBytes = Math.max(0, sizes - others.bytesInPerSec);
  const isTooLittle = load.peakRecordsPerSec > spareRecords || load.peakBytesPerSec > spareBytes;
  return (
    `${count(spareRecords)}${NBSP}records/s of ${count(records)}, ${mibPerSec(spareBytes)} of ${mibPerSec(sizes)}` +
    (isTooLittle ? ': LESS than the load, others on the stream would be throttled too' : '')
  );
}

function differenceOf(difference: Difference): string {
  const sizeOf = difference.field === 'maxRecordBytes' ? bytes : count;
  switch (difference.field) {
    case 'mode':
      return `the scenario's stream is ${difference.scenario}, this one ${difference.stream}`;
    case 'ranges':
      return `its shards are not even: the widest has ${percent(difference.widestShare)} of the hash keys, not ${percent(difference.evenShare)}`;
    case 'initialFill':
      return `buckets begin ${percent(difference.scenario)} full in the scenario; here they are as they are, and taken for full`;
    default:
      return `${NAMES[difference.field]}: ${sizeOf(difference.scenario)} in the scenario, ${sizeOf(difference.stream)} here`;
  }
}

const NAMES = {
  shards: 'shards',
  maxRecordBytes: 'largest record',
  retentionHours: 'hours of retention',
} as const;

const MOST_NAMED = 5;

function nameList(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map((name) => showName(name));
  return names.length > MOST_NAMED
    ? `${shown.join(', ')} and ${names.length - MOST_NAMED} more`
    : shown.join(', ');
}

function rate(perSec: number, what: string): string {
  return `${perSec > 0 && perSec < 10 ? formatNumber(perSec) : count(perSec)}${NBSP}${what}/s`;
}

function mibPerSec(bytesPerSec: number): string {
  return `${formatNumber(bytesPerSec / LIMITS.writeBytesPerSec.value)}${NBSP}MiB/s`;
}

/** The sum, then what it is made of. */
function costTexts({ cost, region }: Preflight): string[] {
  if (cost === null) return [`not known: we have no prices of ${showName(region)}; --max-bytes is required`];
  return [
    `${about(cost.usd)} at the list prices of ${cost.asOf}`,
    ...cost.lines.map(({ usd, formula }) => `${about(usd)}: ${formula}`),
  ];
}

/** Something is never written as nothing. */
function about(usd: number): string {
  return usd > 0 && usd < 0.005 ? 'less than $0.01' : `about $${usd.toFixed(2)}`;
}
