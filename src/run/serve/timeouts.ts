/** How long the endpoint waits for slow clients, in milliseconds. */

export interface Timeouts {
  /** For the first bytes of a connection, which tell HTTP/1.1 from HTTP/2. */
  readonly sniffMs: number;
  /** For a request's headers. */
  readonly headersMs: number;
  /** For a whole request. */
  readonly requestMs: number;
  /** For the next request on a connection. Longer than the pools of SDKs keep theirs, so that they hang up first. */
  readonly idleMs: number;
  /** For the end of a body that is too large: many clients hear an answer only once they have sent everything. */
  readonly drainMs: number;
  /** For the rest of a request that has been refused. */
  readonly refusalMs: number;
  /** For the next piece of a reply to be taken. */
  readonly writeMs: number;
  /** For the other side to hang up, once a connection has been closed or has failed. */
  readonly lingerMs: number;
  /** For requests under way when the endpoint is told to stop. */
  readonly closeMs: number;
}

export const TIMEOUTS: Timeouts = {
  sniffMs: 10_000,
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 120_000,
  drainMs: 10_000,
  refusalMs: 1_000,
  writeMs: 30_000,
  lingerMs: 2_000,
  closeMs: 2_000,
};
