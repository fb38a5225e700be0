/** The thread in which the consumers of a run read, so that they do not hold up those who send. */
import { parentPort, workerData } from 'node:worker_threads';
import { performance } from 'node:perf_hooks';
import { Refusal } from '../../model/refusal.ts';
import { WORDS } from './ack-feed.ts';
import { Consumption } from './consumption.ts';
import type { FromReaders, ReaderSetup, ToReaders } from './reader-messages.ts';
import { resultOf, snapshotOf, type Snapshot } from './read-result.ts';

/** How long news of acknowledged records may be on its way. */
const NEWS_MS = 2_000;

const consumption = new Consumption(workerData as ReaderSetup);
const { reading } = consumption;
const say = (message: FromReaders): void => parentPort?.postMessage(message);
let loop = performance.eventLoopUtilization();
let snapshot: Snapshot | undefined;
let atEnd: NodeJS.Timeout | undefined;
let told: { readonly count: number; readonly done: () => void } | undefined;
let acknowledged = 0;

parentPort?.on('message', (message: ToReaders) => {
  switch (message.kind) {
    case 'begin':
      begin(message.startUs);
      break;
    case 'connect':
      message.port.on('message', take);
      break;
    case 'drain':
      void drain(message.acknowledged, message.mostMs).catch(fail);
      break;
    case 'hurry':
      consumption.giveUp();
      break;
    case 'stop':
      void close();
  }
});

try {
  await consumption.prepare();
  say({ kind: 'ready' });
} catch (error) {
  await consumption.close();
  fail(error);
}

function take(words: Uint32Array): void {
  reading.take(words);
  acknowledged += words.length / WORDS;
  if (told !== undefined && acknowledged >= told.count) told.done();
}

function begin(startUs: number): void {
  consumption.begin(startUs);
  loop = performance.eventLoopUtilization();
  const leftMs = (reading.endUs - reading.nowUs()) / 1000;
  atEnd = setTimeout(() => (snapshot = snapshotOf(reading, reading.endUs)), Math.min(leftMs, 2 ** 31 - 1));
}

async function drain(count: number, mostMs: number): Promise<void> {
  clearTimeout(atEnd);
  await new Promise<void>((resolve) => {
    told = { count, done: resolve };
    if (acknowledged >= count) resolve();
    else setTimeout(resolve, NEWS_MS);
  });
  snapshot ??= snapshotOf(reading, reading.nowUs());
  const { utilization } = performance.eventLoopUtilization(loop);
  await consumption.drain(mostMs);
  const result = resultOf(reading, snapshot);
  const left = await consumption.close();
  say({ kind: 'result', result: { ...result, eventLoopUtilization: utilization, left } });
  parentPort?.close();
}

async function close(): Promise<void> {
  clearTimeout(atEnd);
  const left = await consumption.close();
  say({
    kind: 'result',
    result: {
      ...resultOf(reading, { rows: [], series: [], heldAtEndUs: [] }),
      eventLoopUtilization: 0,
      left,
    },
  });
  parentPort?.close();
}

function fail(error: unknown): void {
  if (error instanceof Refusal) say({ kind: 'failed', what: error.what, fix: error.fix });
  else say({ kind: 'failed', what: `The consumers failed: ${String(error)}.`, fix: 'Try again.' });
  parentPort?.close();
}
