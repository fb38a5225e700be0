/**
 * How many bytes of data the k-th record of a source carries.
 */
import { exp, ln } from './elementary.ts';
import { normalQuantile } from './normal.ts';
import type { Size } from './scenario.ts';
import { Draws, PURPOSE } from './threefry.ts';

/** Bytes of data of record k. */
export type SizeDraw = (k: number) => number;

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
  }
}
