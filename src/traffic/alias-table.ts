/**
 * Weighted choice in one step: Walker's alias method in Vose's form.
 */
export class AliasTable {
  readonly #count: number;
  /** By cell, a threshold and an alias: side by side, because a choice reads both of one cell of many. */
  readonly #cells: Float64Array;

  /** @param weights positive or 0, with a positive sum */
  constructor(weights: ArrayLike<number>) {
    const count = weights.length;
    let sum = 0;
    for (let i = 0; i < count; i++) sum += weights[i];
    const scaled = new Float64Array(count);
    for (let i = 0; i < count; i++) scaled[i] = (weights[i] * count) / sum;
    this.#count = count;
    this.#cells = new Float64Array(2 * count);
    for (let i = 0; i < count; i++) this.#set(i, 1, i);
    this.#pair(scaled);
  }

  /** Fills every cell that is below average from one that is above. */
  #pair(scaled: Float64Array): void {
    const small: number[] = [];
    const large: number[] = [];
    for (let i = scaled.length - 1; i >= 0; i--) (scaled[i] < 1 ? small : large).push(i);
    while (small.length > 0 && large.length > 0) {
      const less = small.pop() as number;
      const more = large[large.length - 1];
      this.#set(less, scaled[less], more);
      scaled[more] -= 1 - scaled[less];
      if (scaled[more] < 1) small.push(large.pop() as number);
    }
  }

  /** The choice for a number from [0, 1). */
  pick(u: number): number {
    const at = u * this.#count;
    const cell = Math.min(this.#count - 1, at >>> 0);
    const alias = this.#cells[2 * cell + 1];
    // A branch here would be guessed wrong every other time: -1 below the threshold, which leaves the cell, else 0.
    return alias + Math.floor(at - cell - this.#cells[2 * cell]) * (alias - cell);
  }

  /**
   * The choices for the first `count` of some numbers from [0, 1), each divided by `by`: what `pick` says of one, with
   * all that it looks up looked up once.
   */
  pickColumn(u: Float64Array, by: number, count: number, out: Uint32Array): void {
    const cells = this.#cells;
    const choices = this.#count;
    for (let i = 0; i < count; i++) {
      const at = (u[i] / by) * choices;
      const cell = Math.min(choices - 1, at >>> 0);
      const alias = cells[2 * cell + 1];
      out[i] = alias + Math.floor(at - cell - cells[2 * cell]) * (alias - cell);
    }
  }

  #set(cell: number, threshold: number, alias: number): void {
    this.#cells[2 * cell] = threshold;
    this.#cells[2 * cell + 1] = alias;
  }
}
