/**
 * A stream's capacity mode: which of its fields contradict each other, and what they come to.
 */
import { LIMITS } from '../model/limits.ts';
import { MINUTE_US, ON_DEMAND_RULES, onDemandShards, type OnDemandRules } from '../model/on-demand.ts';
import { formatCount, formatRate, parseDuration, parseRate, type Rate } from '../model/quantity.ts';
import { isKpl } from './open-producer.ts';
import type { Complaint, Path } from './scenario-complaint.ts';
import type { ScenarioInput } from './scenario-schema.ts';
import type { TimelineInput } from './timeline-schema.ts';
import type { OnDemandSpec, Scenario } from './scenario.ts';

type StreamInput = ScenarioInput['stream'];
type Add = (path: Path, what: string, fix: string) => void;

const isOnDemand = ({ mode }: StreamInput): boolean => mode === 'on-demand';

/** Open shards at the start; 1 where a complaint is due, so that others can be found too. */
export function shardsOf(stream: StreamInput): number {
  if (stream.shards !== undefined) return stream.shards;
  return isOnDemand(stream) ? onDemandShards(bytesPerSecOf(stream.warmThroughput)) : 1;
}

/** What an on-demand stream is; undefined where it is provisioned. */
export function onDemandOf(stream: StreamInput): OnDemandSpec | undefined {
  if (!isOnDemand(stream)) return undefined;
  const warmBytesPerSec = bytesPerSecOf(stream.warmThroughput);
  return {
    rules: rulesOf(stream),
    ...(warmBytesPerSec !== undefined && { warmBytesPerSec }),
    recordDistribution: stream.recordDistribution ?? 'userPartitionKey',
  };
}

function rulesOf(stream: StreamInput): OnDemandRules {
  const { splitAbove, splitAboveRecords, within, mostShards } = stream.onDemand ?? {};
  const usual = ON_DEMAND_RULES;
  return {
    splitAboveBytesPerSec: bytesPerSecOf(splitAbove) ?? usual.splitAboveBytesPerSec,
    splitAboveRecordsPerSec: recordsPerSecOf(splitAboveRecords) ?? usual.splitAboveRecordsPerSec,
    withinUs: within === undefined ? usual.withinUs : (parseDuration(within) ?? NaN),
    // A stream that was provisioned before may have more than on-demand grows to.
    mostShards: mostShards ?? Math.max(usual.mostShards, shardsOf(stream)),
  };
}

function bytesPerSecOf(text: string | undefined): number | undefined {
  const rate = text === undefined ? undefined : parseRate(text);
  return rate && 'bytesPerSec' in rate ? rate.bytesPerSec : undefined;
}

function recordsPerSecOf(text: string | undefined): number | undefined {
  const rate = text === undefined ? undefined : parseRate(text);
  return rate && 'recordsPerSec' in rate ? rate.recordsPerSec : undefined;
}

/** Fields of the stream that contradict each other or its mode. */
export function checkCapacity(stream: StreamInput, add: Add): void {
  if (isOnDemand(stream)) checkOnDemand(stream, add);
  else checkProvisioned(stream, add);
}

function checkProvisioned(stream: StreamInput, add: Add): void {
  const needsMode = (field: 'warmThroughput' | 'onDemand' | 'recordDistribution', what: string): void =>
    add(['stream', field], `${what} a provisioned stream.`, 'Remove it, or write mode: on-demand.');
  if (stream.warmThroughput !== undefined) needsMode('warmThroughput', 'there is no warm throughput of');
  if (stream.onDemand !== undefined) needsMode('onDemand', 'these are not rules of');
  if (stream.recordDistribution === 'auto') needsMode('recordDistribution', 'there is no auto on');
  if (stream.shards === undefined)
    add(
      ['stream', 'shards'],
      'this is missing.',
      `Add a whole number from 1 to ${LIMITS.shardQuota.value}, or mode: on-demand.`,
    );
}

function checkOnDemand(stream: StreamInput, add: Add): void {
  const { shards, warmThroughput, onDemand = {} } = stream;
  if (warmThroughput !== undefined && shards !== undefined)
    add(
      ['stream', 'warmThroughput'],
      'shards and warmThroughput are both given, and each says how many shards are open at the start.',
      'Write one of them.',
    );
  checkRate(
    warmThroughput,
    'bytes',
    LIMITS.onDemandWriteBytesPerSec.value,
    ['stream', 'warmThroughput'],
    add,
  );
  const path = (field: string): Path => ['stream', 'onDemand', field];
  checkRate(onDemand.splitAbove, 'bytes', LIMITS.writeBytesPerSec.value, path('splitAbove'), add);
  checkRate(
    onDemand.splitAboveRecords,
    'records',
    LIMITS.writeRecordsPerSec.value,
    path('splitAboveRecords'),
    add,
  );
  if (onDemand.within !== undefined && (parseDuration(onDemand.within) ?? 0) % MINUTE_US !== 0)
    add(
      path('within'),
      `${onDemand.within} is not a whole number of minutes, by which shards are watched.`,
      'Write for example 15m.',
    );
  if (onDemand.mostShards !== undefined && onDemand.mostShards < shardsOf(stream))
    add(
      path('mostShards'),
      `${onDemand.mostShards} is below the ${formatCount(shardsOf(stream))} shards that are open at the start.`,
      `Write at least ${shardsOf(stream)}.`,
    );
}

const RESHARDING = { split: 'SplitShard', merge: 'MergeShards', resize: 'UpdateShardCount' } as const;

/** Nobody but the service reshards an on-demand stream. */
export function checkEventMode(event: TimelineInput, stream: StreamInput, path: Path, add: Add): void {
  if (!isOnDemand(stream)) return;
  for (const kind of ['split', 'merge', 'resize'] as const) {
    if (event[kind] === undefined) continue;
    add(
      [...path, kind],
      `AWS refuses ${RESHARDING[kind]} on an on-demand stream: the service reshards it by itself.`,
      'Remove the event, or write mode: provisioned.',
    );
  }
}

/** A rate in the right unit, above 0 and at most what a shard or a stream takes. */
function checkRate(
  text: string | undefined,
  unit: 'records' | 'bytes',
  most: number,
  path: Path,
  add: Add,
): void {
  const rate = text === undefined ? undefined : parseRate(text);
  if (text === undefined || rate === undefined) return;
  const inUnit = (value: number): Rate =>
    unit === 'bytes' ? { bytesPerSec: value } : { recordsPerSec: value };
  const value = unit === 'bytes' ? bytesPerSecOf(text) : recordsPerSecOf(text);
  const range = `Write more than 0, up to ${formatRate(inUnit(most))}.`;
  if (value === undefined) add(path, `${text} is not a rate of ${unit}.`, range);
  else if (value <= 0) add(path, `${text} is not above 0.`, range);
  else if (value > most) add(path, `${text} is above ${formatRate(inUnit(most))}.`, range);
}

/** What the service would do to records of the Kinesis Producer Library. */
export function autoComplaints({ stream, producer }: Scenario): Complaint[] {
  if (stream.onDemand?.recordDistribution !== 'auto' || !isKpl(producer)) return [];
  return [
    {
      path: ['stream', 'recordDistribution'],
      what:
        'the producer is that of the KPL, which packs records by the shard of their keys; on an auto stream they go ' +
        'elsewhere, and consumers lose them or the KPL gives up.',
      fix: 'Write another producer, such as producer: { preset: sdk }, or recordDistribution: userPartitionKey.',
    },
  ];
}
