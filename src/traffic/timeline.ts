/**
 * What happens to the stream while a scenario is played: resharding, and outages of its service.
 */
import { shardIdOf } from '../model/shard-map.ts';

/** One event, at a time from the start of the counted duration; a new layout takes effect at that moment. */
export type TimelineEvent = {
  /** Position in the scenario's list, by which messages name it. */
  readonly index: number;
  readonly atUs: number;
} & TimelineAction;

export type TimelineAction =
  | {
      readonly kind: 'split';
      /** By number. */
      readonly shard: number | 'hottest';
      /** Default the middle of the range. */
      readonly newStart?: bigint;
    }
  | { readonly kind: 'merge'; readonly shards: readonly [number, number] | 'coldest' }
  /** UpdateShardCount: so many equal shards. */
  | { readonly kind: 'resize'; readonly count: number }
  /** Every put fails as a whole. */
  | { readonly kind: 'outage'; readonly durationUs: number };

/** `timeline[2] (split: hottest)`. */
export function nameOfEvent({ index, ...event }: TimelineEvent): string {
  return `timeline[${index}] (${event.kind}: ${targetOf(event)})`;
}

function targetOf(action: TimelineAction): string {
  switch (action.kind) {
    case 'split':
      return action.shard === 'hottest' ? 'hottest' : shardIdOf(action.shard);
    case 'merge':
      return action.shards === 'coldest' ? 'coldest' : action.shards.map(shardIdOf).join(' and ');
    case 'resize':
      return String(action.count);
    case 'outage':
      return `${action.durationUs / 1_000_000}s`;
  }
}
