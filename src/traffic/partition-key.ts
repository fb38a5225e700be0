/**
 * What may be a partition key: 1 to 256 Unicode characters.
 */
import { LIMITS } from '../model/limits.ts';

export const MAX_KEY_CHARS = LIMITS.partitionKeyChars.value;
export const KEY_LENGTH_FIX = `Write 1 to ${MAX_KEY_CHARS} characters.`;

/** Unicode characters, of which some take two places in a string. */
export function isPartitionKey(name: string): boolean {
  return name !== '' && (name.length <= MAX_KEY_CHARS || Array.from(name).length <= MAX_KEY_CHARS);
}
