/**
 * The steps of a window of metrics: as fine as CloudWatch still keeps them so long ago, and which of them are complete.
 */
import { LIMITS } from '../../model/limits.ts';
import { badInput } from '../../model/refusal.ts';

export const MINUTE_MS = 60_000;
const FIVE_MINUTES_MS = 5 * MINUTE_MS;
export const HOUR_MS = 60 * MINUTE_MS;

/** AWS says nothing of how late metrics are: the newest three minutes may still grow. */
export const SETTLE_MS = 3 * MINUTE_MS;
/** From planning to the last call: a window that would be too old by then has coarser steps. */
const ASKING_MS = 30 * MINUTE_MS;

/** Steps of one length, one after the other. Times are milliseconds since 1970 on the metrics' clock. */
export interface MetricSteps {
  /** A whole multiple of the step. */
  readonly startMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/**
 * The finest step that CloudWatch still gives for a start so long ago; finer ones return nothing (source: GetMetricData).
 * Undefined where nothing is kept.
 */
export function finestStepMs(startMs: number, nowMs: number): number | undefined {
  const ageMinutes = (nowMs - startMs + ASKING_MS) / MINUTE_MS;
  if (ageMinutes <= LIMITS.metricMinutesKept.value) return MINUTE_MS;
  if (ageMinutes <= LIMITS.metricFiveMinutesKept.value) return FIVE_MINUTES_MS;
  return ageMinutes <= LIMITS.metricHoursKept.value ? HOUR_MS : undefined;
}

/** The whole steps that cover a window. */
export function stepsOver(fromMs: number, toMs: number, stepMs: number): MetricSteps {
  const startMs = Math.floor(fromMs / stepMs) * stepMs;
  return { startMs, stepMs, count: Math.max(1, Math.ceil((toMs - startMs) / stepMs)) };
}

/**
 * The steps in which a window is asked for.
 * @throws Refusal (exit 2) where it begins before CloudWatch's memory
 */
export function stepsOfWindow(fromMs: number, toMs: number, nowMs: number): MetricSteps {
  const stepMs = finestStepMs(fromMs, nowMs);
  if (stepMs === undefined) {
    const days = LIMITS.metricHoursKept.value / 1440;
    throw badInput(
      `--from lies further back than the ${days} days that CloudWatch keeps.`,
      `Begin later, such as --from -${days - 1}d.`,
    );
  }
  return stepsOver(fromMs, toMs, stepMs);
}

/** How many steps from the first on are over for three minutes and grow no more. */
export function completeSteps({ startMs, stepMs, count }: MetricSteps, nowMs: number): number {
  return Math.min(count, Math.max(0, Math.floor((nowMs - SETTLE_MS - startMs) / stepMs)));
}

/** As far back as points of a step are kept, up to now. */
export function stepsOfReach(reachMinutes: number, stepMs: number, nowMs: number): MetricSteps {
  // What is just about to be forgotten is left out: a start that is too old returns nothing at all.
  const fromMs = nowMs - reachMinutes * MINUTE_MS + HOUR_MS + ASKING_MS;
  return stepsOver(Math.ceil(fromMs / stepMs) * stepMs, nowMs, stepMs);
}
