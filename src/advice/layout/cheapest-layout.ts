/**
 * The layout that is cheapest to have and to come to: shards cost, and so does every split and merge that leads from
 * the layout of now to the new one.
 */
import { LoadWindow, type Cells, type Layout, type SegmentLimit } from './cells.ts';

/** Whole numbers of 0 or more, in any unit. Each split makes one new boundary, each merge removes one. */
export interface LayoutCosts {
  readonly shard: number;
  readonly split: number;
  readonly merge: number;
}

/** The fewest shards, and of all layouts with so few the one that takes the fewest splits and merges. */
export const FEWEST_SHARDS: LayoutCosts = { shard: 1_000_000, split: 1, merge: 1 };

/** A run of neighbouring cells that grows at its end and shrinks at its start, as `LoadWindow` does. */
export interface CellRun {
  readonly from: number;
  readonly length: number;
  push(): void;
  shift(): void;
  /** Whether one shard may hold it. Must hold for every part of a run for which it holds. */
  fits(): boolean;
}

/**
 * Minimises shards + splits + merges by their costs over every layout that fits (math.md 9):
 *
 *     f(j) = shard + split·[boundary j is new] + min over runs (i, j] that fit of f(i) + merge·(old boundaries inside)
 *
 * in one pass over the cells, the least f(i) from a queue that only falls. Of equal costs the one with the fewest steps
 * is taken, so that asking again on the same data changes nothing.
 * @returns undefined where a cell alone is above the limit
 */
export function cheapestLayout(cells: Cells, limit: SegmentLimit, costs: LayoutCosts): Layout | undefined {
  return cheapestRuns(cells, new LoadWindow(cells, limit), costs);
}

/** The same of cells whose runs may be shards for other reasons than one limit for all. */
export function cheapestRuns(
  { count, isOld }: Pick<Cells, 'count' | 'isOld'>,
  window: CellRun,
  costs: LayoutCosts,
): Layout | undefined {
  const from = new Uint32Array(count + 1);
  const queue = new CandidateQueue(count);
  queue.add(0, 0, 0);
  // Old boundaries above cell 0 and below the end of the cell before `end`, and those up to `end`.
  let oldBefore = 0;
  for (let end = 1; end <= count; end++) {
    window.push();
    while (!window.fits() && window.length > 0) window.shift();
    if (window.length === 0) return undefined;
    queue.dropBelow(window.from);
    const best = queue.least;
    from[end] = best.cell;
    const isNew = end < count && isOld[end] === 0 ? 1 : 0;
    const isKept = end < count && isOld[end] === 1 ? 1 : 0;
    const cost = best.cost + costs.merge * oldBefore + costs.shard + costs.split * isNew;
    const steps = best.steps + oldBefore + isNew;
    oldBefore += isKept;
    queue.add(end, cost - costs.merge * oldBefore, steps - oldBefore);
  }
  const firsts: number[] = [];
  for (let cell = count; cell > 0; cell = from[cell]) firsts.push(from[cell]);
  return Uint32Array.from(firsts.reverse());
}

interface Candidate {
  readonly cell: number;
  readonly cost: number;
  readonly steps: number;
}

/** Beginnings of the last run, the cheapest first, each later one dearer: what an earlier and dearer one could do, it can. */
class CandidateQueue {
  readonly #cells: Uint32Array;
  readonly #costs: Float64Array;
  readonly #steps: Float64Array;
  #head = 0;
  #tail = 0;

  constructor(count: number) {
    this.#cells = new Uint32Array(count + 1);
    this.#costs = new Float64Array(count + 1);
    this.#steps = new Float64Array(count + 1);
  }

  get least(): Candidate {
    const at = this.#head;
    return { cell: this.#cells[at], cost: this.#costs[at], steps: this.#steps[at] };
  }

  add(cell: number, cost: number, steps: number): void {
    while (this.#tail > this.#head && this.#isDearer(this.#tail - 1, cost, steps)) this.#tail--;
    const at = this.#tail++;
    this.#cells[at] = cell;
    this.#costs[at] = cost;
    this.#steps[at] = steps;
  }

  dropBelow(cell: number): void {
    while (this.#cells[this.#head] < cell) this.#head++;
  }

  #isDearer(at: number, cost: number, steps: number): boolean {
    return this.#costs[at] > cost || (this.#costs[at] === cost && this.#steps[at] >= steps);
  }
}
