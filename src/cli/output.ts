/**
 * Where a report goes: the flags that every reporting command shares, and the last step that prints and saves it.
 */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import type { Command } from 'commander';
import { badInput, Refusal, worldFailure } from '../model/refusal.ts';
import { FORMATS, type Format } from '../report/render.ts';
import type { AnyDocument } from '../results/document.ts';
import { reportTargetOf, tryFolder, type ReportTarget } from '../run/files/report-file.ts';
import type { Context } from './context.ts';
import { fileTrouble } from './file-trouble.ts';

/** As commander hands them over. */
export interface OutputFlags {
  format?: string;
  out?: string[];
  quiet?: boolean;
  color?: boolean;
  details?: boolean;
}

/** The same, checked. */
export interface Output {
  /** What goes to stdout. */
  readonly format: Format;
  readonly files: readonly OutputFile[];
  /** No progress and no hints on stderr. */
  readonly quiet: boolean;
  /** False where the user wants no colour, whatever the terminal can do. */
  readonly color: boolean;
  /** Of a plan: the long form of its text. */
  readonly details?: boolean | undefined;
}

export interface OutputFile {
  readonly path: string;
  readonly format: Format;
}

const FORMAT_OF_EXTENSION: Readonly<Record<string, Format>> = { '.json': 'json', '.txt': 'text' };

/** Adds -f, -o, --quiet and --no-color to a command and returns it. */
export function addOutputFlags(command: Command): Command {
  return command
    .option('-f, --format <format>', `what to print: ${FORMATS.join(' or ')}`, 'text')
    .option('-o, --out <file>', 'also save the report, as .json or .txt; repeatable', collect)
    .option('--quiet', 'no progress on stderr')
    .option('--no-color', 'no colours');
}

/** One value at a time: a variadic option would swallow the scenario's path. */
function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

/**
 * Checks the flags before any work is done, so that no measurement ends at a mistyped path. Refuses (exit 2) an
 * unknown format, an extension without a format, and a place that cannot be written.
 */
export function parseOutput(flags: OutputFlags): Output {
  return {
    format: parseFormat(flags.format ?? 'text'),
    files: (flags.out ?? []).map(parseFile),
    quiet: flags.quiet ?? false,
    color: flags.color ?? true,
    details: flags.details,
  };
}

/** Adds --details to a command that prints plans, and returns it. */
export function addDetailsFlag(command: Command): Command {
  return command.option('--details', 'of a plan: every number and source behind the answer');
}

function parseFormat(name: string): Format {
  const format = FORMATS.find((known) => known === name);
  if (format === undefined) {
    throw badInput(`--format: there is no format "${name}".`, `Use ${FORMATS.join(' or ')}.`);
  }
  return format;
}

function parseFile(path: string): OutputFile {
  const extension = extname(path).toLowerCase();
  if (!Object.hasOwn(FORMAT_OF_EXTENSION, extension)) {
    const known = Object.keys(FORMAT_OF_EXTENSION).join(' or ');
    const what = extension === '' ? 'no extension' : `the extension ${extension}, which is no report format`;
    throw badInput(`--out: ${path} has ${what}.`, `The extension decides the format: use ${known}.`);
  }
  checkWritable(path);
  return { path, format: FORMAT_OF_EXTENSION[extension] };
}

/** Whether something is there already. @throws Refusal (exit 2) where the file cannot be written */
export function checkWritable(path: string): boolean {
  if (/[/\\]$/.test(path)) {
    throw badInput(`--out: ${path} ends as the name of a folder does.`, 'Name a file.');
  }
  const target = targetOf(path);
  const folder = dirname(target.path);
  if (target.isDirectory) throw badInput(`--out: ${path} is a directory.`, 'Name a file in it.');
  if (!target.exists && !isDirectory(folder)) {
    throw badInput(`--out: there is no folder ${folder} for ${path}.`, 'Create it first, or save elsewhere.');
  }
  try {
    if (!target.isDevice) tryFolder(folder);
    if (target.exists) accessSync(target.path, constants.W_OK);
  } catch (error) {
    throw notWritable(path, error);
  }
  return target.exists && !target.isDevice;
}

function targetOf(path: string): ReportTarget {
  try {
    return reportTargetOf(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTDIR' && code !== 'ENOENT') throw notWritable(path, error);
    return { path: resolve(path), isDevice: false, isDirectory: false, exists: false };
  }
}

function notWritable(path: string, error: unknown): Refusal {
  return badInput(
    `--out: ${path} may not be written: ${fileTrouble(error)}.`,
    'Give yourself write permission, or save elsewhere.',
  );
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/**
 * Prints the report and saves its files. A measurement is never lost to a full disk: what could not be saved goes to
 * a fresh file in the system's temporary folder, or as JSON to stdout, and the command fails (exit 1) naming both.
 */
export async function emit(document: AnyDocument, output: Output, context: Context): Promise<void> {
  try {
    await saveAndPrint(document, output, context);
  } catch (error) {
    if (!(error instanceof Refusal)) {
      // A renderer failed, our mistake: it shall cost a stack trace and not the measurement.
      const rescued = await rescue(document);
      if (rescued !== undefined) context.err(`The report is safe in ${rescued}\n`);
    }
    throw error;
  }
}

async function saveAndPrint(document: AnyDocument, output: Output, context: Context): Promise<void> {
  const { render } = await import('../report/render.ts');
  const failures = await save(document, output);
  let rescued = failures.length === 0 ? undefined : await rescue(document);
  const isPrintedAsJson = failures.length > 0 && rescued === undefined;
  context.out(
    await render(document, isPrintedAsJson ? 'json' : output.format, {
      columns: context.columns,
      color: output.color && context.color,
      details: output.details,
    }),
  );
  const trouble = context.outTrouble?.();
  if (trouble !== undefined) {
    failures.push(`Standard output could not be written: ${trouble}.`);
    rescued ??= await rescue(document);
  }
  if (failures.length === 0) return;
  throw worldFailure(failures.join('\n'), whereItIs(rescued, isPrintedAsJson && trouble === undefined));
}

function whereItIs(rescued: string | undefined, isPrinted: boolean): string {
  if (rescued !== undefined) return `The report is safe in ${rescued}: move it where you want it.`;
  return isPrinted
    ? 'The report is on standard output as JSON: save it from there.'
    : 'There was no room for it in the temporary folder either: the report is lost.';
}

/** Writes every file, also after one has failed, and returns a sentence for each that did. */
async function save(document: AnyDocument, { files, details }: Output): Promise<string[]> {
  if (files.length === 0) return [];
  const { PLAIN, render } = await import('../report/render.ts');
  const { writeReportFile } = await import('../run/files/report-file.ts');
  const failures: string[] = [];
  for (const { path, format } of files) {
    const text = await render(document, format, { ...PLAIN, details });
    try {
      await writeReportFile(path, text);
    } catch (error) {
      failures.push(`${path} could not be written: ${fileTrouble(error)}.`);
    }
  }
  return failures;
}

/** Where the whole document is now, or nothing where that failed too. */
async function rescue(document: AnyDocument): Promise<string | undefined> {
  const { render } = await import('../report/render.ts');
  const { rescueReport } = await import('../run/files/report-file.ts');
  try {
    return await rescueReport(await render(document, 'json'));
  } catch {
    return undefined;
  }
}
