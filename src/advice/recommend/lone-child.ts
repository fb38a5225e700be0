/**
 * A shard that was cut off a closed one together with a sibling, and has all of the load of both: where a cut that knew no
 * keys moved nothing, a single key is likely, and another such cut would move nothing either.
 */
import { shareOf } from '../../model/hash-range.ts';
import type { EvidenceShard } from '../../results/evidence/evidence-shard.ts';
import type { MinuteSeries } from '../../results/evidence/minute-series.ts';
import { columnsOfShard } from '../evidence/step-loads.ts';

/** Of both children's load. */
const WHOLLY = 0.95;
/** A child that is wider than this part of its parent has nearly all of the load by its width. */
const WIDEST = 0.75;

export interface LoneChild {
  readonly shardId: string;
  readonly parentId: string;
  readonly share: number;
}

/** Undefined where the shard was not split off, has no metrics, or shares the load with its sibling. */
export function loneChild(
  shard: EvidenceShard,
  shards: readonly EvidenceShard[],
  series: MinuteSeries,
): LoneChild | undefined {
  if (shard.parents.length !== 1) return undefined;
  const [parentId] = shard.parents;
  const parent = shards.find((other) => other.shardId === parentId);
  if (parent === undefined || shareOf(shard.range) > WIDEST * shareOf(parent.range)) return undefined;
  const own = carriedBy(shard.shardId, series);
  const siblings = shards.filter(
    (other) =>
      other.shardId !== shard.shardId &&
      other.range.start >= parent.range.start &&
      other.range.end <= parent.range.end &&
      (other.range.end < shard.range.start || other.range.start > shard.range.end),
  );
  if (siblings.length === 0 || own === undefined) return undefined;
  const theirs = siblings.map(({ shardId }) => carriedBy(shardId, series) ?? { records: 0, bytes: 0 });
  const share = Math.min(
    partOf(
      own.records,
      theirs.map(({ records }) => records),
    ),
    partOf(
      own.bytes,
      theirs.map(({ bytes }) => bytes),
    ),
  );
  return share >= WHOLLY ? { shardId: shard.shardId, parentId, share } : undefined;
}

function partOf(own: number, others: readonly number[]): number {
  const all = others.reduce((sum, other) => sum + other, own);
  return all > 0 ? own / all : 0;
}

/** Accepted over the whole window. */
function carriedBy(
  shardId: string,
  series: MinuteSeries,
): { readonly records: number; readonly bytes: number } | undefined {
  const columns = columnsOfShard(series, shardId);
  if (columns === undefined) return undefined;
  const sum = (column: ArrayLike<number> | undefined): number => {
    let all = 0;
    for (let step = 0; step < (column?.length ?? 0); step++)
      if (column !== undefined && column[step] > 0) all += column[step];
    return all;
  };
  return { records: sum(columns.incomingRecords), bytes: sum(columns.incomingBytes) };
}
