/** PutRecord. */
import { shardIdOf } from '../model/shard-map.ts';
import { ACCEPTED } from '../model/throttle.ts';
import { operation } from './operation.ts';
import { FAILED, PutBatch } from './put-batch.ts';
import {
  chargeAndStore,
  checkSizes,
  namesSpreadStream,
  placeRecords,
  RECORD_FIELDS,
  SPREAD_RECORD_FIELDS,
} from './put-records.ts';
import { parseSequenceNumber } from './sequence-number.ts';
import { internalFailure, invalidArgument, refuseDryRun, throttled } from './service-error.ts';
import { DRY_RUN, STREAM_REFERENCE, type Fields } from './shape.ts';
import type { Stream } from './stream.ts';

function fieldsWith<const F extends Fields>(recordFields: F) {
  return {
    SequenceNumberForOrdering: { type: 'String', pattern: '0|([1-9]\\d{0,128})' },
    ...recordFields,
    DryRun: DRY_RUN,
    ...STREAM_REFERENCE,
  } as const;
}

const FIELDS = fieldsWith(RECORD_FIELDS);
const SPREAD_FIELDS = fieldsWith(SPREAD_RECORD_FIELDS);

export const PUT_RECORD = operation(
  FIELDS,
  (account, input, nowUs) => {
    const stream = account.findOpen(input, nowUs);
    const batch = new PutBatch();
    batch.fill([input]);
    checkSizes(stream, batch, () => '');
    checkOrdering(stream, input.SequenceNumberForOrdering);
    placeRecords(stream, batch);
    refuseDryRun(input.DryRun);
    chargeAndStore(account, stream, batch, nowUs);
    stream.metrics.put(batch, 'putRecord', nowUs);
    const shard = batch.shard[0];
    if (batch.verdict[0] === FAILED) throw internalFailure();
    if (batch.verdict[0] !== ACCEPTED) throw throttled(shardIdOf(shard), stream.name, stream.accountId);
    const { keyId } = stream.settings.encryption;
    return {
      ShardId: shardIdOf(shard),
      SequenceNumber: stream.sequenceNumber(shard, batch.counter[0]),
      ...(keyId === undefined ? {} : { EncryptionType: 'KMS' }),
    };
  },
  (account, input, nowUs) => (namesSpreadStream(account, input, nowUs) ? SPREAD_FIELDS : FIELDS),
);

/** Every record comes behind all earlier ones of its shard anyway, so the number only has to be one of ours. */
function checkOrdering(stream: Stream, text: string | undefined): void {
  if (text !== undefined && stream.settings.spread) {
    throw invalidArgument(
      'SequenceNumberForOrdering is not supported for streams with the RecordDistributionStrategy AUTO.',
    );
  }
  if (text === undefined || parseSequenceNumber(text)?.createdUs === stream.createdUs) return;
  throw invalidArgument(
    `ExclusiveMinimumSequenceNumber ${text} used in PutRecord on stream ${stream.name} ` +
      `under account ${stream.accountId} is invalid.`,
  );
}
