/**
 * The flags of `shardwise plan` that say where the stream is, what the account may have there, and what is there today.
 */
import type { Command } from 'commander';
import type { PlanOptions } from '../../advice/plan/plan-input.ts';
import { formatCount } from '../../model/quantity.ts';
import { badInput } from '../../model/refusal.ts';
import { given } from './given.ts';

export interface AccountFlags {
  region?: string;
  shardQuota?: string;
  currentShards?: string;
}

export function addAccountFlags(command: Command): Command {
  return command
    .optionsGroup('Account:')
    .option('--region <region>', 'AWS region, whose quotas count (default: us-east-1)')
    .option('--shard-quota <n>', 'shards that the account may have there (default: that of AWS)')
    .option(
      '--current-shards <n>',
      'open shards of today: adds the UpdateShardCount calls that lead to the plan',
    );
}

/** Refuses (exit 2) what is no value of its flag. */
export function parseAccount(
  flags: AccountFlags,
): Pick<PlanOptions, 'region' | 'shardQuota' | 'currentShards'> {
  return {
    region: given(flags.region, regionOf),
    shardQuota: given(flags.shardQuota, (text) => shardsOf(text, '--shard-quota')),
    currentShards: given(flags.currentShards, (text) => shardsOf(text, '--current-shards')),
  };
}

const MOST_SHARDS = 1_000_000;

function shardsOf(text: string, flag: string): number {
  const shards = Number(text);
  if (/^\d+$/.test(text) && shards >= 1 && shards <= MOST_SHARDS) return shards;
  throw badInput(
    `${flag}: ${JSON.stringify(text)} is no number of shards.`,
    `Write a whole number from 1 to ${formatCount(MOST_SHARDS)}.`,
  );
}

/** AWS opens new regions faster than we could list them: only the form is checked. */
function regionOf(text: string): string {
  if (/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(text)) return text;
  throw badInput(
    `--region: ${JSON.stringify(text)} is not the name of an AWS region.`,
    'Write for example us-east-1 or eu-central-1.',
  );
}
