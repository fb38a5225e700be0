/**
 * Which records carry a header: those whose data has room for it, unless their data is a text that the user wrote.
 */
import { LognormalSizes } from './lognormal-sizes.ts';
import { HEADER_BYTES } from './payload.ts';
import type { Size, Source } from './scenario.ts';

/** Whether a record of a source carries one. */
export function carriesHeader({ size }: Source, dataBytes: number): boolean {
  return size.kind !== 'lines' && size.kind !== 'template' && dataBytes >= HEADER_BYTES;
}

/** Whether there may be records of a source that carry none. */
export function mayLackHeader(source: Source): boolean {
  return !carriesHeader(source, leastBytesOf(source.size));
}

function leastBytesOf(size: Size): number {
  switch (size.kind) {
    case 'fixed':
      return size.bytes;
    case 'uniform':
      return size.min;
    case 'lognormal':
      return new LognormalSizes(size.median, size.p99).at(0);
    case 'histogram':
      return size.bytes.reduce((least, bytes) => Math.min(least, bytes), Infinity);
    case 'template':
    case 'lines':
      return 0;
  }
}
