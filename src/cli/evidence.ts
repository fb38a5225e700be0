/**
 * Gathers the evidence that diagnose, recommend and capture judge, and tells on stderr what it asks for.
 */
import { formatCount, formatDuration } from '../model/quantity.ts';
import type { StreamEvidence } from '../results/evidence/stream-evidence.ts';
import type { TargetInfo } from '../results/report-document.ts';
import { pageWidth, wrap } from '../report/paragraph.ts';
import type { AwsConnection } from '../run/aws/connection.ts';
import type { AskPlan } from '../run/observe/metric-plan.ts';
import type { Context } from './context.ts';
import type { EvidenceOptions } from './evidence-flags.ts';
import { noticeOf } from './notice.ts';
import type { ProgressLine } from './progress.ts';

/** Who listens while evidence is gathered. */
export interface EvidenceWatch {
  readonly context: Context;
  readonly line: ProgressLine;
  readonly quiet: boolean;
  readonly signal: AbortSignal;
}

/**
 * Gathers what the flags ask for.
 * @param coarse also the peaks of the last 63 and 455 days
 * @throws Refusal
 */
export async function gather(
  connection: AwsConnection,
  options: EvidenceOptions,
  { context, line, quiet, signal }: EvidenceWatch,
  coarse = false,
): Promise<StreamEvidence> {
  const { gatherEvidence } = await import('../run/observe/gather.ts');
  const notice = noticeOf(context, line, quiet);
  const { stream, from, to, allShards, givenConsumers, run, aws } = options;
  const evidence = await gatherEvidence(
    connection,
    { stream, from, to, allShards, givenConsumers, run, coarse, endpointUrl: aws.endpointUrl },
    {
      signal,
      onPlan: (plan, what) => notice(wrap(planText(plan, what), pageWidth(context.columns)).join('\n')),
      say: line.show,
    },
  );
  line.clear();
  if (
    options.single.reading === undefined &&
    options.single.records === undefined &&
    options.single.log === undefined
  ) {
    return evidence;
  }
  const { withSingles } = await import('./record-evidence.ts');
  return withSingles(connection, evidence, options.single, { context, line, quiet, signal });
}

/** `CloudWatch, the stream: 13 metrics in 1 call, $0.00013 (13 / 1,000 x $0.01).` */
export function planText({ requests, metrics, usd, seconds }: AskPlan, what: string): string {
  const calls = `${formatCount(requests)} ${requests === 1 ? 'call' : 'calls'}`;
  const dollars = usd >= 0.01 ? usd.toFixed(2) : usd.toPrecision(2).replace(/\.?0+$/, '');
  const cost = `$${dollars} (${formatCount(metrics)} / 1,000 x $0.01)`;
  const time = seconds < 10 ? '' : `, ${formatDuration(Math.ceil(seconds) * 1_000_000)} at least`;
  return `CloudWatch, ${what}: ${formatCount(metrics)} metrics in ${calls}, ${cost}${time}.`;
}

/** The stream as a report's document names it: by its ARN where that is known. */
export function targetOf({ stream, isLocal, region, endpoint }: StreamEvidence): TargetInfo {
  return {
    kind: isLocal ? 'local' : 'aws',
    stream: stream.arn === '' ? stream.name : stream.arn,
    ...{ region, endpoint, transport: 'sdk', shards: stream.shards },
  };
}
