/**
 * The seam between the load and the wire: a request goes out, one outcome for each of its records comes back.
 */
import type { AttemptOutcome } from '../../model/outcome.ts';
import type { Batch } from '../../traffic/producer.ts';
import type { RecordSlab } from '../../traffic/record-slab.ts';

/**
 * `sdk`: the AWS SDK with our bodies and replies. `sdk-plain`: the AWS SDK as applications use it, over keep-alive
 * HTTP/1.1. `raw`: our own requests, with endpoint, region and credentials from the SDK.
 */
export const TRANSPORT_NAMES = ['sdk', 'sdk-plain', 'raw'] as const;
export type TransportName = (typeof TRANSPORT_NAMES)[number];

export interface Transport {
  /** Named in the report. */
  readonly name: string;
  /** Sends a request, its records in order. Never rejects: what goes wrong is an outcome. */
  put(batch: Batch, records: RecordSlab): Promise<PutReply>;
  close(): void;
}

export interface PutReply {
  /** One per Kinesis record, in request order. */
  readonly outcomes: ArrayLike<AttemptOutcome>;
  /** Whether another try can end differently. */
  readonly retryable: boolean;
  /** Whether the request failed as a whole. */
  readonly isWhole: boolean;
  /** Accepted Kinesis records that the reply put on another shard than our routing did, where that was looked at. */
  readonly misrouted: number;
  /** What went wrong, where it was not throttling. */
  readonly errors: readonly TransportError[];
}

export interface TransportError {
  readonly code: string;
  readonly message: string;
  /** User records. */
  readonly records: number;
}
