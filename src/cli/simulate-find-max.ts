/**
 * `shardwise simulate --find-max`: the largest rate at which a threshold holds, searched by simulating.
 */
import { badInput } from '../model/refusal.ts';
import { formatCount, formatNumber } from '../model/quantity.ts';
import { SEARCH_CEILING, type RateProbe } from '../results/many-simulations.ts';
import type { ReportDocument } from '../results/report-document.ts';
import { parseThreshold, type Threshold } from '../results/threshold.ts';
import { searchRate, type RateRange } from '../simulate/rate-search.ts';
import { atRate, peakOverMean, withEmptyBuckets } from '../simulate/variant.ts';
import { meanRatePerSec } from '../traffic/offer.ts';
import { MAX_RECORDS_PER_SEC } from '../traffic/scenario-rules.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { watchOf, type LongWatch } from './simulate-watch.ts';
import { simulateOnce, utilizationMaxOf, withoutCounts, type Question } from './simulate-once.ts';

/** Where the search gives up: fewer records say nothing of a percentage. */
const LEAST_RECORDS = 100;

/**
 * Reads the threshold to hold.
 * @throws Refusal where it is none, cannot be measured in a simulation, or a higher rate would not break it
 */
export function parseFindMax(expression: string): Threshold {
  const threshold = parseThreshold(expression, '--find-max');
  const { metric, operator } = threshold;
  if (metric.kind === 'latency') throw unmeasured(expression, 'latency in a simulation is modelled');
  if (metric.kind === 'share' && metric.count === 'failed')
    throw unmeasured(expression, 'what fails in a simulation does not depend on the rate');
  if (operator === '>' || operator === '>=') {
    throw badInput(
      `--find-max ${JSON.stringify(expression)}: a higher rate does not break it.`,
      'Write < or <=, as in "throttledAttempts < 0.1%".',
    );
  }
  return threshold;
}

function unmeasured(expression: string, why: string): Error {
  return badInput(
    `--find-max ${JSON.stringify(expression)}: ${why}, so that the answer would mean nothing.`,
    'Ask for throttledAttempts, throttled, dropped, utilization.max or, with consumers, iteratorAge.max.',
  );
}

function nothingDue({ durationUs }: Scenario): Error {
  const seconds = formatNumber(durationUs / 1_000_000);
  return badInput(
    `--find-max: at the scenario's own rate no record falls due within its duration, ${seconds} s.`,
    'Write a higher rate or a longer duration: the search begins there.',
  );
}

/** Interrupted, it says what is known from the probes that were played to their end. */
export async function simulateFindMax(
  scenario: Scenario,
  threshold: Threshold,
  question: Question,
  { signal, show }: LongWatch,
): Promise<ReportDocument> {
  const { expression, unit } = threshold;
  const probes: RateProbe[] = [];
  // Full buckets hide an overload for as long as they last, longer than many scenarios.
  const empty = { ...withEmptyBuckets(scenario), thresholds: [expression] };
  let shared: ReportDocument | undefined;
  const { isFlat, ...bracket } = await searchRate(rangeOf(scenario), async (ratePerSec) => {
    const which = `${formatCount(ratePerSec)} records/s: simulation ${probes.length + 1}`;
    const variant = `rate=${formatCount(ratePerSec)}/s`;
    const watch = watchOf(scenario, signal, show, which);
    const document = await simulateOnce(atRate(empty, ratePerSec), { ...question, variant }, watch);
    if (document.partial !== false) {
      shared = { ...(shared ?? withoutCounts(document, scenario)), partial: document.partial };
      return undefined;
    }
    const [{ actual, ok }] = document.thresholds;
    if (actual === null && document.totals.offered === 0) throw nothingDue(scenario);
    if (actual === null || ok === null) {
      const isAge = threshold.metric.kind === 'iteratorAge';
      throw unmeasured(
        expression,
        isAge ? 'the scenario has no consumers' : 'a simulation does not measure that',
      );
    }
    const { totals } = document;
    const holds = ok && (totals.dropped === 0 || asksForDropped(threshold));
    probes.push({ ratePerSec, ok: holds, actual, totals, utilizationMax: utilizationMaxOf(document) });
    shared ??= withoutCounts(document, scenario);
    return { holds, actual };
  });
  if (shared === undefined) throw new Error('a search without a probe');
  return { ...shared, maxRate: { expression, unit, ...bracket, ...(isFlat && { isFlat }), probes } };
}

/**
 * A rate at which the producer drops records does not hold: what is never sent is never throttled, and the answer
 * would be a rate that never reaches the stream.
 */
function asksForDropped({ metric }: Threshold): boolean {
  return metric.kind === 'share' && metric.count === 'dropped';
}

/** From the scenario's own rate, as far as the search is said to go. */
function rangeOf(scenario: Scenario): RateRange {
  const startPerSec = meanRatePerSec(scenario);
  const durationSec = scenario.durationUs / 1_000_000;
  const playedSec = (scenario.warmupUs + scenario.durationUs) / 1_000_000;
  return {
    startPerSec,
    leastPerSec: Math.min(startPerSec, LEAST_RECORDS / durationSec),
    mostPerSec: Math.max(
      startPerSec,
      Math.min(
        Math.max(SEARCH_CEILING.records / playedSec, SEARCH_CEILING.times * startPerSec),
        MAX_RECORDS_PER_SEC / peakOverMean(scenario),
      ),
    ),
  };
}
