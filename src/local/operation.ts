/**
 * What every operation is: a declaration of its input, and a function from the account, the checked input and
 * the time to the reply's content.
 */
import type { Account } from './account.ts';
import type { Fields, InputOf } from './shape.ts';

/** An object becomes JSON, a Subscription a reply that goes on, a buffer is JSON already, undefined an empty body. */
export type OperationResult = object | Buffer | undefined;

export interface Operation<F extends Fields = Fields> {
  readonly fields: F;
  /** What is asked of an input instead where the stream that it names wants it otherwise. */
  readonly fieldsFor?: (account: Account, input: unknown, nowUs: number) => F;
  /** @throws ServiceError which becomes the reply */
  readonly perform: (account: Account, input: InputOf<F>, nowUs: number) => OperationResult;
}

/** Declares an operation; the type of its input follows from the fields. */
export function operation<const F extends Fields>(
  fields: F,
  perform: (account: Account, input: InputOf<F>, nowUs: number) => OperationResult,
  fieldsFor?: (account: Account, input: unknown, nowUs: number) => Fields,
): Operation {
  return { fields, perform, fieldsFor } as unknown as Operation;
}

/** A time as replies carry it: seconds with milliseconds. */
export function timestampOf(us: number): number {
  return Math.floor(us / 1000) / 1000;
}
