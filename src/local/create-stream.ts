/** CreateStream and DeleteStream. */
import { KIB, LIMITS } from '../model/limits.ts';
import type { Account } from './account.ts';
import { operation, type OperationResult } from './operation.ts';
import { invalidArgument, validationFailure } from './service-error.ts';
import { STREAM_NAME, STREAM_REFERENCE, type InputOf } from './shape.ts';

/** Shards of a new on-demand stream (source: developer guide, How do I size a stream). */
const ON_DEMAND_SHARDS = 4;

const FIELDS = {
  ShardCount: { type: 'Integer', min: 1 },
  StreamModeDetails: {
    type: 'Structure',
    fields: { StreamMode: { type: 'String', values: ['PROVISIONED', 'ON_DEMAND'], required: true } },
  },
  MaxRecordSizeInKiB: {
    type: 'Integer',
    min: LIMITS.defaultMaxRecordBytes.value / KIB,
    max: LIMITS.ceilingMaxRecordBytes.value / KIB,
  },
  WarmThroughputMiBps: { type: 'Integer', min: 0 },
  RecordDistributionStrategy: { type: 'String', values: ['AUTO', 'USER_PARTITION_KEY'] },
  StreamName: { ...STREAM_NAME, required: true },
} as const;

export const CREATE_STREAM = operation(FIELDS, createStream);

function createStream(account: Account, input: InputOf<typeof FIELDS>, nowUs: number): OperationResult {
  const mode = input.StreamModeDetails?.StreamMode === 'ON_DEMAND' ? 'ON_DEMAND' : 'PROVISIONED';
  refuseUnsupported(input);
  if (mode === 'PROVISIONED' && input.ShardCount === undefined) {
    throw validationFailure(
      "1 validation error detected: Value null at 'shardCount' failed to satisfy constraint: Member must not be null",
    );
  }
  if (mode === 'ON_DEMAND' && input.ShardCount !== undefined) {
    throw invalidArgument('ShardCount can not be specified for a stream in ON_DEMAND mode.');
  }
  account.create(
    {
      name: input.StreamName,
      shards: input.ShardCount ?? ON_DEMAND_SHARDS,
      mode,
      ...(input.MaxRecordSizeInKiB === undefined ? {} : { maxRecordBytes: input.MaxRecordSizeInKiB * KIB }),
    },
    nowUs,
  );
  return undefined;
}

/** What AWS knows and this endpoint does not: better refused than silently without effect. */
function refuseUnsupported(input: InputOf<typeof FIELDS>): void {
  if (input.WarmThroughputMiBps !== undefined) {
    throw invalidArgument('WarmThroughputMiBps is not supported by the local endpoint.');
  }
  if (input.RecordDistributionStrategy === 'AUTO') {
    throw invalidArgument('RecordDistributionStrategy AUTO is not supported by the local endpoint.');
  }
}

export const DELETE_STREAM = operation(
  { EnforceConsumerDeletion: { type: 'Boolean' }, ...STREAM_REFERENCE },
  (account, input, nowUs) => {
    account.delete(account.find(input, nowUs), nowUs);
    return undefined;
  },
);
