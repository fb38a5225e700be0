/** A sending thread: its part of the load, with its own connections, pacing and ledger, told second by second. */
import { parentPort, workerData } from 'node:worker_threads';
import { Ledger } from '../../results/ledger.ts';
import { buffersOf } from '../../results/ledger-page.ts';
import { PutCounter } from '../aws/put-counter.ts';
import { AckLine } from '../read/ack-line.ts';
import { unpackScenario } from '../../traffic/scenario-parcel.ts';
import { clockFrom, clockWithOffset, type Clock } from '../clock.ts';
import { Load } from './load.ts';
import { loadTransport, openTransport } from './open-transport.ts';
import { RecordData } from './record-data.ts';
import { mapOf, type SendOrder, type SendReport, type SendSetup } from './send-thread.ts';
import type { TransportName } from './transport.ts';
import { WireMeter } from './wire-meter.ts';

const US_PER_SEC = 1_000_000;

const say = (report: SendReport, transfer: ArrayBuffer[] = []): void =>
  parentPort?.postMessage(report, transfer);

class Sender {
  readonly #load: Load<Ledger>;
  readonly #warmupUs: number;
  readonly #stop = new AbortController();
  readonly #counter = new PutCounter();
  readonly #wire = new WireMeter();
  /** Where there are consumers. */
  readonly #line: AckLine | undefined;
  #startUs = 0;
  #clock: Clock = () => 0;
  #reachedSec = -Infinity;

  constructor(setup: SendSetup) {
    const scenario = unpackScenario(setup.scenario);
    const map = mapOf(setup.shards);
    const { z, split, client, stream, runId, worker, acknowledgements } = setup;
    this.#line = acknowledgements && new AckLine(acknowledgements, scenario.traffic);
    this.#warmupUs = scenario.warmupUs;
    this.#load = new Load<Ledger>({
      ...{ scenario, map, z },
      clock: () => this.#clock(),
      signal: this.#stop.signal,
      part: {
        split,
        countsOf: (options) => new Ledger(options, (page) => say({ kind: 'page', page }, buffersOf(page))),
      },
      transportOf: async ({ dictionary }) => {
        const nameOf = (key: number): string => dictionary.nameOf(key);
        const transport = await openTransport(setup.transport, {
          ...{ client, stream, keys: dictionary, api: scenario.producer.api },
          connections: scenario.producer.inFlight,
          data: new RecordData(runId, this.#startUs, scenario.traffic, nameOf, worker),
          shardIds: map.open.map((shard) => shard.shardId),
          acknowledged: this.#line?.records,
          wire: this.#wire,
        });
        return this.#counter.watch(transport);
      },
      onTurn: (reachedUs) => this.#reached(Math.floor((reachedUs - this.#warmupUs) / US_PER_SEC)),
    });
  }

  stop(): void {
    this.#stop.abort();
  }

  async run(startUs: number, offsetUs: number): Promise<void> {
    this.#startUs = startUs;
    this.#clock = clockFrom(startUs, clockWithOffset(offsetUs));
    const result = await this.#load.run();
    const { health, failures, transport, misrouted, interrupted, countedUs, pipeline } = result;
    // From the first request on: nobody else is to pay for a schedule that begins later.
    const { firstUs = startUs, lastUs = startUs } = this.#counter.read();
    const seconds = Math.max(1e-3, (lastUs - firstUs) / US_PER_SEC);
    const bytesPerSec = this.#wire.sentBytes / seconds;
    const load = { ...health, ...pipeline.tally.sums, bytesPerSec };
    const counts = { errors: failures.rows(), transport, misrouted, interrupted, countedUs };
    const acknowledged = this.#line?.close() ?? 0;
    say({ kind: 'done', load, ...counts, puts: this.#counter.read(), acknowledged });
    parentPort?.close();
  }

  /** Once a second: everything counted so far. */
  #reached(second: number): void {
    if (second <= this.#reachedSec) return;
    this.#reachedSec = second;
    const { tally, lag, offer } = this.#load.pipeline;
    tally.close();
    const part = lag.take();
    const transfer = [part.buckets.buffer, part.counts.buffer];
    say({ kind: 'reached', second, lag: part, digest: offer.digest }, transfer);
  }
}

let sender: Sender | undefined;
parentPort?.on('message', (order: SendOrder) => {
  if (order.kind === 'setUp') {
    sender = new Sender(order.setup);
    say({ kind: 'ready' });
  } else if (order.kind === 'start') void sender?.run(order.startUs, order.offsetUs);
  else sender?.stop();
});
await loadTransport(workerData as TransportName);
say({ kind: 'ready' });
