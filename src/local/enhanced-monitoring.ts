/** EnableEnhancedMonitoring and DisableEnhancedMonitoring: which shard-level metrics a stream has. */
import type { Account } from './account.ts';
import { operation, type OperationResult } from './operation.ts';
import { STREAM_REFERENCE, type InputOf } from './shape.ts';
import { requireActive } from './stream-change.ts';

export const SHARD_METRICS = [
  'IncomingBytes',
  'IncomingRecords',
  'OutgoingBytes',
  'OutgoingRecords',
  'WriteProvisionedThroughputExceeded',
  'ReadProvisionedThroughputExceeded',
  'IteratorAgeMilliseconds',
] as const;

const FIELDS = {
  ShardLevelMetrics: {
    type: 'List',
    min: 1,
    max: SHARD_METRICS.length,
    of: { type: 'String', values: [...SHARD_METRICS, 'ALL'] },
    required: true,
  },
  ...STREAM_REFERENCE,
} as const;

export const ENABLE_ENHANCED_MONITORING = operation(FIELDS, (account, input, nowUs) =>
  change(
    account,
    input,
    nowUs,
    (metric, current, named) => current.includes(metric) || named.includes(metric),
  ),
);

export const DISABLE_ENHANCED_MONITORING = operation(FIELDS, (account, input, nowUs) =>
  change(
    account,
    input,
    nowUs,
    (metric, current, named) => current.includes(metric) && !named.includes(metric),
  ),
);

function change(
  account: Account,
  input: InputOf<typeof FIELDS>,
  nowUs: number,
  isWanted: (metric: string, current: readonly string[], named: readonly string[]) => boolean,
): OperationResult {
  const stream = account.find(input, nowUs);
  requireActive(stream, nowUs);
  const current = stream.settings.metrics;
  const named = input.ShardLevelMetrics.includes('ALL') ? SHARD_METRICS : input.ShardLevelMetrics;
  const desired = SHARD_METRICS.filter((metric) => isWanted(metric, current, named));
  stream.settings.metrics = desired;
  return {
    StreamName: stream.name,
    CurrentShardLevelMetrics: current,
    DesiredShardLevelMetrics: desired,
    StreamARN: stream.arn,
  };
}
