/** What a change of a stream asks first: that nothing else is under way, and that the stream's mode allows it. */
import { notActive, validationFailure } from './service-error.ts';
import type { Stream } from './stream.ts';

/** @throws ServiceError ResourceInUseException where the stream is being created, changed or deleted */
export function requireActive(stream: Stream, nowUs: number): void {
  const status = stream.statusAt(nowUs);
  if (status !== 'ACTIVE') throw notActive(stream.name, stream.accountId, status);
}

/** @throws ServiceError ValidationException for a stream on demand, whose shards are not its owner's business */
export function requireProvisioned(stream: Stream): void {
  if (stream.settings.mode === 'PROVISIONED') return;
  throw validationFailure(
    `Request is invalid. Stream ${stream.name} under account ${stream.accountId} is in On-Demand mode.`,
  );
}
