/**
 * Shard iterators: opaque tokens that say from which record on a reader goes on, good for five minutes.
 */
import { decodeToken, encodeToken } from './page-token.ts';

export interface ShardIterator {
  readonly stream: string;
  /** When the stream was created: one made anew under the same name is another stream. */
  readonly createdUs: number;
  readonly shard: number;
  /** Number in the shard of the next record to read. */
  readonly counter: number;
  readonly issuedUs: number;
}

export function encodeIterator(iterator: ShardIterator): string {
  const { stream, createdUs, shard, counter, issuedUs } = iterator;
  return encodeToken('iterator', [stream, createdUs, shard, counter, issuedUs, PADDING]);
}

/** @returns undefined where the text is no shard iterator */
export function decodeIterator(token: string): ShardIterator | undefined {
  const fields = decodeToken('iterator', ['string', 'number', 'number', 'number', 'number', 'string'], token);
  if (!fields) return undefined;
  const [stream, createdUs, shard, counter, issuedUs] = fields;
  if (![createdUs, shard, counter, issuedUs].every((value) => Number.isSafeInteger(value) && value >= 0))
    return undefined;
  return { stream, createdUs, shard, counter, issuedUs };
}

/** AWS's iterators are at least 152 bytes long; a client that checks should be content. */
const PADDING = '0'.repeat(72);
