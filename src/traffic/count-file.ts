/**
 * A file of keys and counts, read piece by piece: CSV lines `key,count` (with or without that heading), or JSON
 * lines `{"key": "a", "count": 3}`. Keys that occur again are added up; keys with a count of 0 are left out.
 *
 * Only the line at hand and the table are held, so that ten million lines fit.
 */
import { LIMITS } from '../model/limits.ts';
import { badInput, type Refusal } from '../model/refusal.ts';
import { WeightedNames } from './weighted-names.ts';

const FEED = 0x0a;
const RETURN = 0x0d;
const COMMA = 0x2c;
const QUOTE = 0x22;
const BRACE = 0x7b;
/** A longer line is no key and count. */
const MOST_LINE_BYTES = 16_384;
export const MOST_FILE_KEYS = 20_000_000;
const MOST_CHARS = LIMITS.partitionKeyChars.value;

export class CountFile {
  readonly #fileName: string;
  readonly #table = new WeightedNames();
  #rest = new Uint8Array(0);
  #line = 0;
  /** Undefined until the first line that is not empty. */
  #isJson: boolean | undefined;

  /** @param fileName how error messages call the file */
  constructor(fileName: string) {
    this.#fileName = fileName;
  }

  /** Takes the next piece of the file. @throws Refusal (exit code 2) */
  feed(piece: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? piece : joined(this.#rest, piece);
    let from = 0;
    for (let to = bytes.indexOf(FEED); to >= 0; to = bytes.indexOf(FEED, from)) {
      this.#take(bytes, from, to);
      from = to + 1;
    }
    if (bytes.length - from > MOST_LINE_BYTES) {
      this.#line++;
      throw this.#refusal('the line is too long for a key and a count');
    }
    this.#rest = bytes.slice(from);
  }

  /** The table of all keys, at the end of the file. @throws Refusal where there is none */
  finish(): WeightedNames {
    if (this.#rest.length > 0) this.#take(this.#rest, 0, this.#rest.length);
    if (this.#table.count > 0) return this.#table;
    const what = this.#line === 0 ? 'the file is empty' : 'there is no key with a count above 0';
    throw badInput(`${this.#fileName}: ${what}.`, 'Write one key and its count per line: tenant-1,1200');
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    this.#line++;
    const from = this.#line === 1 && startsWithMark(bytes, start) ? start + 3 : start;
    let to = end;
    if (to > from && bytes[to - 1] === RETURN) to--;
    const visible = firstVisible(bytes, from, to);
    if (visible === to) return;
    const isFirst = this.#isJson === undefined;
    this.#isJson ??= bytes[visible] === BRACE;
    if (this.#isJson) this.#takeJson(bytes, from, to);
    else if (bytes[from] === QUOTE) this.#takeQuoted(bytes, from, to);
    else this.#takePlain(bytes, from, to, isFirst);
    if (this.#table.count > MOST_FILE_KEYS) throw this.#refusal('there are more than 20,000,000 keys');
  }

  #takePlain(bytes: Uint8Array, from: number, to: number, isFirst: boolean): void {
    let comma = to - 1;
    while (comma >= from && bytes[comma] !== COMMA) comma--;
    if (comma < from) throw this.#refusal('there is no comma between a key and its count');
    const text = (): string => this.#textOf(bytes, comma + 1, to).trim();
    const count = digitsIn(bytes, comma + 1, to) ?? countOf(text());
    if (count === undefined) {
      if (isFirst && /^[a-z]/i.test(text())) return;
      throw this.#noCount(text());
    }
    this.#add(bytes, from, comma, count);
  }

  /** A key in quotes, in which a quote is written twice. */
  #takeQuoted(bytes: Uint8Array, from: number, to: number): void {
    const text = this.#textOf(bytes, from, to);
    const match = /^"((?:[^"]|"")*)"\s*,(.*)$/.exec(text);
    if (match === null) throw this.#refusal('this is no key in quotes, a comma and a count');
    this.#addText(match[1].replaceAll('""', '"'), match[2].trim());
  }

  #takeJson(bytes: Uint8Array, from: number, to: number): void {
    let value: unknown;
    try {
      value = JSON.parse(this.#textOf(bytes, from, to));
    } catch (error) {
      if (error instanceof SyntaxError) throw this.#refusal('this is not valid JSON');
      throw error;
    }
    const { key, count } = (value ?? {}) as { key?: unknown; count?: unknown };
    if (typeof key !== 'string') throw this.#refusal('there is no text "key"');
    if (typeof count !== 'number') throw this.#refusal('there is no number "count"');
    this.#addText(key, String(count));
  }

  #addText(key: string, text: string): void {
    const count = countOf(text);
    // A quoted heading, as spreadsheets write it.
    if (count === undefined && this.#isJson === false && this.#table.count === 0 && /^"?[a-z]/i.test(text))
      return;
    if (count === undefined) throw this.#noCount(text);
    const bytes = encoder.encode(key);
    this.#add(bytes, 0, bytes.length, count);
  }

  #add(bytes: Uint8Array, from: number, to: number, count: number): void {
    if (from === to) throw this.#refusal('the key is empty');
    // Characters are at most as many as bytes, so most keys need no counting.
    if (to - from > MOST_CHARS && Array.from(this.#textOf(bytes, from, to)).length > MOST_CHARS)
      throw this.#refusal(`the key has more than ${MOST_CHARS} characters`);
    for (let i = from; i < to; i++) {
      if (bytes[i] < 0x80) continue;
      this.#textOf(bytes, from, to);
      break;
    }
    if (count > 0) this.#table.add(bytes, from, to, count);
  }

  #textOf(bytes: Uint8Array, from: number, to: number): string {
    try {
      return decoder.decode(bytes.subarray(from, to));
    } catch {
      throw this.#refusal('this is not UTF-8 text');
    }
  }

  #noCount(text: string): Refusal {
    const shown = text.length > 40 ? `${text.slice(0, 37)}...` : text;
    if (shown.startsWith('-')) return this.#refusal(`the count ${shown} is negative`);
    return this.#refusal(`${JSON.stringify(shown)} is no count`);
  }

  #refusal(what: string): Refusal {
    return badInput(
      `${this.#fileName}, line ${this.#line}: ${what}.`,
      this.#isJson === true
        ? 'Write for example {"key": "tenant-1", "count": 1200}'
        : 'Write for example tenant-1,1200 (a key with a comma or a quote in it in quotes).',
    );
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

function startsWithMark(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf;
}

/** The first byte that is no space or tab. */
function firstVisible(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++;
  return at;
}

/** The number in 1 to 15 digits, or undefined. */
function digitsIn(bytes: Uint8Array, from: number, to: number): number | undefined {
  if (to === from || to - from > 15) return undefined;
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = bytes[i] - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

/** A number of 0 or more, or undefined. */
export function countOf(text: string): number | undefined {
  if (!/^\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  return value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
