/**
 * How many bytes of data the k-th record of a source carries.
 */
import { AliasTable } from './alias-table.ts';
import { exp, ln } from './elementary.ts';
import { normalQuantile } from './normal.ts';
import { textLengthOf } from './payload-text.ts';
import type { Size } from './scenario.ts';
import { Draws, PURPOSE } from './threefry.ts';

/** Bytes of data of record k, which is due `dueUs` after the start of the warm-up and has a key of `keyBytes`. */
export type SizeDraw = (k: number, keyBytes: number, dueUs: number) => number;

/** Standard deviations from the median to the 99th percentile of a normal distribution. */
const Z99 = 2.3263478740408408;

/** Lognormal draws have no upper end here; the offer cuts a record at the stream's maximum record size. */
export function sizeDrawOf(size: Size, seed: number, source: number): SizeDraw {
  const draws = new Draws(seed, PURPOSE.size, source);
  switch (size.kind) {
    case 'fixed':
      return () => size.bytes;
    case 'uniform':
      return (k) => size.min + Math.floor(draws.uniform(k) * (size.max - size.min + 1));
    case 'lognormal': {
      const sigma = ln(size.p99 / size.median) / Z99;
      return (k) => Math.max(1, Math.round(size.median * exp(sigma * normalQuantile(draws.uniform(k)))));
    }
    case 'histogram': {
      const table = new AliasTable(size.counts);
      return (k) => size.bytes[table.pick(draws.uniform(k))];
    }
    case 'template':
      return textLengthOf(size.template);
    case 'lines':
      return (k) => size.lines.bytesOf(k);
  }
}
