/**
 * What CloudWatch charges for reading metrics and for a shard's own metrics.
 */
import { HOURS_PER_MONTH } from './prices.ts';

/** List prices of us-east-1; the free tier and volume discounts are left out, so that this is the most it can be. */
export const METRIC_PRICES = {
  /** GetMetricData: for 1,000 metrics requested, however many points each has. */
  requestedPer1000Usd: 0.01,
  /** A custom metric, as each shard-level metric of each shard is one: the first 10,000 of an account. */
  metricMonthUsd: 0.3,
  asOf: '2026-11',
  source:
    'CloudWatch pricing page (second-hand); developer guide, Monitoring: one custom metric per shard and metric',
} as const;

/** What it costs to ask for so many metrics, in US dollars. */
export function askingUsd(metrics: number): number {
  return (metrics / 1000) * METRIC_PRICES.requestedPer1000Usd;
}

/** What shard-level metrics cost while they are on. */
export function shardMetricsCost(
  shards: number,
  metrics: number,
): { readonly usdPerHour: number; readonly formula: string } {
  const { metricMonthUsd } = METRIC_PRICES;
  return {
    usdPerHour: (shards * metrics * metricMonthUsd) / HOURS_PER_MONTH,
    formula: `${shards} ${shards === 1 ? 'shard' : 'shards'} x ${metrics} ${metrics === 1 ? 'metric' : 'metrics'} x $${metricMonthUsd.toFixed(2)} a month / ${HOURS_PER_MONTH} h`,
  };
}
