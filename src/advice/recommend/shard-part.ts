/**
 * A run of neighbouring pieces of one shard that is to become a shard: what it carries, and whether that is little enough.
 *
 * Pieces of one shard have the same parts of it in every step, so its highest minute is theirs too.
 */
import { HARDLY_HELPS, type Piece } from './layout-pieces.ts';
import { fillOf, type PlanningLimit } from './planning-limit.ts';
import { DEAD_BAND } from './recommend-options.ts';
import type { ShardFigures } from './shard-census.ts';

/** Parts are quotients of counts: sums of them that should be a limit may be above it by so much of it. */
const ROUNDING = 1e-9;

export interface PartRules {
  /** What several pieces may carry together in any step, per second. */
  readonly limit: PlanningLimit;
  /** The planning limit, which fills are parts of. */
  readonly planning: PlanningLimit;
}

export class ShardPart {
  readonly #figures: ShardFigures;
  readonly #rules: PartRules;
  #records = 0;
  #bytes = 0;
  /** Of its heaviest key. */
  #key = { fill: 0, records: 0, bytes: 0 };

  constructor(figures: ShardFigures, rules: PartRules) {
    this.#figures = figures;
    this.#rules = rules;
  }

  add({ records, bytes, heaviest }: Piece): void {
    this.#records += records;
    this.#bytes += bytes;
    if (heaviest === undefined) return;
    const fill = this.#fill(this.#rules.planning, heaviest.records, heaviest.bytes);
    if (fill > this.#key.fill) this.#key = { fill, ...heaviest };
  }

  /** Of the planning limit. */
  get fill(): number {
    return this.#fill(this.#rules.planning, this.#records, this.#bytes);
  }

  /** Of what several pieces may carry. */
  get share(): number {
    return this.#fill(this.#rules.limit, this.#records, this.#bytes);
  }

  /** Whether it is as full as it is for one key, that has no room beside it; the others would fit without that key. */
  get isOfOneKey(): boolean {
    const { fill, records, bytes } = this.#key;
    if (this.fill > besideKey(fill) * (1 + ROUNDING)) return false;
    return this.#fill(this.#rules.limit, this.#records - records, this.#bytes - bytes) <= 1 + ROUNDING;
  }

  /** Holds for every part of a run for which it holds. */
  fits(): boolean {
    return this.share <= 1 + ROUNDING || this.isOfOneKey;
  }

  #fill(limit: PlanningLimit, records: number, bytes: number): number {
    const { planned } = this.#figures;
    return fillOf(limit, planned.records * records, planned.bytes * bytes);
  }
}

/**
 * Fill of the planning limit up to which a key that has no room beside it may keep others: its shard does not come within
 * the dead band by cutting them off, so no split is spent on a load of which the key is nearly all.
 */
function besideKey(key: number): number {
  if (key <= DEAD_BAND) return 0;
  return key <= 1 ? 1 : key / HARDLY_HELPS;
}
