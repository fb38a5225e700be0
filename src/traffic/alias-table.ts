/**
 * Weighted choice in one step: Walker's alias method in Vose's form.
 */
export class AliasTable {
  readonly #thresholds: Float64Array;
  readonly #aliases: Uint32Array;

  /** @param weights positive or 0, with a positive sum */
  constructor(weights: ArrayLike<number>) {
    const count = weights.length;
    let sum = 0;
    for (let i = 0; i < count; i++) sum += weights[i];
    const scaled = new Float64Array(count);
    for (let i = 0; i < count; i++) scaled[i] = (weights[i] * count) / sum;
    this.#thresholds = new Float64Array(count).fill(1);
    this.#aliases = new Uint32Array(count);
    for (let i = 0; i < count; i++) this.#aliases[i] = i;
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
      this.#thresholds[less] = scaled[less];
      this.#aliases[less] = more;
      scaled[more] -= 1 - scaled[less];
      if (scaled[more] < 1) small.push(large.pop() as number);
    }
  }

  /** The choice for a number from [0, 1). */
  pick(u: number): number {
    const at = u * this.#thresholds.length;
    const cell = Math.min(this.#thresholds.length - 1, Math.floor(at));
    return at - cell < this.#thresholds[cell] ? cell : this.#aliases[cell];
  }
}
