/**
 * Colours for a terminal that takes them, and nothing at all for a file or a pipe.
 */

const CODES = { red: 31, green: 32, yellow: 33, bold: 1, dim: 2 } as const;
export type Color = keyof typeof CODES;

/** Colours a text, or leaves it alone. */
export type Ink = (color: Color, text: string) => string;

export function inkFor(style: { readonly color: boolean }): Ink {
  if (!style.color) return (_color, text) => text;
  return (color, text) => (text === '' ? '' : `\u001b[${CODES[color]}m${text}\u001b[0m`);
}
