/**
 * An error that the service answers with: AWS's name for it, its message and the HTTP status.
 *
 * Names and words are AWS's own, from the API reference and from what kinesalite's authors recorded of the
 * real service.
 */

export class ServiceError extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message = '', status = 400) {
    super(message);
    this.name = 'ServiceError';
    this.type = type;
    this.status = status;
  }
}

export function invalidArgument(message: string): ServiceError {
  return new ServiceError('InvalidArgumentException', message);
}

export function validationFailure(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

export function malformed(message?: string): ServiceError {
  return new ServiceError('SerializationException', message);
}

export function internalFailure(): ServiceError {
  return new ServiceError('InternalFailure', 'Internal Service Failure', 500);
}

export function notFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message);
}

export function inUse(message: string): ServiceError {
  return new ServiceError('ResourceInUseException', message);
}

export function limitExceeded(message: string): ServiceError {
  return new ServiceError('LimitExceededException', message);
}

/** A control-plane call to a stream that is in the midst of another change. */
export function notActive(stream: string, accountId: string, status: string): ServiceError {
  return inUse(`Stream ${stream} under account ${accountId} not ACTIVE, instead in state ${status}`);
}

/** What resharding says of a shard that is not there, where reading says `shardNotFound`. */
export function noSuchShard(shardId: string, stream: string, accountId: string): ServiceError {
  return notFound(`Could not find shard ${shardId} in stream ${stream} under account ${accountId}.`);
}

export function streamNotFound(stream: string, accountId: string): ServiceError {
  return notFound(`Stream ${stream} under account ${accountId} not found.`);
}

export function shardNotFound(shardId: string, stream: string, accountId: string): ServiceError {
  return notFound(`Shard ${shardId} in stream ${stream} under account ${accountId} does not exist`);
}

export function consumerNotFound(consumer: string, accountId: string): ServiceError {
  return notFound(`Consumer ${consumer}, account ${accountId} not found.`);
}

/** What a throttled record says, in PutRecord's exception and in PutRecords' entries alike. */
export function rateExceeded(shardId: string, stream: string, accountId: string): string {
  return `Rate exceeded for shard ${shardId} in stream ${stream} under account ${accountId}.`;
}

/** A whole request that a shard's limits refuse. */
export function throttled(shardId: string, stream: string, accountId: string): ServiceError {
  return new ServiceError('ProvisionedThroughputExceededException', rateExceeded(shardId, stream, accountId));
}

/** Refuses a call that asks not to be carried out, once everything about it has been found good. */
export function refuseDryRun(dryRun: boolean | undefined): void {
  if (dryRun)
    throw new ServiceError(
      'DryRunOperationException',
      'The request would have succeeded, but the DryRun flag is set.',
    );
}
