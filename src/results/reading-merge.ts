/**
 * The consumers of several machines as one: rows and series added up, and what all machines had acknowledged held against
 * what was seen on all shards.
 *
 * A shard counts as read where its end was reached, or its tip after the last machine's last reply: what is acknowledged
 * and was not seen there is lost. On others it is unread, which says nothing of the stream.
 */
import type { ConsumerRow, ConsumerSeries, DeliveryInfo, Drain } from './consumer-report.ts';
import { deliveryOf, missingOf, type Delivery, type Missing } from './delivery.ts';
import { LatencyHistogram } from './latency.ts';
import type { SavedConsumer, SavedReading } from './reading-section.ts';
import { SequenceLedger } from './sequence-ledger.ts';

/** Clocks of machines differ by this at most. */
const SKEW_US = 2_000_000;

export interface MergedReading {
  readonly rows: readonly ConsumerRow[];
  readonly series: readonly ConsumerSeries[];
  readonly losses: readonly Missing[];
  readonly retentionHours: number;
}

export interface ReadingMergeOptions {
  /** When the last reply of all machines came, microseconds since 1970; undefined where none did. */
  readonly lastPutUs: number | undefined;
  /** Whether every machine has told of all that was acknowledged to it; else nothing is held against it. */
  readonly isWhole: boolean;
}

/** @param readings at least one, with the same consumers in each */
export function mergedReading(
  readings: readonly SavedReading[],
  { lastPutUs = -Infinity, isWhole }: ReadingMergeOptions,
): MergedReading {
  const [{ warmupMs, retentionHours, consumers }] = readings;
  const told = ledgerOf(readings.map(({ acknowledged }) => acknowledged));
  const all = consumers.map((_, i) => readings.map((reading) => reading.consumers[i]));
  const deliveries = all.map((parts) => {
    if (!isWhole || !parts[0].readsAll) return undefined;
    return deliveryOf(told, ledgerOf(parts.map(({ seen }) => seen)), readBy(parts, lastPutUs));
  });
  const series = all.map((parts) => seriesOf(readings, parts));
  return {
    rows: all.map((parts, i) => rowOf(parts, series[i], deliveries[i])),
    series,
    losses: deliveries.flatMap(
      (delivery, i) => (delivery && missingOf(consumers[i].row.name, delivery, warmupMs * 1000)) ?? [],
    ),
    retentionHours,
  };
}

function ledgerOf(parts: readonly Parameters<typeof SequenceLedger.of>[0][]): SequenceLedger {
  const sum = new SequenceLedger();
  for (const part of parts) sum.merge(SequenceLedger.of(part));
  return sum;
}

function readBy(parts: readonly SavedConsumer[], lastPutUs: number): (shard: number) => boolean {
  const read = new Set<number>();
  for (const { ended, drained, tipUs = -Infinity } of parts) {
    for (const shard of ended) read.add(shard);
    if (tipUs >= lastPutUs + SKEW_US) for (const shard of drained) read.add(shard);
  }
  return (shard) => read.has(shard);
}

/**
 * Of ages the worst machine's. One that was held up by throttling or an outage has not read what was acknowledged since it
 * was last at the tip, which is then its age at most; where nothing was, it is not behind. A backlog is what all had sent, less what all were past, as it was once a step. */
function seriesOf(readings: readonly SavedReading[], parts: readonly SavedConsumer[]): ConsumerSeries {
  const { row, agesMs } = parts[0];
  const at = (columns: readonly (readonly number[])[], step: number): number[] =>
    columns.map((column) => column.at(Math.min(step, column.length - 1)) ?? 0);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const told = readings.map((reading) => reading.told);
  const passed = parts.map((part) => part.passed);
  const steps = Math.max(agesMs.length, ...parts.map((part) => part.agesMs.length));
  const most = (step: number, of: (part: SavedConsumer) => readonly number[]): number =>
    Math.max(0, ...parts.map((part) => of(part)[step] ?? 0));
  const backlog = Array.from({ length: steps }, (_, step) =>
    Math.max(0, sum(at(told, step)) - sum(at(passed, step))),
  );
  const isUnread = (step: number): boolean =>
    backlog[step] > 0 ||
    (step === 0
      ? sum(at(told, 0)) > 0
      : backlog[step - 1] > 0 || sum(at(told, step)) > sum(at(told, step - 1)));
  return {
    name: row.name,
    iteratorAgeMs: backlog.map((_, step) =>
      Math.max(
        most(step, (part) => part.agesMs),
        isUnread(step) ? most(step, (part) => part.heldMs) : 0,
      ),
    ),
    backlog,
  };
}

