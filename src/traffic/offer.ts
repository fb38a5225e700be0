/**
 * Everything a scenario sends, in the order in which it falls due: records of all sources, merged, as columns.
 *
 * Record k of source s is a pure function of (seed, s, k); nothing here reads a clock.
 */
import { dueTimesOf, type DueTimes } from './arrivals.ts';
import { OfferedDigest } from './digest.ts';
import type { KeyDictionary } from './key-dictionary.ts';
import { KeyPrints } from './key-prints.ts';
import { keyColumnOf, type KeyColumn } from './keys.ts';
import { rateCurveOf, totalOf } from './rate-curve.ts';
import type { Scenario } from './scenario.ts';
import { sizeColumnOf, type SizeColumn } from './sizes.ts';
import { firstOwn, WHOLE, type Split } from './split.ts';

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
  /** Data and key. */
  readonly bytes: Uint32Array;
  /** For whoever routes and counts the records: their shards, and the places of their keys in the key sketch. */
  readonly shard: Uint32Array;
  readonly place: Uint32Array;
  /** Room for the slots that records take where they enter a producer. */
  readonly slot: Uint32Array;

  constructor(capacity = BLOCK) {
    this.capacity = capacity;
    this.dueUs = new Float64Array(capacity);
    this.source = new Uint16Array(capacity);
    this.k = new Float64Array(capacity);
    this.key = new Uint32Array(capacity);
    this.dataBytes = new Uint32Array(capacity);
    this.keyBytes = new Uint16Array(capacity);
    this.bytes = new Uint32Array(capacity);
    this.shard = new Uint32Array(capacity);
    this.place = new Uint32Array(capacity);
    this.slot = new Uint32Array(capacity);
  }
}

export class Offer {
  readonly #sources: SourceCursor[];
  readonly #warmupUs: number;
  /** Not of a closed loop, whose due times are nobody's to repeat. */
  readonly #isDigested: boolean;
  readonly #digest = new OfferedDigest();
  readonly #prints: KeyPrints;
  #keyLow = new Uint32Array(BLOCK);
  #keyHigh = new Uint32Array(BLOCK);

  /** @param split the part of all records that is meant */
  constructor(scenario: Scenario, dictionary: KeyDictionary, split = WHOLE) {
    this.#prints = new KeyPrints(dictionary);
    this.#warmupUs = scenario.warmupUs;
    this.#isDigested = scenario.producer.loop !== 'closed';
    this.#sources = scenario.traffic.map((_, i) => new SourceCursor(scenario, i, dictionary, split));
  }

  /** When the next record falls due; Infinity after the last. */
  get nextDueUs(): number {
    return this.#next().dueUs;
  }

  /** Sum over the records handed out so far that fell due in the counted duration; nothing of a closed loop. */
  get digest(): string {
    return this.#digest.value;
  }

