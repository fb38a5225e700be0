/**
 * Reads a report that was saved as JSON, and says plainly what is wrong with a file that is none.
 */
import type { core } from 'zod';
import { badInput } from '../model/refusal.ts';
import type { AnyDocument } from '../results/document.ts';
import { SCHEMA_VERSION } from '../results/report-document.ts';
import { SCHEMA_OF_KIND } from './any-document-schema.ts';

const SAVE_ONE = 'Name a report that was saved with -o FILE.json.';

/**
 * The document in a file's text, with every field that it holds, known or not. Refuses (exit 2) what is not JSON, not
 * a report, of another schema version, or incomplete; the refusal names the path of the field.
 */
export function readDocument(text: string, fileName: string): AnyDocument {
  const value = parseJson(text, fileName);
  if (typeof value !== 'object' || value === null || !('schemaVersion' in value)) {
    throw badInput(`${fileName} is not a Shardwise report: it has no schemaVersion.`, SAVE_ONE);
  }
  if (value.schemaVersion !== SCHEMA_VERSION) {
    throw badInput(
      `${fileName} has report schema version ${JSON.stringify(value.schemaVersion)}; this Shardwise reads ${SCHEMA_VERSION}.`,
      'Use the version of Shardwise that wrote it, or a later one.',
    );
  }
  const { error } = SCHEMA_OF_KIND[kindOf(value, fileName)].safeParse(value, { reportInput: true });
  if (error)
    throw badInput(`${fileName}: ${complaint(error.issues[0])}.`, `The file is damaged. ${SAVE_ONE}`);
  const document = value as AnyDocument;
  checkContents(document, fileName);
  return document;
}

function kindOf(value: object, fileName: string): AnyDocument['kind'] {
  const kind = 'kind' in value ? value.kind : undefined;
  if (typeof kind === 'string' && Object.hasOwn(SCHEMA_OF_KIND, kind)) return kind as AnyDocument['kind'];
  const what =
    kind === undefined
      ? 'kind is missing'
      : `kind: expected one of ${Object.keys(SCHEMA_OF_KIND).join(', ')}`;
  throw badInput(`${fileName}: ${what}.`, `The file is damaged. ${SAVE_ONE}`);
}

function parseJson(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const why = text.trim() === '' ? 'it is empty' : 'it is not JSON';
    throw badInput(`${fileName} is not a Shardwise report: ${why}.`, SAVE_ONE);
  }
}

/** What the schema leaves optional, because each kind of report has its own part. */
function checkContents(document: AnyDocument, fileName: string): void {
  if (document.kind === 'diagnosis' || document.kind === 'recommendation') return;
  const part = document.kind === 'plan' ? 'plan' : 'totals';
  // Of many simulations each has its own totals.
  if (document.kind === 'simulation' && (document.sweep ?? document.maxRate) !== undefined) return;
  if (document[part] === undefined) {
    throw badInput(
      `${fileName}: a ${document.kind} report without ${part}.`,
      `The file is damaged. ${SAVE_ONE}`,
    );
  }
}

function complaint(issue: core.$ZodIssue): string {
  const path = pathOf(issue.path);
  if (issue.input === undefined && issue.code !== 'invalid_union') return `${path} is missing`;
  return `${path}: ${issue.message.replace(/^Invalid \w+: /, '')}`;
}

/** `shards[3].peakSecond.records`. */
function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i === 0 ? '' : '.'}${String(step)}`))
    .join('');
}
