/**
 * `shardwise diagnose`: gathers what there is to know of a stream, judges it, and says what is wrong and what to do.
 */
import { Command } from 'commander';
import type { DiagnosisDocument } from '../results/diagnosis-document.ts';
import type { DiagnosisCode } from '../results/diagnosis-finding.ts';
import type { Context } from './context.ts';
import { exitCodeOf, parseFailOn, undecidedOf } from './diagnosis-gates.ts';
import {
  addEvidenceFlags,
  readEvidenceFlags,
  type EvidenceFlags,
  type EvidenceOptions,
} from './evidence-flags.ts';
import { addOutputFlags, addRedactFlag, emit, parseOutput, type Output, type OutputFlags } from './output.ts';
import { reportOnStream } from './stream-report.ts';

export interface DiagnoseFlags extends EvidenceFlags, OutputFlags {
  failOn?: string;
}

export function diagnoseCommand(context: Context): Command {
  const command = new Command('diagnose')
    .description('hot shards and hot keys of a stream, from its metrics and records')
    .action((flags: DiagnoseFlags) => diagnoseStream(flags, context));
  return addRedactFlag(
    addOutputFlags(
      addEvidenceFlags(command, '-1h', { allShards: true, runReport: true, log: true }).option(
        '--fail-on <codes>',
        'exit 3 on any of these findings, as HOT_KEY,HOT_SHARD; 4 where the data do not tell',
      ),
    ),
  );
}

async function diagnoseStream(flags: DiagnoseFlags, context: Context): Promise<void> {
  const output = parseOutput(flags);
  const failOn = parseFailOn(flags.failOn);
  const options = await readEvidenceFlags(flags);
  const document = await documentOf(options, output, context);
  await emit(document, output, context);
  warnOfUndecided(document, failOn, context);
  context.setExit(exitCodeOf(document, failOn));
}

async function documentOf(
  options: EvidenceOptions,
  output: Output,
  context: Context,
): Promise<DiagnosisDocument> {
  const { diagnose } = await import('../advice/diagnosis/diagnose.ts');
  return reportOnStream(
    { options, coarse: false, output, context },
    () => Promise.resolve(undefined),
    (evidence) => ({ kind: 'diagnosis', ...diagnose(evidence) }),
  );
}

/** Whoever set a gate and gets exit code 4 should not have to guess which one it was. */
function warnOfUndecided(
  document: DiagnosisDocument,
  failOn: readonly DiagnosisCode[],
  context: Context,
): void {
  const undecided = undecidedOf(document, failOn);
  if (undecided.length === 0 || document.partial !== false) return;
  context.err(`--fail-on: the data do not tell of ${undecided.join(', ')}; see what is missing.\n`);
}
