/**
 * Checks a parsed request against its declaration: wrong types first (SerializationException), then missing
 * members and constraints, all of them in one ValidationException worded as AWS words it.
 */
import { base64Bytes, checkBase64 } from './base64.ts';
import { malformed, validationFailure } from './service-error.ts';
import type {
  BlobShape,
  Fields,
  InputOf,
  ListShape,
  MapShape,
  NumberShape,
  Shape,
  StringShape,
} from './shape.ts';

/** AWS reports no more than ten constraints at once. */
const MOST_ERRORS = 10;

/**
 * The input with unknown members and nulls left out and integers floored.
 * @throws ServiceError where it does not fit the declaration
 */
export function checkInput<F extends Fields>(fields: F, value: unknown): InputOf<F> {
  const input = readStructure(fields, value);
  const errors: string[] = [];
  checkFields(fields, input, '', errors);
  if (errors.length > 0) {
    const plural = errors.length > 1 ? 's' : '';
    throw validationFailure(`${errors.length} validation error${plural} detected: ${errors.join('; ')}`);
  }
  return input as InputOf<F>;
}

function readStructure(fields: Fields, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object') throw malformed('Expected null');
  if (Array.isArray(value)) throw malformed('Start of list found where not expected');
  const given = value as Record<string, unknown>;
  const read: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const member = Object.hasOwn(given, name) ? given[name] : undefined;
    if (member !== undefined && member !== null) read[name] = readValue(fields[name], member);
  }
  return read;
}

function readValue(shape: Shape, value: unknown): unknown {
  switch (shape.type) {
    case 'Structure':
      return readStructure(shape.fields, value);
    case 'List':
      return readList(shape, value);
    case 'Map':
      return readMap(value);
    case 'Blob':
      return readText(value, 'a Blob', checkBase64);
    case 'String':
      return readText(value, 'an String');
    case 'Boolean':
      if (typeof value === 'boolean') return value;
      if (typeof value === 'string')
        throw malformed(`'${value.toUpperCase()}' can not be converted to an Boolean`);
      throw wrongType(value, 'an Boolean');
    case 'Integer':
    case 'Timestamp':
      if (typeof value !== 'number')
        throw wrongType(value, `an ${shape.type === 'Integer' ? 'Integer' : 'Date'}`);
      return shape.type === 'Integer' ? Math.floor(value) : value;
  }
}

function readList(shape: ListShape, value: unknown): unknown[] {
  if (typeof value !== 'object') throw malformed('Expected list or null');
  if (!Array.isArray(value)) throw malformed('Start of structure or map found where not expected.');
  return value.map((item: unknown) => (item === null ? null : readValue(shape.of, item)));
}

function readMap(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object') throw malformed('Expected map or null');
  if (Array.isArray(value)) throw malformed('Start of list found where not expected');
  const entries = Object.entries(value as Record<string, unknown>);
  const texts = entries.map(([key, text]) => [key, text === null ? '' : readText(text, 'an String')]);
  return Object.fromEntries(texts) as Record<string, unknown>;
}

function readText(value: unknown, target: string, check?: (text: string) => void): string {
  if (typeof value !== 'string') throw wrongType(value, target);
  check?.(value);
  return value;
}

function wrongType(value: unknown, target: string): Error {
  if (Array.isArray(value)) return malformed('Start of list found where not expected');
  if (typeof value === 'object') return malformed('Start of structure or map found where not expected.');
  const found = { boolean: 'lang.Boolean', number: 'math.BigDecimal', string: 'lang.String' }[
    typeof value as string
  ];
  return malformed(`class java.${found ?? 'lang.Object'} can not be converted to ${target}`);
}

function checkFields(fields: Fields, input: Record<string, unknown>, parent: string, errors: string[]): void {
  for (const [name, shape] of Object.entries(fields)) {
    checkMember(shape, input[name], parent + name[0].toLowerCase() + name.slice(1), errors);
  }
}

