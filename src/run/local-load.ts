/**
 * A whole load test against the embedded endpoint: target up, scenario sent, target down.
 */
import { randomBytes } from 'node:crypto';
import type { ShardMap } from '../model/shard-map.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { clockFrom, epochClock } from './clock.ts';
import { openLocalTarget } from './local-target.ts';
import { Load, type LoadResult } from './send/load.ts';
import type { Pipeline } from '../simulate/pipeline.ts';
import { RecordData } from './send/record-data.ts';
import { SdkTransport } from './send/sdk-transport.ts';

/** Between the end of setting up and the first record's due time. */
const LEAD_US = 50_000;

export interface LocalLoadOptions {
  readonly scenario: Scenario;
  /** Standard deviations that a finding must stand above counting noise. */
  readonly z: number;
  readonly signal: AbortSignal;
  /** Called every half second while the load runs, with microseconds since the start of the warm-up. */
  readonly onProgress?: (pipeline: Pipeline, map: ShardMap, elapsedUs: number) => void;
}

export interface LocalLoad extends LoadResult {
  /** Start of the counted duration, microseconds since 1970. */
  readonly startedUs: number;
  readonly map: ShardMap;
  readonly streamName: string;
  readonly endpoint: string;
}

const PROGRESS_MS = 500;

export async function runLocalLoad(options: LocalLoadOptions): Promise<LocalLoad> {
  const { scenario, signal, z } = options;
  const target = await openLocalTarget(scenario.stream, scenario.producer.inFlight);
  try {
    const { client, streamName, map, endpoint } = target;
    const startUs = epochClock() + LEAD_US;
    const clock = clockFrom(startUs);
    const runId = randomBytes(16);
    const shardIds = map.open.map((shard) => shard.shardId);
    const load = new Load({
      scenario,
      map,
      z,
      clock,
      signal,
      transportOf: ({ dictionary }) =>
        new SdkTransport({
          client,
          streamName,
          data: new RecordData(runId, startUs, scenario.traffic, (key) => dictionary.nameOf(key)),
          shardIds,
          keys: dictionary,
        }),
    });
    const timer = setInterval(() => options.onProgress?.(load.pipeline, map, clock()), PROGRESS_MS);
    try {
      const result = await load.run();
      return { ...result, startedUs: startUs + scenario.warmupUs, map, streamName, endpoint };
    } finally {
      clearInterval(timer);
    }
  } finally {
    await target.close();
  }
}
