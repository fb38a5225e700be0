/**
 * Takes records as they are read, opens those that are aggregates of the KPL, and keeps what a diagnosis needs of them,
 * shard by shard and in bounded memory.
 */
import { decodeAggregate, isFramed } from '../../model/kpl-codec.ts';
import type { HashRange } from '../../model/hash-range.ts';
import { sizeOf, utf8Length } from '../../model/record.ts';
import type { RecordSample, SampleSlice } from '../evidence/record-sample.ts';
import { ShardSampler, type SecondPool } from './shard-sampler.ts';

/** Of all shards together; each has a part of them. */
const MOST_PLACES = 2 ** 17;
const MOST_PLACES_OF_SHARD = 2 ** 13;
const LEAST_PLACES_OF_SHARD = 2 ** 6;
const MOST_SECONDS = 100_000;

export interface SeenRecord {
  /** Undefined where the service gave none. */
  readonly key: string | undefined;
  readonly data: Uint8Array;
  /** When it arrived, milliseconds since 1970; undefined where that is not known. */
  readonly atMs?: number | undefined;
  /** Decimal; a stream does not tell it, a file may. */
  readonly explicitHashKey?: string | undefined;
}

export class RecordSampler {
  readonly #source: RecordSample['source'];
  readonly #places: number;
  readonly #shards = new Map<string, ShardSampler>();
  readonly #pool: SecondPool = { left: MOST_SECONDS };
  #aggregates = 0;
  #aggregatedRecords = 0;
  #withoutKey = 0;
  #notReadable = 0;
  #bytes = 0;

  /** @param shards that records may come from, for each has a part of the memory */
  constructor(source: RecordSample['source'], shards: number) {
    this.#source = source;
    this.#places = placesOf(shards);
  }

  /** Bytes of data and keys that were taken. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param isBeforeOnset of a time before the shard throttled, which is kept apart */
  take(shardId: string, { key, data, atMs, explicitHashKey }: SeenRecord, isBeforeOnset?: boolean): void {
    const shard = this.shard(shardId, isBeforeOnset);
    const bytes = sizeOf(data.length, key === undefined ? 0 : utf8Length(key));
    this.#bytes += bytes;
    shard.take(bytes, atMs);
    const users = decodeAggregate(data);
    if (users !== undefined) {
      this.#aggregates++;
      this.#aggregatedRecords += users.length;
      for (const { partitionKey, explicitHashKey: explicit, data: part } of users) {
        shard.takeUser(partitionKey, sizeOf(part.length, utf8Length(partitionKey)), explicit);
      }
      return;
    }
    if (isFramed(data)) this.#notReadable++;
    if (key === undefined) this.#withoutKey++;
    else shard.takeUser(key, bytes, explicitHashKey);
  }

  /** A record of which only the size is known, data and key. */
  takeSized(shardId: string, key: string, bytes: number, atMs?: number, explicitHashKey?: string): void {
    const shard = this.shard(shardId);
    this.#bytes += bytes;
    shard.take(bytes, atMs);
    shard.takeUser(key, bytes, explicitHashKey);
  }

  /** Says what was read when: from it come the seconds that are whole. */
  slice(slice: SampleSlice, isBeforeOnset?: boolean): void {
    this.shard(slice.shardId, isBeforeOnset).slices.push(slice);
  }

  shard(shardId: string, isBeforeOnset = false): ShardSampler {
    const name = isBeforeOnset ? beforeOf(shardId) : shardId;
    let shard = this.#shards.get(name);
    if (shard === undefined) {
      shard = new ShardSampler(shardId, this.#places, this.#pool);
      this.#shards.set(name, shard);
    }
    return shard;
  }

  /**
   * @param rangeOf the shard's range, where it is known
   * @param metricMs a time of arrival on the metrics' clock
   */
  sample(
    rangeOf: (shardId: string) => HashRange | undefined,
    metricMs: (arrivalMs: number) => number = (ms) => ms,
  ): RecordSample {
    // The name of what was before the onset comes first.
    const names = [...this.#shards.keys()].sort();
    const shards = names.flatMap((name) => this.#shards.get(name) ?? []);
    const keys = Math.max(16, this.#places / 4);
    const slices = shards.flatMap((shard) => shard.slices);
    const seconds = slices.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs) / 1000, 0);
    const withEmptySeconds = seconds <= MOST_SECONDS;
    return {
      source: this.#source,
      slices,
      shards: shards.map((shard) => ({
        ...shard.sample({ keys, withEmptySeconds, range: rangeOf(shard.shardId) }),
        ...timeOf(shard.slices, metricMs),
      })),
      aggregates: this.#aggregates,
      aggregatedRecords: this.#aggregatedRecords,
      withoutKey: this.#withoutKey,
      notReadable: this.#notReadable,
    };
  }
}

/** Sorts before the shard's own name. */
function beforeOf(shardId: string): string {
  return `before ${shardId}`;
}

function timeOf(
  slices: readonly SampleSlice[],
  metricMs: (arrivalMs: number) => number,
): { readonly fromMs?: number; readonly toMs?: number } {
  // Of a file whose records carry no times both are 0.
  if (slices.length === 0 || slices.some(({ toMs }) => toMs === 0)) return {};
  return {
    fromMs: metricMs(slices.reduce((least, { fromMs }) => Math.min(least, fromMs), Infinity)),
    toMs: metricMs(slices.reduce((most, { toMs }) => Math.max(most, toMs), -Infinity)),
  };
}

/** The power of two that leaves every shard the same part, within bounds. */
function placesOf(shards: number): number {
  let places = MOST_PLACES_OF_SHARD;
  while (places > LEAST_PLACES_OF_SHARD && places * shards > MOST_PLACES) places /= 2;
  return places;
}
