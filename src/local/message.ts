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
