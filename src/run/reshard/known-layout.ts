/**
 * A stream that is there, as the rules of a timeline ask for it: by the numbers in the names of its shards, which are not
 * their places where it was resharded before.
 */
import { shardIdOf, shardNumberOf, type Shard, type ShardMap } from '../../model/shard-map.ts';
import type { KnownLayout } from '../../traffic/timeline-rules.ts';
import type { TimelineEvent } from '../../traffic/timeline.ts';
import type { ReshardOrder } from './reshard-call.ts';

/** @param resizesUs times of this run's resizes so far */
export function knownLayoutOf(map: ShardMap, resizesUs: readonly number[]): KnownLayout {
  const known = new Map(map.all.map((shard) => [shardNumberOf(shard.shardId), shard]));
  return {
    open: map.open.length,
    numbers: Math.max(-1, ...known.keys()) + 1,
    closedBy: (number) => (known.get(number)?.open === true ? undefined : 'an earlier change'),
    rangeOf: (number) => known.get(number)?.range,
    resizesUs,
  };
}

/** An event whose shards are named and open. */
export function orderOf(event: TimelineEvent, map: ShardMap): ReshardOrder {
  const find = (number: number): Shard => {
    const shard = map.open.find(({ shardId }) => shardId === shardIdOf(number));
    if (shard === undefined) throw new Error(`${shardIdOf(number)} is not open`);
    return shard;
  };
  if (event.kind === 'resize') return { kind: 'resize', count: event.count };
  if (event.kind === 'split' && event.shard !== 'hottest')
    return { kind: 'split', shard: find(event.shard), newStart: event.newStart };
  if (event.kind === 'merge' && event.shards !== 'coldest') {
    const [a, b] = event.shards;
    return { kind: 'merge', shards: [find(a), find(b)] };
  }
  throw new Error(`${event.kind} names no shards`);
}
