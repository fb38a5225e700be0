/**
 * Everything a scenario sends, in the order in which it falls due: records of all sources, merged, as columns.
 *
 * Record k of source s is a pure function of (seed, s, k); nothing here reads a clock.
 */
import { dueTimesOf, type DueTimes } from './arrivals.ts';
import { OfferedDigest } from './digest.ts';
import type { KeyDictionary } from './key-dictionary.ts';
import { KeyPrints } from './key-prints.ts';
import { keyDrawOf, type KeyDraw } from './keys.ts';
import { rateCurveOf, totalOf } from './rate-curve.ts';
import type { Scenario } from './scenario.ts';
import { sizeDrawOf, type SizeDraw } from './sizes.ts';

const BLOCK = 512;

/** A stretch of records, reused from call to call. */
export class OfferColumns {
  readonly capacity: number;
  length = 0;
  /** Microseconds from the start of the warm-up. */
  readonly dueUs: Float64Array;
  readonly source: Uint16Array;
  readonly k: Float64Array;
  /** Number of the partition key in the dictionary. */
  readonly key: Uint32Array;
  readonly dataBytes: Uint32Array;
  readonly keyBytes: Uint16Array;

  constructor(capacity = BLOCK) {
    this.capacity = capacity;
    this.dueUs = new Float64Array(capacity);
    this.source = new Uint16Array(capacity);
    this.k = new Float64Array(capacity);
    this.key = new Uint32Array(capacity);
    this.dataBytes = new Uint32Array(capacity);
    this.keyBytes = new Uint16Array(capacity);
  }
}

export class Offer {
  readonly #sources: SourceCursor[];
  readonly #dictionary: KeyDictionary;
  readonly #warmupUs: number;
  readonly #maxRecordBytes: number;
  readonly #digest = new OfferedDigest();
  readonly #prints: KeyPrints;

  constructor(scenario: Scenario, dictionary: KeyDictionary) {
    this.#dictionary = dictionary;
    this.#prints = new KeyPrints(dictionary);
    this.#warmupUs = scenario.warmupUs;
    this.#maxRecordBytes = scenario.stream.maxRecordBytes;
    this.#sources = scenario.traffic.map((_, i) => new SourceCursor(scenario, i));
  }

  /** When the next record falls due; Infinity after the last. */
  get nextDueUs(): number {
    return this.#next().dueUs;
  }

  /** Sum over the records handed out so far that fell due in the counted duration. */
  get digest(): string {
    return this.#digest.value;
  }

  /** Replaces the columns' content by the next records due at or before `untilUs`; returns how many. */
  take(untilUs: number, into: OfferColumns): number {
    let length = 0;
    while (length < into.capacity) {
      const cursor = this.#next();
      if (cursor.dueUs > untilUs || cursor.dueUs === Infinity) break;
      this.#copy(cursor, into, length++);
      cursor.advance();
    }
    into.length = length;
    return length;
  }

  /** The source whose next record is due first; of equals, the first. */
  #next(): SourceCursor {
    let first = this.#sources[0];
    for (let i = 1; i < this.#sources.length; i++) {
      if (this.#sources[i].dueUs < first.dueUs) first = this.#sources[i];
    }
    return first;
  }

  #copy(cursor: SourceCursor, into: OfferColumns, at: number): void {
    const { source, k, dueUs } = cursor;
    const key = this.#dictionary.idOf(source, cursor.keyAt(k, dueUs));
    const keyBytes = this.#dictionary.bytesOf(key);
    const dataBytes = Math.min(cursor.sizeAt(k, keyBytes, dueUs), this.#maxRecordBytes - keyBytes);
    into.dueUs[at] = dueUs;
    into.source[at] = source;
    into.k[at] = k;
    into.key[at] = key;
    into.dataBytes[at] = dataBytes;
    into.keyBytes[at] = keyBytes;
    if (dueUs < this.#warmupUs) return;
    this.#prints.read(key);
    this.#digest.add(source, k, dueUs - this.#warmupUs, this.#prints.low, this.#prints.high, dataBytes);
  }
}

/** One source, read from its first record on. */
class SourceCursor {
  readonly source: number;
  readonly keyAt: KeyDraw;
  readonly sizeAt: SizeDraw;
  readonly #times: DueTimes;
  readonly #block = new Float64Array(BLOCK);
  #length = 0;
  #at = 0;
  /** Index and due time of the next record. */
  k = 0;
  dueUs = 0;

  constructor(scenario: Scenario, index: number) {
    const source = scenario.traffic[index];
    this.source = index;
    this.keyAt = keyDrawOf(source.keys, scenario.seed, index);
    this.sizeAt = sizeDrawOf(source.size, scenario.seed, index);
    this.#times = dueTimesOf(
      source.arrivals,
      rateCurveOf(source.stages, scenario.warmupUs),
      scenario.seed,
      index,
    );
    this.k = -1;
    this.advance();
  }

  advance(): void {
    this.k++;
    if (this.#at === this.#length) {
      this.#length = this.#times.fill(this.#block);
      this.#at = 0;
    }
    this.dueUs = this.#at < this.#length ? this.#block[this.#at++] : Infinity;
  }
}

/** Mean rate that the scenario asks for in its counted duration, records per second. */
export function meanRatePerSec(scenario: Scenario): number {
  const records = scenario.traffic.reduce((sum, source) => sum + totalOf(rateCurveOf(source.stages, 0)), 0);
  return (records * 1_000_000) / scenario.durationUs;
}
