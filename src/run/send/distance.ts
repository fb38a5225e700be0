/**
 * How far away a stream is: a TCP connection is made in one round trip, before TLS and without a request.
 */
import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';

const TRIES = 5;
const PATIENCE_MS = 1_000;

/** The shortest of some connects, in milliseconds; undefined where there was none. */
export async function distanceMs(endpoint: string): Promise<number | undefined> {
  try {
    const { hostname, port, protocol } = new URL(endpoint);
    const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
    const { address } = await lookup(hostname.replace(/^\[(.*)\]$/, '$1'));
    let least: number | undefined;
    for (let i = 0; i < TRIES; i++) {
      const ms = await connectMs(address, number);
      if (ms === undefined) return least;
      least = Math.min(ms, least ?? ms);
    }
    return least;
  } catch {
    return undefined;
  }
}

function connectMs(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const startMs = performance.now();
    const socket = connect({ host, port });
    const end = (ms: number | undefined): void => {
      socket.destroy();
      resolve(ms);
    };
    socket.setTimeout(PATIENCE_MS, () => end(undefined));
    socket.once('connect', () => end(Math.round((performance.now() - startMs) * 1000) / 1000));
    socket.once('error', () => end(undefined));
  });
}
