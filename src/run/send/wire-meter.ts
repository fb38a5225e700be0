/**
 * What a thread's connections have carried: HTTP with its headers, before TLS and TCP add theirs.
 */
import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SocketBacklog } from '../../results/generator-info.ts';
import { BacklogMeter } from './backlog-meter.ts';

/** What is asked of a connection. */
type Carrier = Pick<Socket, 'bytesWritten' | 'writableLength' | 'once'>;

export class WireMeter {
  /** Connections that were opened. */
  connections = 0;
  readonly #open = new Set<Carrier>();
  #closedBytes = 0;
  readonly #backlog = new BacklogMeter();

  /** Bytes that were sent so far. */
  get sentBytes(): number {
    let bytes = this.#closedBytes;
    for (const socket of this.#open) bytes += socket.bytesWritten;
    return bytes;
  }

  /** How much of what was written waits; asked for again and again, it looks now and then. @param nowUs of any clock */
  look(nowUs: number): void {
    if (!this.#backlog.isDue(nowUs)) return;
    let [blocked, bytes] = [0, 0];
    for (const { writableLength } of this.#open) {
      if (writableLength === 0) continue;
      blocked++;
      bytes += writableLength;
    }
    this.#backlog.add(blocked, this.#open.size, bytes);
  }

  /** Undefined where it was never looked at while there were connections. */
  get backlog(): SocketBacklog | undefined {
    return this.#backlog.sum;
  }

  watch(socket: Carrier): void {
    this.connections++;
    this.#open.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#closedBytes += socket.bytesWritten;
    });
  }

  /** Agents of node:http whose connections are watched. */
  agents(options: AgentOptions): { readonly httpAgent: HttpAgent; readonly httpsAgent: HttpsAgent } {
    const httpAgent = new HttpAgent(options);
    const httpsAgent = new HttpsAgent(options);
    for (const agent of [httpAgent, httpsAgent]) {
      const create = agent.createConnection.bind(agent);
      agent.createConnection = (...args): Duplex | null | undefined => {
        const socket = create(...args);
        if (socket) this.watch(socket as Duplex & Carrier);
        return socket;
      };
    }
    return { httpAgent, httpsAgent };
  }
}
