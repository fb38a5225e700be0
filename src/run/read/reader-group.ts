/**
 * The consumers of a run, seen from the thread that sends: started before the load, told of what was acknowledged, asked
 * for what they saw, and gone without a trace.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { worldFailure } from '../../model/refusal.ts';
import type { Scenario } from '../../traffic/scenario.ts';
import { mayLackHeader } from '../../traffic/payload-header-room.ts';
import type { FromReaders, ReaderSetup, ReadResult, ToReaders } from './reader-messages.ts';
import type { ReadTarget } from './read-target.ts';
import type { ReadPart } from './reading.ts';

export type { ReadResult } from './reader-messages.ts';

/** How long the stream is read to its tip after the load, and after an interruption. */
const DRAIN_MS = 120_000;
const INTERRUPTED_MS = 3_000;
/** Until what could be cleaned up is cleaned up. */
const CLOSE_MS = 10_000;

export interface ReaderGroupOptions {
  readonly target: ReadTarget;
  readonly scenario: Scenario;
  /** 16 bytes. */
  readonly runId: Uint8Array;
  /** Of several machines: which this one is. Each shard is read by one. */
  readonly part?: ReadPart | undefined;
}

export class ReaderGroup {
  /** What due seconds are counted from; undefined: the start of the schedule. */
  readonly baseUs: number | undefined;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #settle: { resolve(result: ReadResult): void; reject(error: Error): void } | undefined;
  #failure: Error | undefined;

  private constructor(worker: Worker, baseUs: number | undefined) {
    this.#worker = worker;
    this.baseUs = baseUs;
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
  }

  /**
   * Starts the consumers of a scenario and waits until each is in its place: iterators, registrations, subscriptions.
   * @throws Refusal where one cannot be
   */
  static async start({ target, scenario, runId, part }: ReaderGroupOptions): Promise<ReaderGroup> {
    const { consumers, seed, warmupUs, durationUs, traffic } = scenario;
    const lacksHeaders = traffic.some(mayLackHeader);
    const setup: ReaderSetup = {
      ...{ target, consumers, seed, warmupUs, durationUs, runId, lacksHeaders, part },
    };
    const group = new ReaderGroup(new Worker(workerFile(), { workerData: setup }), part?.baseUs);
    await group.#ready();
    return group;
  }

  #ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        this.#failure = error;
        if (this.#settle === undefined) reject(error);
        else this.#settle.reject(error);
      };
      this.#worker.on('message', (message: FromReaders) => {
        if (message.kind === 'ready') resolve();
        else if (message.kind === 'result') this.#settle?.resolve(message.result);
        else fail(worldFailure(message.what, message.fix));
      });
      this.#worker.on('error', fail);
      void this.#exited.then(() =>
        fail(worldFailure('The thread of the consumers stopped before its time.', 'Try again.')),
      );
    });
  }

  /** The schedule begins at this time, microseconds since 1970. */
  begin(startUs: number): void {
    this.#say({ kind: 'begin', startUs });
  }

  /** A way for one sending thread to tell of acknowledged records: packets of an `AckFeed`. */
  connect(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#worker.postMessage({ kind: 'connect', port: port1 } satisfies ToReaders, [port1]);
    return port2;
  }

  /**
   * Nothing more will be sent: the consumers read to the tip.
   * @param signal where the run was interrupted, they are given a few seconds only
   * @param acknowledged records that the sending threads have told of
   * @throws Error where their thread failed
   */
  async drain(signal: AbortSignal, acknowledged: number): Promise<ReadResult> {
    const result = this.#result();
    this.#say({ kind: 'drain', acknowledged, mostMs: signal.aborted ? INTERRUPTED_MS : DRAIN_MS });
    const stop = (): void => this.#say({ kind: 'hurry' });
    signal.addEventListener('abort', stop);
    try {
      return await result;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Ends the thread; consumers that are still registered are deregistered. Does nothing where all is over. */
  async close(): Promise<void> {
    this.#say({ kind: 'stop' });
    const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref());
    await Promise.race([this.#exited, late]);
    await this.#worker.terminate();
  }

  #result(): Promise<ReadResult> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      if (this.#failure !== undefined) reject(this.#failure);
    });
  }

  #say(message: ToReaders): void {
    this.#worker.postMessage(message);
  }
}

/** The bundled worker: beside us in dist, or in dist seen from src where tests run. */
function workerFile(): URL {
  const fromSource = import.meta.url.endsWith('.ts');
  const file = new URL(fromSource ? '../../../dist/reader-worker.js' : './reader-worker.js', import.meta.url);
  if (existsSync(fileURLToPath(file))) return file;
  throw worldFailure(
    `The worker of the consumers is missing at ${fileURLToPath(file)}.`,
    'Run "npm run build" first.',
  );
}
