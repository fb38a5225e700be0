/**
 * First in, first out, for numbers: a ring that grows.
 */
export class WaitingLine {
  #ring = new Uint32Array(1024);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#length++) & (this.#ring.length - 1)] = value;
  }

  /** Pushes values `from` … `to - 1` of a column. */
  pushRun(values: Uint32Array, from: number, to: number): void {
    while (this.#length + to - from > this.#ring.length) this.#grow();
    const ring = this.#ring;
    const end = this.#head + this.#length - from;
    for (let i = from; i < to; i++) ring[(end + i) & (ring.length - 1)] = values[i];
    this.#length += to - from;
  }

  /** The value `i` places behind the first; `i` below `length`. */
  peek(i: number): number {
    return this.#ring[(this.#head + i) & (this.#ring.length - 1)];
  }

  shift(): number {
    const value = this.#ring[this.#head];
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#length--;
    return value;
  }

  #grow(): void {
    const larger = new Uint32Array(this.#ring.length * 2);
    for (let i = 0; i < this.#length; i++) larger[i] = this.peek(i);
    this.#ring = larger;
    this.#head = 0;
  }
}
