/**
 * Numbers with a time, the earliest first; of equal times, the one added first.
 */
export class TimedHeap {
  #times = new Float64Array(64);
  #orders = new Float64Array(64);
  #values = new Uint32Array(64);
  #length = 0;
  #added = 0;

  get length(): number {
    return this.#length;
  }

  /** Time of the first; Infinity where there is none. */
  get nextUs(): number {
    return this.#length === 0 ? Infinity : this.#times[0];
  }

  add(timeUs: number, value: number): void {
    if (this.#length === this.#times.length) this.#grow();
    let i = this.#length++;
    this.#set(i, timeUs, this.#added++, value);
    while (i > 0 && this.#isBefore(i, (i - 1) >> 1)) {
      this.#swap(i, (i - 1) >> 1);
      i = (i - 1) >> 1;
    }
  }

  /** Takes the first out; the heap must not be empty. */
  shift(): number {
    const value = this.#values[0];
    const last = --this.#length;
    this.#set(0, this.#times[last], this.#orders[last], this.#values[last]);
    for (let i = 0; ;) {
      const left = 2 * i + 1;
      let least = i;
      if (left < last && this.#isBefore(left, least)) least = left;
      if (left + 1 < last && this.#isBefore(left + 1, least)) least = left + 1;
      if (least === i) return value;
      this.#swap(i, least);
      i = least;
    }
  }

  #isBefore(i: number, j: number): boolean {
    return (
      this.#times[i] < this.#times[j] ||
      (this.#times[i] === this.#times[j] && this.#orders[i] < this.#orders[j])
    );
  }

  #set(i: number, timeUs: number, order: number, value: number): void {
    this.#times[i] = timeUs;
    this.#orders[i] = order;
    this.#values[i] = value;
  }

  #swap(i: number, j: number): void {
    const timeUs = this.#times[i];
    const order = this.#orders[i];
    const value = this.#values[i];
    this.#set(i, this.#times[j], this.#orders[j], this.#values[j]);
    this.#set(j, timeUs, order, value);
  }

  #grow(): void {
    const length = this.#times.length * 2;
    const [times, orders, values] = [
      new Float64Array(length),
      new Float64Array(length),
      new Uint32Array(length),
    ];
    times.set(this.#times);
    orders.set(this.#orders);
    values.set(this.#values);
    [this.#times, this.#orders, this.#values] = [times, orders, values];
  }
}
