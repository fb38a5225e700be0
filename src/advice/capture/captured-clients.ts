/**
 * Who reads a stream and how it is written to, as far as its metrics and the user tell.
 */
import type { MinuteSeries } from '../../results/evidence/minute-series.ts';
import type { StreamEvidence } from '../../results/evidence/stream-evidence.ts';
import { LIMITS } from '../../model/limits.ts';
import type { CapturedConsumer, CapturedProducer } from './capture.ts';
import { sum } from './shard-series.ts';

/** Calls on their way at a time, of a producer for which none is known, and how long one may take. */
const IN_FLIGHT = 16;
const MOST_IN_FLIGHT = 1000;
const SLOW_CALL_SEC = 0.2;

/**
 * Fan-out consumers by their names; those that poll as the user gave them, else as many as the bytes read are times the
 * bytes written.
 */
export function capturedConsumersOf({
  fanOutConsumers,
  givenConsumers,
  metrics,
  shards,
}: StreamEvidence): CapturedConsumer[] {
  const fanOut = (fanOutConsumers ?? []).slice(0, LIMITS.fanOutConsumers.value);
  const given = (givenConsumers ?? []).flatMap(({ kind, count, name = kind }) =>
    kind === 'efo' && fanOut.length > 0
      ? []
      : Array.from({ length: count }, (_, i): CapturedConsumer => {
          const named = count === 1 ? name : `${name}-${i + 1}`;
          return kind === 'polling' ? { kind, name: named, everyMs: null } : { kind, name: named };
        }),
  );
  const isPollingGiven = given.some(({ kind }) => kind !== 'efo');
  const open = shards.filter((shard) => shard.open).length;
  const polling = isPollingGiven || metrics === null ? [] : pollingIn(metrics, open);
  return [...fanOut.map((name): CapturedConsumer => ({ kind: 'efo', name })), ...given, ...polling];
}

function pollingIn({ stream, secPerStep }: MinuteSeries, shards: number): CapturedConsumer[] {
  const of = (name: keyof MinuteSeries['stream']): number => positive(stream[name]);
  const read = of('GetRecords.Bytes');
  const written = of('IncomingBytes');
  if (read <= 0 || written <= 0) return [];
  const readers = Math.min(20, Math.max(1, Math.round(read / written)));
  const column = stream['GetRecords.Success'];
  const steps = column === undefined ? 0 : [...column].filter((value) => value > 0).length;
  const callsPerSec =
    of('GetRecords.Success') / Math.max(1, steps * secPerStep * Math.max(1, shards) * readers);
  const everyMs = callsPerSec > 0 ? Math.min(60_000, Math.max(200, Math.round(1000 / callsPerSec))) : null;
  return Array.from({ length: readers }, (_, i) => ({ kind: 'polling', name: `reader-${i + 1}`, everyMs }));
}

/** A column of what is sampled: its sum without holes. */
function positive(column: ArrayLike<number> | undefined): number {
  return column === undefined ? 0 : sum(Array.from(column, (value) => (value > 0 ? value : 0)));
}

/** @param peakPerSec records of the busiest step */
export function capturedProducerOf(metrics: MinuteSeries | null, peakPerSec: number): CapturedProducer {
  const of = (name: 'PutRecord.Success' | 'PutRecords.Success' | 'PutRecords.TotalRecords'): number =>
    metrics === null ? 0 : positive(metrics.stream[name]);
  const [single, calls, records] = [
    of('PutRecord.Success'),
    of('PutRecords.Success'),
    of('PutRecords.TotalRecords'),
  ];
  const isSingle = single > records;
  const batch =
    isSingle || calls <= 0 || records <= 0
      ? null
      : Math.min(LIMITS.recordsPerPutRecords.value, Math.max(1, Math.round(records / calls)));
  const perCall = isSingle ? 1 : (batch ?? LIMITS.recordsPerPutRecords.value);
  const needed = Math.ceil((peakPerSec / perCall) * SLOW_CALL_SEC) + 2;
  return {
    api: isSingle ? 'PutRecord' : 'PutRecords',
    batch,
    inFlight: Math.min(MOST_IN_FLIGHT, Math.max(IN_FLIGHT, needed)),
  };
}
