/**
 * What the readers of a stream came to, as the rows of a report: of a simulation, and of a run.
 */
import { LIMITS } from '../model/limits.ts';
import type { ConsumerRow, ConsumerSeries, Drain, Starvation } from '../results/consumer-report.ts';
import type { StreamConsumer } from './stream-consumer.ts';
import type { Reader } from './reader.ts';

const US_PER_SEC = 1_000_000;

/** A stream that was read, as far as the rows ask. Times in microseconds from the start of the warm-up. */
export interface ReadStream {
  readonly consumers: readonly StreamConsumer[];
  readonly shards: readonly ReadLog[];
  /** Of the counted duration, or of what there was of it. */
  readonly startUs: number;
  readonly endUs: number;
  readonly stepUs: number;
  /** Records stored up to the end, and after it. */
  readonly stored: number;
  readonly storedLate: number;
  /** Age of the oldest record that a reader has not read; 0 where it has read all. */
  oldestUs(reader: Reader, nowUs: number): number;
}

/** One shard of it. */
export interface ReadLog {
  /** By consumer. */
  readonly readers: readonly Reader[];
  /** Number of its next record, and the time that a run of records spans that were put together. */
  readonly log: { readonly end: number; spanUs(from: number, count: number): number };
  readonly coarsenedBy: number;
}

export function consumerRowsOf(readers: ReadStream, shardIds: readonly string[]): ConsumerRow[] {
  return readers.consumers.map((consumer, i) => rowOf(readers, consumer, i, shardIds));
}

/** By the steps of the report's series. */
export function consumerSeriesOf({ consumers, startUs, endUs, stepUs }: ReadStream): ConsumerSeries[] {
  const steps = Math.max(1, Math.ceil((endUs - startUs) / stepUs));
  return consumers.map(({ spec, meter }) => ({
    name: spec.name,
    iteratorAgeMs: Array.from(meter.agesUs.subarray(0, steps), msOf),
    backlog: Array.from(meter.backlogs.subarray(0, steps)),
  }));
}

/** What each consumer lost, of those that lost records. */
export interface Loss {
  readonly consumer: string;
  readonly records: number;
  /** Shards on which it lost some, and the number of that on which it lost most. */
  readonly shards: number;
  readonly worstShard: number;
  /** From the start of the counted duration to the first loss. */
  readonly firstMs: number;
  /** Of a run: they were acknowledged, and not in the stream that the consumer read to its end. */
  readonly isMissing?: true;
  /** The number is a lower bound. */
  readonly isAtLeast?: true;
}

export function lossesOf(readers: ReadStream): Loss[] {
  return readers.consumers.flatMap(({ spec }, i) => {
    const losing = readersOf(readers, i).filter(({ counts }) => counts.lost > 0);
    if (losing.length === 0) return [];
    const worst = losing.reduce((most, reader) => (reader.counts.lost > most.counts.lost ? reader : most));
    const firstUs = losing.reduce((least, { counts }) => Math.min(least, counts.lostUs), Infinity);
    return {
      consumer: spec.name,
      records: sum(losing, ({ counts }) => counts.lost),
      shards: losing.length,
      worstShard: worst.shard,
      firstMs: msOf(firstUs - readers.startUs),
    };
  });
}

function rowOf(
  readers: ReadStream,
  consumer: StreamConsumer,
  index: number,
  shardIds: readonly string[],
): ConsumerRow {
  const { spec, meter } = consumer;
  const own = readersOf(readers, index);
  const records = sum(own, ({ counts }) => counts.records);
  const lost = sum(own, ({ counts }) => counts.lost);
  const unread = consumer.hasJoined ? Math.max(0, readers.stored - consumer.passed) : 0;
  const coarse = coarsestOf(readers, consumer, own);
  const starvation = starvationOf(readers, own, shardIds);
  return {
    name: spec.name,
    kind: spec.kind,
    ...(spec.preset !== undefined && { preset: spec.preset }),
    ...(spec.kind === 'polling' && { everyMs: msOf(spec.everyUs), idleMs: msOf(spec.idleUs) }),
    calls: sum(own, ({ counts }) => counts.calls),
    throttledCalls: sum(own, throttledOf),
    emptyCalls: sum(own, ({ counts }) => counts.emptyCalls),
    records,
    bytes: sum(own, ({ counts }) => counts.bytes),
    lostRecords: lost,
    iteratorAgeMs: { max: msOf(highest(meter.agesUs)), atEnd: msOf(ageAtEnd(readers, consumer, own)) },
    backlog: {
      maxRecords: highest(meter.backlogs),
      atEndRecords: unread,
      ...(readers.storedLate > 0 && consumer.hasJoined && { storedLaterRecords: readers.storedLate }),
    },
    drain: drainOf(readers, own),
    endToEndMs: meter.endToEnd.summary(),
    endToEndWithout: unread + lost,
    share: shareOf(readers, spec.kind, own),
    ...(starvation !== undefined && { starvation }),
    ...(coarse.us > 0 && {
      coarsenedMs: msOf(coarse.us),
      coarsenedBy: readers.consumers[coarse.by].spec.name,
    }),
  };
}

