/**
 * How a name that a user chose (a partition key, a stream, a file) is shown: harmless to the terminal, and of a width
 * that every terminal agrees on.
 *
 * What could move the cursor, hide, join or reorder (control characters, combining marks, right-to-left letters,
 * emoji sequences) is written as `\u{…}`. Latin, Greek, Cyrillic and CJK letters and plain emoji stay as they are.
 */

import { NBSP } from './figure.ts';

/** One character of a name as it is shown, and the columns that it takes. */
interface Glyph {
  readonly text: string;
  readonly columns: number;
}

const NARROW =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u00ff\u2010-\u2015\u2018-\u2027\u20ac]$|^(?=[\u0100-\u052f\u1e00-\u1fff])[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]$/u;
const WIDE =
  /^[\u3001-\u3003\u3005-\u3011\u3041-\u3096\u30a1-\u30fa\u30fc\uac00-\ud7a3\uff01-\uff60]$|^(?=[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2fa1f}])\p{Script=Han}$/u;
/** One code point each, known to every terminal for a decade; later ones and sequences are measured differently. */
const EMOJI = /^(?=[\u{1f300}-\u{1f64f}])(?!\p{Emoji_Modifier})\p{Emoji_Presentation}$/u;

const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
};

const IN_QUOTES: ReadonlyMap<string, Glyph> = new Map([
  ['"', { text: '\\"', columns: 2 }],
  [' ', { text: NBSP, columns: 1 }],
]);

/** Columns that a text made by this file, or of plain letters and box-drawing signs, takes on a terminal. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += WIDE.test(character) || EMOJI.test(character) ? 2 : 1;
  return columns;
}

/** The name, escaped, at most `maxColumns` wide; a longer one loses its middle, as both ends tell keys apart. */
export function showName(name: string, maxColumns = Infinity): string {
  return fit(glyphsOf(name), maxColumns);
}

/** The same in quotes, for sentences, not broken at its spaces. The quotes count towards `maxColumns`. */
export function quoteName(name: string, maxColumns = Infinity): string {
  const glyphs = glyphsOf(name).map((glyph) => IN_QUOTES.get(glyph.text) ?? glyph);
  return `"${fit(glyphs, maxColumns - 2)}"`;
}

/** For table cells: bare where no one can misread it, in quotes where it is empty or has spaces or quotes. */
export function cellName(name: string, maxColumns: number): string {
  return name === '' || /[ "]/.test(name) ? quoteName(name, maxColumns) : showName(name, maxColumns);
}

/** A line of prose that a user wrote: white space becomes single spaces, the rest is escaped. */
export function showProse(text: string): string {
  return glyphsOf(text.replace(/\s+/g, ' ').trim())
    .map((glyph) => glyph.text)
    .join('');
}

/** A message that may hold names as the user wrote them: what could move the cursor, hide or reorder is escaped. */
export function showMessage(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => escapeOf(character) ?? character);
}

function glyphsOf(name: string): Glyph[] {
  return Array.from(name, (character) => {
    const escape = escapeOf(character);
    if (escape !== undefined) return { text: escape, columns: escape.length };
    return { text: character, columns: columnsOf(character) };
  });
}

function escapeOf(character: string): string | undefined {
  if (Object.hasOwn(NAMED_ESCAPES, character)) return NAMED_ESCAPES[character];
  if (NARROW.test(character) || WIDE.test(character) || EMOJI.test(character)) return undefined;
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function fit(glyphs: readonly Glyph[], maxColumns: number): string {
  if (sumColumns(glyphs) <= maxColumns) return textOf(glyphs);
  const room = maxColumns - 1;
  const head = takeColumns(glyphs, Math.ceil(room / 2));
  const tail = takeColumns(glyphs.toReversed(), room - sumColumns(head));
  return `${textOf(head)}…${textOf(tail.toReversed())}`;
}

/** As many glyphs from the start as fit; an escape is never cut in two. */
function takeColumns(glyphs: readonly Glyph[], maxColumns: number): Glyph[] {
  let columns = 0;
  const end = glyphs.findIndex((glyph) => (columns += glyph.columns) > maxColumns);
  return glyphs.slice(0, end === -1 ? glyphs.length : end);
}

function sumColumns(glyphs: readonly Glyph[]): number {
  return glyphs.reduce((sum, glyph) => sum + glyph.columns, 0);
}

function textOf(glyphs: readonly Glyph[]): string {
  return glyphs.map((glyph) => glyph.text).join('');
}
