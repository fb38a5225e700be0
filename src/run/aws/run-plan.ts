/**
 * What a load test on AWS does beside sending: the reshards of its timeline, and its consumers.
 */
import { GetShardIteratorCommand } from '@aws-sdk/client-kinesis';
import type { ShardMap } from '../../model/shard-map.ts';
import type { ReaderPlan, ReshardPlan } from '../../results/preflight.ts';
import type { Scenario } from '../../traffic/scenario.ts';
import { isDenied } from './aws-trouble.ts';
import type { AwsConnection } from './connection.ts';
import { referenceTo } from './stream-reference.ts';

/**
 * Undefined where the timeline changes no shards.
 * @param shards open ones at the start
 */
export function reshardPlanOf(
  { timeline = [] }: Scenario,
  shards: number,
  allowedBy: ReshardPlan['allowedBy'],
): ReshardPlan | undefined {
  let [open, most, events] = [shards, shards, 0];
  for (const event of timeline) {
    if (event.kind === 'outage') continue;
    events++;
    if (event.kind === 'resize') open = event.count;
    else open += event.kind === 'split' ? 1 : -1;
    most = Math.max(most, open);
  }
  return events === 0 ? undefined : { events, mostShards: most, allowedBy };
}

/** Undefined where there are no consumers. */
export function readerPlanOf({ consumers }: Scenario): ReaderPlan | undefined {
  if (consumers.length === 0) return undefined;
  const namesOf = (kind: 'polling' | 'efo'): string[] =>
    consumers.filter((consumer) => consumer.kind === kind).map(({ name }) => name);
  return { polling: namesOf('polling'), fanOut: namesOf('efo') };
}

/** Whether the stream may be read, asked by an iterator, which costs and takes nothing. */
export async function readPermission(
  { control }: AwsConnection,
  stream: string,
  map: ShardMap,
): Promise<NonNullable<ReaderPlan['permission']>> {
  try {
    const [{ shardId }] = map.open;
    const iterator = { ...referenceTo(stream), ShardId: shardId, ShardIteratorType: 'LATEST' } as const;
    await control.send(new GetShardIteratorCommand(iterator));
    return 'allowed';
  } catch (error) {
    return isDenied(error) ? 'denied' : 'unknown';
  }
}
