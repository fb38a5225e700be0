/**
 * The local endpoint on a thread of its own, for a load test in the same process: on the generator's event loop
 * it would falsify lag and latency.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FaultPlan } from '../../local/faults/fault-rule.ts';
import type { LocalOptions, Notice, StreamSpec } from '../../local/local-service.ts';
import { worldFailure } from '../../model/refusal.ts';

export interface EmbeddedOptions extends LocalOptions {
  /** Streams that are ACTIVE from the start. */
  readonly streams: readonly StreamSpec[];
  /** Hears of trimmed records and of the endpoint's own failures. */
  readonly onNotice?: (notice: Notice) => void;
}

export interface Embedded {
  readonly url: string;
  /** What goes wrong from now on; the rules' time and count of calls begin with the next call. */
  setFaults(plan: FaultPlan): void;
  /** Every put fails from one time of the epoch clock to another. */
  failPuts(fromUs: number, toUs: number): void;
  /** Stops the endpoint and its thread. */
  close(): Promise<void>;
}

/** What the main thread gives the worker. */
export interface WorkerSetup {
  readonly options: LocalOptions;
  readonly streams: readonly StreamSpec[];
}

/** What the main thread says to the worker. */
export type ToServer =
  | { readonly kind: 'faults'; readonly plan: FaultPlan }
  | { readonly kind: 'failPuts'; readonly fromUs: number; readonly toUs: number }
  | { readonly kind: 'close' };

/** What the worker says: its address once, then notices, or why it could not start. */
export type WorkerMessage =
  { readonly kind: 'ready'; readonly url: string } | { readonly kind: 'notice'; readonly notice: Notice };

/**
 * Starts the endpoint on a free port of 127.0.0.1 and waits until it listens.
 * @throws Error where the worker cannot start
 */
export async function startEmbedded({ streams, onNotice, ...options }: EmbeddedOptions): Promise<Embedded> {
  const workerData: WorkerSetup = { options, streams };
  const worker = new Worker(workerFile(), { workerData });
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'ready') resolve(message.url);
      else onNotice?.(message.notice);
    });
    worker.on('error', (error) => {
      reject(error);
      onNotice?.({ kind: 'failure', operation: 'the worker thread', stack: String(error.stack) });
    });
    void exited.then(() =>
      reject(worldFailure('The local endpoint stopped before it was ready.', 'Try again.')),
    );
  });
  const say = (message: ToServer): void => worker.postMessage(message);
  return {
    url,
    setFaults: (plan) => say({ kind: 'faults', plan }),
    failPuts: (fromUs, toUs) => say({ kind: 'failPuts', fromUs, toUs }),
    close: async () => {
      say({ kind: 'close' });
      await exited;
    },
  };
}

/** The bundled worker: beside us in dist, or in dist seen from src where tests run. */
function workerFile(): URL {
  const fromSource = import.meta.url.endsWith('.ts');
  const file = new URL(fromSource ? '../../../dist/serve-worker.js' : './serve-worker.js', import.meta.url);
  if (existsSync(fileURLToPath(file))) return file;
  throw worldFailure(
    `The endpoint's worker is missing at ${fileURLToPath(file)}.`,
    'Run "npm run build" first.',
  );
}
