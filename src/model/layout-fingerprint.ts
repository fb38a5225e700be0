/**
 * A stream's layout in one short text: two layouts have the same fingerprint if they have the same open hash ranges,
 * whatever their shards are called.
 */
import { hash } from 'node:crypto';
import { formatHashKey } from './hash-key.ts';
import type { HashRange } from './hash-range.ts';

/** MD5 in hex of the lowest hash keys of the open shards, ascending, in decimal, joined by commas. */
export function layoutFingerprint(open: readonly HashRange[]): string {
  const starts = open.map(({ start }) => start).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return hash('md5', starts.map(formatHashKey).join(','), 'hex');
}
