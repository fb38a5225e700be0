/**
 * What is going to be asked of CloudWatch: how many metrics in how many calls, what that costs and how long it takes.
 */
import { LIMITS } from '../../model/limits.ts';
import { askingUsd } from '../../model/metric-prices.ts';
import type { AskedMetrics } from '../../results/evidence/stream-evidence.ts';
import { HOUR_MS, type MetricSteps } from './metric-steps.ts';

/** Metrics that are asked for over the same steps. */
export interface AskedGroup {
  readonly metrics: number;
  readonly steps: MetricSteps;
}

export interface AskPlan extends AskedMetrics {
  /** Points that may come at most. */
  readonly points: number;
  /** At AWS's rate of points, at least. */
  readonly seconds: number;
}

/** So many that a whole answer fits on one page: a metric is then paid for once. */
export function metricsPerCall({ count }: MetricSteps): number {
  const fitting = Math.floor(LIMITS.metricDataPoints.value / count);
  return Math.max(1, Math.min(LIMITS.metricQueries.value, fitting));
}

/** Points per second that may be asked for: fewer where the last three hours are among them. */
export function pointsPerSec({ startMs }: MetricSteps, nowMs: number): number {
  const isRecent = nowMs - startMs <= 3 * HOUR_MS;
  return (isRecent ? LIMITS.metricPointsPerSecRecent : LIMITS.metricPointsPerSecOlder).value;
}

/** The sum of what groups of metrics take. */
export function planAsking(groups: readonly AskedGroup[], nowMs: number): AskPlan {
  let [requests, metrics, points, seconds] = [0, 0, 0, 0];
  for (const group of groups) {
    const pages = Math.max(1, Math.ceil(group.steps.count / LIMITS.metricDataPoints.value));
    requests += Math.ceil(group.metrics / metricsPerCall(group.steps)) * pages;
    metrics += group.metrics;
    points += group.metrics * group.steps.count;
    seconds += (group.metrics * group.steps.count) / pointsPerSec(group.steps, nowMs);
  }
  return { requests, metrics, usd: askingUsd(metrics), points, seconds };
}