function checkMember(shape: Shape, value: unknown, path: string, errors: string[]): void {
  const fail: Fail = (shown, rule, what = 'Member') => {
    if (errors.length >= MOST_ERRORS) return;
    errors.push(`Value ${shown}at '${path}' failed to satisfy constraint: ${what} must ${rule}`);
  };
  if (value === undefined || value === null) {
    if (shape.required) fail('null ', 'not be null');
    return;
  }
  if (shape.type === 'String') checkString(shape, value as string, fail);
  else if (shape.type === 'Blob') checkBlob(shape, value as string, fail);
  else if (shape.type === 'List') checkList(shape, value as unknown[], path, errors, fail);
  else if (shape.type === 'Map') checkMap(shape, value as Record<string, string>, fail);
  else if (shape.type === 'Structure')
    checkFields(shape.fields, value as Record<string, unknown>, `${path}.`, errors);
  else if (shape.type !== 'Boolean') checkNumber(shape, value as number, fail);
}

type Fail = (shown: string, rule: string, what?: string) => void;

function checkString(shape: StringShape, value: string, fail: Fail): void {
  const shown = `'${value}' `;
  if (shape.values && !shape.values.includes(value)) {
    fail(shown, `satisfy enum value set: [${shape.values.join(', ')}]`);
  }
  const length = charactersOf(value, shape.max);
  // A pattern is only tried on what is short enough: its time may grow faster than the text.
  const isTooLong = shape.max !== undefined && length > shape.max;
  if (shape.pattern !== undefined && !isTooLong && !new RegExp(`^(?:${shape.pattern})$`).test(value)) {
    fail(shown, `satisfy regular expression pattern: ${shape.shownPattern ?? shape.pattern}`);
  }
  checkLength(shape, length, shown, fail);
}

/** Unicode characters of a text; they need counting only where its UTF-16 units leave the bound in doubt. */
function charactersOf(text: string, most = Infinity): number {
  return text.length <= most || text.length > 2 * most ? text.length : Array.from(text).length;
}

function checkBlob(shape: BlobShape, text: string, fail: Fail): void {
  const bytes = base64Bytes(text);
  checkLength({ max: shape.max }, bytes, `'java.nio.HeapByteBuffer[pos=0 lim=${bytes} cap=${bytes}]' `, fail);
}

function checkList(shape: ListShape, items: unknown[], path: string, errors: string[], fail: Fail): void {
  checkLength(shape, items.length, items.length === 0 ? "'[]' " : '', fail);
  for (let i = 0; i < items.length && errors.length < MOST_ERRORS; i++) {
    checkMember({ ...shape.of, required: true }, items[i], `${path}.${i + 1}.member`, errors);
  }
}

function checkMap(shape: MapShape, map: Readonly<Record<string, string>>, fail: Fail): void {
  const entries = Object.entries(map);
  const shown = `'{${entries.map(([key, value]) => `${key}=${value}`).join(', ')}}' `;
  checkLength(shape, entries.length, shown, fail);
  checkParts(shape.key, 'Map keys', Object.keys(map), shown, fail);
  checkParts(shape.value, 'Map value', Object.values(map), shown, fail);
}

/** Lengths of a map's keys or values, which share one message. */
function checkParts(
  { min = 0, max = Infinity }: StringShape,
  what: string,
  texts: string[],
  shown: string,
  fail: Fail,
): void {
  const isWrong = (text: string): boolean => charactersOf(text, max) > max || charactersOf(text, max) < min;
  if (!texts.some(isWrong)) return;
  const rules = `[Member must have length less than or equal to ${max}, Member must have length greater than or equal to ${min}]`;
  fail(shown, `satisfy constraint: ${rules}`, what);
}

function checkLength(
  bounds: { min?: number; max?: number },
  length: number,
  shown: string,
  fail: Fail,
): void {
  if (bounds.min !== undefined && length < bounds.min)
    fail(shown, `have length greater than or equal to ${bounds.min}`);
  if (bounds.max !== undefined && length > bounds.max)
    fail(shown, `have length less than or equal to ${bounds.max}`);
}

function checkNumber(shape: NumberShape, value: number, fail: Fail): void {
  if (shape.min !== undefined && value < shape.min) {
    fail(`'${value}' `, `have value greater than or equal to ${shape.min}`);
  }
  if (shape.max !== undefined && value > shape.max) {
    fail(`'${value}' `, `have value less than or equal to ${shape.max}`);
  }
}
