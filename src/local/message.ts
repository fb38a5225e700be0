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
  /** Where the body comes from instead, piece by piece. */
  readonly events?: EventSource;
  /** The latency metric that waits for how long the answer took; see LocalService.took. */
  readonly timed?: Timed;
  /** What it answers, for the request log. */
  readonly about?: ReplySubject;
  /** How long to hold it back, in microseconds; faults alone do that. */
  readonly delayUs?: number;
  /** Cut the connection instead of answering; faults alone do that. */
  readonly hangUp?: boolean;
}

/** A body that goes on for as long as the client stays: who holds the socket asks for it, and sends it. */
export interface EventSource {
  /** When it ends by itself. */
  readonly endsUs: number;
  /** What to send at a time; asked only while the client takes it. Never throws. */
  next(nowUs: number): EventStep;
  /** Says who is to hear that there may be something earlier than `next` said; must not ask within the call. */
  listen(wake: () => void): void;
  /** The client has gone. */
  close(): void;
}

export interface EventStep {
  readonly bytes: Buffer | undefined;
  /** When to ask again, unless woken before: now or earlier where there is more. */
  readonly againUs: number;
  /** Whether that was all. */
  readonly isOver: boolean;
}

export interface ReplySubject {
  /** As it was asked for, whether there is such an operation or not. */
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
