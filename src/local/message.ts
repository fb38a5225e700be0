/**
 * A request to the local endpoint and its reply, as bytes and headers: what the socket side hands over.
 */
import type { Timed } from './cloudwatch/stream-metrics.ts';

export interface LocalRequest {
  readonly method: string;
  /** Path with its query string, as sent. */
  readonly path: string;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The whole body in a buffer of its own: the endpoint keeps it where it holds records. */
  readonly body: Buffer;
}

export interface LocalReply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  /** The latency metric that waits for how long the answer took; see LocalService.took. */
  readonly timed?: Timed;
  /** What it answers, for the request log. */
  readonly about?: ReplySubject;
  /** How long to hold it back, in microseconds; faults alone do that. */
  readonly delayUs?: number;
  /** Cut the connection instead of answering; faults alone do that. */
  readonly hangUp?: boolean;
}

export interface ReplySubject {
  readonly operation: string;
  readonly stream: string | undefined;
  /** Name of the error that it is. */
  readonly error: string | undefined;
}

/** What the service says of itself at any time. */
export interface ServiceHealth {
  readonly streams: number;
  /** Memory that records take, index and overhead included. */
  readonly recordBytes: number;
  readonly metricBytes: number;
  /** Requests answered so far. */
  readonly requests: number;
}

/** Something that the operator should hear of; the socket side prints it. */
export type Notice =
  | {
      readonly kind: 'trimmed';
      readonly stream: string;
      /** Records and bytes forgotten since the last look, because the stream's memory was full. */
      readonly records: number;
      readonly bytes: number;
    }
  | { readonly kind: 'failure'; readonly operation: string; readonly stack: string };
