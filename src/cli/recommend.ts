/**
 * `shardwise recommend`: gathers what there is to know of a stream over days, and says which splits and merges it needs,
 * or why none. It changes nothing: `apply` does.
 */
import { Command } from 'commander';
import type { Prices } from '../model/prices.ts';
import type { RecommendationDocument } from '../results/recommendation-document.ts';
import type { Context } from './context.ts';
import {
  addEvidenceFlags,
  readEvidenceFlags,
  type EvidenceFlags,
  type EvidenceOptions,
} from './evidence-flags.ts';
import { addOutputFlags, emit, parseOutput, type Output, type OutputFlags } from './output.ts';
import { addRecommendFlags, readRecommendFlags, type RecommendFlags } from './recommend-flags.ts';
import { reportOnStream } from './stream-report.ts';

export interface RecommendCommandFlags extends EvidenceFlags, RecommendFlags, OutputFlags {}

/** The command, to be added to the program. Exit code 0 whatever the verdict; 130 where it was interrupted. */
export function recommendCommand(context: Context): Command {
  const command = new Command('recommend')
    .description('splits and merges that a stream needs, from its metrics and keys; changes nothing')
    .action((flags: RecommendCommandFlags) => recommendFor(flags, context));
  // Every shard is read as it is, and a log tells of no load.
  const own = { allShards: false, runReport: true, log: false };
  return addOutputFlags(
    addRecommendFlags(addEvidenceFlags(command, '-7d', own)).option(
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
  const { stepKinds } = await import('../report/recommendation/headline.ts');
  const file = output.files.find(({ format }) => format === 'json')?.path;
  if (document.steps.length > 0 && !output.quiet)
    context.err(
      file === undefined
        ? `${stepKinds(document.steps)}, not saved: add -o steps.json, then\n` +
            'shardwise apply steps.json (dry run without --yes).\n'
        : `${stepKinds(document.steps)} in ${file}:\nshardwise apply ${file} (dry run without --yes)\n`,
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
  const { diagnose } = await import('../advice/diagnosis/diagnose.ts');
  const { recommend } = await import('../advice/recommend/recommend.ts');
  // A layout is judged as a whole: every shard by the minute, and the past before the window.
  return reportOnStream(
    { options: { ...options, allShards: true }, coarse: true, output, context },
    (region) => pricesOf(pricesFile, region),
    (evidence, prices) => ({
      kind: 'recommendation',
      ...recommend(evidence, { ...planned, prices }),
      findings: diagnose(evidence).findings,
    }),
  );
}

async function pricesOf(file: string | undefined, region: string): Promise<Prices | undefined> {
  const { builtInPrices } = await import('../model/price-tables.ts');
  if (file === undefined) return builtInPrices(region);
  const { pricesIn } = await import('./plan/cost-flags.ts');
  return pricesIn(file, region);
}
