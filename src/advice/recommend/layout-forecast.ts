/**
 * What each shard of a layout would carry: the peak of the sum over its pieces, step by step, by both ends of what is
 * known of the load.
 */
import { formatHashKey } from '../../model/hash-key.ts';
import { LIMITS } from '../../model/limits.ts';
import type { LayoutRange, PlanningRules } from '../../results/recommendation-document.ts';
import type { LoadInterval } from '../../results/load-interval.ts';
import type { Piece } from './layout-pieces.ts';
import type { Census } from './shard-census.ts';
import type { StreamLoads } from './stream-loads.ts';
import type { TargetLayout } from './target-layout.ts';

export interface ForecastRules {
  readonly burst: PlanningRules['burstFactor'];
  /** Fill of the planning limit to part of the limit: 1 - headroom. */
  readonly planned: number;
}

/** The open shards as they are. */
export function rangesNow(loads: StreamLoads, census: Census, { planned }: ForecastRules): LayoutRange[] {
  return loads.shards.map(({ shardId, range }, shard) => ({
    shardId,
    startingHashKey: formatHashKey(range.start),
    endingHashKey: formatHashKey(range.end),
    utilization: scaled(census.shards[shard].peak, planned),
    ...basisOf([shard], loads),
  }));
}

/**
 * The shards of the layout that is aimed at. One that stays as it is has the figures of now.
 * @param names of the shards to be, in order
 */
export function rangesToBe(
  target: TargetLayout,
  names: readonly string[],
  loads: StreamLoads,
  census: Census,
  rules: ForecastRules,
): LayoutRange[] {
  const { pieces, firsts } = target;
  const room = loads.room();
  const sums = { lower: new Float64Array(loads.steps * 2), upper: new Float64Array(loads.steps * 2) };
  return firsts.map((first, i) => {
    const run = pieces.slice(first, firsts[i + 1] ?? pieces.length);
    const [{ range, shard }] = run;
    const isKept = run.length === 1 && run[0].records === 1 && run[0].bytes === 1;
    return {
      shardId: names[i],
      startingHashKey: formatHashKey(range.start),
      endingHashKey: formatHashKey(run[run.length - 1].range.end),
      utilization: isKept
        ? scaled(census.shards[shard].peak, rules.planned)
        : peakOf(run, loads, { room, sums }, rules.burst),
      ...basisOf(
        run.map((piece) => piece.shard),
        loads,
      ),
    };
  });
}

/** The weakest of what the shards' loads are known by; nothing where that is metrics. */
function basisOf(shards: readonly number[], loads: StreamLoads): Pick<LayoutRange, 'basis'> {
  const all = new Set(shards.map((shard) => loads.basisOf(shard)));
  return all.has('stream') ? { basis: 'stream' } : all.has('sample') ? { basis: 'sample' } : {};
}

/** The hottest of a layout, by each end. */
export function hottestOf(ranges: readonly LayoutRange[]): LoadInterval | null {
  let [lower, upper] = [0, 0];
  for (const { utilization } of ranges) {
    if (utilization === null) return null;
    lower = Math.max(lower, utilization.lower);
    upper = Math.max(upper, utilization.upper);
  }
  return { lower, upper };
}

/** The part of a cut shard that no key was seen of may carry all of it, or as much as it is wide. */
function peakOf(
  run: readonly Piece[],
  loads: StreamLoads,
  {
    room,
    sums,
  }: { room: ReturnType<StreamLoads['room']>; sums: { lower: Float64Array; upper: Float64Array } },
  burst: PlanningRules['burstFactor'],
): LoadInterval {
  sums.lower.fill(0);
  sums.upper.fill(0);
  const { steps } = loads;
  for (const { shard, records, bytes } of joinedByShard(run)) {
    const isWhole = records === 1 && bytes === 1;
    const isMeasured = loads.basisOf(shard) === 'metrics';
    loads.fill(shard, room, isWhole || !isMeasured ? 'ends' : 'even');
    const isBlind = !isWhole && !loads.keys.has(loads.shards[shard].shardId);
    for (let step = 0; step < steps; step++) {
      sums.lower[step] += room.records.lower[step] * records;
      sums.lower[steps + step] += room.bytes.lower[step] * bytes;
      sums.upper[step] += room.records.upper[step] * (isBlind ? 1 : records);
      sums.upper[steps + step] += room.bytes.upper[step] * (isBlind ? 1 : bytes);
    }
  }
  const ofLimit = (column: Float64Array): number => {
    let most = 0;
    for (let step = 0; step < steps; step++) {
      const ofRecords = (column[step] * burst.records) / LIMITS.writeRecordsPerSec.value;
      const ofBytes = (column[steps + step] * burst.bytes) / LIMITS.writeBytesPerSec.value;
      most = Math.max(most, ofRecords, ofBytes);
    }
    return most;
  };
  return { lower: ofLimit(sums.lower), upper: ofLimit(sums.upper) };
}

/** Neighbouring pieces of one shard as one. */
export function joinedByShard(run: readonly Piece[]): { shard: number; records: number; bytes: number }[] {
  const joined: { shard: number; records: number; bytes: number }[] = [];
  for (const { shard, records, bytes } of run) {
    const last = joined.at(-1);
    if (last?.shard !== shard) joined.push({ shard, records, bytes });
    else {
      last.records += records;
      last.bytes += bytes;
    }
  }
  return joined;
}

function scaled({ lower, upper }: LoadInterval, by: number): LoadInterval {
  return { lower: lower * by, upper: upper * by };
}
