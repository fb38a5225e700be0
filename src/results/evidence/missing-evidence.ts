/**
 * Evidence that a diagnosis did not have: why, and what it costs to get.
 */
export interface MissingEvidence {
  readonly what:
    /** What the stream says of itself: mode, retention, which shard-level metrics are on. */
    | 'summary'
    | 'shard-metrics'
    | 'stream-metrics'
    | 'records'
    | 'consumers'
    | 'tags'
    | 'layout-history'
    | 'coarse-metrics'
    | 'fan-out-metrics';
  /** `off`: not switched on; `denied`: not allowed; `not-asked`: a flag gets it; `gone`: no longer kept; `failed`: the call failed. */
  readonly why: 'off' | 'denied' | 'not-asked' | 'gone' | 'failed';
  /** IAM's name of what was denied, such as `cloudwatch:GetMetricData`. */
  readonly permission?: string;
  /** A command that gets it, in full. */
  readonly command?: string;
  /** What that costs per hour at list prices, and the formula. */
  readonly usdPerHour?: number;
  readonly formula?: string;
  /** Details, such as the error's code. */
  readonly detail?: string;
}
