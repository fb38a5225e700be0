/**
 * PutMetricData: taken and forgotten, as the KCL and the KPL publish metrics of their own. Nothing of it is kept, so nothing
 * of it is read either, compressed or not.
 */
import { metricOperation } from './metric-operation.ts';

export const PUT_METRIC_DATA = { ...metricOperation({}, () => undefined), isUnread: true };
