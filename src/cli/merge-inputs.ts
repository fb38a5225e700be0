/**
 * The reports that are to be added up: read, and checked to be the parts of one load.
 */
import { badInput, type Refusal } from '../model/refusal.ts';
import { readDocument } from '../report/saved-document.ts';
import type { AnyDocument } from '../results/document.ts';
import type { ReportDocument, ShardRow } from '../results/report-document.ts';
import { readWorker, type WorkerState } from '../results/worker-state.ts';
import { LOAD_ID_BYTES } from '../traffic/payload.ts';
import { readTextFile } from '../run/files/text-file.ts';

export interface MergePart {
  readonly file: string;
  readonly document: ReportDocument;
  readonly state: WorkerState;
}

export interface MergeInputs {
  /** By number of the worker. */
  readonly parts: readonly MergePart[];
  /** Numbers of those without a report. */
  readonly missing: readonly number[];
}

/** @throws Refusal (exit 2) */
export async function readParts(files: readonly string[], allowMissing: boolean): Promise<MergeInputs> {
  const parts: MergePart[] = [];
  for (const file of files) parts.push(await readPart(file));
  for (const part of parts.slice(1)) checkSameLoad(parts[0], part);
  checkOneRun(parts);
  checkOneStart(parts.filter(({ state }) => state.section.reading !== undefined));
  parts.sort((a, b) => indexOf(a) - indexOf(b));
  checkOnce(parts);
  const { count } = parts[0].state.section;
  const there = new Set(parts.map(indexOf));
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((index) => !there.has(index));
  if (missing.length > 0 && !allowMissing) throw missingParts(missing, count);
  return { parts, missing };
}

function indexOf({ state }: MergePart): number {
  return state.section.index;
}

async function readPart(file: string): Promise<MergePart> {
  const document = readDocument(await readTextFile(file), file);
  if (document.kind === 'diagnosis' || document.kind === 'recommendation')
    throw notOfRun(file, document.kind);
  const { worker } = document;
  if (document.merged !== undefined) {
    throw badInput(
      `${file} is a merged report: what it was made of is not in it any more.`,
      "Merge the machines' own reports, all at once.",
    );
  }
  if (document.kind !== 'run' || worker === undefined) {
    throw notOfRun(file, document.kind);
  }
  return { file, document, state: readWorker(document, worker, file) };
}

function notOfRun(file: string, kind: AnyDocument['kind']): Refusal {
  const what = kind === 'run' ? 'a run by a single machine' : `a ${kind}`;
  return badInput(
    `${file} is the report of ${what}: it lacks what adding up needs.`,
    'Send the load with run --worker i/n on each machine; to render one report, use report.',
  );
}

/** What parts of one load have in common, and what it is called. */
const COMMON: readonly (readonly [what: string, of: (part: MergePart) => string])[] = [
  ['the version of Shardwise', ({ document }) => document.tool.version],
  ['the scenario', ({ state }) => state.section.scenarioDigest.slice(0, 12)],
  ['the seed', ({ document }) => String(document.seed)],
  ['the number of workers', ({ state }) => String(state.section.count)],
  ['the stream', ({ document: { target } }) => `${target?.stream ?? ''} in ${target?.region ?? ''}`],
  ['the endpoint', ({ document: { target } }) => target?.endpoint ?? ''],
  ['the layout of the stream', ({ state }) => layoutOf(state.shardRows)],
  ['the length of the load', ({ document }) => `${document.scenario?.durationMs ?? 0} ms`],
  ['the step of the series', ({ state }) => `${state.series.stepMs} ms`],
];

function checkSameLoad(first: MergePart, other: MergePart): void {
  for (const [what, of] of COMMON) {
    const [a, b] = [of(first), of(other)];
    if (a === b) continue;
    throw badInput(
      `${first.file} and ${other.file} are not of one load: ${what} is ${a} in one and ${b} in the other.`,
      'Merge the reports of one load: the same scenario, seed, stream and version on every machine.',
    );
  }
}

/**
 * Machines that were told to start together have run ids that begin alike. And no part of a load begins when another is
 * over, sent to its end.
 */
function checkOneRun(parts: readonly MergePart[]): void {
  const first = parts.reduce((a, b) => (startMsOf(b) < startMsOf(a) ? b : a));
  const { durationMs, warmupMs } = first.document.scenario ?? { durationMs: Infinity, warmupMs: 0 };
  for (const part of parts) {
    const [a, b] = [parts[0].state.section, part.state.section];
    const isTogether = a.startAt !== undefined && a.startAt === b.startAt;
    if (isTogether && loadIdOf(a.runId) !== loadIdOf(b.runId))
      throw otherRun(parts[0], part, 'their run ids differ');
    if (startMsOf(part) - startMsOf(first) < durationMs + warmupMs) continue;
    const [from, to] = [first.document.startedAt, part.document.startedAt];
    throw otherRun(first, part, `one began at ${from} and was over when the other began, at ${to}`);
  }
}

function startMsOf({ document }: MergePart): number {
  return Date.parse(document.startedAt);
}

function loadIdOf(runId: string): string {
  return runId.slice(0, 2 * LOAD_ID_BYTES);
}

function otherRun(first: MergePart, other: MergePart, why: string): Refusal {
  return badInput(
    `${first.file} and ${other.file} are not of one run: ${why}.`,
    'Merge the reports of one run, started together: give every machine the same --start-at.',
  );
}

/** What was acknowledged, and seen, is counted by seconds from there. */
function checkOneStart(readers: readonly MergePart[]): void {
  const startOf = ({ state }: MergePart): string => state.section.startAt ?? 'none';
  const other = readers.find((part) => startOf(part) !== startOf(readers[0]));
  if (other === undefined) return;
  throw badInput(
    `${readers[0].file} and ${other.file} have not one start: --start-at was ${startOf(readers[0])} and ${startOf(other)}.`,
    'Give every machine the same --start-at, as a time with its zone.',
  );
}

/** In words where it is short. */
function layoutOf(rows: readonly ShardRow[]): string {
  const ranges = rows.map(({ shardId, startingHashKey }) => `${shardId} from ${startingHashKey}`);
  return rows.length === 1 ? ranges[0] : `${rows.length} shards (${ranges.join(', ')})`;
}

function checkOnce(parts: readonly MergePart[]): void {
  parts.slice(1).forEach((part, i) => {
    if (indexOf(part) !== indexOf(parts[i])) return;
    throw badInput(
      `${parts[i].file} and ${part.file} are both of worker ${indexOf(part)}.`,
      'Leave one of them out: adding both would count its records twice.',
    );
  });
}

function missingParts(missing: readonly number[], count: number): Refusal {
  const named =
    missing.length === 1 ? `worker ${missing[0]} is` : `workers ${listOf(missing.map(String))} are`;
  return badInput(
    `Of ${count} parts the report of ${named} missing.`,
    'Name it too, or its .partial file; or add --allow-missing, and the report says so.',
  );
}

const MOST_NAMED = 10;

function listOf(names: readonly string[]): string {
  const shown =
    names.length > MOST_NAMED ? [...names.slice(0, MOST_NAMED), `${names.length - MOST_NAMED} more`] : names;
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}
