/**
 * What the consumers of a run came to: rows as they were at the end of the counted duration, and what reading to the
 * tip has shown since.
 */
import type { ConsumerRow, ConsumerSeries } from '../../results/consumer-report.ts';
import { deliveryOf, missingOf, type Delivery } from '../../results/delivery.ts';
import { consumerRowsOf, consumerSeriesOf } from '../../simulate/consumer-rows.ts';
import { partResultOf } from './part-result.ts';
import type { LiveConsumer } from './live-consumer.ts';
import type { ReadResult } from './reader-messages.ts';
import type { Reading } from './reading.ts';

/** Rows and series at the end of the counted duration, or now where it was cut short. */
export interface Snapshot {
  readonly rows: readonly ConsumerRow[];
  readonly series: readonly ConsumerSeries[];
  /** By consumer: for how long it had not been at a tip while it was out, in the end; of one machine of several. */
  readonly heldAtEndUs: readonly number[];
}

export function snapshotOf(reading: Reading, nowUs: number): Snapshot {
  reading.sample(Math.min(nowUs, reading.endUs));
  reading.endUs = Math.max(reading.startUs, Math.min(reading.endUs, nowUs));
  const shardIds = reading.shards.map(({ shardId }) => shardId);
  return {
    rows: consumerRowsOf(reading, shardIds),
    series: consumerSeriesOf(reading),
    heldAtEndUs: reading.live.map((_, i) => reading.heldAtEndUs(i)),
  };
}

/** Once everything is read. */
export function resultOf(
  reading: Reading,
  snapshot: Snapshot,
): Pick<ReadResult, 'rows' | 'series' | 'losses' | 'part'> {
  const { rows, series } = snapshot;
  if (reading.part !== undefined)
    return { rows: [], series: [], losses: [], part: partResultOf(reading, snapshot) };
  const deliveries = reading.live.map((consumer, i) =>
    consumer.readsAll
      ? deliveryOf(reading.acknowledged, consumer.seen, isReadBy(reading, i), consumer.open)
      : undefined,
  );
  return {
    rows: rows.map((row, i) => completed(row, reading.live[i], deliveries[i])),
    series,
    losses: deliveries.flatMap(
      (delivery, i) => (delivery && missingOf(rows[i].name, delivery, reading.startUs)) ?? [],
    ),
  };
}

/** Whether a consumer has read a shard to its end, after everything was acknowledged. */
function isReadBy(reading: Reading, consumer: number): (shard: number) => boolean {
  const read = new Set(
    reading.shards.filter(({ readers }) => readers[consumer].isDrained).map(({ number }) => number),
  );
  return (shard) => read.has(shard);
}

function completed(row: ConsumerRow, consumer: LiveConsumer, delivery: Delivery | undefined): ConsumerRow {
  const { duplicates, withoutHeader, others, failedCalls, firstError, hurried } = consumer;
  const { lost = 0, unread = 0 } = delivery ?? {};
  return {
    ...row,
    lostRecords: lost,
    endToEndMs: consumer.stream.meter.endToEnd.summary(),
    endToEndWithout: hurried + lost + unread,
    ...(delivery !== undefined && {
      delivery: {
        acknowledged: delivery.acknowledged,
        seen: delivery.seen - delivery.unclaimed,
        lost,
        ...(delivery.isAtLeast && { isAtLeast: true }),
        unread,
        unacknowledged: delivery.unacknowledged,
        ...{ duplicates, withoutHeader, others: others + delivery.unclaimed },
      },
    }),
    ...(failedCalls > 0 && { failedCalls }),
    ...(firstError !== undefined && { firstError }),
  };
}
