/**
 * The records of one stream in bounded memory. Bodies of requests are kept whole, with columns that say where
 * each record's data and key stand in them; nothing is decoded until somebody reads it. Small bodies share a segment.
 *
 * Records of a shard are numbered 1, 2, 3 … without gaps, so a record is found by arithmetic. When the bytes
 * exceed the shared memory, or the retention has passed, the oldest segment goes with all its records.
 */
import { ACCEPTED } from '../model/throttle.ts';
import { base64Bytes } from './base64.ts';
import type { BodyPool } from './body-pool.ts';
import { Lane } from './lane.ts';
import type { PutBatch } from './put-batch.ts';
import type { Holder, RecordMemory } from './record-memory.ts';
import { ARRIVAL, COLUMNS, ROWS, SHARD, type Segment } from './segment.ts';
import { SmallBodies } from './small-bodies.ts';

/** Index bytes that a record costs beside its body: its columns, and its place in the lane with room to grow. */
const INDEX_BYTES = COLUMNS * 4 + 16;
/** What a segment costs beside its bytes: two buffers, their backing stores, the object (measured on Node 20). */
const SEGMENT_BYTES = 768;

export interface StoredRecord {
  readonly arrivalMs: number;
  /** Base64, as it was sent. */
  readonly data: string;
  readonly key: string;
  /** Data and key in bytes. */
  readonly bytes: number;
}

export interface Trimmed {
  readonly records: number;
  readonly bytes: number;
}

export class RecordLog implements Holder {
  readonly #memory: RecordMemory;
  #retentionMs: number;
  readonly #lanes: Lane[];
  readonly #small: SmallBodies;
  #segments: Segment[] = [];
  /** Index of the oldest segment in `#segments`, and number of the one at index 0. */
  #head = 0;
  #base = 0;
  #bytes = 0;
  /** What the buffers for small bodies take of it. */
  #packBytes = 0;
  #trimmedRecords = 0;
  #trimmedBytes = 0;

  constructor(shards: number, memory: RecordMemory, retentionMs: number) {
    this.#memory = memory;
    this.#retentionMs = retentionMs;
    this.#lanes = Array.from({ length: shards }, () => new Lane());
    this.#small = new SmallBodies(memory.budgetBytes);
  }

