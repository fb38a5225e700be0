/**
 * The part of a plan about the leases by which applications of the KCL share out the shards.
 */
export interface LeaseResult {
  /** The consumer. */
  readonly application: string;
  /** Rows of the lease table: one per shard, and those of closed shards until they are read. */
  readonly leases: number;
  /** More workers than this have nothing to do. */
  readonly usefulWorkers: number;
  /** DynamoDB tables of the application, by version. */
  readonly tables: { readonly from35: number; readonly before35: number };
  readonly renewalsPerSec: number;
  /** DynamoDB write units per second for renewals, an estimate; checkpoints add one or two each. */
  readonly writeUnitsPerSec: { readonly least: number; readonly most: number };
}
