/** SplitShard and MergeShards. Words as kinesalite's authors recorded them of the real service. */
import { areAdjacent, canSplitAt } from '../model/hash-range.ts';
import { mergeChange, shardIdOf, splitChange, type Shard } from '../model/shard-map.ts';
import type { Account } from './account.ts';
import { operation, type OperationResult } from './operation.ts';
import { invalidArgument, noSuchShard } from './service-error.ts';
import { HASH_KEY, SHARD_ID, STREAM_REFERENCE, type InputOf } from './shape.ts';
import { readShardId } from './shard-id.ts';
import { requireActive, requireProvisioned } from './stream-change.ts';
import type { Stream } from './stream.ts';

const SPLIT_FIELDS = {
  ShardToSplit: { ...SHARD_ID, required: true },
  NewStartingHashKey: { ...HASH_KEY, required: true },
  ...STREAM_REFERENCE,
} as const;

const MERGE_FIELDS = {
  ShardToMerge: { ...SHARD_ID, required: true },
  AdjacentShardToMerge: { ...SHARD_ID, required: true },
  ...STREAM_REFERENCE,
} as const;

export const SPLIT_SHARD = operation(SPLIT_FIELDS, split);
export const MERGE_SHARDS = operation(MERGE_FIELDS, merge);

function split(account: Account, input: InputOf<typeof SPLIT_FIELDS>, nowUs: number): OperationResult {
  const { stream, shards } = find(account, input, [input.ShardToSplit], nowUs);
  const [shard] = shards;
  account.requireQuota(1, nowUs);
  const newStart = BigInt(input.NewStartingHashKey);
  const used = `shard ${shard.shardId} in stream ${stream.name} under account ${account.id}`;
  if (!canSplitAt(shard.range, newStart)) {
    throw invalidArgument(
      `NewStartingHashKey ${newStart} used in SplitShard() on ${used} is not both greater than one plus the shard's ` +
        `StartingHashKey ${shard.range.start} and less than the shard's EndingHashKey ${shard.range.end}.`,
    );
  }
  requireActive(stream, nowUs);
  requireOpen(stream, shards);
  stream.reshard(splitChange(stream.layout.map, shard.shardId, newStart), account.dueUs(nowUs), nowUs);
  return undefined;
}

/** The lower range comes first: the service was seen to refuse the other order. */
function merge(account: Account, input: InputOf<typeof MERGE_FIELDS>, nowUs: number): OperationResult {
  const ids = [input.ShardToMerge, input.AdjacentShardToMerge];
  const { stream, shards } = find(account, input, ids, nowUs);
  const [low, high] = shards;
  if (!areAdjacent(low.range, high.range)) {
    throw invalidArgument(
      `Shards ${low.shardId} and ${high.shardId} in stream ${stream.name} under account ${account.id} ` +
        'are not an adjacent pair of shards eligible for merging',
    );
  }
  requireActive(stream, nowUs);
  requireOpen(stream, shards);
  const merged = mergeChange(stream.layout.map, low.shardId, high.shardId);
  stream.reshard(merged, account.dueUs(nowUs), nowUs);
  return undefined;
}

/** The stream of a request and its shards by their ids. @throws ServiceError where one is not there */
function find(
  account: Account,
  reference: { readonly StreamName: string | undefined; readonly StreamARN: string | undefined },
  shardIds: readonly string[],
  nowUs: number,
): { stream: Stream; shards: Shard[] } {
  const name = account.nameOf(reference);
  const numbers = shardIds.map((id) => readShardId(id, name, account.id));
  const stream = account.find(reference, nowUs);
  requireProvisioned(stream);
  const missing = numbers.find((number) => !stream.hasShard(number, nowUs));
  if (missing !== undefined) throw noSuchShard(shardIdOf(missing), name, account.id);
  return { stream, shards: numbers.map((number) => stream.layout.map.all[number]) };
}

function requireOpen(stream: Stream, shards: readonly Shard[]): void {
  const closed = shards.find((shard) => !shard.open);
  if (closed === undefined) return;
  throw invalidArgument(
    `Shard ${closed.shardId} in stream ${stream.name} under account ${stream.accountId} has already been merged or ` +
      'split, and thus is not eligible for merging or splitting.',
  );
}
