/**
 * A run of neighbouring pieces that may become one shard: the peak of the sum of their loads is held against the limit,
 * never the sum of peaks.
 *
 * Most runs are judged without their week of minutes: by the sum of peaks, which is never below the peak of the sum, and
 * by the stream's busiest minutes, which are part of it. The others are added up step by step.
 */
import type { CellRun } from '../layout/cheapest-layout.ts';
import type { StepLoads } from '../evidence/step-loads.ts';
import type { Piece } from './layout-pieces.ts';
import { fillOf, type PlanningLimit } from './planning-limit.ts';
import { worstSteps, type Census, type ShardFigures } from './shard-census.ts';
import { ShardPart } from './shard-part.ts';
import type { StreamLoads } from './stream-loads.ts';

/** Loads of pieces that are kept until they leave the run; of longer runs they are worked out a second time. */
const MOST_KEPT = 400;
/** Busiest steps that are looked at first. */
const PROBES = 48;
/** Loads in whole parts of a record and byte per second: sums of whole numbers are exact in any order. */
const PARTS = 1024;

export interface RunRules {
  /** What a run of several pieces may carry in any step, per second. */
  readonly limit: PlanningLimit;
  /** The planning limit, which fills are parts of. */
  readonly planning: PlanningLimit;
  /** Open shards that may be joined with another; undefined: none. */
  readonly isJoinable: ((shard: number) => boolean) | undefined;
  readonly end: 'lower' | 'upper';
  /** What an open shard counts with at least in every step, per second, because it was busier in the past. */
  readonly past: (shard: number) => PlanningLimit;
}

/** A piece alone always fits: there is nothing to be done about it. */
export class PieceRun implements CellRun {
  readonly #pieces: readonly Piece[];
  readonly #figures: readonly ShardFigures[];
  readonly #rules: RunRules;
  readonly #probes: RowSums;
  readonly #all: RowSums;
  /** Fill of the run of rules' limit is never more. */
  readonly #most: number;
  #from = 0;
  #to = 0;
  /** Sum of fills at their peaks, in whole parts. */
  #peaks = 0;
  /** Pieces of shards that may not be joined. */
  #fixed = 0;

  constructor(pieces: readonly Piece[], loads: StreamLoads, census: Census, rules: RunRules) {
    const { limit, planning } = rules;
    this.#pieces = pieces;
    this.#figures = census.shards;
    this.#rules = rules;
    const probes = rules.isJoinable === undefined ? [] : worstSteps(census, planning, PROBES);
    this.#probes = new RowSums(pieces, loads.at(probes), rules);
    this.#all = new RowSums(pieces, loads, rules);
    this.#most = Math.min(limit.records / planning.records, limit.bytes / planning.bytes) * PARTS * PARTS;
  }

  get from(): number {
    return this.#from;
  }

  get length(): number {
    return this.#to - this.#from;
  }

  push(): void {
    this.#count(this.#to++, 1);
  }

  shift(): void {
    this.#count(this.#from++, -1);
  }

  fits(): boolean {
    if (this.length <= 1) return true;
    const first = this.#pieces[this.#from].shard;
    if (this.#pieces[this.#to - 1].shard === first) return this.#fitsWithin(first);
    if (this.#rules.isJoinable === undefined || this.#fixed > 0) return false;
    if (this.#peaks <= this.#most) return true;
    return this.#probes.fits(this.#from, this.#to) && this.#all.fits(this.#from, this.#to);
  }

  #fitsWithin(shard: number): boolean {
    const part = new ShardPart(this.#figures[shard], this.#rules);
    for (let i = this.#from; i < this.#to; i++) part.add(this.#pieces[i]);
    return part.fits();
  }

  #count(piece: number, sign: 1 | -1): void {
    const { isJoinable, past, planning } = this.#rules;
    if (isJoinable === undefined) return;
    const { shard, records, bytes } = this.#pieces[piece];
    if (!isJoinable(shard)) {
      this.#fixed += sign;
      return;
    }
    const least = past(shard);
    const peak = Math.max(this.#figures[shard].peak.upper, fillOf(planning, least.records, least.bytes));
    this.#peaks += sign * Math.ceil(peak * Math.max(records, bytes) * PARTS * PARTS + 1);
  }
}

interface Rows {
  readonly records: Float64Array;
  readonly bytes: Float64Array;
}

/** The sum of a run's loads in every step; it follows a run whose ends only ever move up. */
class RowSums {
  readonly #pieces: readonly Piece[];
  readonly #loads: StreamLoads;
  readonly #rules: RunRules;
  readonly #sum: Rows;
  readonly #room: StepLoads;
  readonly #kept = new Map<number, Rows>();
  readonly #spare: Rows[] = [];
  #from = 0;
  #to = 0;
  #rowsAbove = 0;

  constructor(pieces: readonly Piece[], loads: StreamLoads, rules: RunRules) {
    this.#pieces = pieces;
    this.#loads = loads;
    this.#rules = rules;
    this.#sum = this.#rows();
    this.#room = loads.room();
  }

  fits(from: number, to: number): boolean {
    if (from >= this.#to) this.#restart(from);
    while (this.#to < to) this.#add(this.#to++, 1);
    while (this.#from < from) this.#add(this.#from++, -1);
    return this.#rowsAbove === 0;
  }

  #restart(from: number): void {
    for (const rows of this.#kept.values()) this.#spare.push(rows);
    this.#kept.clear();
    this.#sum.records.fill(0);
    this.#sum.bytes.fill(0);
    this.#from = from;
    this.#to = from;
  }

  #add(piece: number, sign: 1 | -1): void {
    const rows = sign === 1 ? this.#keep(piece) : this.#take(piece);
    const { limit } = this.#rules;
    const [mostRecords, mostBytes] = [limit.records * PARTS, limit.bytes * PARTS];
    const { records, bytes } = this.#sum;
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

  #keep(piece: number): Rows {
    const rows = this.#fill(piece);
    if (this.#kept.size < MOST_KEPT) this.#kept.set(piece, rows);
    else this.#spare.push(rows);
    return rows;
  }

  #take(piece: number): Rows {
    const kept = this.#kept.get(piece);
    if (kept === undefined) return this.#fill(piece);
    this.#kept.delete(piece);
    return kept;
  }

  #rows(): Rows {
    const { steps } = this.#loads;
    return { records: new Float64Array(steps), bytes: new Float64Array(steps) };
  }

  #fill(piece: number): Rows {
    const { shard, records, bytes } = this.#pieces[piece];
    const rows = this.#spare.pop() ?? this.#rows();
    const { end, past } = this.#rules;
    const isWhole = records === 1 && bytes === 1;
    this.#loads.fill(shard, this.#room, isWhole ? 'ends' : 'even');
    const least = past(shard);
    fillRow(this.#room.records[end], least.records, records * PARTS, rows.records);
    fillRow(this.#room.bytes[end], least.bytes, bytes * PARTS, rows.bytes);
    return rows;
  }
}

function fillRow(from: Float64Array, least: number, times: number, into: Float64Array): void {
  for (let row = 0; row < into.length; row++) {
    const load = from[row];
    into[row] = Math.ceil((load > least ? load : least) * times);
  }
}
