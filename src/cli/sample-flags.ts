/**
 * The flags for evidence from single records: read from the stream, or from files; and from logs.
 */
import type { Command } from 'commander';
import { parseBytes, parseDuration, parsePercent } from '../model/quantity.ts';
import { badInput } from '../model/refusal.ts';

/** As commander hands them over. */
export interface SampleFlags {
  sample?: boolean;
  sampleNow?: string;
  efo?: boolean;
  sampleShare?: string;
  sampleBudget?: string;
  sampleShards?: string;
  records?: string;
  log?: string;
  yes?: boolean;
}

/** What is to be read of single records. */
export interface SampleOptions {
  readonly reading: ReadingOptions | undefined;
  /** Files. */
  readonly records: string | undefined;
  readonly log: string | undefined;
}

export interface ReadingOptions {
  readonly by: 'polling' | 'fan-out';
  /** Only what arrives from now on, for so long; undefined: slices around the worst minutes. */
  readonly nowForMs: number | undefined;
  /** Of what a shard may be read, above 0 and at most 1. */
  readonly share: number;
  readonly bytes: number;
  readonly shards: number;
  readonly yes: boolean;
}

const DEFAULTS = { share: '20%', budget: '64MiB', shards: '16' } as const;
const MOST_NOW_MS = 300_000;

/** Adds the flags to a command and returns it. @param takesLog whether the command goes by a log */
export function addSampleFlags(command: Command, takesLog: boolean): Command {
  command
    .option('--sample', 'read records around the worst minutes of the worst shards (with --yes)')
    .option('--sample-now <time>', 'read records that arrive from now on, for so long, such as 10s')
    .option('--efo', 'read them by a temporary fan-out consumer instead of polling (with --yes)')
    .option(
      '--sample-share <percent>',
      `part of a shard's read budget that polling may take (default: ${DEFAULTS.share})`,
    )
    .option('--sample-budget <size>', `read at most so much in all (default: ${DEFAULTS.budget})`)
    .option('--sample-shards <count>', `read at most so many shards (default: ${DEFAULTS.shards})`)
    .option('--records <file>', 'records from a file: get-records JSON, a record per line, or CSV');
  if (takesLog)
    command.option('--log <file>', "a producer's log: its error messages name the throttled shards");
  return command.option(
    '--yes',
    'read old positions, register a consumer; without it, only what would be done is said',
  );
}

/** @throws Refusal (exit 2) where the flags do not fit together */
export function readSampleFlags(flags: SampleFlags): SampleOptions {
  const { sample = false, sampleNow, efo = false, records, log } = flags;
  const isRead = sample || efo || sampleNow !== undefined;
  // First what no other flag could make right.
  const reading = readingOf(flags);
  if (!isRead) refuseStray(flags);
  if (isRead && records !== undefined) {
    throw badInput(
      `--records and ${efo ? '--efo' : sample ? '--sample' : '--sample-now'} are two sources of records.`,
      'Leave one of them out.',
    );
  }
  if (sample && sampleNow !== undefined) {
    throw badInput('--sample reads the past, and --sample-now what comes.', 'Leave one of them out.');
  }
  return {
    reading: isRead ? reading : undefined,
    records,
    log,
  };
}

/** Flags that say how to sample, where nothing is to be sampled. */
function refuseStray(flags: SampleFlags): void {
  const stray = (
    [
      ['sampleShare', '--sample-share'],
      ['sampleBudget', '--sample-budget'],
      ['sampleShards', '--sample-shards'],
      ['yes', '--yes'],
    ] as const
  ).find(([name]) => flags[name] !== undefined);
  if (stray === undefined) return;
  throw badInput(
    `${stray[1]} says how to read records, and nothing says to read any.`,
    `Add --sample, --sample-now or --efo, or leave ${stray[1]} out.`,
  );
}

function readingOf(flags: SampleFlags): ReadingOptions {
  const { efo = false, sampleShare, sampleNow, sampleBudget, sampleShards, yes = false } = flags;
  if (efo && sampleShare !== undefined) {
    throw badInput(
      '--sample-share is of what a shard gives to those that poll it, and --efo does not poll.',
      'Leave one of them out.',
    );
  }
  return {
    by: efo ? 'fan-out' : 'polling',
    nowForMs: sampleNow === undefined ? undefined : nowForOf(sampleNow),
    share: shareOf(sampleShare ?? DEFAULTS.share),
    bytes: budgetOf(sampleBudget ?? DEFAULTS.budget),
    shards: countOf(sampleShards ?? DEFAULTS.shards),
    yes,
  };
}

function nowForOf(text: string): number {
  const us = parseDuration(text);
  if (us !== undefined && us >= 1_000_000 && us <= MOST_NOW_MS * 1000) return us / 1000;
  throw badInput(
    `--sample-now ${text} is not a time from 1s to 5m.`,
    'Write how long to read, such as --sample-now 10s.',
  );
}

function shareOf(text: string): number {
  const share = parsePercent(text);
  if (share !== undefined && share >= 0.01 && share <= 1) return share;
  throw badInput(
    `--sample-share ${text} is not a share from 1% to 100%.`,
    'Write it as in --sample-share 20%.',
  );
}

function budgetOf(text: string): number {
  const bytes = parseBytes(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  throw badInput(`--sample-budget ${text} is not a size.`, 'Write it as in --sample-budget 64MiB.');
}

function countOf(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 1000) return count;
  throw badInput(
    `--sample-shards ${text} is not a number from 1 to 1,000.`,
    'Write it as in --sample-shards 16.',
  );
}
