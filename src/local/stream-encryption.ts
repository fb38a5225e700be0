/** StartStreamEncryption and StopStreamEncryption. */
import { LIMITS } from '../model/limits.ts';
import { operation } from './operation.ts';
import { invalidArgument, limitExceeded } from './service-error.ts';
import { STREAM_REFERENCE } from './shape.ts';
import { requireActive } from './stream-change.ts';

const FIELDS = {
  EncryptionType: { type: 'String', values: ['NONE', 'KMS'], required: true },
  KeyId: { type: 'String', min: 1, max: 2048, required: true },
  ...STREAM_REFERENCE,
} as const;

export const START_STREAM_ENCRYPTION = operation(FIELDS, (account, input, nowUs) => {
  const stream = account.find(input, nowUs);
  requireKms(input.EncryptionType);
  requireActive(stream, nowUs);
  const most = LIMITS.encryptionStartsPerDay.value;
  if (account.limits.control && stream.encryptionStarts.count(nowUs) >= most) {
    throw limitExceeded(
      `Stream ${stream.name} under account ${account.id} has started encryption ${most} times within a rolling ` +
        '24 hour period.',
    );
  }
  stream.encryptionStarts.note(nowUs);
  const { encryption } = stream.settings;
  stream.state.update(account.dueUs(nowUs), nowUs, (atUs) => encryption.start(input.KeyId, atUs));
  return undefined;
});

export const STOP_STREAM_ENCRYPTION = operation(FIELDS, (account, input, nowUs) => {
  const stream = account.find(input, nowUs);
  requireKms(input.EncryptionType);
  requireActive(stream, nowUs);
  const { encryption } = stream.settings;
  stream.state.update(account.dueUs(nowUs), nowUs, (atUs) => encryption.stop(atUs));
  return undefined;
});

function requireKms(type: string): void {
  if (type !== 'KMS') throw invalidArgument('EncryptionType must be KMS.');
}
