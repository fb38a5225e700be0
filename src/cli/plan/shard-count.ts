/**
 * A number of shards as a flag of `shardwise plan` gives it.
 */
import { formatCount } from '../../model/quantity.ts';
import { badInput } from '../../model/refusal.ts';

const MOST_SHARDS = 1_000_000;

/** Refuses (exit 2) what is no number of shards. */
export function shardCountOf(text: string, flag: string): number {
  const shards = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (shards >= 1 && shards <= MOST_SHARDS) return shards;
  throw badInput(
    `${flag}: ${JSON.stringify(text)} is no number of shards.`,
    `Write a whole number from 1 to ${formatCount(MOST_SHARDS)}.`,
  );
}
