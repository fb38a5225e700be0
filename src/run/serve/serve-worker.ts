/** The worker thread that runs the embedded endpoint: listens, says where, and stops when told to. */
import { parentPort, workerData } from 'node:worker_threads';
import { LocalService } from '../../local/local-service.ts';
import { epochClock } from '../clock.ts';
import type { ToServer, WorkerMessage, WorkerSetup } from './embedded.ts';
import { startServer } from './server.ts';

const NOTICES_MS = 1000;

const { options, streams } = workerData as WorkerSetup;
const service = new LocalService(options);
for (const stream of streams) service.createStream(stream, epochClock());
const server = await startServer({ host: '127.0.0.1', port: 0, service, nowUs: epochClock });

const say = (message: WorkerMessage): void => parentPort?.postMessage(message);
const tellNotices = (): void => service.takeNotices().forEach((notice) => say({ kind: 'notice', notice }));
const timer = setInterval(tellNotices, NOTICES_MS);

parentPort?.on('message', (message: ToServer) => {
  if (message.kind === 'faults') service.setFaults(message.plan);
  else if (message.kind === 'failPuts') service.failPuts(message.fromUs, message.toUs);
  else void close();
});

async function close(): Promise<void> {
  clearInterval(timer);
  await server.close();
  tellNotices();
  parentPort?.close();
}

say({ kind: 'ready', url: server.url });
