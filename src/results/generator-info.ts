/**
 * What a report says of the machine that sent the load: whether it kept the rate, and what it had to do for that.
 */
export interface GeneratorInfo {
  /** Null where that is not known to the end: of several machines one was killed, or its report is missing. */
  readonly valid: boolean | null;
  /** From a record's due time to its entering the producer. */
  readonly lagMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Part of the due records that the generator handed on in time for the stream to be responsible, 0…1. */
  readonly dispatched: number;
  readonly workers: number;
  /** CPU seconds per second of the whole process, the embedded endpoint included. */
  readonly cpu: number;
  /** Share of time in which the sending thread's event loop was busy, 0…1. */
  readonly eventLoopUtilization: number;
  /** Replies that named another shard than our routing did. */
  readonly misrouted: number;
  /** The same around changes of the layout, where it is expected; absent where there were none. */
  readonly moved?: number;
  /** With consumers: share of time in which the event loop of the thread that reads was busy, 0…1. */
  readonly readersUtilization?: number;
  /** Each thread that sends. */
  readonly threads?: readonly SendingThread[];
  /** Sent by all of them, HTTP with its headers, in millions of bits per second. */
  readonly mbitPerSec?: number;
  /** The shortest TCP connect before the load: one round trip to the stream. */
  readonly connectMs?: number;
}

export interface SendingThread {
  /** CPU seconds per second of this thread; absent where the system does not say. */
  readonly cpu?: number;
  /** Share of time in which its event loop was busy, 0…1. */
  readonly eventLoopUtilization: number;
  /** Absent where nothing was sent. */
  readonly sockets?: SocketBacklog;
  /** How late its event loop came to a timer. */
  readonly loopDelayMs?: { readonly p99: number; readonly max: number };
}

/** What a thread's connections could not get rid of: bytes that were written and that the system had not taken yet. */
export interface SocketBacklog {
  /** Mean share of the open connections that had such bytes, 0…1: looked at every 50 ms. */
  readonly blocked: number;
  /** Bytes on all connections together, at such looks. */
  readonly waitingBytes: { readonly mean: number; readonly max: number };
}

/** From here on connections were held up so often that the network, or a far end that does not read, set the pace. */
export const BLOCKED_LIMIT = 0.5;

/** Of the thread whose connections were held up most; undefined where none was looked at. */
export function mostBlocked({ threads = [] }: Pick<GeneratorInfo, 'threads'>): SocketBacklog | undefined {
  return threads
    .flatMap(({ sockets }) => sockets ?? [])
    .reduce<SocketBacklog | undefined>(
      (most, sockets) => (sockets.blocked > (most?.blocked ?? -1) ? sockets : most),
      undefined,
    );
}
