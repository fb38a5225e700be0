/** UpdateMaxRecordSize. */
import { KIB, LIMITS } from '../model/limits.ts';
import { operation } from './operation.ts';
import { STREAM_ARN } from './shape.ts';
import { requireActive } from './stream-change.ts';

export const MAX_RECORD_KIB = {
  type: 'Integer',
  min: LIMITS.defaultMaxRecordBytes.value / KIB,
  max: LIMITS.ceilingMaxRecordBytes.value / KIB,
} as const;

export const UPDATE_MAX_RECORD_SIZE = operation(
  { MaxRecordSizeInKiB: { ...MAX_RECORD_KIB, required: true }, StreamARN: STREAM_ARN },
  (account, input, nowUs) => {
    const stream = account.find(input, nowUs);
    requireActive(stream, nowUs);
    const bytes = input.MaxRecordSizeInKiB * KIB;
    stream.state.update(account.dueUs(nowUs), nowUs, (atUs) => {
      stream.settings.maxRecordBytes = bytes;
      stream.throttle.takeRecordsUpTo(bytes, atUs);
    });
    return undefined;
  },
);
