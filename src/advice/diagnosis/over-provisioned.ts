/**
 * A stream that never came near to what it can carry. Never said where anything throttled, of a layout that is younger than
 * the window, of a window that is too short to tell, or where metrics have holes.
 */
import { ADVICE_HEADROOM } from '../verdict.ts';
import { limitOf } from './judged-interval.ts';
import type { Rule } from './rule.ts';

/** Shorter windows show no more than a quiet half hour. */
const LEAST_HOURS = 0.5;
/** The stream must do with this part of its shards. */
const HALF = 0.5;
const WEEK_HOURS = 168;

export const findOverProvisioned: Rule<'OVER_PROVISIONED'> = (view) => {
  const { evidence, whole, open, sums } = view;
  const { metrics } = evidence;
  if (view.isOnDemand || metrics === null || whole === null || sums === null || open.length < 2) return [];
  // As its clock tells it: that of a local endpoint may run faster.
  const windowHours = (metrics.complete * metrics.stepMs) / 3_600_000;
  const isYoung = evidence.shards.some(({ openedBeforeMs }) => openedBeforeMs !== undefined);
  const isThrottlingUnknown = metrics.stream.WriteProvisionedThroughputExceeded === undefined;
  if (whole.throttled > 0 || isYoung || windowHours < LEAST_HOURS || isThrottlingUnknown) return [];
  if (whole.known < metrics.complete / 2) return [];
  const most = (['records', 'bytes'] as const).map((dimension) => {
    const highest = sums[dimension].upper.reduce((a, b) => Math.max(a, b), 0);
    return highest / (limitOf(dimension) * (1 - ADVICE_HEADROOM));
  });
  const shardsEnough = Math.max(1, Math.ceil(Math.max(...most)));
  const hottest = Math.max(0, ...Array.from(view.loads.values(), ({ worst }) => worst.utilization.upper));
  if (shardsEnough > open.length * HALF || hottest > HALF) return [];
  return [
    {
      code: 'OVER_PROVISIONED',
      severity: 'warning',
      confidence: windowHours >= WEEK_HOURS - 1 ? 'medium' : 'low',
      splitHelps: 'no-matter',
      evidence: {
        load: whole.worst,
        shards: open.length,
        shardsEnough,
        headroom: ADVICE_HEADROOM,
        windowHours,
      },
    },
  ];
};
