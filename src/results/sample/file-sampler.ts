/**
 * Adds up the records of a file as if they had been read from the stream: each on the shard of now that its hash key
 * falls on.
 */
import { hashKeyOf, parseHashKey } from '../../model/hash-key.ts';
import type { HashRange } from '../../model/hash-range.ts';
import { decodeAggregate } from '../../model/kpl-codec.ts';
import { sizeOf, utf8Length } from '../../model/record.ts';
import type { RecordSample, SampledFile } from '../evidence/record-sample.ts';
import type { FileRecord } from './file-record.ts';
import { RecordSampler } from './record-sampler.ts';

export interface FileShard {
  readonly shardId: string;
  readonly range: HashRange;
}

interface Times {
  fromMs: number;
  toMs: number;
  records: number;
  bytes: number;
}

export class FileSampler {
  records = 0;
  readonly #shards: readonly FileShard[];
  readonly #sampler: RecordSampler;
  readonly #times = new Map<string, Times>();
  #withoutTime = 0;
  #withoutSize = 0;

  /** @param shards open ones, in the order of their ranges, which cover the key space */
  constructor(shards: readonly FileShard[]) {
    this.#shards = shards;
    this.#sampler = new RecordSampler('file', shards.length);
  }

  take(record: FileRecord): void {
    const { key, data, dataBytes, atMs, explicitHashKey } = record;
    this.records++;
    if (atMs === undefined) this.#withoutTime++;
    if (data === undefined && dataBytes === undefined) this.#withoutSize++;
    const shardId = this.#shardOf(record);
    const before = this.#sampler.bytes;
    if (data === undefined && key !== undefined) {
      this.#sampler.takeSized(shardId, key, sizeOf(dataBytes ?? 0, utf8Length(key)), atMs, explicitHashKey);
    } else {
      this.#sampler.take(shardId, { key, data: data ?? new Uint8Array(0), atMs, explicitHashKey });
    }
    this.#time(shardId, this.#sampler.bytes - before, atMs);
  }

  /** A reply does not tell the explicit hash key; that of an aggregate is the hash key of its first user record. */
  #shardOf({ key, data, explicitHashKey }: FileRecord): string {
    const first = data === undefined ? undefined : decodeAggregate(data)?.[0];
    const explicit = explicitHashKey ?? first?.explicitHashKey;
    const named = explicit === undefined ? undefined : parseHashKey(explicit);
    const hashKey = named ?? hashKeyOf(first?.partitionKey ?? key ?? '');
    let [low, high] = [0, this.#shards.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#shards[middle].range.end < hashKey) low = middle + 1;
      else high = middle;
    }
    return this.#shards[low].shardId;
  }

  #time(shardId: string, bytes: number, atMs: number | undefined): void {
    let times = this.#times.get(shardId);
    if (times === undefined) {
      times = { fromMs: Infinity, toMs: -Infinity, records: 0, bytes: 0 };
      this.#times.set(shardId, times);
    }
    times.records++;
    times.bytes += bytes;
    if (atMs === undefined) return;
    times.fromMs = Math.min(times.fromMs, atMs);
    times.toMs = Math.max(times.toMs, atMs);
  }

  /** @param metricMs a time of arrival on the metrics' clock */
  sample(
    file: Omit<SampledFile, 'withoutTime' | 'withoutSize'>,
    metricMs?: (arrivalMs: number) => number,
  ): RecordSample {
    for (const [shardId, { fromMs, toMs, records, bytes }] of this.#times) {
      const hasTimes = fromMs <= toMs;
      this.#sampler.slice({
        ...{ shardId, fromMs: hasTimes ? fromMs : 0, toMs: hasTimes ? toMs : 0, records, bytes },
        isWhole: hasTimes,
      });
    }
    const ranges = new Map(this.#shards.map(({ shardId, range }) => [shardId, range]));
    return {
      ...this.#sampler.sample((shardId) => ranges.get(shardId), metricMs),
      file: { ...file, withoutTime: this.#withoutTime, withoutSize: this.#withoutSize },
    };
  }
}
