/**
 * Opaque tokens that a client hands back: where a list goes on, where a reader stands. Base64 of a few fields
 * behind a name that keeps one kind from being taken for another.
 */

type Field = string | number;

export function encodeToken(kind: string, fields: readonly Field[]): string {
  return Buffer.from(JSON.stringify([kind, ...fields])).toString('base64');
}

/** @returns the fields as they were given, or undefined where the text is no token of that kind and form */
export function decodeToken<const T extends readonly ('string' | 'number')[]>(
  kind: string,
  types: T,
  token: string,
): { [K in keyof T]: T[K] extends 'string' ? string : number } | undefined {
  const bytes = Buffer.from(token, 'base64');
  if (bytes.toString('base64') !== token) return undefined;
  let fields: unknown;
  try {
    fields = JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
  if (!Array.isArray(fields) || fields.length !== types.length + 1 || fields[0] !== kind) return undefined;
  const values: unknown[] = fields.slice(1);
  if (!values.every((value, i) => typeof value === types[i])) return undefined;
  return values as { [K in keyof T]: T[K] extends 'string' ? string : number };
}
