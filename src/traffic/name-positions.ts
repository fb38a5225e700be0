/**
 * Where the keys of a template fall, millions at a time: their names are counted up as bytes, digit by digit, without
 * a string for each.
 */
import { hashWords, positionOf } from '../model/hash-key.ts';
import { digestWords, MOST_DIGEST_BYTES } from '../model/key-digest.ts';

const ZERO = 0x30;
const NINE = 0x39;

/** The name of key n, from the parts of a template around its numbers; a placement seed renames it. */
export function nameFrom(parts: readonly string[], n: number, placementSeed: number | undefined): string {
  const number = placementSeed === undefined ? String(n) : `${n}-p${placementSeed}`;
  return parts.length === 2 ? parts[0] + number + parts[1] : parts.join(number);
}

/** Writes the positions (`model/hash-key.ts`) of keys `from` to `to` - 1 to `out[at …]`. */
export function positionsOfNames(
  parts: readonly string[],
  placementSeed: number | undefined,
  from: number,
  to: number,
  out: Float64Array,
  at: number,
): void {
  const words = new Uint32Array(4);
  for (let n = from, i = at; n < to;) {
    // Up to the next name that is longer.
    const end = Math.min(to, 10 ** String(n).length);
    const name = countedName(parts, placementSeed, n);
    if (name === undefined) {
      for (; n < end; n++, i++) {
        hashWords(nameFrom(parts, n, placementSeed), words);
        out[i] = positionOf(words);
      }
      continue;
    }
    const { bytes } = name;
    for (; n < end; n++, i++) {
      digestWords(bytes, 0, bytes.length, words);
      out[i] = positionOf(words);
      countUp(name);
    }
  }
}

/** A name as bytes, and where the digits of its number begin in it: once for each time that the number stands there. */
interface CountedName {
  readonly bytes: Uint8Array;
  readonly starts: readonly number[];
  readonly digits: number;
}

/** Undefined where the name is too long for the quick digest. */
function countedName(
  parts: readonly string[],
  placementSeed: number | undefined,
  n: number,
): CountedName | undefined {
  const encoder = new TextEncoder();
  const bytes = encoder.encode(nameFrom(parts, n, placementSeed));
  if (bytes.length > MOST_DIGEST_BYTES) return undefined;
  const digits = String(n).length;
  const number = encoder.encode(nameFrom(['', ''], n, placementSeed)).length;
  const starts: number[] = [];
  let start = 0;
  for (const part of parts.slice(0, -1)) {
    start += encoder.encode(part).length;
    starts.push(start);
    start += number;
  }
  return { bytes, starts, digits };
}

/** Makes it the name of the next key, of as many digits. */
function countUp({ bytes, starts, digits }: CountedName): void {
  for (const start of starts) {
    let at = start + digits - 1;
    while (at > start && bytes[at] === NINE) bytes[at--] = ZERO;
    bytes[at]++;
  }
}
