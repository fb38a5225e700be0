/**
 * A page of a sending thread's ledger: what it counted in one second, as columns that go to another thread without being
 * copied.
 */
import type { LatencyPart } from './latency.ts';
import type { LedgerKeys } from './ledger-keys.ts';
import { OUTCOME_WIDTH, type OutcomeCounts } from './outcome-counts.ts';

/** Places of the offered load in a row: sums of records, bytes and squared bytes, and the weight for the key sketch. */
export const LOAD = { records: 0, bytes: 1, squares: 2, weight: 3 } as const;
export const LOAD_WIDTH = 4;
/** Records and bytes that fell due. */
export const OFFER_WIDTH = 2;
/** In place of the second of what is answered after the end of the counted duration. */
export const AFTER_END = Infinity;

type Column = Float64Array<ArrayBuffer>;
type Numbers = Uint32Array<ArrayBuffer>;

export interface LedgerPage {
  /** How often the layout of the stream had changed, as far as its thread knew. */
  readonly layout: number;
  /** Seconds of the counted duration in which its records fell due, and in which they were load; the same but for packed ones. */
  readonly offerSec: number;
  readonly loadSec: number;
  readonly answer: PageAnswers;
  readonly requests: number;
  readonly kinesisRecords: number;
  /** Response, service and queue. */
  readonly latencies: readonly [LatencyPart, LatencyPart, LatencyPart];
  readonly shards: ShardRows;
  readonly keys: KeyRows;
}

interface PageAnswers {
  /** When the last of them came, microseconds from the start of the counted duration. */
  readonly lastUs: number;
  readonly accepted: number;
  readonly retries: number;
  /** Attempts. */
  readonly count: number;
  /** By shard. */
  readonly throttled: Column;
}

/** Shards with something to say; the other columns are by their place here, each as wide as its rows. */
export interface ShardRows {
  readonly shards: Numbers;
  readonly counts: Column;
  readonly load: Column;
  readonly offer: Column;
}

export interface KeyRows {
  readonly keys: Numbers;
  readonly shards: Numbers;
  readonly counts: Column;
  readonly load: Column;
}

/** What a ledger has of a page; it is copied. */
interface LedgerState extends Omit<LedgerPage, 'shards' | 'keys'> {
  readonly shards: {
    readonly counts: OutcomeCounts;
    readonly load: Float64Array;
    readonly offer: Float64Array;
  };
  readonly keys: { readonly keys: LedgerKeys; readonly counts: OutcomeCounts; readonly load: Float64Array };
}

export function pageOf({ shards, keys, ...rest }: LedgerState): LedgerPage {
  const isUsed = (row: number): boolean =>
    !shards.counts.isEmpty(row) || shards.load[row * LOAD_WIDTH + LOAD.records] > 0;
  const used: number[] = [];
  for (let row = 0; row < shards.counts.rows; row++) if (isUsed(row)) used.push(row);
  const count = keys.keys.count;
  return {
    ...rest,
    shards: {
      shards: Uint32Array.from(used),
      counts: countsOf(shards.counts, used),
      load: columnOf(shards.load, LOAD_WIDTH, used),
      offer: columnOf(shards.offer, OFFER_WIDTH, used),
    },
    keys: {
      keys: keys.keys.keys.slice(0, count),
      shards: keys.keys.shards.slice(0, count),
      counts: keys.counts.firstRows(count),
      load: new Float64Array(keys.load.subarray(0, count * LOAD_WIDTH)),
    },
  };
}

/** The buffers of a page, to be handed over. */
export function buffersOf({ answer, latencies, shards, keys }: LedgerPage): ArrayBuffer[] {
  const columns = [
    answer.throttled,
    ...latencies.flatMap((part) => [part.buckets, part.counts]),
    ...[shards.shards, shards.counts, shards.load, shards.offer],
    ...[keys.keys, keys.shards, keys.counts, keys.load],
  ];
  return columns.map(({ buffer }) => buffer);
}

function countsOf(counts: OutcomeCounts, rows: ArrayLike<number>): Column {
  const column = new Float64Array(rows.length * OUTCOME_WIDTH);
  for (let i = 0; i < rows.length; i++) counts.copyRow(rows[i], column, i * OUTCOME_WIDTH);
  return column;
}

function columnOf(from: Float64Array, width: number, rows: readonly number[]): Column {
  const column = new Float64Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    for (let place = 0; place < width; place++) column[i * width + place] = from[rows[i] * width + place];
  }
  return column;
}
