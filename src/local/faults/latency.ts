/** How long an answer is held back: a draw from a latency distribution, modelled and not measured. */
import { exp, ln } from '../../traffic/elementary.ts';
import { normalQuantile } from '../../traffic/normal.ts';
import type { Latency } from './fault-rule.ts';

/** Nobody waits longer for an answer, and a timer must end. */
export const MOST_DELAY_US = 600_000_000;

const Z99 = normalQuantile(0.99);

/**
 * Whole microseconds, at most ten minutes.
 * @param p a number from [0, 1): the quantile to give
 */
export function delayAt(latency: Latency, p: number): number {
  return Math.min(MOST_DELAY_US, Math.round(quantile(latency, p)));
}

function quantile(latency: Latency, p: number): number {
  switch (latency.kind) {
    case 'fixed':
      return latency.us;
    case 'uniform':
      return latency.minUs + (latency.maxUs - latency.minUs) * p;
    case 'lognormal': {
      const sigma = ln(latency.p99Us / latency.p50Us) / Z99;
      return latency.p50Us * exp(sigma * normalQuantile(p));
    }
  }
}
