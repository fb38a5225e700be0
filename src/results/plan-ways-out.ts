/**
 * The part of a plan that says what can be done about keys that no shard can carry.
 */
export const WAY_OUT_KINDS = [
  'less-headroom',
  'aggregation',
  'finer-key',
  'random-salts',
  'chosen-salts',
  'explicit-hash-keys',
  'auto-distribution',
] as const;
export type WayOutKind = (typeof WAY_OUT_KINDS)[number];

export interface WayOut {
  readonly kind: WayOutKind;
  /** Whether it is enough by the plan's own arithmetic; null where that depends on what the plan does not know. */
  readonly feasible: boolean | null;
  /** What it takes, or why it is not enough. */
  readonly detail: string;
  /** What one gives up. */
  readonly costs: readonly string[];
}
