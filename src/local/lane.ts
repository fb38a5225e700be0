/**
 * Where one shard's records stand in the record log: a ring of `segment number × ROWS + row`, by record number.
 */

export class Lane {
  first = 1;
  next = 1;
  /** Its length is a power of two, which makes the place of a record a matter of masking. */
  #ring = new Float64Array(0);

  push(reference: number): number {
    if (this.next - this.first === this.#ring.length) this.#resize(Math.max(16, this.#ring.length * 2));
    this.#ring[this.next & (this.#ring.length - 1)] = reference;
    return this.next++;
  }

  shift(): void {
    this.first++;
    if (this.#ring.length > 64 && (this.next - this.first) * 8 < this.#ring.length)
      this.#resize(this.#ring.length / 4);
  }

  at(counter: number): number {
    return this.#ring[counter & (this.#ring.length - 1)];
  }

  #resize(capacity: number): void {
    const ring = new Float64Array(capacity);
    for (let counter = this.first; counter < this.next; counter++)
      ring[counter & (capacity - 1)] = this.at(counter);
    this.#ring = ring;
  }
}
