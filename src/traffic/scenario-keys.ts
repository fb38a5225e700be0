/**
 * The keys of a source from what a user wrote: units resolved, defaults filled in.
 */
import { WHOLE_RANGE, type HashRange } from '../model/hash-range.ts';
import { shareOf, usOf } from './checked-quantity.ts';
import { contentOf, type FileContents } from './scenario-files.ts';
import { listedHashKeysOf } from './hash-key-entries.ts';
import type { KeysInput } from './keys-schema.ts';
import { DEFAULT_TEMPLATE, MOST_KEYS, type Keys } from './scenario.ts';

/** What keys take from the rest of a scenario. */
export interface KeyContext {
  readonly files: FileContents;
  /** Of the shards at the start. */
  readonly ranges: readonly HashRange[];
  /** Records per request. */
  readonly batch: number;
  /** Warm-up and counted duration. */
  readonly totalUs: number;
}

export function resolveKeys(keys: KeysInput, { files, ranges, batch, totalUs }: KeyContext): Keys {
  const template = keys.template ?? DEFAULT_TEMPLATE;
  if (keys.uniform) return { kind: 'uniform', ...keys.uniform, template };
  if (keys.zipf) return { kind: 'zipf', ...keys.zipf, template };
  if (keys.hot) return { kind: 'hot', ...keys.hot, share: shareOf(keys.hot.share), template };
  if (keys.file !== undefined) return { kind: 'file', table: contentOf(files.keys, keys.file) };
  if (keys.hashKeys) return listedHashKeysOf(keys.hashKeys);
  if (keys.sequential) return { kind: 'sequential', count: keys.sequential.count ?? MOST_KEYS, template };
  if (keys.roundRobin) return { kind: 'roundRobin', ...keys.roundRobin, template };
  if (keys.perBatch) return { kind: 'perBatch', ...keys.perBatch, batch, template };
  if (keys.timestamp) {
    const granularityUs = usOf(keys.timestamp.granularity);
    return { kind: 'timestamp', granularityUs, count: Math.floor(totalUs / granularityUs) + 1, template };
  }
  if (keys.latest) {
    const { count, exponent, newEvery } = keys.latest;
    return { kind: 'latest', window: count, exponent, newEvery, template };
  }
  if (keys.drift) {
    const { share, every, ...numbers } = keys.drift;
    return { kind: 'drift', ...numbers, share: shareOf(share), everyUs: usOf(every), template };
  }
  if (keys.explicitHashKey) return resolveTarget(keys.explicitHashKey, ranges, template);
  const weights = keys.weights ?? {};
  return { kind: 'weights', names: Object.keys(weights), weights: Object.values(weights) };
}

function resolveTarget(
  { shard, where = 'middle' }: NonNullable<KeysInput['explicitHashKey']>,
  ranges: readonly HashRange[],
  template: string,
): Keys {
  if (shard === undefined) return { kind: 'explicitHashKey', range: WHOLE_RANGE, where: 'even', template };
  return { kind: 'explicitHashKey', range: ranges[shard], where, template };
}
