/**
 * How much each partition key of some traffic carries per second, in records and in bytes.
 */
import { standInName } from '../../traffic/hashed-keys.ts';
import {
  generatedKeysOf,
  generatedLoad,
  generatedRuns,
  numberOf,
  type GeneratedKeys,
  type GeneratedSource,
} from './generated-keys.ts';
import { listedRun, type Extent, type KeyLoad, type KeyRun, type PerDimension } from './key-run.ts';
import { namedKeysOf, namedRun, type NamedKeys } from './named-keys.ts';
import type { PlannedKeys } from '../plan/planned-keys.ts';

/** Traffic to plan for: one source at a steady rate. */
export interface TrafficPart {
  readonly recordsPerSec: number;
  /** Mean bytes of data per record. */
  readonly dataBytes: number;
  /** Bytes of every partition key; undefined: each name's own length. */
  readonly keyBytes?: number | undefined;
  readonly keys: PlannedKeys;
}

export interface KeyLoads {
  /** Runs of distinct keys, all of them together. */
  readonly runs: readonly KeyRun[];
  readonly keyCount: number;
  /** Sums over all keys, per second. */
  readonly total: PerDimension;
  /** Of any key. */
  readonly bytesPerRecord: Extent;
}

/**
 * Adds sources up key by key: keys of the same name are one key, whether listed or generated.
 * @param placementSeed renames generated keys, as in a scenario
 */
export function keyLoadsOf(parts: readonly TrafficPart[], placementSeed?: number): KeyLoads {
  const named = namedKeysOf(parts);
  const runs: KeyRun[] = [];
  for (const [template, sources] of sourcesByTemplate(parts)) {
    const generated = generatedKeysOf(template, sources, placementSeed);
    runs.push(...generatedRuns(generated, mergeInto(named, generated)));
  }
  runs.push(...named.map(namedRun));
  const hashed = hashedKeys(parts);
  if (hashed.size > 0) runs.push(listedRun([...hashed.values()]));
  return sumUp(runs);
}

/** The same without the keys above a limit in either dimension: those that fit on no shard. */
export function withoutKeysAbove(loads: KeyLoads, limit: PerDimension): KeyLoads {
  return sumUp(loads.runs.flatMap((run) => run.notAbove(limit)));
}

/** The key that fills most of a shard, or undefined where nothing is sent. */
export function heaviestKey(loads: KeyLoads, limit: PerDimension): KeyLoad | undefined {
  let heaviest: KeyLoad | undefined;
  let most = 0;
  for (const key of loads.runs.flatMap((run) => run.candidates())) {
    const fill = fillOf(key, limit);
    if (fill > most) [heaviest, most] = [key, fill];
  }
  return heaviest;
}

/** The fuller of the two dimensions; 1 where a limit is reached. */
export function fillOf(load: PerDimension, limit: PerDimension): number {
  return Math.max(load.records / limit.records, load.bytes / limit.bytes);
}

function sumUp(all: readonly KeyRun[]): KeyLoads {
  const runs = all.filter((run) => run.length > 0);
  let keyCount = 0;
  let records = 0;
  let bytes = 0;
  let min = Infinity;
  let max = 0;
  for (const run of runs) {
    keyCount += run.length;
    records += run.momentsFrom(0, 'records').sum;
    bytes += run.momentsFrom(0, 'bytes').sum;
    min = Math.min(min, run.bytesPerRecord.min);
    max = Math.max(max, run.bytesPerRecord.max);
  }
  return { runs, keyCount, total: { records, bytes }, bytesPerRecord: { min, max } };
}

/** The keys of which only hash key and length are known. */
function hashedKeys(parts: readonly TrafficPart[]): Map<bigint, KeyLoad> {
  const hashed = new Map<bigint, KeyLoad>();
  for (const { keys, recordsPerSec, dataBytes, keyBytes } of parts) {
    if (keys.kind !== 'hashKeys') continue;
    const sum = keys.weights.reduce((total, weight) => total + weight, 0);
    keys.hashKeys.forEach((hashKey, i) => {
      const records = (recordsPerSec * keys.weights[i]) / sum;
      const bytes = records * (dataBytes + (keyBytes ?? keys.keyBytes[i]));
      const before = hashed.get(hashKey) ?? { records: 0, bytes: 0 };
      const name = keys.names?.get(i) ?? standInName(hashKey, keys.keyBytes[i]);
      hashed.set(hashKey, { name, hashKey, records: before.records + records, bytes: before.bytes + bytes });
    });
  }
  return hashed;
}

/** Adds generated keys to the named keys of the same name; returns their numbers. */
function mergeInto(named: readonly NamedKeys[], generated: GeneratedKeys): number[] {
  const numbers: number[] = [];
  for (const { names, records, bytes } of named) {
    for (let i = 0; i < names.count; i++) {
      const n = records[i] > 0 ? numberOf(generated, names.nameAt(i)) : -1;
      if (n < 0) continue;
      const load = generatedLoad(generated, n);
      records[i] += load.records;
      bytes[i] += load.bytes;
      numbers.push(n);
    }
  }
  return numbers;
}

function sourcesByTemplate(parts: readonly TrafficPart[]): Map<string, GeneratedSource[]> {
  const byTemplate = new Map<string, GeneratedSource[]>();
  for (const { keys, recordsPerSec, dataBytes, keyBytes } of parts) {
    if (keys.kind === 'weights' || keys.kind === 'file' || keys.kind === 'hashKeys') continue;
    const source = { keys, recordsPerSec, dataBytes, keyBytes };
    const group = byTemplate.get(keys.template);
    if (group === undefined) byTemplate.set(keys.template, [source]);
    else group.push(source);
  }
  return byTemplate;
}

/** The same with further keys, none of which is among them. */
export function withKeys(loads: KeyLoads, keys: readonly KeyLoad[]): KeyLoads {
  return keys.length === 0 ? loads : sumUp([...loads.runs, listedRun(keys)]);
}

/**
 * The keys above a limit in either dimension, the one that fills most of a shard first.
 * @param most undefined where there are more of them
 */
export function keysAbove(loads: KeyLoads, limit: PerDimension, most: number): KeyLoad[] | undefined {
  const above: KeyLoad[] = [];
  for (const run of loads.runs) {
    const count = run.length - run.notAbove(limit).reduce((sum, rest) => sum + rest.length, 0);
    if (above.length + count > most) return undefined;
    if (count === 0) continue;
    const listed = run.candidates();
    if (listed.length === run.length) above.push(...listed.filter((key) => fillOf(key, limit) > 1));
    // Loads of generated keys fall from one to the next.
    else above.push(...Array.from({ length: count }, (_, i) => run.keyAt(i)));
  }
  return above.toSorted((a, b) => fillOf(b, limit) - fillOf(a, limit));
}
