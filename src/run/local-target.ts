/**
 * The default target of a load test: a stream on an endpoint of our own, in a worker thread of this process.
 */
import { MIB } from '../model/limits.ts';
import type { ShardMap } from '../model/shard-map.ts';
import type { StreamSpec } from '../traffic/scenario.ts';
import { localMetrics, type MetricSource } from './aws/metric-source.ts';
import { localClient } from './send/client.ts';
import { readLayout } from './send/stream-layout.ts';
import { startEmbedded, type Embedded } from './serve/embedded.ts';

export const LOCAL_REGION = 'us-east-1';
const STREAM_NAME = 'load-test';
/** What the endpoint keeps of records and metrics where nobody reads them, and where consumers may be behind. */
const MEMORY_BYTES = 64 * MIB;
const READ_MEMORY_BYTES = 1024 * MIB;

export interface LocalTarget {
  readonly streamName: string;
  readonly endpoint: string;
  readonly map: ShardMap;
  /** What makes things go wrong there. */
  readonly embedded: Pick<Embedded, 'setFaults' | 'failPuts'>;
  /** Its CloudWatch. */
  readonly metrics: MetricSource;
  readonly close: () => Promise<void>;
}

/**
 * Starts the endpoint with the scenario's stream, ACTIVE, and reads its layout through the SDK.
 * @param isRead whether there are consumers
 */
export async function openLocalTarget(stream: StreamSpec, isRead = false): Promise<LocalTarget> {
  const { shards, ranges, maxRecordBytes, retentionHours, initialFill, onDemand } = stream;
  const layout = { shards, ...(ranges && { ranges }) };
  const spec = { name: STREAM_NAME, ...layout, maxRecordBytes, retentionHours, initialFill };
  const embedded = await startEmbedded({
    streams: [onDemand === undefined ? spec : { ...spec, mode: 'ON_DEMAND' }],
    ...(onDemand && { onDemandRules: onDemand.rules }),
    memoryBytes: isRead ? READ_MEMORY_BYTES : MEMORY_BYTES,
    // How often we ask for the layout is no part of the test.
    limits: ['write', 'read', 'on-demand'],
    // The minute under way shows at once: a local run does not wait for its counters.
    metrics: { delayMs: -60_000 },
  });
  const client = localClient(embedded.url, LOCAL_REGION, 1);
  try {
    const map = await readLayout(client, STREAM_NAME);
    return {
      streamName: STREAM_NAME,
      endpoint: embedded.url,
      map,
      embedded,
      metrics: localMetrics(embedded.url, LOCAL_REGION),
      close: () => embedded.close(),
    };
  } catch (error) {
    await embedded.close();
    throw error;
  } finally {
    client.destroy();
  }
}
