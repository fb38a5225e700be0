/**
 * Due times in order, without comparing each with many: they come with numbers that are spread evenly and nearly in the
 * same order, so each is put where it belongs but for a few places.
 */
export class DueOrder {
  #shares = new Float64Array(0);
  /** By stretch of [0, 1), of which there are as many as times: the place of its next time. */
  #places = new Uint32Array(1);

  /** Room for the numbers from [0, 1) of `count` times, to be filled before `sort`. */
  room(count: number): Float64Array {
    if (this.#shares.length < count) {
      this.#shares = new Float64Array(2 * count);
      this.#places = new Uint32Array(2 * count + 1);
    }
    return this.#shares;
  }

  /** The times in ascending order, in a column of their own. */
  sort(due: Float64Array): Float64Array<ArrayBuffer> {
    const count = due.length;
    const [shares, places] = [this.#shares, this.#places];
    places.fill(0, 0, count + 1);
    for (let i = 0; i < count; i++) places[Math.floor(shares[i] * count) + 1]++;
    for (let stretch = 1; stretch < count; stretch++) places[stretch] += places[stretch - 1];
    const sorted = new Float64Array(count);
    for (let i = 0; i < count; i++) sorted[places[Math.floor(shares[i] * count)]++] = due[i];
    insertionSort(sorted);
    return sorted;
  }
}

/** Fast where every value is near its place; right wherever it is. */
function insertionSort(values: Float64Array): void {
  for (let i = 1; i < values.length; i++) {
    const value = values[i];
    let to = i;
    while (to > 0 && values[to - 1] > value) {
      values[to] = values[to - 1];
      to--;
    }
    values[to] = value;
  }
}
