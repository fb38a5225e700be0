/**
 * `shardwise diagnose`: gathers what there is to know of a stream, judges it, and says what is wrong and what to do.
 */
import { Command } from 'commander';
import type { DiagnosisDocument } from '../results/diagnosis-document.ts';
import type { DiagnosisCode } from '../results/diagnosis-finding.ts';
import { SCHEMA_VERSION } from '../results/report-document.ts';
import type { Context } from './context.ts';
import { exitCodeOf, parseFailOn, undecidedOf } from './diagnosis-gates.ts';
import {
  addEvidenceFlags,
  readEvidenceFlags,
  type EvidenceFlags,
  type EvidenceOptions,
} from './evidence-flags.ts';
import { addOutputFlags, addRedactFlag, emit, parseOutput, type Output, type OutputFlags } from './output.ts';
import { VERSION } from './version.ts';

export interface DiagnoseFlags extends EvidenceFlags, OutputFlags {
  failOn?: string;
}

export function diagnoseCommand(context: Context): Command {
  const command = new Command('diagnose')
    .description('hot shards and hot keys of a stream, from its metrics and records')
    .action((flags: DiagnoseFlags) => diagnoseStream(flags, context));
  return addRedactFlag(
    addOutputFlags(
      addEvidenceFlags(command, '-1h').option(
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

/** Interrupted, it is of what was gathered until then. */
async function documentOf(
  options: EvidenceOptions,
  output: Output,
  context: Context,
): Promise<DiagnosisDocument> {
  const { connect } = await import('../run/aws/connection.ts');
  const { epochClock } = await import('../run/clock.ts');
  const { diagnose } = await import('../advice/diagnosis/diagnose.ts');
  const { evidenceInfoOf } = await import('../results/evidence/evidence-info.ts');
  const { gather, targetOf } = await import('./evidence.ts');
  const { watchInterrupt } = await import('./interrupt.ts');
  const { progressLine } = await import('./progress.ts');
  const connection = await connect(options.aws, options.stream);
  const line = progressLine(context, output.quiet);
  const interrupt = watchInterrupt();
  const startUs = epochClock();
  try {
    const { signal } = interrupt;
    const evidence = await gather(connection, options, { context, line, quiet: output.quiet, signal });
    return {
      schemaVersion: SCHEMA_VERSION,
      kind: 'diagnosis',
      tool: { name: 'shardwise', version: VERSION },
      startedAt: new Date(startUs / 1000).toISOString(),
      durationMs: Math.round((epochClock() - startUs) / 1000),
      partial: signal.aborted ? 'interrupted' : false,
      target: targetOf(evidence),
      evidence: evidenceInfoOf(evidence),
      ...diagnose(evidence),
    };
  } finally {
    line.clear();
    interrupt.release();
    connection.close();
  }
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
