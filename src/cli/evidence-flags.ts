/**
 * The flags that say which stream is looked at, over what time and by what evidence: of diagnose, recommend and capture.
 */
import type { Command } from 'commander';
import { parseDuration } from '../model/quantity.ts';
import { badInput } from '../model/refusal.ts';
import type { GivenConsumer } from '../results/evidence/stream-evidence.ts';
import type { ReportDocument } from '../results/report-document.ts';
import type { AwsOptions } from '../run/aws/connection.ts';
import type { TimePoint } from '../run/observe/time-point.ts';
import { addAwsFlags, readAwsFlags, type AwsFlags } from './aws-flags.ts';
import { addSampleFlags, readSampleFlags, type SampleFlags, type SampleOptions } from './sample-flags.ts';

/** As commander hands them over. */
export interface EvidenceFlags extends AwsFlags, SampleFlags {
  stream?: string;
  from?: string;
  to?: string;
  allShards?: boolean;
  consumers?: string;
  runReport?: string;
}

/** The same, checked. */
export interface EvidenceOptions {
  readonly aws: AwsOptions;
  /** Name or ARN. */
  readonly stream: string;
  readonly from: TimePoint;
  readonly to: TimePoint;
  readonly allShards: boolean;
  readonly givenConsumers: readonly GivenConsumer[] | null;
  /** The report of a run against it. */
  readonly run: ReportDocument | undefined;
  readonly single: SampleOptions;
}

/** Flags that not every command can do something with: one that cannot does not know them. */
export interface OwnFlags {
  readonly allShards: boolean;
  readonly runReport: boolean;
  readonly log: boolean;
}

/** Adds the flags to a command and returns it. @param from default of --from, such as `-1h` */
export function addEvidenceFlags(command: Command, from: string, own: OwnFlags): Command {
  command
    .option('--stream <name|arn>', 'the stream to look at')
    .option('--from <time>', 'where to begin: -15m, -7d, 2026-11-20T03:00:00Z', from)
    .option('--to <time>', 'where to end: now, -5m or a time', 'now');
  if (own.allShards) command.option('--all-shards', 'every shard by the minute, also of a large stream');
  command.option('--consumers <list>', 'who reads it, where you know: polling:2,efo:1,lambda:1,firehose:1');
  if (own.runReport) {
    command.option(
      '--run-report <file>',
      'the JSON report of a run against it: its throttled keys are known exactly',
    );
  }
  return addAwsFlags(addSampleFlags(command, own.log));
}

/** @throws Refusal (exit 2) before anything is asked */
export async function readEvidenceFlags(flags: EvidenceFlags): Promise<EvidenceOptions> {
  const { checkStream } = await import('../run/aws/stream-reference.ts');
  if (flags.stream === undefined) {
    throw badInput('No stream is named.', 'Add --stream with its name or its ARN.');
  }
  const from = parseTimePoint(flags.from ?? '-1h', '--from');
  const to = parseTimePoint(flags.to ?? 'now', '--to');
  if (from.kind === to.kind && (from.kind === 'ago' ? from.ms <= to.ms : from.ms >= to.ms)) {
    throw badInput(
      `--from ${String(flags.from)} is not before --to ${String(flags.to)}.`,
      'Write the earlier one as --from, such as --from -1h --to now.',
    );
  }
  return {
    aws: readAwsFlags(flags),
    stream: checkStream(flags.stream),
    ...{ from, to },
    allShards: flags.allShards ?? false,
    givenConsumers: flags.consumers === undefined ? null : await consumersOf(flags.consumers),
    run: flags.runReport === undefined ? undefined : await runReportIn(flags.runReport),
    single: readSampleFlags(flags),
  };
}

/** A date alone, or with a time; without a zone it is UTC, as CloudWatch's own graphs are by default. */
const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** `-15m`, `now`, or ISO 8601. @throws Refusal (exit 2) */
export function parseTimePoint(text: string, flag: string): TimePoint {
  if (text === 'now') return { kind: 'ago', ms: 0 };
  if (text.startsWith('-')) {
    const us = parseDuration(text.slice(1));
    if (us !== undefined) return { kind: 'ago', ms: us / 1000 };
  }
  const iso = ISO.exec(text);
  const ms =
    iso === null ? NaN : Date.parse(text.includes('T') && iso.at(1) === undefined ? `${text}Z` : text);
  if (!Number.isNaN(ms)) return { kind: 'at', ms };
  const isLength = parseDuration(text.replace(/^\+/, '')) !== undefined;
  throw badInput(
    isLength ? `${flag} ${text} is a length of time, not when.` : `${flag} ${text} is no time.`,
    isLength
      ? `Write ${flag} -${text.replace(/^\+/, '')}: that long ago.`
      : `Write ${flag} -15m, -7d, now, or a time such as 2026-11-20T03:00:00Z.`,
  );
}

/** @throws Refusal (exit 2) where the file is no report of a run */
async function runReportIn(file: string): Promise<ReportDocument> {
  const { readTextFile } = await import('../run/files/text-file.ts');
  const { readDocument } = await import('../report/saved-document.ts');
  const document = readDocument(await readTextFile(file), file);
  if (document.kind === 'run') return document;
  throw badInput(
    `--run-report: ${file} is the report of a ${document.kind}, not of a run.`,
    'Name a JSON report that run saved with -o.',
  );
}

/** Each kind once, with how many there are; what it is called where a preset says more of how it reads. */
async function consumersOf(text: string): Promise<GivenConsumer[]> {
  const { parseConsumersShort, shortOfConsumer } = await import('../traffic/short-form.ts');
  const counts = new Map<string, GivenConsumer>();
  for (const consumer of parseConsumersShort(text)) {
    const name = shortOfConsumer(consumer);
    const { preset } = consumer;
    const kind =
      consumer.kind === 'efo' ? 'efo' : preset === 'lambda' || preset === 'firehose' ? preset : 'polling';
    const count = (counts.get(name)?.count ?? 0) + 1;
    counts.set(name, { kind, count, ...(name === kind ? {} : { name }) });
  }
  return [...counts.values()];
}
