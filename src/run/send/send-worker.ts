/** A sending thread: its part of the load, with its own connections, pacing and ledger, told second by second. */
import { parentPort, workerData } from 'node:worker_threads';
import { Ledger } from '../../results/ledger.ts';
import { buffersOf } from '../../results/ledger-page.ts';
import { PutCounter } from './put-counter.ts';
import { AckLine } from '../read/ack-line.ts';
import { unpackScenario } from '../../traffic/scenario-parcel.ts';
import { clockFrom, clockWithOffset, type Clock } from '../clock.ts';
import { Load } from './load.ts';
import { loadTransport, openTransport } from './open-transport.ts';
import { RecordData } from './record-data.ts';
import { grownLayout, type LayoutGrowth } from '../../model/layout-growth.ts';
import type { ShardMap } from '../../model/shard-map.ts';
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
  #map: ShardMap;
  /** By place; grows with the layout. */
  readonly #shardIds: string[];
  /** What the readers count seconds from, if not from the start of the schedule. */
  readonly #baseUs: number | undefined;
  #startUs = 0;
  #clock: Clock = () => 0;
  #reachedSec = -Infinity;
  #hasToldEnd = false;

  constructor(setup: SendSetup) {
    const scenario = unpackScenario(setup.scenario);
    const map = mapOf(setup.shards);
    this.#map = map;
    this.#shardIds = map.all.map(({ shardId }) => shardId);
    const { z, split, client, stream, runId, worker, acknowledgements } = setup;
    this.#baseUs = setup.baseUs;
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
          shardIds: this.#shardIds,
          acknowledged: this.#line?.records,
          wire: this.#wire,
        });
        return this.#counter.watch(transport);
      },
      onTurn: (reachedUs) => {
        if (reachedUs < Infinity) this.#wire.look(this.#clock());
        this.#reached(Math.floor((reachedUs - this.#warmupUs) / US_PER_SEC));
      },
    });
  }

  relayout(growth: LayoutGrowth): void {
    const change = grownLayout(this.#map, growth);
    this.#map = change.map;
    this.#shardIds.push(...growth.born.map(({ shardId }) => shardId));
    this.#load.relayout(change);
  }

  changing(isUnderWay: boolean): void {
    this.#load.changing(isUnderWay);
  }

  watchLoad(fromUs: number): void {
    this.#load.watchLoad(fromUs, this.#map.all.length);
  }

  tellLoad(): void {
    say({ kind: 'load', ...this.#load.recentLoad });
  }

  stop(): void {
    this.#stop.abort();
  }

  async run(startUs: number, offsetUs: number): Promise<void> {
    this.#startUs = startUs;
    this.#line?.begin(startUs - (this.#baseUs ?? startUs));
    this.#clock = clockFrom(startUs, clockWithOffset(offsetUs));
    const result = await this.#load.run();
    const { health, failures, transport, misrouted, moved, interrupted, countedUs, pipeline } = result;
    // From the first request on: nobody else is to pay for a schedule that begins later.
    const { firstUs = startUs, lastUs = startUs } = this.#counter.read();
    const seconds = Math.max(1e-3, (lastUs - firstUs) / US_PER_SEC);
    const bytesPerSec = this.#wire.sentBytes / seconds;
    const load = { ...health, ...pipeline.tally.sums, bytesPerSec, sockets: this.#wire.backlog };
    const counts = { errors: failures.rows(), transport, misrouted, moved, interrupted, countedUs };
    const acknowledged = this.#line?.close() ?? 0;
    const deadEnd = this.#load.deadEnd.atTheEnd;
    say({ kind: 'done', load, ...counts, puts: this.#counter.read(), deadEnd, acknowledged });
    parentPort?.close();
  }

  /** Once a second: everything counted so far. */
  #reached(second: number): void {
    if (second <= this.#reachedSec) return;
    this.#reachedSec = second;
    this.#tellEnd();
    const { tally, lag, offer } = this.#load.pipeline;
    tally.close();
    const part = lag.take();
    const transfer = [part.buckets.buffer, part.counts.buffer];
    say({ kind: 'reached', second, lag: part, digest: offer.digest }, transfer);
  }

  #tellEnd(): void {
    const end = this.#load.deadEnd.reached;
    if (end === undefined || this.#hasToldEnd) return;
    this.#hasToldEnd = true;
    say({ kind: 'deadEnd', end });
  }
}

let sender: Sender | undefined;
parentPort?.on('message', (order: SendOrder) => {
  switch (order.kind) {
    case 'setUp':
      sender = new Sender(order.setup);
      say({ kind: 'ready' });
      break;
    case 'start':
      void sender?.run(order.startUs, order.offsetUs);
      break;
    case 'changing':
      sender?.changing(order.isUnderWay);
      break;
    case 'relayout':
      sender?.relayout(order.growth);
      break;
    case 'watchLoad':
      sender?.watchLoad(order.fromUs);
      break;
    case 'tellLoad':
      sender?.tellLoad();
      break;
    case 'stop':
      sender?.stop();
  }
});
await loadTransport(workerData as TransportName);
say({ kind: 'ready' });