  /** Replaces the columns' content by the next records due at or before `untilUs`; returns how many. */
  take(untilUs: number, into: OfferColumns): number {
    into.length = 0;
    while (into.length < into.capacity) {
      const cursor = this.#next();
      if (cursor.dueUs > untilUs || cursor.dueUs === Infinity) break;
      cursor.copy(untilUs, this.#firstBesides(cursor), into);
    }
    if (this.#isDigested) this.#addToDigest(into);
    return into.length;
  }

  /** The source whose next record is due first; of equals, the first. */
  #next(): SourceCursor {
    let first = this.#sources[0];
    for (let i = 1; i < this.#sources.length; i++) {
      if (this.#sources[i].dueUs < first.dueUs) first = this.#sources[i];
    }
    return first;
  }

  /** When the first record of all other sources is due. */
  #firstBesides(cursor: SourceCursor): number {
    let firstUs = Infinity;
    for (const other of this.#sources) if (other !== cursor && other.dueUs < firstUs) firstUs = other.dueUs;
    return firstUs;
  }

  /** Only records of the counted duration are in the digest. */
  #addToDigest(columns: OfferColumns): void {
    const { length, dueUs } = columns;
    if (this.#keyLow.length < length) {
      this.#keyLow = new Uint32Array(length);
      this.#keyHigh = new Uint32Array(length);
    }
    let from = 0;
    while (from < length && dueUs[from] < this.#warmupUs) from++;
    this.#prints.read(columns.key, length, this.#keyLow, this.#keyHigh);
    this.#digest.add(columns, from, length, this.#warmupUs, this.#keyLow, this.#keyHigh);
  }
}

/** One source, read from its first record on, and drawn block by block ahead of it. */
class SourceCursor {
  readonly #source: number;
  readonly #dictionary: KeyDictionary;
  readonly #drawKeys: KeyColumn;
  readonly #drawSizes: SizeColumn;
  readonly #times: DueTimes;
  readonly #block = new OfferColumns();
  readonly #split: Split;
  readonly #blockRecords: number;
  /** Records of the source that were drawn, whoever takes them, and the place in the block of the next one. */
  #drawn = 0;
  #at = 0;
  /** Due time of the next record; Infinity after the last. */
  dueUs = 0;

  constructor(scenario: Scenario, index: number, dictionary: KeyDictionary, split: Split) {
    const source = scenario.traffic[index];
    this.#source = index;
    this.#dictionary = dictionary;
    this.#split = split;
    this.#blockRecords = scenario.producer.batch;
    this.#drawKeys = keyColumnOf(source.keys, scenario.seed, index, BLOCK);
    this.#drawSizes = sizeColumnOf(source.size, scenario.seed, index, BLOCK, scenario.stream.maxRecordBytes);
    this.#times =
      scenario.producer.loop === 'closed'
        ? new Turns()
        : dueTimesOf(source.arrivals, rateCurveOf(source.stages, scenario.warmupUs), scenario.seed, index);
    this.#draw();
  }

  /** Appends the next record, and those after it that are due by `untilUs`, before `beforeUs` and find room. */
  copy(untilUs: number, beforeUs: number, into: OfferColumns): void {
    const from = this.#at;
    const { dueUs } = this.#block;
    const most = Math.min(this.#block.length, from + into.capacity - into.length);
    let end = from + 1;
    while (end < most && dueUs[end] < beforeUs && dueUs[end] <= untilUs) end++;
    this.#append(from, end, into);
    this.#at = end;
    if (end === this.#block.length) this.#draw();
    else this.dueUs = dueUs[end];
  }

  #append(from: number, end: number, into: OfferColumns): void {
    const block = this.#block;
    const source = this.#source;
    const ahead = into.length - from;
    for (let at = from; at < end; at++) {
      into.dueUs[ahead + at] = block.dueUs[at];
      into.source[ahead + at] = source;
      into.k[ahead + at] = block.k[at];
      into.key[ahead + at] = block.key[at];
    }
    for (let at = from; at < end; at++) {
      into.dataBytes[ahead + at] = block.dataBytes[at];
      into.keyBytes[ahead + at] = block.keyBytes[at];
      into.bytes[ahead + at] = block.bytes[at];
    }
    into.length = ahead + end;
  }

  #draw(): void {
    const { dueUs, k, dataBytes, keyBytes, bytes } = this.#block;
    this.#at = 0;
    let length = 0;
    for (let drawn = -1; length === 0 && drawn !== 0;) {
      drawn = this.#times.fill(dueUs);
      const first = this.#drawn;
      this.#drawn += drawn;
      length = this.#split.count === 1 ? this.#fill(0, first, drawn) : this.#fillOwn(first, drawn);
    }
    this.#block.length = length;
    this.dueUs = length > 0 ? dueUs[0] : Infinity;
    this.#dictionary.resolve(this.#source, length, this.#block.key, keyBytes);
    for (let from = 0, to = 0; from < length; from = to) {
      // A stretch of consecutive records at a time: all of them, where the source is not split.
      for (to = from + 1; to < length && k[to] === k[to - 1] + 1;) to++;
      const times = dueUs.subarray(from, to);
      this.#drawSizes(k[from], keyBytes.subarray(from, to), times, to - from, dataBytes.subarray(from, to));
    }
    for (let i = 0; i < length; i++) bytes[i] = dataBytes[i] + keyBytes[i];
  }

  /** Of `count` records from `first` on, whose due times are in the block, those of our split. @returns how many */
  #fillOwn(first: number, count: number): number {
    const { dueUs } = this.#block;
    let length = 0;
    for (let k = firstOwn(first, this.#split, this.#blockRecords); k < first + count;) {
      const end = Math.min(first + count, (Math.floor(k / this.#blockRecords) + 1) * this.#blockRecords);
      dueUs.copyWithin(length, k - first, end - first);
      length = this.#fill(length, k, end - k);
      k = firstOwn(end, this.#split, this.#blockRecords);
    }
    return length;
  }

  /** Numbers and keys of `count` consecutive records, from place `at` of the block on. @returns where they end */
  #fill(at: number, first: number, count: number): number {
    const { dueUs, k, key } = this.#block;
    for (let i = 0; i < count; i++) k[at + i] = first + i;
    this.#drawKeys(first, dueUs.subarray(at), count, key.subarray(at));
    return at + count;
  }
}

/** Of a closed loop, which says itself when its records fall due: sources take turns, record by record, without end. */
class Turns implements DueTimes {
  #next = 0;

  fill(out: Float64Array): number {
    for (let i = 0; i < out.length; i++) out[i] = this.#next++;
    return out.length;
  }
}

/** Mean rate that the scenario asks for in its counted duration, records per second; 0 of a closed loop. */
export function meanRatePerSec(scenario: Scenario): number {
  const records = scenario.traffic.reduce((sum, source) => sum + totalOf(rateCurveOf(source.stages, 0)), 0);
  return (records * 1_000_000) / scenario.durationUs;
}
