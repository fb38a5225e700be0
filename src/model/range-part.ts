/**
 * Which of several readers a shard belongs to: the key space in as many equal parts, and the shard to the part in which
 * the middle of its range lies. A pure function of the range, so that nobody has to ask the others; children mostly go where their
 * parent was.
 */
import { HASH_SPACE } from './hash-key.ts';
import type { HashRange } from './hash-range.ts';

/** @param parts at least 1 @returns 0 … parts - 1 */
export function partOfRange({ start, end }: HashRange, parts: number): number {
  return Number((((start + end) / 2n) * BigInt(parts)) / HASH_SPACE);
}
