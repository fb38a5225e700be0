/**
 * Adds to the evidence what single records and logs tell: from files, or read from the stream where the user agrees.
 */
import { fanOutCostOf } from './sample-cost.ts';
import { samplePlanOf } from '../advice/diagnosis/sample-plan.ts';
import type { MissingEvidence } from '../results/evidence/missing-evidence.ts';
import type { StreamEvidence } from '../results/evidence/stream-evidence.ts';
import type { AwsConnection } from '../run/aws/connection.ts';
import type { EvidenceWatch } from './evidence.ts';
import { noticeOf } from './notice.ts';
import type { ReadingOptions, SampleOptions } from './sample-flags.ts';
import { samplePlanLines } from './sample-plan-text.ts';

/**
 * Logs first, for they name shards to look at; then records.
 * @throws Refusal (exit 2) where a file is none
 */
export async function withSingles(
  connection: AwsConnection,
  evidence: StreamEvidence,
  { log, records, reading }: SampleOptions,
  watch: EvidenceWatch,
): Promise<StreamEvidence> {
  let known = evidence;
  if (log !== undefined) {
    const { readLog } = await import('../run/observe/log-file.ts');
    known = { ...known, log: await readLog(log, known.stream.name) };
  }
  if (records !== undefined) {
    const { readRecordFile } = await import('../run/observe/record-file.ts');
    const open = known.shards.filter((shard) => shard.open);
    if (open.length === 0) return without(known, notListed());
    return { ...known, sample: await readRecordFile(records, open, connection.watch.metricClock) };
  }
  return reading === undefined ? known : withSample(connection, known, reading, watch);
}

function notListed(): MissingEvidence {
  return {
    what: 'records',
    why: 'failed',
    detail: 'no shards are known to place keys on',
    permission: 'kinesis:ListShards',
  };
}

async function withSample(
  connection: AwsConnection,
  evidence: StreamEvidence,
  reading: ReadingOptions,
  { context, line, quiet, signal }: EvidenceWatch,
): Promise<StreamEvidence> {
  const { oldestMetricMs, sampleStream } = await import('../run/observe/sample-stream.ts');
  const clock = connection.watch.metricClock;
  const { bytes, shards, by, nowForMs, yes } = reading;
  const plan = samplePlanOf(evidence, { bytes, shards, oldestMs: oldestMetricMs(evidence, clock) });
  if (plan.slices.length === 0) return without(evidence, nothingToRead(evidence));
  const notice = noticeOf(context, line, quiet);
  const cost = by === 'fan-out' && !evidence.isLocal ? fanOutCostOf(evidence, plan) : undefined;
  notice(samplePlanLines(plan, { ...reading, factor: clock?.factor ?? 1 }, cost).join('\n'));
  if (!yes && needsYes(reading)) {
    notice('Not read: it needs --yes.');
    return without(evidence, notAgreed(reading));
  }
  if (signal.aborted) return evidence;
  line.show(`reading records of ${plan.shards} shards`);
  const result = await sampleStream(connection, evidence, plan, { ...reading, nowForMs }, signal);
  line.clear();
  // Said even to those who want quiet: something may go on costing money.
  for (const left of result.left) context.err(`${left}\n`);
  const missing = [...evidence.missing, ...result.missing];
  const isRead = result.sample.slices.length > 0;
  return { ...evidence, missing, sample: isRead ? result.sample : null };
}

/** Reading at the tip changes nothing for others; a consumer is something that others see, and costs. */
function needsYes({ by, nowForMs }: ReadingOptions): boolean {
  return by === 'fan-out' || nowForMs === undefined;
}

function without(evidence: StreamEvidence, missing: MissingEvidence): StreamEvidence {
  return { ...evidence, missing: [...evidence.missing, missing] };
}

function notAgreed({ by, nowForMs }: ReadingOptions): MissingEvidence {
  const flags = [
    ...(nowForMs === undefined
      ? [by === 'fan-out' ? '--efo' : '--sample']
      : [`--sample-now ${nowForMs / 1000}s`]),
    ...(nowForMs !== undefined && by === 'fan-out' ? ['--efo'] : []),
  ];
  return { what: 'records', why: 'not-asked', detail: `${flags.join(' ')} needs --yes` };
}

function nothingToRead({ shards }: StreamEvidence): MissingEvidence {
  return shards.length === 0
    ? notListed()
    : {
        what: 'records',
        why: 'gone',
        detail: 'or the window had none',
      };
}
