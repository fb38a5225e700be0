/**
 * `shardwise recommend`: gathers what there is to know of a stream over days, and says which splits and merges it needs,
 * or why none. It changes nothing: `apply` does.
 */
import { Command } from 'commander';
import type { Prices } from '../model/prices.ts';
import type { RecommendationDocument } from '../results/recommendation-document.ts';
import { SCHEMA_VERSION } from '../results/report-document.ts';
import type { Context } from './context.ts';
import {
  addEvidenceFlags,
  readEvidenceFlags,
  type EvidenceFlags,
  type EvidenceOptions,
} from './evidence-flags.ts';
import { addOutputFlags, emit, parseOutput, type Output, type OutputFlags } from './output.ts';
import { addRecommendFlags, readRecommendFlags, type RecommendFlags } from './recommend-flags.ts';
import { VERSION } from './version.ts';

export interface RecommendCommandFlags extends EvidenceFlags, RecommendFlags, OutputFlags {}

/** The command, to be added to the program. Exit code 0 whatever the verdict; 130 where it was interrupted. */
export function recommendCommand(context: Context): Command {
  const command = new Command('recommend')
    .description('splits and merges that a stream needs, from its metrics and keys; changes nothing')
    .action((flags: RecommendCommandFlags) => recommendFor(flags, context));
  return addOutputFlags(
    addRecommendFlags(addEvidenceFlags(command, '-7d')).option(
      '--details',
      'every shard and every command, however many',
    ),
  );
}

async function recommendFor(flags: RecommendCommandFlags, context: Context): Promise<void> {
  const output = parseOutput(flags);
  const planned = readRecommendFlags(flags);
  const options = await readEvidenceFlags(flags);
  const document = await documentOf(options, { ...planned, pricesFile: flags.prices }, output, context);
  await emit(document, output, context);
  const file = output.files.find(({ format }) => format === 'json')?.path;
  if (document.steps.length > 0 && !output.quiet)
    context.err(
      file === undefined
        ? 'Add -o steps.json, and shardwise apply steps.json carries the steps out (dry run without --yes).\n'
        : `Carry them out: shardwise apply ${file} (dry run without --yes)\n`,
    );
  if (document.partial === 'interrupted') context.setExit(130);
}

interface Planned extends ReturnType<typeof readRecommendFlags> {
  readonly pricesFile: string | undefined;
}

async function documentOf(
  options: EvidenceOptions,
  { pricesFile, ...planned }: Planned,
  output: Output,
  context: Context,
): Promise<RecommendationDocument> {
  const { connect } = await import('../run/aws/connection.ts');
  const { epochClock } = await import('../run/clock.ts');
  const { diagnose } = await import('../advice/diagnosis/diagnose.ts');
  const { recommend } = await import('../advice/recommend/recommend.ts');
  const { evidenceInfoOf } = await import('../results/evidence/evidence-info.ts');
  const { gather, targetOf } = await import('./evidence.ts');
  const { watchInterrupt } = await import('./interrupt.ts');
  const { progressLine } = await import('./progress.ts');
  const connection = await connect(options.aws, options.stream);
  const line = progressLine(context, output.quiet);
  const interrupt = watchInterrupt();
  const startUs = epochClock();
  try {
    const prices = await pricesOf(pricesFile, connection.region);
    const { signal } = interrupt;
    // A layout is judged as a whole: every shard by the minute, and the past before the window.
    const evidence = await gather(
      connection,
      { ...options, allShards: true },
      { context, line, quiet: output.quiet, signal },
      true,
    );
    return {
      schemaVersion: SCHEMA_VERSION,
      kind: 'recommendation',
      tool: { name: 'shardwise', version: VERSION },
      startedAt: new Date(startUs / 1000).toISOString(),
      durationMs: Math.round((epochClock() - startUs) / 1000),
      partial: signal.aborted ? 'interrupted' : false,
      target: targetOf(evidence),
      evidence: evidenceInfoOf(evidence),
      ...recommend(evidence, { ...planned, prices }),
      findings: diagnose(evidence).findings,
    };
  } finally {
    line.clear();
    interrupt.release();
    connection.close();
  }
}

async function pricesOf(file: string | undefined, region: string): Promise<Prices | undefined> {
  const { builtInPrices } = await import('../model/price-tables.ts');
  if (file === undefined) return builtInPrices(region);
  const { pricesIn } = await import('./plan/cost-flags.ts');
  return pricesIn(file, region);
}
