/**
 * How many shards an account has and may have, and how many more are open on the way of some steps.
 */
export interface ShardRoom {
  /** Open shards of all provisioned streams of the account in the region. */
  readonly open: number;
  /** As many as the account may have there. */
  readonly most: number;
  /** At most open on the way, beyond those of now. */
  readonly more: number;
}

export function isTooTight({ open, most, more }: ShardRoom): boolean {
  return more > 0 && open + more > most;
}