function rowOf(
  parts: readonly SavedConsumer[],
  { backlog, iteratorAgeMs }: ConsumerSeries,
  delivery: Delivery | undefined,
): ConsumerRow {
  const { name, kind, preset, everyMs, idleMs } = parts[0].row;
  const sum = (of: (part: SavedConsumer) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  const most = (of: (part: SavedConsumer) => number): number => Math.max(...parts.map(of));
  const { lost = 0, unread = 0 } = delivery ?? {};
  const failedCalls = sum(({ row }) => row.failedCalls ?? 0);
  const firstError = parts.find(({ row }) => row.firstError !== undefined)?.row.firstError;
  const starvation = parts
    .toSorted((a, b) => b.row.throttledCalls - a.row.throttledCalls)
    .find(({ row }) => row.starvation !== undefined)?.row.starvation;
  return {
    ...{ name, kind },
    ...(preset !== undefined && { preset }),
    ...(everyMs !== undefined && { everyMs }),
    ...(idleMs !== undefined && { idleMs }),
    calls: sum(({ row }) => row.calls),
    throttledCalls: sum(({ row }) => row.throttledCalls),
    emptyCalls: sum(({ row }) => row.emptyCalls),
    records: sum(({ row }) => row.records),
    bytes: sum(({ row }) => row.bytes),
    lostRecords: lost,
    iteratorAgeMs: {
      max: Math.max(
        most(({ row }) => row.iteratorAgeMs.max),
        ...iteratorAgeMs,
      ),
      atEnd: Math.max(
        most(({ row }) => row.iteratorAgeMs.atEnd),
        (backlog.at(-1) ?? 0) > 0 ? most(({ heldAtEndMs }) => heldAtEndMs) : 0,
      ),
    },
    backlog: { maxRecords: Math.max(0, ...backlog), atEndRecords: backlog.at(-1) ?? 0 },
    drain: parts.map(({ row }) => row.drain).reduce(worseDrain),
    endToEndMs: latencyOf(parts).summary(),
    endToEndWithout: sum(({ hurried }) => hurried) + lost + unread,
    share: shareOf(parts),
    ...(starvation !== undefined && { starvation }),
    ...(delivery !== undefined && { delivery: infoOf(parts, delivery) }),
    ...(failedCalls > 0 && { failedCalls }),
    ...(firstError !== undefined && { firstError }),
  };
}

function infoOf(parts: readonly SavedConsumer[], delivery: Delivery): DeliveryInfo {
  const sum = (of: (part: SavedConsumer) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  const { acknowledged, seen, lost, isAtLeast, unread, unacknowledged, unclaimed } = delivery;
  return {
    ...{ acknowledged, seen: seen - unclaimed, lost },
    ...(lost > 0 && isAtLeast && { isAtLeast: true }),
    ...{ unread, unacknowledged },
    duplicates: sum(({ duplicates }) => duplicates),
    withoutHeader: sum(({ withoutHeader }) => withoutHeader),
    others: sum(({ others }) => others) + unclaimed,
  };
}

const DRAINS: readonly Drain['state'][] = ['keptUp', 'drained', 'draining', 'growing'];

function worseDrain(a: Drain, b: Drain): Drain {
  const [rankA, rankB] = [DRAINS.indexOf(a.state), DRAINS.indexOf(b.state)];
  if (rankA !== rankB) return rankA > rankB ? a : b;
  return (a.ms ?? 0) >= (b.ms ?? 0) ? a : b;
}

/** Means over shards: each machine counts by how many it has read. */
function shareOf(parts: readonly SavedConsumer[]): ConsumerRow['share'] {
  const { callsLimitPerSec, bytesLimitPerSec } = parts[0].row.share;
  const shards = parts.reduce((sum, part) => sum + part.shards, 0);
  const mean = (of: (share: ConsumerRow['share']) => number): number =>
    shards === 0 ? 0 : parts.reduce((sum, part) => sum + of(part.row.share) * part.shards, 0) / shards;
  return {
    callsPerSec: mean(({ callsPerSec }) => callsPerSec),
    callsLimitPerSec,
    bytesPerSec: mean(({ bytesPerSec }) => bytesPerSec),
    bytesLimitPerSec,
  };
}

function latencyOf(parts: readonly SavedConsumer[]): LatencyHistogram {
  const sum = new LatencyHistogram();
  for (const { row, endToEnd } of parts) sum.addSaved(row.endToEndMs, endToEnd);
  return sum;
}
