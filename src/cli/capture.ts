/**
 * `shardwise capture`: writes what a stream is really sent as a scenario, without payloads, and says what it rests on.
 */
import { extname } from 'node:path';
import { Command } from 'commander';
import { badInput, worldFailure } from '../model/refusal.ts';
import { OFFERED, type Capture, type Offered } from '../advice/capture/capture.ts';
import type { Context } from './context.ts';
import {
  addEvidenceFlags,
  readEvidenceFlags,
  type EvidenceFlags,
  type EvidenceOptions,
} from './evidence-flags.ts';
import { fileTrouble } from './file-trouble.ts';
import { checkWritable } from './output.ts';
import { VERSION } from './version.ts';

export interface CaptureFlags extends EvidenceFlags {
  out?: string;
  force?: boolean;
  offered?: string;
  keepKeys?: boolean;
  quiet?: boolean;
  color?: boolean;
}

interface CaptureCommandOptions {
  readonly evidence: EvidenceOptions;
  readonly file: string;
  readonly offered: Offered;
  readonly keepKeys: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
}

/** The command, to be added to the program. */
export function captureCommand(context: Context): Command {
  const command = new Command('capture')
    .description("a stream's real traffic as a scenario file, without payloads")
    .action((flags: CaptureFlags) => captureStream(flags, context));
  // Neither a run's report nor a log tells of rates, sizes or keys that CloudWatch and records do not.
  return addEvidenceFlags(command, '-1h', { allShards: true, runReport: false, log: false })
    .option('-o, --out <file>', 'the scenario file to write, .yaml or .yml')
    .option('--force', 'replace the file if it is there')
    .option(
      '--offered <load>',
      'what of throttled attempts counts as load: attempts (all), middle (half), accepted (none)',
      'attempts',
    )
    .option('--keep-keys', 'names of heavy keys into the file, in place of their pseudonyms')
    .option('--quiet', 'no progress on stderr')
    .option('--no-color', 'no colours');
}

async function captureStream(flags: CaptureFlags, context: Context): Promise<void> {
  const options = await readCaptureFlags(flags);
  const { capture, isInterrupted } = await captured(options, context);
  const { scenarioYamlText } = await import('../report/capture/scenario-yaml-text.ts');
  const { captureText } = await import('../report/capture/capture-text.ts');
  const { parseScenario } = await import('../traffic/scenario-file.ts');
  const text = scenarioYamlText(capture, VERSION);
  // A file that simulate would refuse is a mistake of ours, and shall not be found out at 03:00.
  parseScenario(text, options.file);
  await save(options.file, text);
  const color = options.color && context.color;
  context.out(captureText(capture, options.file, { columns: context.columns, color }));
  if (isInterrupted) context.setExit(130);
}

/** @throws Refusal (exit 2) before anything is asked */
async function readCaptureFlags(flags: CaptureFlags): Promise<CaptureCommandOptions> {
  const file = fileOf(flags);
  const offered = OFFERED.find((known) => known === (flags.offered ?? 'attempts'));
  if (offered === undefined) {
    throw badInput(`--offered ${String(flags.offered)} is unknown.`, `Use ${OFFERED.join(', ')}.`);
  }
  return {
    evidence: await readEvidenceFlags(flags),
    ...{ file, offered },
    keepKeys: flags.keepKeys ?? false,
    quiet: flags.quiet ?? false,
    color: flags.color ?? true,
  };
}

function fileOf({ out, force = false }: CaptureFlags): string {
  if (out === undefined) throw badInput('No file is named.', 'Add -o scenario.yaml.');
  const extension = extname(out).toLowerCase();
  if (extension !== '.yaml' && extension !== '.yml') {
    throw badInput(`--out: ${out} is not named as a scenario is.`, 'Name a .yaml or .yml file.');
  }
  const isThere = checkWritable(out);
  if (isThere && !force) {
    throw badInput(`--out: ${out} is there already.`, 'Name another file, or add --force to replace it.');
  }
  return out;
}

async function captured(
  { evidence: asked, offered, keepKeys, quiet }: CaptureCommandOptions,
  context: Context,
): Promise<{ readonly capture: Capture; readonly isInterrupted: boolean }> {
  const { connect } = await import('../run/aws/connection.ts');
  const { captureOf } = await import('../advice/capture/capture-of.ts');
  const { gather } = await import('./evidence.ts');
  const { watchInterrupt } = await import('./interrupt.ts');
  const { progressLine } = await import('./progress.ts');
  const connection = await connect(asked.aws, asked.stream);
  const line = progressLine(context, quiet);
  const interrupt = watchInterrupt();
  try {
    const { signal } = interrupt;
    const evidence = await gather(connection, asked, { context, line, quiet, signal });
    return { capture: captureOf(evidence, { offered, keepKeys }), isInterrupted: signal.aborted };
  } finally {
    line.clear();
    interrupt.release();
    connection.close();
  }
}

async function save(file: string, text: string): Promise<void> {
  const { writeReportFile } = await import('../run/files/report-file.ts');
  try {
    await writeReportFile(file, text);
  } catch (error) {
    throw worldFailure(`${file} could not be written: ${fileTrouble(error)}.`, 'Save elsewhere.');
  }
}
