/**
 * The sum of several machines' parts against the stream's own counters.
 */
import { mergedPutCounts, type PutCounts } from '../results/put-counts.ts';
import { Refusal, worldFailure } from '../model/refusal.ts';
import type { ReportDocument } from '../results/report-document.ts';
import type { Reconciliation } from '../results/reconciliation.ts';
import type { AwsOptions } from '../run/aws/connection.ts';
import type { Context } from './context.ts';
import { watchInterrupt } from './interrupt.ts';
import type { MergeInputs } from './merge-inputs.ts';
import { mapOf } from './merge-report.ts';
import type { Output } from './output.ts';
import { progressLine } from './progress.ts';

/** So long the stream may take to answer at all: whoever adds up files does not wait for what is not there. */
const REACH_MS = 15_000;

/**
 * Region and endpoint are those of the reports, unless flags say otherwise. Never rejects for what the service, the
 * network or missing credentials refuse: the sum is there already.
 */
export async function reconcileParts(
  document: ReportDocument,
  inputs: MergeInputs,
  aws: AwsOptions,
  { quiet }: Output,
  context: Context,
): Promise<ReportDocument> {
  const puts = putsOf(inputs);
  if (typeof puts === 'string') {
    return { ...document, reconciliation: unavailable(puts) };
  }
  const way = wayTo(document, inputs, aws);
  if (typeof way === 'string') return { ...document, reconciliation: unavailable(way) };
  const line = progressLine(context, quiet);
  const interrupt = watchInterrupt();
  try {
    const show = (leftMs: number): void =>
      line.show(`waiting for CloudWatch's minutes, ${Math.ceil(leftMs / 1000)} s at most`);
    line.show('asking the stream for its own counters');
    return { ...document, reconciliation: await read(document, puts, way, interrupt.signal, show) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...document, reconciliation: unavailable(error.what.replace(/\.$/, '')) };
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

function unavailable(reason: string): Reconciliation {
  return { verdict: 'unavailable', reason };
}

/**
 * How the stream is reached, or why it is not asked. Credentials go to AWS, to this machine, and to whoever the user
 * names; not to any address that stands in a file.
 */
function wayTo(
  { target }: ReportDocument,
  { parts: [first] }: MergeInputs,
  { profile, region = target?.region, endpointUrl }: AwsOptions,
): AwsOptions | string {
  const sentTo = first.document.target?.endpoint ?? '';
  if (region !== undefined && !/^[a-z0-9-]+$/.test(region)) return 'the reports name no region of AWS';
  if (endpointUrl !== undefined) return { profile, region, endpointUrl };
  if (sentTo === '' || isAws(sentTo)) return { profile, region };
  if (isHere(sentTo)) return { profile, region, endpointUrl: sentTo };
  return `the reports name the endpoint ${sentTo}, and credentials are sent there only where --endpoint-url names it, too`;
}

function isAws(endpoint: string): boolean {
  return /\.amazonaws\.com(\.cn)?(:\d+)?$/.test(endpoint);
}

function isHere(endpoint: string): boolean {
  return URL.canParse(endpoint) && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(endpoint).hostname);
}

async function read(
  { target, shards = [] }: ReportDocument,
  puts: PutCounts,
  way: AwsOptions,
  signal: AbortSignal,
  onWait: (leftMs: number) => void,
): Promise<Reconciliation> {
  const { connect } = await import('../run/aws/connection.ts');
  const { readFacts } = await import('../run/aws/stream-facts.ts');
  const { reconcileWithService } = await import('../run/aws/reconcile.ts');
  const streamName = target?.stream ?? '';
  const connection = await inTime(connect(way), signal);
  try {
    const { shardMetrics } = await inTime(readFacts(connection, streamName), signal);
    const map = mapOf(shards);
    return await reconcileWithService({ connection, streamName, map, shardMetrics, puts, signal, onWait });
  } finally {
    connection.close();
  }
}

/** @throws Refusal where it takes too long, or the user does not want to wait */
async function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let end: () => void = () => undefined;
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(
      () => reject(worldFailure(`the stream did not answer within ${REACH_MS / 1000} s.`, 'Try again.')),
      REACH_MS,
    );
    const stop = (): void => reject(worldFailure('interrupted, so the stream was not asked.', 'Try again.'));
    signal.addEventListener('abort', stop);
    end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    end();
  }
}
