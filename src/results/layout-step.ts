/**
 * One split or merge of a plan or a recommendation, as the report document has it.
 */
export interface LayoutStep {
  readonly kind: 'split' | 'merge';
  /**
   * The hash range that identifies the step, both ends included, as decimal strings: that of the shard to split, or
   * the one that the two merged shards cover together.
   */
  readonly startingHashKey: string;
  readonly endingHashKey: string;
  /** Today's name of the shard, or the one that it will have when the step's turn comes; of two, the lower range's. */
  readonly shardId: string;
  /** Of a merge: the shard above. */
  readonly adjacentShardId?: string;
  /** Of a split: where the upper child begins. */
  readonly newStartingHashKey?: string;
}
