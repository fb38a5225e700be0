/**
 * One case of the bench: a load against an endpoint that runs elsewhere, in a process of its own whose CPU time counts.
 *
 * Told { transport, endpoint, shards, recordBytes, batch, ratePerSec, workers } as JSON, it prints what it measured of
 * the counted duration, warm-up and start left out.
 */
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { totalsOf } from '../../../src/results/run-document.ts';
import type { Tally } from '../../../src/results/tally.ts';
import { clockFrom, epochClock } from '../../../src/run/clock.ts';
import { kinesisClient } from '../../../src/run/send/client.ts';
import { runCrew } from '../../../src/run/send/crew.ts';
import { Load } from '../../../src/run/send/load.ts';
import { PlainTransport } from '../../../src/run/send/plain-transport.ts';
import { RecordData } from '../../../src/run/send/record-data.ts';
import { readLayout } from '../../../src/run/send/stream-layout.ts';
import { bootThreads } from '../../../src/run/send/thread-pool.ts';
import type { TransportName } from '../../../src/run/send/transport.ts';
import { DEFAULT_TEMPLATE, type Scenario } from '../../../src/traffic/scenario.ts';

interface Case {
  /** `as-it-comes`: the AWS SDK with its defaults, but for its retries. */
  readonly transport: TransportName | 'as-it-comes';
  readonly endpoint: string;
  readonly recordBytes: number;
  readonly batch: number;
  readonly ratePerSec: number;
  readonly workers: number;
  readonly seconds: number;
}

const STREAM = 'bench';
const WARMUP_SEC = 3;
const order = JSON.parse(process.argv[2]) as Case;
const client = { kind: 'local', endpoint: order.endpoint, region: 'us-east-1' } as const;

function scenario(): Scenario {
  const durationUs = order.seconds * 1_000_000;
  return {
    stream: { shards: 1, maxRecordBytes: 1 << 20, retentionHours: 24, initialFill: 1 },
    warmupUs: WARMUP_SEC * 1_000_000,
    durationUs,
    seed: 1,
    traffic: [
      {
        name: 'bench',
        stages: [{ durationUs, from: order.ratePerSec, to: order.ratePerSec }],
        arrivals: { kind: 'even' },
        keys: { kind: 'uniform', count: 10_000, template: DEFAULT_TEMPLATE },
        size: { kind: 'fixed', bytes: order.recordBytes },
      },
    ],
    producer: {
      api: 'PutRecords',
      batch: order.batch,
      lingerUs: 100_000,
      inFlight: 16,
      retry: { policy: 'none' },
    },
    consumers: [],
    thresholds: [],
  };
}

/** CPU seconds of this process. */
function cpuSec(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const reader = kinesisClient(client, 1);
const map = await readLayout(reader, STREAM);
reader.destroy();
const marks: { accepted: number; cpuSec: number; atMs: number }[] = [];
const mark = (tally: Tally): void =>
  void marks.push({ accepted: tally.shards.sum('accepted'), cpuSec: cpuSec(), atMs: performance.now() });

async function byCrew(transport: TransportName) {
  const threads = await bootThreads(order.workers, transport);
  const { tally, generator, errors } = await runCrew({
    ...{ scenario: scenario(), map, z: 4, client, transport, threads },
    stream: { StreamName: STREAM },
    runId: new Uint8Array(16),
    signal: new AbortController().signal,
    onSecond: (view) => (view.second >= 0 ? mark(view.tally) : undefined),
  });
  return { tally, lagMs: generator.lagMs, errors };
}

/** The SDK as it comes opens a connection for every request; the rest of the run is the same, on this thread. */
async function asItComes() {
  const { endpoint, region } = client;
  const startUs = epochClock() + 50_000;
  const load = new Load({
    ...{ scenario: scenario(), map, z: 4, clock: clockFrom(startUs), signal: new AbortController().signal },
    transportOf: ({ dictionary }) =>
      new PlainTransport({
        client: new KinesisClient({
          ...{ endpoint, region, maxAttempts: 1 },
          credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        }),
        stream: { StreamName: STREAM },
        data: new RecordData(new Uint8Array(16), startUs, scenario().traffic, (key) =>
          dictionary.nameOf(key),
        ),
        keys: dictionary,
        shardIds: map.open.map((shard) => shard.shardId),
      }),
  });
  setTimeout(() => {
    mark(load.pipeline.tally);
    setInterval(() => mark(load.pipeline.tally), 1000).unref();
  }, WARMUP_SEC * 1000);
  const { pipeline, failures } = await load.run();
  const { lag } = pipeline;
  const lagMs = { p50: lag.percentileMs(50), p99: lag.percentileMs(99), max: lag.maxMs };
  return { tally: pipeline.tally, lagMs, errors: failures.rows() };
}

const { tally, lagMs, errors } = await (order.transport === 'as-it-comes'
  ? asItComes()
  : byCrew(order.transport));
const { offered, accepted, throttled, failed, dropped } = totalsOf(tally, undefined);
const [first, last] = [marks[0], marks[marks.length - 1]];
const sec = (last.atMs - first.atMs) / 1000;
console.log(
  JSON.stringify({
    ...{ offered, accepted, throttled, failed, dropped, lagMs, errors },
    perCpuSec: (last.accepted - first.accepted) / (last.cpuSec - first.cpuSec),
    perSec: (last.accepted - first.accepted) / sec,
    cores: (last.cpuSec - first.cpuSec) / sec,
  }),
);
process.exit(0);
