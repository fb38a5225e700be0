/**
 * What the report of one of several machines carries beside what people read, so that `merge` can add the machines up
 * exactly: counts of every shard and of every key held, the key sketch's bounds, load second by second, exact sums and
 * maxima of latencies. Bounded as the tally is.
 */
import { readColumn, writeColumn } from './number-column.ts';
import type { ExactLatency, LatencyHistogram } from './latency.ts';
import type { LoadTrace, SavedTrace } from './load-trace.ts';
import { COUNT_NAMES, type CountName, type OutcomeCounts } from './outcome-counts.ts';
import type { PutCounts } from './put-counts.ts';
import type { SavedReading } from './reading-section.ts';
import type { LatencySummary } from './report-document.ts';
import type { CountedLoad } from './unfinished-load.ts';

/** Of the section; `merge` adds up sections of one version. */
export const WORKER_VERSION = 1;

/** Machines that a load is split over, at most. */
export const MOST_MACHINES = 1000;

/** Columns by name of the count; those of nothing but zeros are left out. */
export type SavedCounts = { readonly [N in CountName]?: string | undefined };

export interface WorkerSection extends WorkerIdentity {
  readonly version: typeof WORKER_VERSION;
  readonly requests: number;
  readonly kinesisRecords: number;
  /** Whether records were packed into Kinesis records, and whether the stream spreads them by itself. */
  readonly isPacked: boolean;
  readonly ignoresKeys: boolean;
  /** In the order of the report's `shards`. */
  readonly shards: SavedCounts;
  readonly keys: SavedKeys;
  readonly load: SavedTrace;
  /** What the summaries of `latencyMs` round. */
  readonly latencies: Readonly<Record<'response' | 'service' | 'queue', ExactLatency>>;
  readonly lag: SavedLatency;
  /** Of the scenario's consumers; absent where there are none, and where the run did not come to tell. */
  readonly reading?: SavedReading;
  /** What was put on the wire, warm-up included; absent where the run did not come to tell. */
  readonly puts?: SavedPuts;
}

export interface SavedPuts extends Omit<PutCounts, 'firstUs' | 'lastUs'> {
  readonly firstUs?: number;
  readonly lastUs?: number;
}

/** Whose report it is. */
export interface WorkerIdentity {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
  /** SHA-256 of everything in the scenario that decides what is sent, but for the seed. */
  readonly scenarioDigest: string;
  /** Of this worker's records, in their headers: 32 hexadecimal digits. */
  readonly runId: string;
  /** When it was to start its schedule, ISO 8601; and by how much later it did. */
  readonly startAt?: string;
  readonly lateMs?: number;
  /** Gates of the whole load. */
  readonly thresholds: readonly string[];
}

export interface SavedLatency extends ExactLatency {
  readonly count: number;
  readonly hdr: LatencySummary['hdr'];
}

/** The key sketch (`key-sketch.ts`) as columns, one entry per key held. */
export interface SavedKeys {
  /** How many keys the sketch has room for, the bytes that a key without a place may have had, and those of all. */
  readonly places: number;
  readonly offset: number;
  readonly weight: number;
  readonly held: number;
  /** In the scenario's key dictionary, which is the same on every machine. */
  readonly numbers?: string | undefined;
  readonly names: readonly string[];
  /** Of keys that are sent with an explicit hash key; absent: the names decide. */
  readonly hashKeys?: readonly string[];
  /** Places of their shards in the report's `shards`. */
  readonly shards?: string | undefined;
  /** Weight at most, and what of it may not be theirs. */
  readonly atMost?: string | undefined;
  readonly missed?: string | undefined;
  readonly counts: SavedCounts;
}

/** What keys are called, and where they are sent if not by their names. */
export interface SentKeys {
  nameOf(key: number): string;
  /** Decimal; undefined where the name decides. */
  explicitHashKeyOf(key: number): string | undefined;
}

export interface WorkerParts {
  readonly identity: WorkerIdentity;
  readonly tally: CountedLoad;
  readonly trace: LoadTrace;
  readonly keys: SentKeys;
  readonly lag: LatencyHistogram;
  readonly puts?: PutCounts | undefined;
  readonly reading?: SavedReading | undefined;
}

export function workerSection({
  identity,
  tally,
  trace,
  keys,
  lag,
  puts,
  reading,
}: WorkerParts): WorkerSection {
  const { requests, kinesisRecords, isPacked, ignoresKeys = false } = tally;
  const { response, service, queue } = tally;
  return {
    version: WORKER_VERSION,
    ...identity,
    ...{ requests, kinesisRecords, isPacked, ignoresKeys },
    shards: savedCounts(tally.shards, rowNumbers(tally.shards.rows)),
    keys: savedKeys(tally, keys),
    load: trace.saved,
    latencies: { response: response.exact, service: service.exact, queue: queue.exact },
    lag: { ...lag.exact, count: lag.count, hdr: lag.summary().hdr },
    ...(puts === undefined ? {} : { puts: savedPuts(puts) }),
    ...(reading === undefined ? {} : { reading }),
  };
}

function savedPuts({ firstUs, lastUs, ...counts }: PutCounts): SavedPuts {
  return {
    ...(firstUs === undefined ? {} : { firstUs }),
    ...(lastUs === undefined ? {} : { lastUs }),
    ...counts,
  };
}

function savedKeys({ sketch, keys, shardOfKey }: CountedLoad, sent: SentKeys): SavedKeys {
  const places = sketch.held();
  const column = (of: (place: number) => number): string | undefined =>
    writeColumn(Float64Array.from(places, of));
  const numbers = Array.from(places, (place) => sketch.keys[place]);
  const explicit = numbers.map((number) => sent.explicitHashKeyOf(number));
  return {
    places: sketch.capacity,
    offset: sketch.offset,
    weight: sketch.weight,
    held: places.length,
    numbers: writeColumn(numbers),
    names: numbers.map((number) => sent.nameOf(number)),
    ...(explicit.some((hashKey) => hashKey !== undefined)
      ? { hashKeys: explicit.map((hashKey) => hashKey ?? '') }
      : {}),
    shards: column((place) => shardOfKey[place]),
    atMost: column((place) => sketch.weights[place] + sketch.offset),
    missed: column((place) => sketch.missed[place]),
    counts: savedCounts(keys, places),
  };
}

function savedCounts(counts: OutcomeCounts, rows: Uint32Array): SavedCounts {
  const columns = COUNT_NAMES.map((name) => [
    name,
    writeColumn(Float64Array.from(rows, (row) => counts.count(row, name))),
  ]);
  return Object.fromEntries(columns.filter(([, text]) => text !== undefined)) as SavedCounts;
}

function rowNumbers(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}

/** Columns in the order of `COUNT_NAMES`; undefined where one is damaged. */
export function readCounts(saved: SavedCounts, rows: number): Float64Array[] | undefined {
  const columns = COUNT_NAMES.flatMap((name) => readColumn(saved[name], rows) ?? []);
  return columns.length === COUNT_NAMES.length ? columns : undefined;
}
