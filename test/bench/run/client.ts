/**
 * One case of the bench: a load against an endpoint that runs elsewhere, in a process of its own whose CPU time counts.
 *
 * Told { transport, endpoint, recordBytes, batch, ratePerSec, workers, warmupSec, seconds } as JSON, it prints what it
 * measured of the counted duration: CPU of the whole process from the end of the warm-up, in which code is loaded,
 * compiled and connections are made, until the last reply is counted.
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
  readonly warmupSec: number;
  readonly seconds: number;
}

const STREAM = 'bench';
const order = JSON.parse(process.argv[2]) as Case;
const client = { kind: 'local', endpoint: order.endpoint, region: 'us-east-1' } as const;

function scenario(): Scenario {
  const durationUs = order.seconds * 1_000_000;
  return {
    stream: { shards: 1, maxRecordBytes: 1 << 20, retentionHours: 24, initialFill: 1 },
    warmupUs: order.warmupSec * 1_000_000,
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

/** What was counted, and the CPU that this process has used, at one moment. */
interface Mark {
  readonly accepted: number;
  readonly cpuSec: number;
  readonly atMs: number;
}

function mark(tally: Tally | undefined): Mark {
  const { user, system } = process.cpuUsage();
  return {
    accepted: tally?.shards.sum('accepted') ?? 0,
    cpuSec: (user + system) / 1e6,
    atMs: performance.now(),
  };
}

const reader = kinesisClient(client, 1);
const map = await readLayout(reader, STREAM);
reader.destroy();
/** At the end of the warm-up, and near the end of the counted duration. */
let start: Mark | undefined;
let late: Mark | undefined;

async function byCrew(transport: TransportName) {
  const threads = await bootThreads(order.workers, transport);
  const { tally, generator, errors } = await runCrew({
    ...{ scenario: scenario(), map, z: 4, client, transport, threads },
    stream: { StreamName: STREAM },
    runId: new Uint8Array(16),
    signal: new AbortController().signal,
    onSecond: ({ second, tally: counted }) => {
      if (second < 0) return;
      late = mark(counted);
      start ??= late;
    },
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
  setTimeout(() => (start = mark(load.pipeline.tally)), order.warmupSec * 1000);
  setTimeout(() => (late = mark(load.pipeline.tally)), (order.warmupSec + order.seconds) * 1000);
  const { pipeline, failures } = await load.run();
  const { lag } = pipeline;
  const lagMs = { p50: lag.percentileMs(50), p99: lag.percentileMs(99), max: lag.maxMs };
  return { tally: pipeline.tally, lagMs, errors: failures.rows() };
}

const { tally, lagMs, errors } = await (order.transport === 'as-it-comes'
  ? asItComes()
  : byCrew(order.transport));
const end = mark(tally);
const { offered, accepted, throttled, failed, dropped } = totalsOf(tally, undefined);
const [from, to] = [start ?? end, late ?? end];
const [cpuSec, counted] = [end.cpuSec - from.cpuSec, end.accepted - from.accepted];
console.log(
  JSON.stringify({
    ...{ offered, accepted, throttled, failed, dropped, lagMs, errors },
    perCpuSec: counted / cpuSec,
    // Without the wait for the last replies.
    perSec: ((to.accepted - from.accepted) * 1000) / (to.atMs - from.atMs),
    cores: (cpuSec * 1000) / (end.atMs - from.atMs),
  }),
);
process.exit(0);
