/** Slices of the guarded endpoint's past, and what is read of them. */
import { readFileSync } from 'node:fs';
import type { RecordSampler } from '../../../src/results/sample/record-sampler.ts';
import type { WantedSlice } from '../../../src/run/observe/wanted-slice.ts';
import type { RecordSample } from '../../../src/results/evidence/record-sample.ts';

export const SHARD_0 = 'shardId-000000000000';
export const SHARD_1 = 'shardId-000000000001';
export const MINUTE_MS = 60_000;

/** A minute of a shard, `ago` minutes before the one that begins now. */
export function minuteOf(shardId: string, ago: number, nowUs: number, mostBytes = 2 ** 20): WantedSlice {
  const fromMs = Math.floor(nowUs / 1000) - ago * MINUTE_MS;
  return { shardId, fromMs, forMs: MINUTE_MS, mostBytes, meanBytes: null };
}

export function sampleOf(sampler: RecordSampler): RecordSample {
  return sampler.sample(() => undefined);
}

/** Records by key, on every shard. */
export function keysOf({ shards }: RecordSample): Record<string, number> {
  return Object.fromEntries(
    shards.flatMap(({ keys }) => keys.map(({ key, atMost }) => [key, atMost.records])),
  );
}

/** Actions that policies allow. */
export function allowedBy(...names: readonly string[]): Set<string> {
  const folder = new URL('../../../docs/iam/', import.meta.url);
  return new Set(
    names.flatMap((name) => {
      const policy = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as {
        Statement: { Action: string | string[] }[];
      };
      return policy.Statement.flatMap(({ Action }) => Action);
    }),
  );
}
