/**
 * A shard of a stream that is being diagnosed, as ListShards tells of it: open, or closed and still remembered.
 */
import type { HashRange } from '../../model/hash-range.ts';

export interface EvidenceShard {
  readonly shardId: string;
  readonly range: HashRange;
  readonly open: boolean;
  /** Names of the shard that was split, or of the two that were merged, to make it; their series go on into its own. */
  readonly parents: readonly string[];
  /**
   * When it was not there yet and when it was, at least, as milliseconds since 1970 on the metrics' clock; absent where
   * it was open before the window began.
   */
  readonly openedAfterMs?: number;
  readonly openedBeforeMs?: number;
  /** Set where ListShards still knows one of the parents: it closed no longer ago than the stream keeps records. */
  readonly isParentKept?: boolean;
}
