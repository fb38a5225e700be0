/**
 * What the consumers of one machine of several saw on the shards that were theirs: nothing of it is judged here, as what
 * the other machines had acknowledged is not known.
 */
import type { ConsumerRow } from '../../results/consumer-report.ts';
import type { SavedConsumer, SavedConsumerRow, SavedReading } from '../../results/reading-section.ts';
import type { LiveConsumer } from './live-consumer.ts';
import type { Snapshot } from './read-result.ts';
import type { Reading } from './reading.ts';
import type { ShardReader } from './shard-reader.ts';

export function partResultOf(
  reading: Reading,
  { rows, series, heldAtEndUs }: Snapshot,
): Omit<SavedReading, 'retentionHours'> {
  const steps = series.at(0)?.iteratorAgeMs.length ?? 0;
  return {
    warmupMs: reading.startUs / 1000,
    acknowledged: reading.acknowledged.saved(),
    told: heldOn(reading.told, steps),
    consumers: rows.map((row, i) => ({
      ...consumerOf(reading, row, i),
      agesMs: series[i].iteratorAgeMs,
      heldMs: Array.from(reading.held[i].agesUs.subarray(0, steps), (us) => us / 1000),
      heldAtEndMs: heldAtEndUs[i] / 1000,
      passed: heldOn(reading.passed[i], steps),
    })),
  };
}

function consumerOf(
  reading: Reading,
  row: ConsumerRow,
  index: number,
): Omit<SavedConsumer, 'agesMs' | 'heldMs' | 'heldAtEndMs' | 'passed'> {
  const consumer = reading.live[index];
  const { endToEnd } = consumer.stream.meter;
  const own = reading.shards.map(({ number, readers }) => ({ number, reader: readers[index] }));
  const numbersOf = (is: (reader: ShardReader) => boolean): number[] =>
    own.filter(({ reader }) => is(reader)).map(({ number }) => number);
  const tips = own.filter(({ reader }) => reader.isDrained && !reader.isEnded);
  const tipUs = Math.min(...tips.map(({ reader }) => reader.drainedUs));
  const { hurried, duplicates, withoutHeader, others } = consumer;
  return {
    row: rowOf(row, consumer),
    readsAll: consumer.readsAll,
    shards: own.filter(({ reader }) => reader.counts.calls > 0).length,
    seen: consumer.seen.saved(),
    ended: numbersOf(({ isEnded }) => isEnded),
    drained: tips.map(({ number }) => number),
    ...(tips.length > 0 && { tipUs: Math.floor(reading.run.startUs + tipUs) }),
    endToEnd: endToEnd.exact,
    ...{ hurried, duplicates, withoutHeader, others },
  };
}

/** Latencies as they are once everything is read. What is left of a backlog only all machines together know. */
function rowOf(row: ConsumerRow, { stream, failedCalls, firstError }: LiveConsumer): SavedConsumerRow {
  const { name, kind, preset, everyMs, idleMs, calls, throttledCalls, emptyCalls, records, bytes } = row;
  const { iteratorAgeMs, drain, share, starvation } = row;
  return {
    ...{ name, kind, calls, throttledCalls, emptyCalls, records, bytes, iteratorAgeMs, share },
    ...(preset !== undefined && { preset }),
    ...(everyMs !== undefined && { everyMs }),
    ...(idleMs !== undefined && { idleMs }),
    ...(starvation !== undefined && { starvation }),
    // Whether it comes nearer depends on what is there and not read yet.
    drain: drain.state === 'growing' || drain.state === 'draining' ? { state: 'draining', ms: null } : drain,
    endToEndMs: stream.meter.endToEnd.summary(),
    ...(failedCalls > 0 && { failedCalls }),
    ...(firstError !== undefined && { firstError }),
  };
}

/** Where nothing was noted in a step, it is as at the end of the one before. */
function heldOn(noted: readonly (number | undefined)[], steps: number): number[] {
  let last = 0;
  return Array.from({ length: steps }, (_, step) => (last = noted[step] ?? last));
}
