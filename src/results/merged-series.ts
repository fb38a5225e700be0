/**
 * The time lines of several machines as one: steps are added, counted from each machine's own start.
 */
import type { AfterEnd, Series } from './report-document.ts';

/** @param all of one step length */
export function mergedSeries(all: readonly Series[]): Series {
  const sum = (of: (series: Series) => readonly number[] | undefined): number[] => added(all.map(of));
  const afterEnd = all.flatMap((series) => series.afterEnd ?? []);
  const ids = [...new Set(all.flatMap(({ shards }) => shards.map(({ shardId }) => shardId)))];
  const shards = ids.map((shardId) => {
    const rows = all.flatMap((series) => series.shards.filter((row) => row.shardId === shardId));
    return {
      shardId,
      offered: added(rows.map((row) => row.offered)),
      throttledAttempts: added(rows.map((row) => row.throttledAttempts)),
    };
  });
  return {
    stepMs: all[0].stepMs,
    offered: sum((series) => series.offered),
    accepted: sum((series) => series.accepted),
    throttledAttempts: sum((series) => series.throttledAttempts),
    retries: sum((series) => series.retries),
    bytes: sum((series) => series.bytes),
    shards,
    ...(afterEnd.length === 0 ? {} : { afterEnd: afterEnd.reduce(addedAfterEnd) }),
  };
}

/** As long as the longest: a machine that was cut short has nothing in the rest. */
function added(columns: readonly (readonly number[] | undefined)[]): number[] {
  const length = Math.max(0, ...columns.map((column) => column?.length ?? 0));
  return Array.from({ length }, (_, i) => columns.reduce((total, column) => total + (column?.[i] ?? 0), 0));
}

function addedAfterEnd(a: AfterEnd, b: AfterEnd): AfterEnd {
  return {
    accepted: a.accepted + b.accepted,
    throttledAttempts: a.throttledAttempts + b.throttledAttempts,
    retries: a.retries + b.retries,
    lastMs: Math.max(a.lastMs, b.lastMs),
  };
}
