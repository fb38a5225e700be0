/** UpdateShardCount: as many equal shards as wanted, within half and double of today's, ten times a day. */
import { LIMITS } from '../model/limits.ts';
import { resizeBoundOf } from '../model/resize-rules.ts';
import { resizeChange } from '../model/shard-map.ts';
import type { Account } from './account.ts';
import { operation, type OperationResult } from './operation.ts';
import { limitExceeded } from './service-error.ts';
import { STREAM_REFERENCE, type InputOf } from './shape.ts';
import { requireActive, requireProvisioned } from './stream-change.ts';
import type { Stream } from './stream.ts';

const FIELDS = {
  ScalingType: { type: 'String', values: ['UNIFORM_SCALING'], required: true },
  TargetShardCount: { type: 'Integer', min: 1, max: 100_000, required: true },
  ...STREAM_REFERENCE,
} as const;

export const UPDATE_SHARD_COUNT = operation(FIELDS, updateShardCount);

function updateShardCount(account: Account, input: InputOf<typeof FIELDS>, nowUs: number): OperationResult {
  const target = input.TargetShardCount;
  const stream = account.find(input, nowUs);
  requireProvisioned(stream);
  requireActive(stream, nowUs);
  const current = stream.layout.map.open.length;
  checkTarget(current, target);
  if (account.limits.control) checkDay(stream, nowUs);
  account.requireQuota(Math.max(0, target - current), nowUs);
  stream.shardCountUpdates.note(nowUs);
  stream.reshard(resizeChange(stream.layout.map, target), account.dueUs(nowUs), nowUs);
  return {
    StreamName: stream.name,
    CurrentShardCount: current,
    TargetShardCount: target,
    StreamARN: stream.arn,
  };
}

function checkTarget(current: number, target: number): void {
  const bound = resizeBoundOf(current, target);
  if (bound === undefined) return;
  const counts = `Current open shard count: ${current}, Target shard count: ${target}`;
  const texts = {
    half: 'UpdateShardCount cannot scale down below half your current open shard count.',
    double: 'UpdateShardCount cannot scale up over double your current open shard count.',
    most: `Target shard count or number of open shards cannot be greater than ${LIMITS.resizeShards.value}.`,
  };
  throw limitExceeded(`${texts[bound]} ${counts}`);
}

function checkDay(stream: Stream, nowUs: number): void {
  const most = LIMITS.resizesPerDay.value;
  if (stream.shardCountUpdates.count(nowUs) < most) return;
  throw limitExceeded(
    `Stream ${stream.name} under account ${stream.accountId} has been scaled ${most} times within a rolling 24 hour period.`,
  );
}
