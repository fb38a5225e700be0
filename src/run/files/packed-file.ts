/**
 * Tells a text from what is none, such as a packed file, by how it begins.
 */
import { badInput, type Refusal } from '../../model/refusal.ts';

/** Where a text would begin, its first bytes tell. */
const LOOKED_AT_CHARS = 4096;

/** @param beginning as UTF-8 reads it: gzip's mark, bytes of 0 (UTF-16 too), or a mark of two bytes that are none */
export function isNoText(beginning: string): boolean {
  const seen = beginning.slice(0, LOOKED_AT_CHARS);
  return seen.startsWith('\u001f\ufffd') || seen.startsWith('\ufffd\ufffd') || seen.includes('\u0000');
}

/** @param what flag and file */
export function noText(what: string): Refusal {
  return badInput(`${what} is not a text file.`, 'Unpack it first, such as by gunzip, or save it as UTF-8.');
}
