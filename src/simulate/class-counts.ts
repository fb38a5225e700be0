/**
 * A step's records handed out to shards and heavy keys by chance: the counts of one multinomial draw per source, and
 * their bytes.
 */
import { binomialOf } from '../traffic/binomial.ts';
import { normalQuantile } from '../traffic/normal.ts';
import type { ShardClasses } from './shard-classes.ts';
import type { DrawLine } from './step-arrivals.ts';

export interface SourceClasses {
  readonly classes: ShardClasses;
  /** Place of each key among those that are counted one by one. */
  readonly places: Uint32Array;
  /** Bytes of data of a record: mean and standard deviation. */
  readonly meanBytes: number;
  readonly deviation: number;
}

export class ClassCounts {
  /** By source and shard, source by source. */
  readonly shardRecords: Float64Array;
  /** By shard, all sources. */
  readonly shardBytes: Float64Array;
  /** Expected sum of the squares of the records' bytes: the noise of their sum. */
  readonly shardSquares: Float64Array;
  /** By place. */
  readonly keyRecords: Float64Array;
  readonly keyBytes: Float64Array;
  readonly keySquares: Float64Array;
  readonly #sources: readonly SourceClasses[];
  readonly #lines: readonly DrawLine[];
  readonly #shards: number;

  constructor(sources: readonly SourceClasses[], lines: readonly DrawLine[], shards: number, places: number) {
    this.#sources = sources;
    this.#lines = lines;
    this.#shards = shards;
    this.shardRecords = new Float64Array(sources.length * shards);
    this.shardBytes = new Float64Array(shards);
    this.shardSquares = new Float64Array(shards);
    this.keyRecords = new Float64Array(places);
    this.keyBytes = new Float64Array(places);
    this.keySquares = new Float64Array(places);
  }

  /** Draws a step anew. @param counts records of each source in it */
  draw(counts: readonly number[]): void {
    const { shardRecords, shardBytes, shardSquares, keyRecords, keyBytes, keySquares } = this;
    for (const column of [shardRecords, shardBytes, shardSquares, keyRecords, keyBytes, keySquares]) {
      column.fill(0);
    }
    counts.forEach((count, source) => this.#drawSource(source, count));
  }

  #drawSource(source: number, count: number): void {
    const { classes, places, meanBytes, deviation } = this.#sources[source];
    const line = this.#lines[source];
    let left = count;
    for (let i = 0; i < classes.count && left > 0; i++) {
      if (classes.share[i] === 0) continue;
      const records = binomialOf(left, classes.share[i] / classes.shareFrom[i], line.draws, line.next++);
      if (records === 0) continue;
      left -= records;
      const bytes = this.#bytesOf(source, i, records);
      this.shardRecords[source * this.#shards + classes.shard[i]] += records;
      this.shardBytes[classes.shard[i]] += bytes;
      const mean = meanBytes + classes.keyBytes[i];
      const squares = records * (mean * mean + deviation * deviation);
      this.shardSquares[classes.shard[i]] += squares;
      if (i >= classes.keys) continue;
      this.keyRecords[places[i]] += records;
      this.keyBytes[places[i]] += bytes;
      this.keySquares[places[i]] += squares;
    }
  }

  /** Sum of the sizes of so many records: by their mean and variance, where sizes vary. */
  #bytesOf(source: number, i: number, records: number): number {
    const { classes, meanBytes, deviation } = this.#sources[source];
    const mean = records * (meanBytes + classes.keyBytes[i]);
    if (deviation === 0) return Math.round(mean);
    const line = this.#lines[source];
    const noise = Math.sqrt(records) * deviation * normalQuantile(line.draws.uniform(line.next++));
    return Math.round(Math.max(records, mean + noise));
  }
}

/** Share of each source's records, by source and shard. */
export function sharesByShard(sources: readonly SourceClasses[], shards: number): Float64Array {
  const shares = new Float64Array(sources.length * shards);
  sources.forEach(({ classes }, s) => {
    for (let i = 0; i < classes.count; i++) shares[s * shards + classes.shard[i]] += classes.share[i];
  });
  return shares;
}
