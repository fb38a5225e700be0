/**
 * The sum of several machines' parts against the stream's own counters.
 */
import { mergedPutCounts, type PutCounts } from '../results/put-counts.ts';
import type { ReportDocument } from '../results/report-document.ts';
import type { Reconciliation } from '../results/reconciliation.ts';
import type { AwsOptions } from '../run/aws/connection.ts';
import type { Context } from './context.ts';
import { watchInterrupt } from './interrupt.ts';
import type { MergeInputs } from './merge-inputs.ts';
import { mapOf } from './merge-report.ts';
import type { Output } from './output.ts';
import { progressLine } from './progress.ts';

/** Region and endpoint are those of the reports, unless flags say otherwise. */
export async function reconcileParts(
  document: ReportDocument,
  inputs: MergeInputs,
  aws: AwsOptions,
  { quiet }: Output,
  context: Context,
): Promise<ReportDocument> {
  const puts = putsOf(inputs);
  if (typeof puts === 'string') {
    return { ...document, reconciliation: { verdict: 'unavailable', reason: puts } };
  }
  const line = progressLine(context, quiet);
  const interrupt = watchInterrupt();
  try {
    const show = (leftMs: number): void =>
      line.show(`waiting for CloudWatch's minutes, ${Math.ceil(leftMs / 1000)} s at most`);
    return { ...document, reconciliation: await read(document, inputs, puts, aws, interrupt.signal, show) };
  } finally {
    line.clear();
    interrupt.release();
  }
}

/** What all machines put, or why that is not known. */
function putsOf({ parts, missing }: MergeInputs): PutCounts | string {
  if (missing.length > 0) return 'parts of the load are missing';
  const all = parts.flatMap(({ state: { section } }) => section.puts ?? []);
  if (all.length < parts.length) return 'a part did not come to tell what it had sent last';
  return mergedPutCounts(all.map((puts) => ({ firstUs: undefined, lastUs: undefined, ...puts })));
}

async function read(
  { target, shards = [] }: ReportDocument,
  { parts: [first] }: MergeInputs,
  puts: PutCounts,
  aws: AwsOptions,
  signal: AbortSignal,
  onWait: (leftMs: number) => void,
): Promise<Reconciliation> {
  const { connect } = await import('../run/aws/connection.ts');
  const { readFacts } = await import('../run/aws/stream-facts.ts');
  const { reconcileWithService } = await import('../run/aws/reconcile.ts');
  const streamName = target?.stream ?? '';
  const sentTo = first.document.target?.endpoint ?? '';
  const isAws = /\.amazonaws\.com(\.cn)?(:\d+)?$/.test(sentTo);
  const connection = await connect({
    profile: aws.profile,
    region: aws.region ?? target?.region,
    endpointUrl: aws.endpointUrl ?? (isAws || sentTo === '' ? undefined : sentTo),
  });
  try {
    const { shardMetrics } = await readFacts(connection, streamName);
    const map = mapOf(shards);
    return await reconcileWithService({ connection, streamName, map, shardMetrics, puts, signal, onWait });
  } finally {
    connection.close();
  }
}
