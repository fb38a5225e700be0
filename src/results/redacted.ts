/**
 * A report without the names of keys: each is replaced by a pseudonym that is the same in every report, and hash keys are
 * cut, so that nobody finds a name by hashing guesses but to the bits that are left.
 */
import { formatHashKey, hashKeyOf } from '../model/hash-key.ts';
import type { AnyDocument } from './document.ts';

/** Bits of a hash key that are left: six hexadecimal digits. One wrong guess in 16,777,216 passes. */
export const PSEUDONYM_BITS = 24;

const SHIFT = BigInt(128 - PSEUDONYM_BITS);

/** `key#1a2b3c`: the first bits of the MD5 of the name, whatever hash key the records were sent with. */
export function pseudonymOf(key: string): string {
  return `key#${(hashKeyOf(key) >> SHIFT).toString(16).padStart(PSEUDONYM_BITS / 4, '0')}`;
}

/** Fields that hold a name, a hash key of one key, and words in which a name may stand. */
const NAME_FIELDS: readonly string[] = ['key', 'heaviestKey'];
const TEXT_FIELDS: readonly string[] = ['message', 'detail', 'description', 'command', 'reason'];

/** The document with pseudonyms for names, and hash keys cut to the bits that these tell. */
export function redacted<D extends AnyDocument>(document: D): D {
  const names = new Set<string>();
  const hashKeys: bigint[] = [];
  collect(document, names, hashKeys);
  hashKeys.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  // Longer ones first, for one may be a part of another.
  const found = [...names].sort((a, b) => b.length - a.length);
  return copyOf(document, '', { hashKeys, names: found }) as D;
}

interface Known {
  readonly hashKeys: readonly bigint[];
  readonly names: readonly string[];
}

function collect(value: unknown, names: Set<string>, hashKeys: bigint[]): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [field, of] of Object.entries(value)) {
    if (typeof of === 'object') collect(of, names, hashKeys);
    else if (typeof of === 'string' && NAME_FIELDS.includes(field)) {
      if (of !== '') names.add(of);
    } else if (typeof of === 'string' && field === 'hashKey') hashKeys.push(BigInt(of));
  }
}

function copyOf(value: unknown, field: string, known: Known): unknown {
  if (typeof value === 'string') return textOf(value, field, known);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => copyOf(item, field, known));
  const isKeysCut = !('cutFrom' in value) || value.cutFrom !== 'midpoint';
  return Object.fromEntries(
    Object.entries(value).map(([name, of]) => [
      name,
      name === 'newStartingHashKey' && typeof of === 'string' && isKeysCut
        ? formatHashKey(cutBeside(BigInt(of), known.hashKeys))
        : copyOf(of, name, known),
    ]),
  );
}

function textOf(text: string, field: string, { names }: Known): string {
  if (NAME_FIELDS.includes(field)) return pseudonymOf(text);
  if (field === 'hashKey') return formatHashKey((BigInt(text) >> SHIFT) << SHIFT);
  if (!TEXT_FIELDS.includes(field)) return text;
  return names.reduce((all, name) => (all.includes(name) ? replaced(all, name) : all), text);
}

/** Where it stands as a word of its own. */
function replaced(text: string, name: string): string {
  const isWord = (character: string | undefined): boolean =>
    character !== undefined && /[\p{L}\p{N}_-]/u.test(character);
  let result = '';
  let from = 0;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, from)) {
    const end = at + name.length;
    const isPart = isWord(text.at(at - 1)) && at > 0 ? true : isWord(text[end]);
    result += text.slice(from, at) + (isPart ? name : pseudonymOf(name));
    from = end;
  }
  return result + text.slice(from);
}

/**
 * A cut between two keys may be the hash key of one of them, to the last bit: it is moved to the next place that the bits
 * left tell, up or down, so that the known keys stay on their sides.
 */
function cutBeside(cut: bigint, hashKeys: readonly bigint[]): bigint {
  const down = (cut >> SHIFT) << SHIFT;
  const up = down + (1n << SHIFT);
  if (cut === down) return cut;
  const isFree = (from: bigint, to: bigint): boolean =>
    !hashKeys.some((hashKey) => from <= hashKey && hashKey < to);
  return isFree(cut, up) || !isFree(down, cut) ? up : down;
}
