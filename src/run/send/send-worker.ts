/** A sending thread: its part of the load, with its own connections, pacing and ledger, told second by second. */
import { parentPort, workerData } from 'node:worker_threads';
import { Ledger } from '../../results/ledger.ts';
import { buffersOf } from '../../results/ledger-page.ts';
import { PutCounter } from '../aws/put-counter.ts';
import { unpackScenario } from '../../traffic/scenario-parcel.ts';
import { clockFrom, clockWithOffset, type Clock } from '../clock.ts';
import { Load } from './load.ts';
import { openTransport, loadTransport } from './open-transport.ts';
import { RecordData } from './record-data.ts';
import { mapOf, type SendOrder, type SendReport, type SendSetup } from './send-thread.ts';

const US_PER_SEC = 1_000_000;

const setup = workerData as SendSetup;
const scenario = unpackScenario(setup.scenario);
const map = mapOf(setup.shards);
const stop = new AbortController();
const counter = new PutCounter();

const say = (report: SendReport, transfer: ArrayBuffer[] = []): void =>
  parentPort?.postMessage(report, transfer);

let startUs = 0;
let clock: Clock = () => 0;
let reachedSec = -Infinity;
const load = new Load({
  scenario,
  map,
  z: setup.z,
  clock: () => clock(),
  signal: stop.signal,
  part: {
    split: setup.split,
    countsOf: (options) => new Ledger(options, (page) => say({ kind: 'page', page }, buffersOf(page))),
  },
  transportOf: async ({ dictionary }) => {
    const transport = await openTransport(setup.transport, {
      client: setup.client,
      connections: scenario.producer.inFlight,
      stream: setup.stream,
      data: new RecordData(
        setup.runId,
        startUs,
        scenario.traffic,
        (key) => dictionary.nameOf(key),
        setup.worker,
      ),
      keys: dictionary,
      shardIds: map.open.map((shard) => shard.shardId),
    });
    return counter.watch(transport);
  },
  onTurn: (reachedUs) => tellReached(Math.floor((reachedUs - scenario.warmupUs) / US_PER_SEC)),
});

/** Once a second: everything counted so far. */
function tellReached(second: number): void {
  if (second <= reachedSec) return;
  reachedSec = second;
  const { tally, lag, offer } = load.pipeline;
  tally.close();
  const part = lag.take();
  say({ kind: 'reached', second, lag: part, digest: offer.digest }, [
    part.buckets.buffer,
    part.counts.buffer,
  ]);
}

async function send(): Promise<void> {
  const { health, failures, transport, misrouted, interrupted, countedUs, pipeline } = await load.run();
  say({
    kind: 'done',
    load: { ...health, ...pipeline.tally.sums },
    errors: failures.rows(),
    ...{ transport, misrouted, interrupted, countedUs },
    puts: counter.read(),
  });
  parentPort?.close();
}

parentPort?.on('message', (order: SendOrder) => {
  if (order.kind === 'stop') {
    stop.abort();
    return;
  }
  startUs = order.startUs;
  clock = clockFrom(startUs, clockWithOffset(order.offsetUs));
  void send();
});
await loadTransport(setup.transport);
say({ kind: 'ready' });
