/** What every CloudWatch operation is: a declaration of its input, and a function from the metrics to the reply. */
import type { Fields, InputOf } from '../shape.ts';
import type { MetricStore } from './metric-store.ts';

export interface MetricOperation<F extends Fields = Fields> {
  readonly fields: F;
  /** Whether the request's members are not even looked at. */
  readonly isUnread?: boolean;
  /** The reply's members; undefined where it has none. @throws CloudWatchError which becomes the reply */
  readonly perform: (store: MetricStore, input: InputOf<F>, nowUs: number) => object | undefined;
}

/** Declares an operation; the type of its input follows from the fields. */
export function metricOperation<const F extends Fields>(
  fields: F,
  perform: (store: MetricStore, input: InputOf<F>, nowUs: number) => object | undefined,
): MetricOperation {
  return { fields, perform } as unknown as MetricOperation;
}
