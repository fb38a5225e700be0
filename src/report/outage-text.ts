/**
 * What an outage of the timeline did to the records: those that failed in it, and those that came again after it.
 */
import type { ReportDocument, Series, TimelineRow } from '../results/report-document.ts';
import { amountOf, count, duration } from './figure.ts';

/** Part of the throttled attempts from which on they are put down to an outage that they came after. */
const NEARLY_ALL = 0.9;

/**
 * Why records failed or were throttled, and what helps; undefined where no outage is to blame: there was none, it cost
 * nothing, or most of the throttling came before it.
 */
export function outageSentences(document: ReportDocument): string[] | undefined {
  const { timeline = [], totals, series } = document;
  const outages = timeline.filter(({ kind }) => kind === 'outage');
  const first = outages.at(0);
  if (first === undefined || totals === undefined || totals.failedAttempts === 0) return undefined;
  const { throttledAttempts, failed } = totals;
  if (throttledAttempts > 0 && (series === undefined || !cameAfter(series, first.atMs))) return undefined;
  return [
    `${nameOf(outages)}: every put failed in it.`,
    ...(throttledAttempts > 0
      ? [
          `${amountOf(throttledAttempts, 'throttled attempt')} came of it: when puts were taken again, what had failed ` +
            `was sent again beside the new load${untilCalm(document)}.`,
        ]
      : []),
    ...(failed > 0 ? [`${amountOf(failed, 'record')} ${failed === 1 ? 'was' : 'were'} given up.`] : []),
    wayOut(document),
  ];
}

function nameOf(outages: readonly TimelineRow[]): string {
  const [first] = outages;
  const one = `outage of ${duration(first.durationMs ?? 0)} at ${duration(first.atMs)}`;
  return outages.length === 1 ? `The ${one}` : `The ${count(outages.length)} outages, first the ${one}`;
}

function cameAfter({ stepMs, throttledAttempts }: Series, fromMs: number): boolean {
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  return sum(throttledAttempts.slice(Math.floor(fromMs / stepMs))) >= NEARLY_ALL * sum(throttledAttempts);
}

function untilCalm({ retry }: ReportDocument): string {
  if (retry?.spikeCause !== 'outage') return '';
  if (retry.calmMs === undefined) return ', to the end';
  return retry.calmMs === 0 ? '' : `, for ${duration(retry.calmMs)} until calm`;
}

/** What lets records outlast an outage, and what keeps them from coming back all at once. */
function wayOut({ scenario, totals }: ReportDocument): string {
  const policy = scenario?.producer?.retry.policy ?? 'none';
  const outlast = {
    none: 'retry with backoff (retry.policy: backoff), with tries and waits that last longer than an outage',
    sdk: 'more tries and longer waits (retry.maxAttempts, base, max), that last longer than an outage',
    backoff: 'more tries and longer waits (retry.maxAttempts, base, max), that last longer than an outage',
    kpl: 'a longer time to live (retry.ttl) than an outage lasts, or waits between tries (retry.policy: backoff)',
  }[policy];
  const advice = [
    ...(totals !== undefined && totals.failed + totals.throttled > 0 ? [outlast] : []),
    ...(totals !== undefined && totals.dropped > 0
      ? [
          `more requests in flight (inFlight), for a queue that overflowed: ${count(totals.dropped)} records dropped`,
        ]
      : []),
    'shards with room for what comes back beside the new load',
  ];
  return `To do: ${advice.join('; ')}. Waits with jitter, which backoff has, keep it from coming all at once.`;
}
