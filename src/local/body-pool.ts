/**
 * Buffers for the bodies of large requests, used again once the record log has forgotten what was in them. A fresh
 * buffer per request costs the garbage collector, and the system that has to clear its pages, more than its records
 * cost us.
 */
import { KIB } from '../model/limits.ts';

/** Smaller buffers are cheap to come by. */
const LEAST_BYTES = 16 * KIB;
/** Sizes from one power of two to the next; a buffer is at most an eighth larger than its body. */
const SIZES_PER_DOUBLING = 8;

export class BodyPool {
  readonly #mostSpareBytes: number;
  #spareBytes = 0;
  /** Waiting buffers by their size. */
  readonly #spare = new Map<number, ArrayBuffer[]>();
  /** Those that were taken and not given back: nothing else may come back, and nothing twice. */
  readonly #taken = new WeakSet<ArrayBufferLike>();

  /** @param mostSpareBytes what waiting buffers may take together */
  constructor(mostSpareBytes: number) {
    this.#mostSpareBytes = mostSpareBytes;
  }

  get spareBytes(): number {
    return this.#spareBytes;
  }

  /** A buffer of a length with anything in it, for the one who writes all of it before anybody reads. */
  take(length: number): Buffer {
    if (length < LEAST_BYTES) return Buffer.allocUnsafeSlow(length);
    const size = sizeFor(length);
    const waiting = this.#spare.get(size)?.pop();
    if (waiting !== undefined) this.#spareBytes -= size;
    const bytes = waiting ?? Buffer.allocUnsafeSlow(size).buffer;
    this.#taken.add(bytes);
    return Buffer.from(bytes, 0, length);
  }

  /** Takes a buffer back whose content nobody reads any more. Buffers from elsewhere are left alone. */
  give({ buffer }: Buffer): void {
    if (!this.#taken.delete(buffer)) return;
    const size = buffer.byteLength;
    if (this.#spareBytes + size > this.#mostSpareBytes) this.#dropSpare();
    if (size > this.#mostSpareBytes) return;
    const waiting = this.#spare.get(size);
    if (waiting === undefined) this.#spare.set(size, [buffer as ArrayBuffer]);
    else waiting.push(buffer as ArrayBuffer);
    this.#spareBytes += size;
  }

  /** What a body costs to keep: the whole buffer where it is one of ours. */
  bytesOf(body: Buffer): number {
    return this.#taken.has(body.buffer) ? body.buffer.byteLength : body.length;
  }

  /** Sizes that nobody asks for any more would otherwise keep the place of those that are. */
  #dropSpare(): void {
    this.#spare.clear();
    this.#spareBytes = 0;
  }
}

function sizeFor(length: number): number {
  const step = 2 ** (31 - Math.clz32(length)) / SIZES_PER_DOUBLING;
  return Math.ceil(length / step) * step;
}
