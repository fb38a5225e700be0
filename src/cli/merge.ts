/**
 * `shardwise merge`: the reports of several machines that sent one load, as one report.
 */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { isFarApart } from '../results/merged-info.ts';
import type { ReportDocument } from '../results/report-document.ts';
import { badInput, worldFailure } from '../model/refusal.ts';
import type { AwsOptions } from '../run/aws/connection.ts';
import { addAwsFlags, readAwsFlags, type AwsFlags } from './aws-flags.ts';
import type { Context, ExitCode } from './context.ts';
import { addVerdictFlags, exitCodeOf, parseGates, type GateFlags, type Gates } from './gates.ts';
import { addOutputFlags, emit, type OutputFlags, parseOutput } from './output.ts';
import { refusalText } from './refusal-text.ts';

export interface MergeFlags extends OutputFlags, Omit<GateFlags, 'seed'>, AwsFlags {
  allowMissing?: boolean;
  /** Commander's negative form. */
  reconcile?: boolean;
}

/** The command, to be added to the program. Exit codes as of `run`; 4 too where gates are asked and parts are missing. */
export function mergeCommand(context: Context): Command {
  const command = new Command('merge')
    .description('one report from the machines that sent one load with run --worker')
    .argument('<reports...>', "the machines' reports, saved as .json; .partial files of killed runs too")
    .option('--allow-missing', 'add up what there is, and say what is not')
    .option('--no-reconcile', "read files alone: do not compare with the stream's own counters")
    .action((files: string[], flags: MergeFlags) => merge(files, flags, context));
  return addAwsFlags(addOutputFlags(addVerdictFlags(command)));
}

export async function merge(files: readonly string[], flags: MergeFlags, context: Context): Promise<void> {
  const output = parseOutput(flags);
  const gates = parseGates(flags);
  const aws = readAwsFlags(flags);
  const { reconcile = true } = flags;
  refuseStrayFlags(aws, reconcile);
  refuseOverwriting(files, flags.out ?? []);
  const { parseThreshold } = await import('../results/threshold.ts');
  for (const expression of gates.thresholds) parseThreshold(expression, '--threshold');
  const { readParts } = await import('./merge-inputs.ts');
  const { mergedReport } = await import('./merge-report.ts');
  const inputs = await readParts(files, flags.allowMissing ?? false);
  const sum = mergedReport(inputs, gates.thresholds);
  const { reconcileParts } = await import('./merge-counters.ts');
  const document: ReportDocument = reconcile
    ? await reconcileParts(sum, inputs, aws, output, context)
    : { ...sum, reconciliation: { verdict: 'skipped', reason: '--no-reconcile' } };
  await emit(document, output, context);
  context.setExit(exitOf(document, gates));
  if (document.ended !== undefined) {
    const { endedFix, endedSentence } = await import('../report/ended-early.ts');
    const what = endedSentence(document.ended, document.target?.stream ?? '');
    context.err(refusalText(worldFailure(what, endedFix(document.ended))));
  }
}

/** A part that is written over cannot be merged again. */
function refuseOverwriting(files: readonly string[], outs: readonly string[]): void {
  const parts = new Set(files.map((file) => resolve(file)));
  const lost = outs.find((out) => parts.has(resolve(out)));
  if (lost === undefined) return;
  throw badInput(`-o ${lost}: it is one of the reports to be merged.`, 'Write the sum to another file.');
}

/** With --no-reconcile nothing is asked of anybody. */
function refuseStrayFlags(aws: AwsOptions, isReconciled: boolean): void {
  const given = aws.region ?? aws.profile ?? aws.endpointUrl;
  if (isReconciled || given === undefined) return;
  throw badInput(
    '--region, --profile and --endpoint-url say where the counters are, which --no-reconcile does not read.',
    'Leave --no-reconcile out, or leave them out.',
  );
}

/**
 * A part that was interrupted, killed or sent at another time is no failure of this command, though a gate on it cannot be
 * decided. One that
 * failed is a load that failed, as it is where one machine sends everything.
 */
export function exitOf(document: ReportDocument, { failOn }: Pick<Gates, 'failOn'>): ExitCode {
  const { partial, merged } = document;
  const isWhole = partial === false && merged?.missing.length === 0;
  if (isWhole && !isFarApart(merged)) return exitCodeOf(document, failOn);
  if (merged?.workers.some((worker) => worker.partial === 'failed')) return 1;
  const code = exitCodeOf({ ...document, partial: false }, []);
  return code === 0 && failOn.length > 0 ? 4 : code;
}
