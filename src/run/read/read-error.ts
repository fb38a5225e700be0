/**
 * What a failed read means: too much was asked, the iterator is too old, somebody else has the shard, or anything else.
 */

export type ReadFailure = 'throttled' | 'expired' | 'inUse' | 'failed';

const THROTTLED = new Set([
  'ProvisionedThroughputExceededException',
  'LimitExceededException',
  'ThrottlingException',
]);

export interface ReadTrouble {
  readonly kind: ReadFailure;
  readonly code: string;
  readonly message: string;
}

/** Reads an error that the AWS SDK has thrown. */
export function readTroubleOf(thrown: unknown): ReadTrouble {
  const error = thrown as { readonly name?: string; readonly code?: string; readonly message?: string };
  const code = error.code ?? error.name ?? 'Error';
  return { kind: kindOf(code), code, message: error.message ?? code };
}

function kindOf(code: string): ReadFailure {
  if (THROTTLED.has(code)) return 'throttled';
  if (code === 'ExpiredIteratorException') return 'expired';
  return code === 'ResourceInUseException' ? 'inUse' : 'failed';
}