function ageAtEnd(readers: ReadStream, consumer: StreamConsumer, own: readonly Reader[]): number {
  const isOut = consumer.outUntilUs(readers.endUs) > readers.endUs;
  const late = own.filter(({ isBehind, state }) => state !== 'absent' && (isOut || isBehind));
  return highest(late.map((reader) => readers.oldestUs(reader, readers.endUs)));
}

/** The worst of the shards. One that is behind in the end for no longer than it has been before is not worse for it. */
function drainOf(readers: ReadStream, own: readonly Reader[]): Drain {
  const { endUs } = readers;
  const longestUs = highest(own.map((reader) => reader.longestUs));
  const late = own.filter(({ isBehind, behindUs }) => isBehind && endUs - behindUs > longestUs);
  if (late.length > 0) {
    const remaining = late.map((reader) => reader.remainingUs(endUs, readers.shards[reader.shard].log.end));
    const mostUs = highest(remaining);
    return mostUs === Infinity ? { state: 'growing', ms: null } : { state: 'draining', ms: msOf(mostUs) };
  }
  return longestUs > 0 ? { state: 'drained', ms: msOf(longestUs) } : { state: 'keptUp', ms: null };
}

/** Over the counted duration, per shard that it read. */
function shareOf(readers: ReadStream, kind: 'polling' | 'efo', own: readonly Reader[]): ConsumerRow['share'] {
  const seconds = Math.max(1, readers.endUs - readers.startUs) / US_PER_SEC;
  const read = own.filter(({ counts }) => counts.calls > 0);
  const per = Math.max(1, read.length) * seconds;
  const isPolling = kind === 'polling';
  return {
    callsPerSec: (sum(own, ({ counts }) => counts.calls) - sum(own, throttledOf)) / per,
    callsLimitPerSec: isPolling ? LIMITS.getRecordsCallsPerSec.value : null,
    bytesPerSec: sum(own, ({ counts }) => counts.bytes) / per,
    bytesLimitPerSec: isPolling ? LIMITS.readBytesPerSec.value : LIMITS.fanOutBytesPerSec.value,
  };
}

/** Looked at on the shard with most of its throttled calls. */
function starvationOf(
  readers: ReadStream,
  own: readonly Reader[],
  shardIds: readonly string[],
): Starvation | undefined {
  if (own.length === 0) return undefined;
  const worst = own.reduce((most, reader) => (throttledOf(reader) > throttledOf(most) ? reader : most));
  if (throttledOf(worst) === 0) return undefined;
  const limit = worst.counts.throttledByCalls >= worst.counts.throttledByBytes ? 'calls' : 'bytes';
  const used = ({ counts }: Reader): number =>
    limit === 'bytes' ? counts.bytes : counts.calls - counts.throttledByCalls - counts.throttledByBytes;
  const polling = readers.shards[worst.shard].readers.filter(({ throttle }) => throttle === undefined);
  const most = polling.reduce((top, reader) => (used(reader) > used(top) ? reader : top));
  const all = sum(polling, used);
  return {
    limit,
    shardId: shardIds[worst.shard],
    by: readers.consumers[most.consumer].spec.name,
    share: all > 0 ? used(most) / all : 0,
  };
}

/** Also of the records that it has not read: the time that a run spans, and for whose backlog it was put together. */
function coarsestOf(
  { shards }: ReadStream,
  { meter }: StreamConsumer,
  own: readonly Reader[],
): { readonly us: number; readonly by: number } {
  let coarsest = { us: meter.coarsestUs, by: meter.coarsestBy };
  for (const { shard, position, state } of own) {
    const { log, coarsenedBy } = shards[shard];
    if (state === 'absent' || position === log.end) continue;
    const us = log.spanUs(position, log.end - position);
    if (us > coarsest.us) coarsest = { us, by: coarsenedBy };
  }
  return coarsest;
}

function readersOf({ shards }: ReadStream, consumer: number): Reader[] {
  return shards.map(({ readers }) => readers[consumer]);
}

function throttledOf({ counts }: Reader): number {
  return counts.throttledByCalls + counts.throttledByBytes;
}

function sum(own: readonly Reader[], amount: (reader: Reader) => number): number {
  return own.reduce((total, reader) => total + amount(reader), 0);
}

function highest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) if (values[i] > most) most = values[i];
  return most;
}

function msOf(us: number): number {
  return us / 1000;
}
