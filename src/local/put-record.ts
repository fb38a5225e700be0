/** PutRecord. */
import { shardIdOf } from '../model/shard-map.ts';
import { ACCEPTED } from '../model/throttle.ts';
import { operation } from './operation.ts';
import { FAILED, PutBatch } from './put-batch.ts';
import { chargeAndStore, checkSizes, placeRecords, RECORD_FIELDS } from './put-records.ts';
import { parseSequenceNumber } from './sequence-number.ts';
import {
  internalFailure,
  invalidArgument,
  rateExceeded,
  refuseDryRun,
  ServiceError,
} from './service-error.ts';
import { DRY_RUN, STREAM_REFERENCE } from './shape.ts';
import type { Stream } from './stream.ts';

export const PUT_RECORD = operation(
  {
    SequenceNumberForOrdering: { type: 'String', pattern: '0|([1-9]\\d{0,128})' },
    ...RECORD_FIELDS,
    DryRun: DRY_RUN,
    ...STREAM_REFERENCE,
  },
  (account, input, nowUs) => {
    const stream = account.findActive(input, nowUs);
    const batch = new PutBatch();
    batch.fill([input]);
    checkSizes(stream, batch, () => '');
    checkOrdering(stream, input.SequenceNumberForOrdering);
    placeRecords(stream, batch);
    refuseDryRun(input.DryRun);
    chargeAndStore(stream, batch, nowUs);
    const shard = batch.shard[0];
    if (batch.verdict[0] === FAILED) throw internalFailure();
    if (batch.verdict[0] !== ACCEPTED) {
      const message = rateExceeded(shardIdOf(shard), stream.name, stream.accountId);
      throw new ServiceError('ProvisionedThroughputExceededException', message);
    }
    return { ShardId: shardIdOf(shard), SequenceNumber: stream.sequenceNumber(shard, batch.counter[0]) };
  },
);

/** Every record comes behind all earlier ones of its shard anyway, so the number only has to be one of ours. */
function checkOrdering(stream: Stream, text: string | undefined): void {
  if (text === undefined || parseSequenceNumber(text)?.createdUs === stream.createdUs) return;
  throw invalidArgument(
    `ExclusiveMinimumSequenceNumber ${text} used in PutRecord on stream ${stream.name} ` +
      `under account ${stream.accountId} is invalid.`,
  );
}
