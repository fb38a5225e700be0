/**
 * The flags of `shardwise plan` that say who reads the stream, and how long it keeps its records.
 */
import type { Command } from 'commander';
import type { PlanOptions } from '../../advice/plan/plan-input.ts';
import { LIMITS } from '../../model/limits.ts';
import { requireDuration, requireRate } from '../../model/quantity.ts';
import { badInput } from '../../model/refusal.ts';
import { given } from './given.ts';

const HOUR_US = 3_600_000_000;

export interface ReaderFlags {
  consumers?: string;
  consumerSpeed?: string;
  parallelizationFactor?: string;
  outage?: string;
  recoverIn?: string;
  retention?: string;
}

export function addReaderFlags(command: Command): Command {
  return command
    .optionsGroup('Readers:')
    .option(
      '--consumers <list>',
      'polling:2,efo:1,lambda:1,firehose:1; also kcl, flink, firehose-backup, and kcl-polling, lambda-efo, flink-efo (default: polling:1)',
    )
    .option(
      '--consumer-speed <rate>',
      'records that each works off, of a shard and for each batch at a time: 500/s',
    )
    .option('--parallelization-factor <n>', 'batches of a shard at a time, of Lambda: 1 to 10 (default: 1)')
    .option('--outage <duration>', 'how long the consumers may be out: 1h; needs --recover-in')
    .option('--recover-in <duration>', 'how long they may take to catch up then: 30m')
    .option('--retention <duration>', 'how long records are kept: 24h to 365d (default: 24h)');
}

/** Refuses (exit 2) what is no value of its flag. */
export async function parseReaders(
  flags: ReaderFlags,
): Promise<
  Pick<PlanOptions, 'consumers' | 'consumerSpeed' | 'parallelizationFactor' | 'outage' | 'retentionHours'>
> {
  const { parseConsumersShort } = await import('../../traffic/short-form.ts');
  return {
    consumers: given(flags.consumers, (text) => parseConsumersShort(text)),
    consumerSpeed: given(flags.consumerSpeed, speedOf),
    parallelizationFactor: given(flags.parallelizationFactor, factorOf),
    outage: outageOf(flags),
    retentionHours: given(flags.retention, retentionOf),
  };
}

function speedOf(text: string): number {
  const rate = requireRate(text, '--consumer-speed');
  if ('recordsPerSec' in rate && rate.recordsPerSec > 0) return rate.recordsPerSec;
  throw badInput(
    `--consumer-speed: ${text} is ${'recordsPerSec' in rate ? 'no speed' : 'not in records'}.`,
    'Write records per second, for example 500/s.',
  );
}

/** Of Lambda's event source mapping. */
const MOST_PARALLEL = 10;

function factorOf(text: string): number {
  const factor = Number(text);
  if (/^\d+$/.test(text) && factor >= 1 && factor <= MOST_PARALLEL) return factor;
  throw badInput(
    `--parallelization-factor: Lambda knows none of ${JSON.stringify(text)}.`,
    `Write a whole number from 1 to ${MOST_PARALLEL}.`,
  );
}

function outageOf({ outage, recoverIn }: ReaderFlags): PlanOptions['outage'] {
  if (outage === undefined && recoverIn === undefined) return undefined;
  if (outage === undefined || recoverIn === undefined) {
    const [one, other] = outage === undefined ? ['--recover-in', '--outage'] : ['--outage', '--recover-in'];
    throw badInput(
      `${one} is given without ${other}.`,
      'Write both, for example --outage 1h --recover-in 30m.',
    );
  }
  return { outageSec: spanOf(outage, '--outage'), recoverSec: spanOf(recoverIn, '--recover-in') };
}

function spanOf(text: string, flag: string): number {
  const seconds = requireDuration(text, flag) / 1e6;
  if (seconds >= 1 && seconds <= LIMITS.retentionHoursMax.value * 3600) return seconds;
  throw badInput(
    `${flag}: ${text} is ${seconds < 1 ? 'less than a second' : 'longer than Kinesis keeps records'}.`,
    'Write for example 30m or 1h.',
  );
}

function retentionOf(text: string): number {
  const hours = requireDuration(text, '--retention') / HOUR_US;
  const [least, most] = [LIMITS.retentionHoursDefault.value, LIMITS.retentionHoursMax.value];
  if (Number.isInteger(hours) && hours >= least && hours <= most) return hours;
  const bound = hours < least ? 'shorter' : 'longer';
  const what =
    hours < least || hours > most ? `${bound} than Kinesis keeps records` : 'no whole number of hours';
  throw badInput(
    `--retention: ${text} is ${what}.`,
    `Write whole hours from ${least}h to ${most}h (${most / 24}d).`,
  );
}
