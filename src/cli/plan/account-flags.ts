/**
 * The flags of `shardwise plan` that say where the stream is, what the account may have there, and what is there today.
 */
import type { Command } from 'commander';
import type { PlanOptions } from '../../advice/plan/plan-input.ts';
import { badInput } from '../../model/refusal.ts';
import { given } from './given.ts';
import { shardCountOf } from './shard-count.ts';

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
    shardQuota: given(flags.shardQuota, (text) => shardCountOf(text, '--shard-quota')),
    currentShards: given(flags.currentShards, (text) => shardCountOf(text, '--current-shards')),
  };
}

/** AWS opens new regions faster than we could list them: only the form is checked. */
function regionOf(text: string): string {
  if (/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(text)) return text;
  throw badInput(
    `--region: ${JSON.stringify(text)} is not the name of an AWS region.`,
    'Write for example us-east-1 or eu-central-1.',
  );
}
