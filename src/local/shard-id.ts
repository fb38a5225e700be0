/** Shard ids as requests write them. */
import { noSuchShard } from './service-error.ts';

const MOST_SHARDS = 2 ** 31;

/**
 * The number in a shard id. AWS takes any text before the dash, and leaves out zeros gladly (observed behaviour,
 * recorded in kinesalite).
 * @throws ServiceError ResourceNotFoundException where there is no such number
 */
export function readShardId(shardId: string, stream: string, accountId: string): number {
  const digits = shardId.split('-')[1] ?? shardId;
  const number = /^\d+$/.test(digits) ? Number(digits) : MOST_SHARDS;
  if (number >= MOST_SHARDS) throw noSuchShard(shardId, stream, accountId);
  return number;
}
