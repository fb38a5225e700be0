/**
 * The flags of `shardwise recommend` that say what a layout is planned with.
 */
import type { Command } from 'commander';
import {
  DEFAULT_BURST_FACTOR,
  RECOMMEND_DEFAULTS,
  type RecommendOptions,
} from '../advice/recommend/recommend-options.ts';
import { parseDuration } from '../model/quantity.ts';
import { badInput } from '../model/refusal.ts';
import { headroomOf } from './plan/margin-flags.ts';

export interface RecommendFlags {
  headroom?: string;
  burstFactor?: string;
  prefer?: string;
  coolOff?: string;
  maxShards?: string;
  prices?: string;
}

export function addRecommendFlags(command: Command): Command {
  return command
    .option('--headroom <percent>', 'part of every limit to keep free (default: 20%)')
    .option(
      '--burst-factor <n>',
      `what one-minute means are raised by (default: as sampled, else ${DEFAULT_BURST_FACTOR})`,
    )
    .option(
      '--prefer <what>',
      'fewest-shards, or fewest-steps: only what must be cut (default: fewest-shards)',
    )
    .option('--cool-off <time>', 'no merges so soon after the layout changed (default: 24h)')
    .option('--max-shards <n>', 'open shards at most, on the way too')
    .option('--prices <file>', 'prices of the region, as shardwise prices writes them');
}

/** @throws Refusal (exit 2) before anything is asked */
export function readRecommendFlags(flags: RecommendFlags): Omit<RecommendOptions, 'prices'> {
  return {
    headroom: flags.headroom === undefined ? RECOMMEND_DEFAULTS.headroom : headroomOf(flags.headroom),
    burstFactor: flags.burstFactor === undefined ? undefined : burstFactorOf(flags.burstFactor),
    prefer: flags.prefer === undefined ? RECOMMEND_DEFAULTS.prefer : preferenceOf(flags.prefer),
    coolOffMs: flags.coolOff === undefined ? RECOMMEND_DEFAULTS.coolOffMs : coolOffOf(flags.coolOff),
    maxShards: flags.maxShards === undefined ? undefined : maxShardsOf(flags.maxShards),
  };
}

/** A minute has sixty seconds: no second can be busier than sixty times their mean. */
const MOST_FACTOR = 60;

function burstFactorOf(text: string): number {
  const factor = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (factor >= 1 && factor <= MOST_FACTOR) return factor;
  throw badInput(
    `--burst-factor: ${JSON.stringify(text)} is not a number from 1 to ${MOST_FACTOR}.`,
    'Write how many times its minute’s mean a busy second carries, for example 1.5.',
  );
}

function preferenceOf(text: string): RecommendOptions['prefer'] {
  if (text === 'fewest-shards' || text === 'fewest-steps') return text;
  throw badInput(`--prefer: there is no ${JSON.stringify(text)}.`, 'Write fewest-shards or fewest-steps.');
}

function coolOffOf(text: string): number {
  const us = text === '0' ? 0 : parseDuration(text);
  if (us !== undefined) return us / 1000;
  throw badInput(`--cool-off: ${JSON.stringify(text)} is no length of time.`, 'Write for example 24h.');
}

function maxShardsOf(text: string): number {
  const shards = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (shards >= 1) return shards;
  throw badInput(
    `--max-shards: ${JSON.stringify(text)} is not a whole number above 0.`,
    'Write for example 100.',
  );
}