  /** Bytes held: bodies, index, and what it costs to hold them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Makes room for shards up to a number. */
  grow(shards: number): void {
    while (this.#lanes.length < shards) this.#lanes.push(new Lane());
  }

  /** Keeps records for another time from now on; what was too old until now stays forgotten. */
  retain(retentionMs: number, nowMs: number): void {
    this.expire(nowMs);
    this.#retentionMs = retentionMs;
    this.expire(nowMs);
  }

  /** Keeps the accepted records of a batch, and writes each one's place in its shard to `batch.counter`. */
  append(batch: PutBatch, nowMs: number): void {
    const rows = rowsOf(batch);
    const { bodies } = this.#memory;
    if (rows.length === 0) {
      bodies.give(batch.body);
      return;
    }
    const body = bodyFor(batch.body, rows, bodies);
    const firstRow = this.#keep(body, rows, nowMs);
    if (body !== batch.body) bodies.give(batch.body);
    let reference = (this.#base + this.#segments.length - 1) * ROWS + firstRow;
    for (let i = 0; i < batch.count; i++) {
      if (batch.verdict[i] === ACCEPTED) batch.counter[i] = this.#lanes[batch.shard[i]].push(reference++);
    }
    this.expire(nowMs);
    this.#memory.settle(this);
  }

  /** Makes a body with its rows part of the newest segment. @returns the first one's row there */
  #keep(body: Buffer, rows: Uint32Array, nowMs: number): number {
    const isSmall = this.#small.isSmall(body, rows);
    const bodyBytes = isSmall ? body.length : this.#memory.bodies.bytesOf(body);
    const bytes = bodyBytes + (rows.length / COLUMNS) * INDEX_BYTES;
    let segment = isSmall ? this.#small.roomFor(body, rows, nowMs) : undefined;
    if (segment === undefined) {
      this.#small.seal();
      const whole = { body, rows, used: rows.length, arrivalMs: nowMs, lastMs: nowMs, bytes: 0 };
      segment = isSmall ? this.#small.open(nowMs) : whole;
      segment.bytes = SEGMENT_BYTES;
      if (isSmall && this.#packBytes === 0) this.#hold((this.#packBytes = this.#small.bytes));
      this.#hold(SEGMENT_BYTES);
      this.#segments.push(segment);
    }
    const firstRow = isSmall ? segment.used / COLUMNS : 0;
    if (isSmall) {
      this.#small.add(segment, body, rows, nowMs);
      this.#memory.bodies.give(body);
    }
    segment.bytes += bytes;
    this.#hold(bytes);
    return firstRow;
  }

  #hold(bytes: number): void {
    this.#bytes += bytes;
    this.#memory.changed(this, bytes);
  }

  /** Forgets everything, for good. */
  clear(): void {
    while (this.#head < this.#segments.length) this.#dropOldest();
  }

  canForget(keepNewest: boolean): boolean {
    return this.#segments.length - this.#head > (keepNewest ? 1 : 0);
  }

  /** Forgets the oldest segment for want of space, and keeps count of it. */
  forgetOldest(): void {
    const dropped = this.#dropOldest();
    this.#trimmedRecords += dropped.used / COLUMNS;
    this.#trimmedBytes += dropped.bytes;
  }

  /** Forgets what is older than the retention. */
  expire(nowMs: number): void {
    while (
      this.#head < this.#segments.length &&
      this.#segments[this.#head].lastMs < nowMs - this.#retentionMs
    ) {
      this.#dropOldest();
    }
  }

  /** Oldest record of a shard that is still there; equal to `next` where there is none. */
  first(shard: number): number {
    return this.#lanes[shard].first;
  }

  /** The number that the shard's next record will get. */
  next(shard: number): number {
    return this.#lanes[shard].next;
  }

  /** A record from `first` up to but not including `next`, decoded. */
  read(shard: number, counter: number): StoredRecord {
    const { segment, row } = this.#locate(shard, counter);
    const [dataStart, dataLength, keyStart, keyLength] = segment.rows.subarray(row, row + 4);
    const data = segment.body.toString('latin1', dataStart, dataStart + dataLength);
    const key = segment.body.toString('utf8', keyStart, keyStart + keyLength);
    const arrivalMs = segment.arrivalMs + segment.rows[row + ARRIVAL];
    return { arrivalMs, data, key, bytes: base64Bytes(data) + keyLength };
  }

  arrivalMs(shard: number, counter: number): number {
    const { segment, row } = this.#locate(shard, counter);
    return segment.arrivalMs + segment.rows[row + ARRIVAL];
  }

  /** The first record that arrived at a time or after it; `next` where none did. */
  firstSince(shard: number, timeMs: number): number {
    let low = this.first(shard);
    let high = this.next(shard);
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.arrivalMs(shard, middle) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** What had to go for want of space since the last call. */
  takeTrimmed(): Trimmed {
    const trimmed = { records: this.#trimmedRecords, bytes: this.#trimmedBytes };
    this.#trimmedRecords = this.#trimmedBytes = 0;
    return trimmed;
  }

  #locate(shard: number, counter: number): { segment: Segment; row: number } {
    const reference = this.#lanes[shard].at(counter);
    const number = Math.floor(reference / ROWS);
    return { segment: this.#segments[number - this.#base], row: (reference - number * ROWS) * COLUMNS };
  }

  #dropOldest(): Segment {
    const oldest = this.#segments[this.#head];
    if (this.#head === this.#segments.length - 1) this.#small.seal();
    for (let i = SHARD; i < oldest.used; i += COLUMNS) this.#lanes[oldest.rows[i]].shift();
    this.#segments[this.#head] = GONE;
    this.#head++;
    this.#hold(-oldest.bytes);
    this.#memory.bodies.give(oldest.body);
    if (this.#head === this.#segments.length) this.#releasePack();
    if (this.#head >= 1024 && this.#head * 2 >= this.#segments.length) {
      this.#segments = this.#segments.slice(this.#head);
      this.#base += this.#head;
      this.#head = 0;
    }
    return oldest;
  }

  #releasePack(): void {
    this.#small.release();
    this.#hold(-this.#packBytes);
    this.#packBytes = 0;
  }
}

/** What stands in place of a segment that was dropped. */
const NOTHING = { body: Buffer.alloc(0), rows: new Uint32Array(0), used: 0 };
const GONE: Segment = { ...NOTHING, arrivalMs: 0, lastMs: 0, bytes: 0 };

/** Columns of a batch's accepted records. */
function rowsOf(batch: PutBatch): Uint32Array {
  let count = 0;
  for (let i = 0; i < batch.count; i++) if (batch.verdict[i] === ACCEPTED) count++;
  const rows = new Uint32Array(count * COLUMNS);
  for (let i = 0, at = 0; i < batch.count; i++) {
    if (batch.verdict[i] !== ACCEPTED) continue;
    rows[at++] = batch.dataStart[i];
    rows[at++] = batch.dataLength[i];
    rows[at++] = batch.keyStart[i];
    rows[at++] = batch.keyLength[i];
    rows[at++] = batch.shard[i];
    at++; // Arrival: the segment's own, unless it is shared.
  }
  return rows;
}

/** The body to keep: as it is, or, where most of it was refused, the accepted texts alone (moves the columns). */
function bodyFor(body: Buffer, rows: Uint32Array, bodies: BodyPool): Buffer {
  let used = 0;
  for (let row = 0; row < rows.length; row += COLUMNS) used += rows[row + 1] + rows[row + 3];
  if (used * 2 >= body.length) return body;
  const kept = bodies.take(used);
  let at = 0;
  for (let row = 0; row < rows.length; row += COLUMNS) {
    for (const column of [row, row + 2]) {
      const start = rows[column];
      rows[column] = at;
      at += body.copy(kept, at, start, start + rows[column + 1]);
    }
  }
  return kept;
}
