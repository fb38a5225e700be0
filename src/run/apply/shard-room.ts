/**
 * Whether the account has room for the shards that are open on the way of some steps.
 */
import { Refusal } from '../../model/refusal.ts';
import type { LayoutTrail } from '../../results/layout-trail.ts';
import type { ShardRoom } from '../../results/shard-room.ts';
import { readQuota } from '../aws/account-quota.ts';
import type { AwsConnection } from '../aws/connection.ts';

/**
 * @param to the position up to which steps will be taken
 * @returns undefined where the account does not tell: the call that finds no room does
 */
export async function readShardRoom(
  connection: AwsConnection,
  trail: LayoutTrail,
  from: number,
  to: number,
): Promise<ShardRoom | undefined> {
  try {
    const { OpenShardCount: open, ShardLimit: most } = await readQuota(connection);
    if (open === undefined || most === undefined) return undefined;
    return { open, most, more: trail.mostShards(from, to) - trail.mostShards(from, from) };
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
