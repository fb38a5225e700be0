/** A load with consumers against an endpoint of its own: everything real, but for what a test makes go wrong. */
import { randomBytes } from 'node:crypto';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { parseFaults } from '../../src/local/faults/fault-file.ts';
import type { LocalOptions } from '../../src/local/local-service.ts';
import type { ConsumerRow, DeliveryInfo } from '../../src/results/report-document.ts';
import { totalsOf } from '../../src/results/run-document.ts';
import type { Totals } from '../../src/results/report-document.ts';
import { epochClock } from '../../src/run/clock.ts';
import { ReaderGroup, type ReadResult } from '../../src/run/read/reader-group.ts';
import { kinesisClient } from '../../src/run/send/client.ts';
import { runCrew } from '../../src/run/send/crew.ts';
import { bootThreads } from '../../src/run/send/thread-pool.ts';
import type { TransportName } from '../../src/run/send/transport.ts';
import { readLayout } from '../../src/run/send/stream-layout.ts';
import { startEmbedded } from '../../src/run/serve/embedded.ts';
import type { Scenario } from '../../src/traffic/scenario.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const STREAM = 's';
const REGION = 'us-east-1';

export interface Played {
  readonly totals: Totals;
  readonly rows: readonly ConsumerRow[];
  readonly losses: ReadResult['losses'];
  readonly left: readonly string[];
}

export interface PlayOptions {
  readonly endpoint?: LocalOptions;
  /** Default: sdk. */
  readonly transport?: TransportName;
  /** A file of faults. */
  readonly faults?: string;
  /** What happens beside the load, from its first due time on. */
  readonly beside?: (client: KinesisClient, afterMs: (ms: number) => Promise<void>) => Promise<void>;
  /** Looks at the endpoint when all is over. */
  readonly after?: (client: KinesisClient) => Promise<void>;
}

export async function playReading(scenario: Scenario, options: PlayOptions = {}): Promise<Played> {
  const { shards, maxRecordBytes, retentionHours, initialFill } = scenario.stream;
  const embedded = await startEmbedded({
    streams: [{ name: STREAM, shards, maxRecordBytes, retentionHours, initialFill }],
    limits: ['write', 'read'],
    createMs: 100,
    reshardMs: 100,
    ...(options.faults !== undefined && { faults: parseFaults(options.faults, 'faults') }),
    ...options.endpoint,
  });
  const spec = { kind: 'local', endpoint: embedded.url, region: REGION } as const;
  const client = kinesisClient(spec, 16);
  let readers: ReaderGroup | undefined;
  try {
    const map = await readLayout(client, STREAM);
    const runId = randomBytes(16);
    const group = await ReaderGroup.start({ target: { client: spec, streamName: STREAM }, scenario, runId });
    readers = group;
    const { signal } = new AbortController();
    const threads = await bootThreads(2, options.transport ?? 'sdk');
    let startMs = Infinity;
    let begun: () => void = () => undefined;
    const start = new Promise<void>((resolve) => (begun = resolve));
    const afterMs = async (ms: number): Promise<void> => {
      await start;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, startMs + ms - epochClock() / 1000)));
    };
    const load = runCrew({
      ...{ scenario, map, z: 3, client: spec, stream: { StreamName: STREAM }, runId, signal },
      ...{ transport: options.transport ?? 'sdk', threads },
      readers: {
        connect: () => group.connect(),
        begin: (startUs) => {
          startMs = startUs / 1000;
          begun();
          group.begin(startUs);
        },
      },
    });
    const [result] = await Promise.all([load, options.beside?.(client, afterMs)]);
    const { rows, losses, left } = await group.drain(signal, result.acknowledged);
    await options.after?.(client);
    return { totals: totalsOf(result.tally, result.offeredDigest), rows, losses, left };
  } finally {
    await readers?.close();
    client.destroy();
    await embedded.close();
  }
}

/** What a consumer of a run must have. */
export function deliveryOf({ rows }: Played, name: string): DeliveryInfo {
  const delivery = rows.find((row) => row.name === name)?.delivery;
  if (delivery === undefined) throw new Error(`${name} was not held against what was acknowledged`);
  return delivery;
}

export function rowOf({ rows }: Played, name: string): ConsumerRow {
  const row = rows.find((candidate) => candidate.name === name);
  if (row === undefined) throw new Error(`there is no consumer ${name}`);
  return row;
}
