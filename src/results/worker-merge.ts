/**
 * Several machines' parts of a load as one tally: what one machine would have counted.
 *
 * Counts, series and histograms are added. Windows of load are judged anew, second by second, on the sum of all. Keys are
 * added by the rule of mergeable summaries (Agarwal et al. 2013): a key has at most the sum of its upper ends, where a
 * machine without a place for it counts with the most that it may have missed.
 */
import type { TimedReading } from './count-tally.ts';
import { KeySketch, type HeldKey } from './key-sketch.ts';
import { LatencyHistogram } from './latency.ts';
import { LoadMeter } from './load-meter.ts';
import { mergedSeries } from './merged-series.ts';
import { COUNT_NAMES, OutcomeCounts } from './outcome-counts.ts';
import type { KeyNames } from './run-document.ts';
import { playLoads } from './trace-player.ts';
import type { WorkerState } from './worker-state.ts';

/** Places of the sketch of all machines: what a tally has at most. */
const MOST_PLACES = 65_536;

export interface WorkerMergeOptions {
  readonly durationSec: number;
  /** Standard deviations that a finding must stand above counting noise. */
  readonly z: number;
  /** Where a key's name says that it goes. */
  readonly hashKeyOf: (name: string) => bigint;
  readonly parseHashKey: (text: string) => bigint | undefined;
}

export interface MergedLoad {
  readonly tally: TimedReading;
  readonly keyNames: KeyNames;
  readonly offeredDigest: string | undefined;
  readonly lag: LatencyHistogram;
  /** Length of the steps in which windows were judged, in seconds, and the most of a key in one that was not known. */
  readonly stepSec: number;
  readonly keyFloor: number;
}

/** @param workers at least one, all of one layout and one scenario */
export function mergeWorkers(workers: readonly WorkerState[], options: WorkerMergeOptions): MergedLoad {
  const shards = new OutcomeCounts(workers[0].shardRows.length);
  for (const { shards: columns } of workers) addColumns(shards, columns, (row) => row);
  const { sketch, keys, shardOfKey } = mergedKeys(workers);
  const load = new LoadMeter(shards.rows, sketch, shardOfKey, options.durationSec, options.z);
  const stepSec = Math.max(...workers.map(({ section }) => section.load.stepSec));
  playLoads(
    load,
    sketch,
    workers.map(({ steps, section }) => ({ steps, stepSec: section.load.stepSec })),
  );
  const sum = (of: (worker: WorkerState) => number): number =>
    workers.reduce((total, worker) => total + of(worker), 0);
  const { isPacked, ignoresKeys } = workers[0].section;
  return {
    tally: {
      ...{ shards, keys, sketch, shardOfKey, load, isPacked, ignoresKeys },
      series: { until: () => mergedSeries(workers.map(({ series }) => series)) },
      requests: sum(({ section }) => section.requests),
      kinesisRecords: sum(({ section }) => section.kinesisRecords),
      response: mergedLatency(workers.map(({ response }) => response)),
      service: mergedLatency(workers.map(({ service }) => service)),
      queue: mergedLatency(workers.map(({ queue }) => queue)),
    },
    keyNames: namesOf(workers, options),
    offeredDigest: digestOf(workers),
    lag: mergedLatency(workers.map(({ lag }) => lag)),
    stepSec,
    keyFloor: sum(({ section }) => section.load.keyFloor),
  };
}

function addColumns(
  counts: OutcomeCounts,
  columns: readonly Float64Array[],
  rowOf: (i: number) => number,
): void {
  COUNT_NAMES.forEach((name, n) => {
    for (let i = 0; i < columns[n].length; i++) {
      const row = rowOf(i);
      if (row >= 0) counts.addCount(row, name, columns[n][i]);
    }
  });
}

interface MergedKeys {
  readonly sketch: KeySketch;
  readonly keys: OutcomeCounts;
  readonly shardOfKey: Uint32Array;
}

function mergedKeys(workers: readonly WorkerState[]): MergedKeys {
  const offsets = workers.reduce((sum, { section }) => sum + section.keys.offset, 0);
  const weight = workers.reduce((sum, { section }) => sum + section.keys.weight, 0);
  const all = new Map<number, { key: number; atMost: number; missed: number }>();
  for (const { keys, section } of workers) {
    const { offset } = section.keys;
    keys.numbers.forEach((key, i) => {
      const known = all.get(key) ?? { key, atMost: offsets, missed: offsets };
      known.atMost += keys.atMost[i] - offset;
      known.missed += keys.missed[i] - offset;
      all.set(key, known);
    });
  }
  const heaviest = [...all.values()].sort((a, b) => b.atMost - a.atMost || a.key - b.key);
  const left = heaviest.slice(MOST_PLACES);
  const held: HeldKey[] = heaviest.slice(0, MOST_PLACES);
  const sketch = KeySketch.of(held, Math.max(offsets, left.at(0)?.atMost ?? 0), weight);
  const keys = new OutcomeCounts(sketch.capacity);
  const shardOfKey = new Uint32Array(sketch.capacity);
  for (const { keys: columns } of workers) {
    addColumns(keys, columns.counts, (i) => sketch.find(columns.numbers[i]));
    columns.numbers.forEach((key, i) => {
      const place = sketch.find(key);
      if (place >= 0) shardOfKey[place] = columns.shards[i];
    });
  }
  return { sketch, keys, shardOfKey };
}

function mergedLatency(parts: readonly LatencyHistogram[]): LatencyHistogram {
  const sum = new LatencyHistogram();
  for (const part of parts) sum.addSaved(part.summary(), part.exact);
  return sum;
}

function namesOf(workers: readonly WorkerState[], options: WorkerMergeOptions): KeyNames {
  const names = new Map<number, { name: string; hashKey: string }>();
  for (const { keys, section } of workers) {
    const { names: own, hashKeys } = section.keys;
    keys.numbers.forEach((key, i) => names.set(key, { name: own[i], hashKey: hashKeys?.[i] ?? '' }));
  }
  return {
    nameOf: (key) => names.get(key)?.name ?? '',
    hashKeyOf: (key) => {
      const { name, hashKey } = names.get(key) ?? { name: '', hashKey: '' };
      return options.parseHashKey(hashKey) ?? options.hashKeyOf(name);
    },
  };
}

/** Sum modulo 2^64; undefined where a machine has none. */
function digestOf(workers: readonly WorkerState[]): string | undefined {
  const digests = workers.map(({ totals }) => totals.offeredDigest);
  if (digests.some((digest) => digest === undefined)) return undefined;
  return BigInt.asUintN(
    64,
    digests.reduce((sum, digest) => sum + BigInt(digest ?? 0), 0n),
  ).toString();
}
