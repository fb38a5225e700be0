/**
 * What waits in a thread's connections, looked at now and then: a connection whose bytes the system does not take is held up
 * by the network, or by a far end that does not read.
 */
import type { SocketBacklog } from '../../results/generator-info.ts';

/** Between two looks; the connections of a thread are some dozen, so that a look takes microseconds. */
export const LOOK_US = 50_000;

export class BacklogMeter {
  #nextUs = -Infinity;
  #looks = 0;
  #blocked = 0;
  #bytes = 0;
  #maxBytes = 0;

  isDue(nowUs: number): boolean {
    if (nowUs < this.#nextUs) return false;
    this.#nextUs = nowUs + LOOK_US;
    return true;
  }

  /** What a look has seen. @param blocked connections with bytes that wait @param bytes on all of them */
  add(blocked: number, open: number, bytes: number): void {
    if (open === 0) return;
    this.#looks++;
    this.#blocked += blocked / open;
    this.#bytes += bytes;
    this.#maxBytes = Math.max(this.#maxBytes, bytes);
  }

  /** Undefined before the first look. */
  get sum(): SocketBacklog | undefined {
    if (this.#looks === 0) return undefined;
    const mean = Math.round(this.#bytes / this.#looks);
    return { blocked: this.#blocked / this.#looks, waitingBytes: { mean, max: this.#maxBytes } };
  }
}
