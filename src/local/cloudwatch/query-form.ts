/**
 * The body of the Query protocol: a form whose names are paths, such as `Dimensions.member.1.Name`. Read with the
 * operation's declaration, it gives what the JSON protocol would have given.
 */
import type { Fields, Shape } from '../shape.ts';
import { CloudWatchError } from './cloudwatch-error.ts';
import { parseIsoTime } from './iso-time.ts';

/** A part of a form: what stands at its path itself, and what stands below it. */
interface FormNode {
  text: string | undefined;
  readonly below: Map<string, FormNode>;
}

/** Parts that a name may have; the longest of any operation here has nine. */
const MOST_PARTS = 10;
/** Names that a form may have; 500 queries with a few dimensions each take 10,000. */
const MOST_NAMES = 50_000;

/** The form by name; undefined where it has more names than any request needs. */
export function parseForm(text: string): Map<string, string> | undefined {
  let names = 1;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) {
    if (++names > MOST_NAMES) return undefined;
  }
  return new Map(new URLSearchParams(text));
}

/** @throws CloudWatchError MalformedInput where a text is not of its member's type */
export function readForm(fields: Fields, form: ReadonlyMap<string, string>): Record<string, unknown> {
  const root = newNode();
  for (const [name, text] of form) {
    const parts = name.split('.', MOST_PARTS);
    let node = root;
    for (const part of parts) {
      let child = node.below.get(part);
      if (child === undefined) node.below.set(part, (child = newNode()));
      node = child;
    }
    node.text = text;
  }
  return readStructure(fields, root);
}

function newNode(): FormNode {
  return { text: undefined, below: new Map() };
}

function readStructure(fields: Fields, node: FormNode): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(fields)) {
    const member = node.below.get(name);
    if (member !== undefined) read[name] = readMember(shape, member, name);
  }
  return read;
}

function readMember(shape: Shape, node: FormNode, name: string): unknown {
  switch (shape.type) {
    case 'Structure':
      return readStructure(shape.fields, node);
    case 'List':
      return readList(shape.of, node, name);
    case 'Integer':
      return readNumber(node.text, name);
    case 'Timestamp':
      return readTime(node.text, name);
    case 'Boolean':
      if (node.text === 'true' || node.text === 'false') return node.text === 'true';
      throw malformed(name, 'a boolean');
    default:
      return node.text;
  }
}

/** Items are numbered from 1; an empty list is its name alone. */
function readList(of: Shape, node: FormNode, name: string): unknown[] {
  const items = [...(node.below.get('member')?.below ?? [])];
  for (const [number] of items) if (!/^[1-9]\d{0,8}$/.test(number)) throw malformed(name, 'a list');
  return items.sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => readMember(of, item, name));
}

function readNumber(text: string | undefined, name: string): number {
  if (text !== undefined && /^-?\d{1,15}$/.test(text)) return Number(text);
  throw malformed(name, 'an integer');
}

function readTime(text: string | undefined, name: string): number {
  const sec = parseIsoTime(text ?? '');
  if (sec === undefined) throw malformed(name, 'a timestamp');
  return sec;
}

function malformed(name: string, type: string): CloudWatchError {
  return new CloudWatchError('MalformedInput', 'MalformedInput', `The parameter ${name} is not ${type}.`);
}
