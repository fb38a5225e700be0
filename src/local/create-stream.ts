/** CreateStream and DeleteStream. */
import { KIB, LIMITS, MIB } from '../model/limits.ts';
import { onDemandShards } from '../model/on-demand.ts';
import type { Account } from './account.ts';
import { operation, type OperationResult } from './operation.ts';
import { MAX_RECORD_KIB } from './max-record-size.ts';
import { inUse, invalidArgument, limitExceeded, validationFailure } from './service-error.ts';
import { STREAM_NAME, STREAM_REFERENCE, type InputOf } from './shape.ts';
import {
  requireStrategyFits,
  requireWarmFits,
  STRATEGY,
  STREAM_MODE_DETAILS,
  WARM_MIBPS,
} from './stream-mode.ts';
import type { StreamMode } from './stream-settings.ts';
import { checkTags, TagSet, TAGS } from './tag-set.ts';

const FIELDS = {
  ShardCount: { type: 'Integer', min: 1 },
  StreamModeDetails: STREAM_MODE_DETAILS,
  Tags: TAGS,
  MaxRecordSizeInKiB: MAX_RECORD_KIB,
  WarmThroughputMiBps: WARM_MIBPS,
  RecordDistributionStrategy: STRATEGY,
  StreamName: { ...STREAM_NAME, required: true },
} as const;

export const CREATE_STREAM = operation(FIELDS, createStream);

function createStream(account: Account, input: InputOf<typeof FIELDS>, nowUs: number): OperationResult {
  const mode = (input.StreamModeDetails?.StreamMode ?? 'PROVISIONED') as StreamMode;
  if (mode === 'PROVISIONED' && input.ShardCount === undefined) {
    throw validationFailure(
      "1 validation error detected: Value null at 'shardCount' failed to satisfy constraint: Member must not be null",
    );
  }
  if (mode === 'ON_DEMAND' && input.ShardCount !== undefined) {
    throw invalidArgument('ShardCount can not be specified for a stream in ON_DEMAND mode.');
  }
  const spread = input.RecordDistributionStrategy === 'AUTO';
  const tags = input.Tags ?? {};
  requireStrategyFits(mode, spread);
  requireWarmFits(account, mode, input.WarmThroughputMiBps, nowUs);
  checkTags(new TagSet(), tags, `add tags to stream ${input.StreamName} under account ${account.id}`);
  account.requireNew(input.StreamName, nowUs);
  requireFewCreating(account, nowUs);
  if (mode === 'ON_DEMAND') account.requireOnDemandStream(nowUs);
  const warmBytesPerSec = input.WarmThroughputMiBps && input.WarmThroughputMiBps * MIB;
  account.create(
    {
      name: input.StreamName,
      shards: input.ShardCount ?? onDemandShards(warmBytesPerSec),
      mode,
      spread,
      tags,
      ...(input.WarmThroughputMiBps === undefined ? {} : { warmMiBps: input.WarmThroughputMiBps }),
      ...(input.MaxRecordSizeInKiB === undefined ? {} : { maxRecordBytes: input.MaxRecordSizeInKiB * KIB }),
    },
    nowUs,
  );
  return undefined;
}

function requireFewCreating(account: Account, nowUs: number): void {
  const creating = account.streams(nowUs).filter((stream) => stream.statusAt(nowUs) === 'CREATING').length;
  const most = LIMITS.streamsCreating.value;
  if (!account.limits.control || creating < most) return;
  throw limitExceeded(`Account ${account.id} has reached its limit of ${most} streams in state CREATING.`);
}

export const DELETE_STREAM = operation(
  { EnforceConsumerDeletion: { type: 'Boolean' }, ...STREAM_REFERENCE },
  (account, input, nowUs) => {
    const stream = account.find(input, nowUs);
    const staying = stream.consumers
      .list(nowUs)
      .filter((consumer) => consumer.statusAt(nowUs) !== 'DELETING');
    if (input.EnforceConsumerDeletion !== true && staying.length > 0) {
      throw inUse(
        `Stream ${stream.name} under account ${account.id} has registered consumers. Deregister them, or set ` +
          'EnforceConsumerDeletion.',
      );
    }
    account.delete(stream, nowUs);
    return undefined;
  },
);
