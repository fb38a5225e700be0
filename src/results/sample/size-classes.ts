/**
 * Sizes of records in bounded memory: classes that are exact up to 16 bytes and at most 1/16 of their size wide above,
 * so that every whole KiB up to 32 KiB is the end of one.
 */
import type { SizeSummary } from '../evidence/record-sample.ts';

const EXACT = 16;
const EXACT_BITS = 4;

export class SizeClasses {
  readonly #counts: number[] = [];
  #records = 0;
  #bytes = 0;
  #max = 0;

  add(bytes: number): void {
    const at = classOf(bytes);
    while (this.#counts.length <= at) this.#counts.push(0);
    this.#counts[at]++;
    this.#records++;
    this.#bytes += bytes;
    if (bytes > this.#max) this.#max = bytes;
  }

  /** Percentiles are ends of classes: at most 1/16 above the true ones, and never above the largest record. */
  summary(): SizeSummary {
    const used = this.#counts.flatMap((count, i) => (count > 0 ? [{ upTo: endOf(i), count }] : []));
    return {
      mean: this.#records === 0 ? 0 : this.#bytes / this.#records,
      p50: this.#percentile(0.5),
      p99: this.#percentile(0.99),
      max: this.#max,
      upTo: used.map(({ upTo }) => upTo),
      counts: used.map(({ count }) => count),
    };
  }

  #percentile(part: number): number {
    let left = Math.ceil(this.#records * part);
    for (const [i, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return Math.min(endOf(i), this.#max);
    }
    return 0;
  }
}

/** Class 0 is of 0 bytes; class i of sizes above the end of the one before, up to its own. */
function classOf(bytes: number): number {
  if (bytes <= EXACT) return bytes;
  const shift = 31 - Math.clz32(bytes - 1) - EXACT_BITS;
  return shift * EXACT + ((bytes - 1) >>> shift) + 1;
}

function endOf(index: number): number {
  if (index <= EXACT) return index;
  const shift = Math.floor((index - 1) / EXACT) - 1;
  return (index - shift * EXACT) * 2 ** shift;
}
