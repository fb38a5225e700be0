/**
 * How many bytes of data the k-th record of a source carries.
 */
import { AliasTable } from './alias-table.ts';
import { LognormalSizes } from './lognormal-sizes.ts';
import { textLengthOf } from './payload-text.ts';
import type { Size } from './scenario.ts';
import { Draws, PURPOSE } from './threefry.ts';

/** Bytes of data of record k, which is due `dueUs` after the start of the warm-up and has a key of `keyBytes`. */
export type SizeDraw = (k: number, keyBytes: number, dueUs: number) => number;

/** Writes the sizes of `count` records from `first` on to `out`; the other columns are by record, as for one. */
export type SizeColumn = (
  first: number,
  keyBytes: Uint16Array,
  dueUs: Float64Array,
  count: number,
  out: Uint32Array,
) => void;

/** Lognormal draws have no upper end here; the offer cuts a record at the stream's maximum record size. */
export function sizeDrawOf(size: Size, seed: number, source: number): SizeDraw {
  const draws = new Draws(seed, PURPOSE.size, source);
  switch (size.kind) {
    case 'fixed':
      return () => size.bytes;
    case 'uniform':
      return (k) => size.min + Math.floor(draws.uniform(k) * (size.max - size.min + 1));
    case 'lognormal': {
      const sizes = new LognormalSizes(size.median, size.p99);
      return (k) => sizes.at(draws.uniform(k));
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

/**
 * The same sizes, drawn many at a time and cut.
 * @param most how many at a time
 * @param mostBytes what a record has at most, its key included
 */
export function sizeColumnOf(
  size: Size,
  seed: number,
  source: number,
  most: number,
  mostBytes: number,
): SizeColumn {
  if (size.kind === 'lognormal')
    return lognormalColumn(size, new Draws(seed, PURPOSE.size, source), most, mostBytes);
  const sizeAt = sizeDrawOf(size, seed, source);
  return (first, keyBytes, dueUs, count, out) => {
    for (let i = 0; i < count; i++) {
      out[i] = Math.min(sizeAt(first + i, keyBytes[i], dueUs[i]), mostBytes - keyBytes[i]);
    }
  };
}

function lognormalColumn(
  { median, p99 }: Size & { readonly kind: 'lognormal' },
  draws: Draws,
  most: number,
  mostBytes: number,
): SizeColumn {
  const sizes = new LognormalSizes(median, p99);
  const uniform = new Float64Array(most);
  return (first, keyBytes, _dueUs, count, out) => {
    draws.fill(first, count, uniform);
    sizes.fill(uniform, keyBytes, mostBytes, count, out);
  };
}
