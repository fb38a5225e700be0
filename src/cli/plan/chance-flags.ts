/**
 * The flags of `shardwise plan` that ask otherwise than "how many shards?": how much so many carry, and how many do if
 * some attempts may be throttled.
 */
import type { Command } from 'commander';
import type { PlanOptions } from '../../advice/plan/plan-input.ts';
import { requirePercent } from '../../model/quantity.ts';
import { badInput } from '../../model/refusal.ts';
import { given } from './given.ts';
import { shardCountOf } from './shard-count.ts';

export interface ChanceFlags {
  shards?: string;
  maxThrottled?: string;
  /** One of the margins; here because both cannot be meant. */
  confidence?: string;
}

export function addChanceFlags(command: Command): Command {
  return command
    .optionsGroup('Other questions:')
    .option(
      '--shards <count>',
      'the largest rate that so many shards carry; with --rate, whether they carry it',
    )
    .option(
      '--max-throttled <percent>',
      'share of first attempts that may be throttled on hot shards: another criterion than --confidence',
    );
}

/** Refuses (exit 2) what is no value of its flag, and two criteria at once. */
export function parseChance(flags: ChanceFlags): Pick<PlanOptions, 'maxThrottled'> & { shards?: number } {
  if (flags.maxThrottled !== undefined && flags.confidence !== undefined) {
    throw badInput(
      '--max-throttled and --confidence are two criteria for the same constraint: how much is throttled, and how surely nothing is.',
      'Leave one of them out.',
    );
  }
  const shards = given(flags.shards, (text) => shardCountOf(text, '--shards'));
  return {
    maxThrottled: given(flags.maxThrottled, throttledOf),
    ...(shards === undefined ? {} : { shards }),
  };
}

function throttledOf(text: string): number {
  const share = requirePercent(text, '--max-throttled');
  if (share > 0 && share < 1) return share;
  throw badInput(
    `--max-throttled: ${text} is ${share > 0 ? 'everything' : 'nothing: that is what a plan without it is for'}.`,
    'Write a percentage between the two, for example 1%, or leave it out.',
  );
}
