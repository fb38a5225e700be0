/**
 * The text of a scenario file as plain values, with the line of each field.
 */
import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, Parser, visit } from 'yaml';
import type { CST, Document, YAMLError } from 'yaml';
import { badInput, type Refusal } from '../model/refusal.ts';
import type { Path } from './scenario-complaint.ts';

export interface YamlFile {
  readonly value: unknown;
  /** Line, from 1, of a field or of the nearest one around it. */
  readonly lineOf: (path: Path) => number;
}

/** More uses of an anchor than a scenario needs, and few enough to keep it from growing without bound. */
const MAX_ALIASES = 100;

/** Mappings and lists within each other; a scenario needs about ten. */
const MAX_DEPTH = 64;

/** What a file of some kind holds, for the sentences on what to write. */
export interface FileKind {
  readonly noun: string;
  readonly example: string;
  /** What it holds at least. */
  readonly least: string;
}

const SCENARIO: FileKind = {
  noun: 'scenario',
  example: 'scenarios/uniform.yaml',
  least: 'stream, duration and traffic',
};

/** Reads one YAML document. @throws Refusal */
export function readYaml(text: string, fileName: string, kind = SCENARIO): YamlFile {
  const lines = new LineCounter();
  const document = parse(text, fileName, lines, kind);
  const wrong = [...document.errors, ...document.warnings].at(0);
  if (wrong) throw refusalOf(wrong, fileName, lines);
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    throw badInput(`${fileName}: the file is empty.`, `Write at least ${kind.least}, as in ${kind.example}.`);
  }
  checkNames(document, fileName, lines);
  return { value: valueOf(document, fileName), lineOf: (path) => lineOf(document, path, lines) };
}

function parse(text: string, fileName: string, lines: LineCounter, kind: FileKind): Document {
  // The library compares every name of a mapping with every other; `checkNames` looks each up once.
  const composer = new Composer({ stringKeys: true, uniqueKeys: false });
  const [document, second] = composer.compose(tokensOf(text, fileName, lines, kind), true, text.length);
  if (second as Document | undefined) {
    const { line } = lines.linePos(second.range[0]);
    throw badInput(
      `${fileName}, line ${line}: a second document begins here.`,
      `Write one ${kind.noun} per file, without ---.`,
    );
  }
  return document;
}

/**
 * The tokens of each document. Later stages go down by recursion, and exhausting the stack there can end the
 * process (in a regular expression, which V8 cannot recover from): so depth is refused here, where it is a loop.
 */
function* tokensOf(text: string, fileName: string, lines: LineCounter, kind: FileKind): Generator<CST.Token> {
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > MAX_DEPTH)
      throw badInput(
        `${fileName}, line ${lines.linePos(parser.offset).line}: this is nested too deeply.`,
        `Write a ${kind.noun} as in ${kind.example}.`,
      );
  }
  yield* parser.end();
}

function valueOf(document: Document, fileName: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (error instanceof ReferenceError) throw aliasRefusal(error, fileName);
    throw error;
  }
}

/** An alias that means nothing, or aliases that mean too much. */
function aliasRefusal(error: ReferenceError, fileName: string): Refusal {
  const unresolved = /^Unresolved alias.*: (.*)$/.exec(error.message)?.[1];
  if (unresolved === undefined)
    return badInput(`${fileName}: its anchors and aliases unfold to too much.`, 'Write the values out.');
  return badInput(
    `${fileName}: the alias *${unresolved} has no anchor before it.`,
    'Write the value, or a text that starts with * in quotes.',
  );
}

function refusalOf(error: YAMLError, fileName: string, lines: LineCounter): Refusal {
  const at = `${fileName}, line ${lines.linePos(error.pos[0]).line}`;
  if (error.code === 'TAB_AS_INDENT')
    return badInput(
      `${at}: there is a tab in the indentation.`,
      'Replace it by spaces: YAML allows no tabs there.',
    );
  return badInput(`${at}: this is not valid YAML (${reasonOf(error)}).`, 'Correct the line.');
}

/** The parser's own words, one line of them and without its full stop. */
function reasonOf(error: YAMLError): string {
  const line = error.message.split('\n')[0].replace(/[.:]$/, '');
  return line.length > 120 ? `${line.slice(0, 117)}...` : line;
}

/** Refuses names that occur twice in a mapping, and `__proto__`, which would get lost between objects. */
function checkNames(document: Document, fileName: string, lines: LineCounter): void {
  visit(document, {
    Map(_, map) {
      const names = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const at = (): string => `${fileName}, line ${lines.linePos(key.range?.[0] ?? 0).line}`;
        if (key.value === '__proto__')
          throw badInput(`${at()}: __proto__ cannot be used as a name.`, 'Write another name.');
        if (names.has(key.value))
          throw badInput(`${at()}: this field is written twice.`, 'Keep one of the two.');
        names.add(key.value);
      }
    },
  });
}

function lineOf(document: Document, path: Path, lines: LineCounter): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === step);
      if (!pair) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = startOf(node) ?? offset;
    } else break;
  }
  return lines.linePos(offset).line;
}

function startOf(node: unknown): number | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) || isAlias(node) ? node.range?.[0] : undefined;
}
