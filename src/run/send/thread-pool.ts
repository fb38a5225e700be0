/**
 * Sending threads before they are told what to send: their code is loaded, so that little time passes between the
 * stream's being there and the first record.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { worldFailure } from '../../model/refusal.ts';
import type { TransportName } from './transport.ts';

/**
 * Half of a thread's space for young objects, MiB, from its start on. Left to itself V8 begins with 1, in which replies
 * on their way are taken for old objects, and then looks through everything every second to find out that they are not.
 */
const YOUNG_MIB = 16;

/** @throws Refusal (exit 1) where a thread cannot start */
export async function bootThreads(count: number, transport: TransportName): Promise<Worker[]> {
  const file = workerFile();
  // Read where a heap is made: those that there are stay as they are.
  setFlagsFromString(`--min-semi-space-size=${YOUNG_MIB}`);
  const threads = Array.from(
    { length: count },
    (_, i) => new Worker(file, { workerData: transport, name: `send-${i + 1}` }),
  );
  try {
    await Promise.all(threads.map(booted));
    return threads;
  } catch (error) {
    await endThreads(threads);
    throw error;
  }
}

export async function endThreads(threads: readonly Worker[]): Promise<void> {
  await Promise.all(threads.map((thread) => thread.terminate()));
}

function booted(thread: Worker, index: number): Promise<void> {
  return new Promise((resolve, reject) => {
    thread.once('message', () => resolve());
    thread.once('error', (error) => reject(cannotStart(index, error.message)));
    thread.once('exit', () => reject(cannotStart(index)));
  });
}

export function cannotStart(index: number, why = 'it ended'): Error {
  return worldFailure(`Sending thread ${index + 1} could not start: ${why}.`, 'Try again.');
}

/** The bundled thread: beside us in dist, or in dist seen from src where tests run. */
function workerFile(): URL {
  const fromSource = import.meta.url.endsWith('.ts');
  const file = new URL(fromSource ? '../../../dist/send-worker.js' : './send-worker.js', import.meta.url);
  if (existsSync(fileURLToPath(file))) return file;
  throw worldFailure(
    `The sending threads' code is missing at ${fileURLToPath(file)}.`,
    'Run "npm run build" first.',
  );
}
