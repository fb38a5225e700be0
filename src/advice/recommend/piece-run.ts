/**
 * A run of neighbouring pieces that may become one shard, with the sum of their loads in every step kept up to date: the
 * peak of the sum is held against the limit, never the sum of peaks.
 */
import type { CellRun } from '../layout/cheapest-layout.ts';
import type { StepLoads } from '../evidence/step-loads.ts';
import type { Piece } from './layout-pieces.ts';
import { fillOf, type PlanningLimit } from './planning-limit.ts';
import type { ShardFigures } from './shard-census.ts';
import type { StreamLoads } from './stream-loads.ts';

/** Loads of pieces that are kept until they leave the run; of longer runs they are worked out a second time. */
const MOST_KEPT = 400;

/** Loads in whole parts of a record and byte per second: sums of whole numbers are exact in any order. */
const PARTS = 1024;

export interface RunRules {
  /** What a run of several pieces may carry in any step, per second. */
  readonly limit: PlanningLimit;
  /** Open shards that may be joined with another; undefined: none. */
  readonly isJoinable: ((shard: number) => boolean) | undefined;
  readonly end: 'lower' | 'upper';
  /** What an open shard counts with at least in every step, per second, because it was busier in the past. */
  readonly past: (shard: number) => PlanningLimit;
}

interface PieceRows {
  readonly records: Float64Array;
  readonly bytes: Float64Array;
}

/** A piece alone always fits: there is nothing to be done about it. */
export class PieceRun implements CellRun {
  readonly #pieces: readonly Piece[];
  readonly #loads: StreamLoads;
  readonly #figures: readonly ShardFigures[];
  readonly #rules: RunRules;
  readonly #most: PlanningLimit;
  readonly #sum: PieceRows;
  readonly #room: StepLoads;
  readonly #kept = new Map<number, PieceRows>();
  readonly #spare: PieceRows[] = [];
  #from = 0;
  #to = 0;
  #rowsAbove = 0;
  /** Pieces of shards that may not be joined. */
  #fixed = 0;

  constructor(
    pieces: readonly Piece[],
    loads: StreamLoads,
    figures: readonly ShardFigures[],
    rules: RunRules,
  ) {
    this.#pieces = pieces;
    this.#loads = loads;
    this.#figures = figures;
    this.#rules = rules;
    this.#most = { records: rules.limit.records * PARTS, bytes: rules.limit.bytes * PARTS };
    this.#sum = this.#rows();
    this.#room = loads.room();
  }

  get from(): number {
    return this.#from;
  }

  get length(): number {
    return this.#to - this.#from;
  }

  push(): void {
    this.#add(this.#to++, 1);
  }

  shift(): void {
    this.#add(this.#from++, -1);
  }

  fits(): boolean {
    if (this.length <= 1) return true;
    const first = this.#pieces[this.#from].shard;
    if (this.#pieces[this.#to - 1].shard === first) return this.#fitsWithin(first);
    return this.#rules.isJoinable !== undefined && this.#fixed === 0 && this.#rowsAbove === 0;
  }

  /** Pieces of one shard have the same parts of it in every step. */
  #fitsWithin(shard: number): boolean {
    let records = 0;
    let bytes = 0;
    for (let i = this.#from; i < this.#to; i++) {
      records += this.#pieces[i].records;
      bytes += this.#pieces[i].bytes;
    }
    const { planned } = this.#figures[shard];
    return fillOf(this.#rules.limit, planned.records * records, planned.bytes * bytes) <= 1;
  }

  #add(piece: number, sign: 1 | -1): void {
    const { isJoinable } = this.#rules;
    if (isJoinable === undefined) return;
    if (!isJoinable(this.#pieces[piece].shard)) {
      this.#fixed += sign;
      return;
    }
    const rows = sign === 1 ? this.#keep(piece) : this.#take(piece);
    const { records, bytes } = this.#sum;
    const { records: mostRecords, bytes: mostBytes } = this.#most;
    let above = 0;
    for (let row = 0; row < records.length; row++) {
      const ofRecords = records[row] + sign * rows.records[row];
      const ofBytes = bytes[row] + sign * rows.bytes[row];
      records[row] = ofRecords;
      bytes[row] = ofBytes;
      if (ofRecords > mostRecords || ofBytes > mostBytes) above++;
    }
    this.#rowsAbove = above;
    if (sign === -1) this.#spare.push(rows);
  }

  #keep(piece: number): PieceRows {
    const rows = this.#fill(piece);
    if (this.#kept.size < MOST_KEPT) this.#kept.set(piece, rows);
    else this.#spare.push(rows);
    return rows;
  }

  #take(piece: number): PieceRows {
    const kept = this.#kept.get(piece);
    if (kept === undefined) return this.#fill(piece);
    this.#kept.delete(piece);
    return kept;
  }

  #rows(): PieceRows {
    const { steps } = this.#loads;
    return { records: new Float64Array(steps), bytes: new Float64Array(steps) };
  }

  #fill(piece: number): PieceRows {
    const { shard, records, bytes } = this.#pieces[piece];
    const rows = this.#spare.pop() ?? this.#rows();
    const { end, past } = this.#rules;
    const isWhole = records === 1 && bytes === 1;
    this.#loads.fill(shard, this.#room, isWhole ? 'ends' : 'even');
    const least = past(shard);
    const ofRecords = this.#room.records[end];
    const ofBytes = this.#room.bytes[end];
    for (let row = 0; row < rows.records.length; row++) {
      const inRecords = ofRecords[row] > least.records ? ofRecords[row] : least.records;
      const inBytes = ofBytes[row] > least.bytes ? ofBytes[row] : least.bytes;
      rows.records[row] = Math.ceil(inRecords * (records * PARTS));
      rows.bytes[row] = Math.ceil(inBytes * (bytes * PARTS));
    }
    return rows;
  }
}
