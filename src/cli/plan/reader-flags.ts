/**
 * The flags of `shardwise plan` that say who reads the stream, and how long it keeps its records.
 */
import type { Command } from 'commander';
import type { PlanOptions } from '../../advice/plan/plan-input.ts';
import { LIMITS } from '../../model/limits.ts';
import { formatCount, requireDuration } from '../../model/quantity.ts';
import { badInput } from '../../model/refusal.ts';
import { given } from './given.ts';

const HOUR_US = 3_600_000_000;

export interface ReaderFlags {
  consumers?: string;
  retention?: string;
}

export function addReaderFlags(command: Command): Command {
  return command
    .optionsGroup('Readers:')
    .option(
      '--consumers <list>',
      'polling:2,efo:1,lambda:1,firehose:1; also kcl, flink, firehose-backup, and kcl-polling, lambda-efo, flink-efo (default: polling:1)',
    )
    .option('--retention <duration>', 'how long records are kept: 24h to 365d (default: 24h)');
}

/** Refuses (exit 2) what is no value of its flag. */
export async function parseReaders(
  flags: ReaderFlags,
): Promise<Pick<PlanOptions, 'consumers' | 'retentionHours'>> {
  const { parseConsumersShort } = await import('../../traffic/short-form.ts');
  return {
    consumers: given(flags.consumers, (text) => parseConsumersShort(text)),
    retentionHours: given(flags.retention, retentionOf),
  };
}

function retentionOf(text: string): number {
  const hours = requireDuration(text, '--retention') / HOUR_US;
  const [least, most] = [LIMITS.retentionHoursDefault.value, LIMITS.retentionHoursMax.value];
  if (Number.isInteger(hours) && hours >= least && hours <= most) return hours;
  const what = hours < least ? 'less than' : hours > most ? 'more than' : 'no whole number of hours, as';
  throw badInput(
    `--retention: ${text} is ${what} Kinesis keeps records.`,
    `Write whole hours from ${least}h to ${formatCount(most).replace(',', '')}h (${most / 24}d).`,
  );
}
