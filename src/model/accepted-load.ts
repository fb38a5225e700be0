/**
 * What every shard of a stream has accepted since somebody last asked: Kinesis records and their bytes, data and keys.
 */
import { lengthened } from './column.ts';

export class AcceptedLoad {
  #records: Float64Array;
  #bytes: Float64Array;

  constructor(shards: number) {
    this.#records = new Float64Array(shards);
    this.#bytes = new Float64Array(shards);
  }

  /** Shards up to number `shards` - 1 may be named from now on. */
  grow(shards: number): void {
    this.#records = lengthened(this.#records, shards);
    this.#bytes = lengthened(this.#bytes, shards);
  }

  add(shard: number, bytes: number): void {
    this.#records[shard]++;
    this.#bytes[shard] += bytes;
  }

  records(shard: number): number {
    return this.#records[shard];
  }

  bytes(shard: number): number {
    return this.#bytes[shard];
  }

  clear(): void {
    this.#records.fill(0);
    this.#bytes.fill(0);
  }
}
