/**
 * What is kept of the records that were read from one shard: counts by second, sizes, and the heaviest keys. Never the
 * records themselves.
 */
import { hashKeyOf, parseHashKey } from '../../model/hash-key.ts';
import { contains, type HashRange } from '../../model/hash-range.ts';
import { utf8Length } from '../../model/record.ts';
import type { SampledKey, SampleSlice, SecondCount, ShardSample } from '../evidence/record-sample.ts';
import { NameSketch, type HeldName } from './name-sketch.ts';
import { SizeClasses } from './size-classes.ts';

const MS_PER_SEC = 1000;

/** Seconds that all shards of a sample may count one by one, together. */
export interface SecondPool {
  left: number;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How a shard's sample is written down. */
export interface SampleForm {
  /** Keys at most. */
  readonly keys: number;
  /** Whether seconds without a record are told too. */
  readonly withEmptySeconds: boolean;
  /** Of the shard, where it is known. */
  readonly range: HashRange | undefined;
}

export class ShardSampler {
  readonly shardId: string;
  readonly sketch: NameSketch;
  records = 0;
  bytes = 0;
  userRecords = 0;
  readonly slices: SampleSlice[] = [];
  readonly #sizes = new SizeClasses();
  readonly #seconds = new Map<number, { records: number; bytes: number }>();
  readonly #pool: SecondPool;
  #isFull = false;

  constructor(shardId: string, places: number, pool: SecondPool) {
    this.shardId = shardId;
    this.sketch = new NameSketch(places);
    this.#pool = pool;
  }

  /**
   * A Kinesis record, its user records aside.
   * @param atMs when it arrived; undefined where that is not known
   */
  take(bytes: number, atMs: number | undefined): void {
    this.records++;
    this.bytes += bytes;
    this.#sizes.add(bytes);
    if (atMs !== undefined) this.#count(Math.floor(atMs / MS_PER_SEC), bytes);
  }

  takeUser(key: string, bytes: number, explicitHashKey?: string): void {
    this.userRecords++;
    this.sketch.add(key, bytes, explicitHashKey);
  }

  #count(second: number, bytes: number): void {
    let cell = this.#seconds.get(second);
    if (cell === undefined) {
      if (this.#pool.left === 0) {
        this.#isFull = true;
        return;
      }
      this.#pool.left--;
      cell = { records: 0, bytes: 0 };
      this.#seconds.set(second, cell);
    }
    cell.records++;
    cell.bytes += bytes;
  }

  sample({ keys: listed, withEmptySeconds, range }: SampleForm): ShardSample {
    const spans = joined(this.slices);
    const held = this.sketch.held();
    const { records, bytes } = this.sketch.unheldAtMost;
    const left = held.slice(listed).map(({ atMost }) => atMost);
    return {
      shardId: this.shardId,
      seconds: spans.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs) / MS_PER_SEC, 0),
      records: this.records,
      bytes: this.bytes,
      userRecords: this.userRecords,
      perSecond: this.#wholeSeconds(spans, withEmptySeconds && !this.#isFull),
      sizes: this.#sizes.summary(),
      keys: held.slice(0, listed).map((name) => sampledKey(name, range)),
      unlistedAtMost: {
        records: left.reduce((most, key) => Math.max(most, key.records), records),
        bytes: left.reduce((most, key) => Math.max(most, key.bytes), bytes),
      },
      distinctKeys: this.sketch.distinctKeys(),
    };
  }

  /** Where seconds had to be left out, an empty one is not known from one of those. */
  #wholeSeconds(spans: readonly Span[], withEmpty: boolean): SecondCount[] {
    const isWhole = (second: number): boolean =>
      spans.some(({ fromMs, toMs }) => fromMs <= second * MS_PER_SEC && (second + 1) * MS_PER_SEC <= toMs);
    const seconds = withEmpty
      ? spans.flatMap(secondsOf)
      : [...this.#seconds.keys()].filter(isWhole).sort((a, b) => a - b);
    return seconds.map((second) => {
      const { records, bytes } = this.#seconds.get(second) ?? { records: 0, bytes: 0 };
      return { atMs: second * MS_PER_SEC, records, bytes };
    });
  }
}

/** Seconds that lie in a span with both ends. */
function secondsOf({ fromMs, toMs }: Span): number[] {
  const first = Math.ceil(fromMs / MS_PER_SEC);
  const count = Math.floor(toMs / MS_PER_SEC) - first;
  return Array.from({ length: Math.max(0, count) }, (_, i) => first + i);
}

/** Times that slices cover, in order; what overlaps counts once. */
function joined(slices: readonly SampleSlice[]): Span[] {
  const spans: Span[] = [];
  for (const { fromMs, toMs } of [...slices].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = spans.at(-1);
    if (last === undefined || fromMs > last.toMs) spans.push({ fromMs, toMs });
    else spans[spans.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, toMs) };
  }
  return spans;
}

function sampledKey({ key, explicitHashKey, atLeast, atMost }: HeldName, range?: HashRange): SampledKey {
  const hashKey = explicitHashKey === '' ? hashKeyOf(key) : (parseHashKey(explicitHashKey) ?? hashKeyOf(key));
  return {
    key,
    hashKey: hashKey.toString(),
    atLeast,
    atMost,
    keyBytes: utf8Length(key),
    ...(range !== undefined && !contains(range, hashKey) && { isPlacedElsewhere: true }),
  };
}
