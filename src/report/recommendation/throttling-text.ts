/**
 * What was throttled, as CloudWatch measured it, beside what a replay of the layouts throttles; and why a replay does not
 * reproduce it, where it does not.
 */
import type {
  LayoutReplay,
  MeasuredThrottling,
  RecommendationDocument,
  ReplayGap,
} from '../../results/recommendation-document.ts';
import { amountOf, count, percent } from '../figure.ts';
import { labelled } from '../paragraph.ts';

const GAPS: Readonly<Record<ReplayGap, string>> = {
  'shard-loads-unknown':
    'what each shard carries is not known, so it plays all of them alike (shard metrics or --sample tell)',
  'bursts-within-second':
    'bursts within a second, and batches that arrive together, are not in minutes times a burst factor',
  'retries-as-new': 'it takes every throttled attempt for a new record, and some were retries',
  'burst-factor': 'seconds are evener than the burst factor has them, or buckets hold more',
};

export function throttlingLines(
  { throttling, replay, before, after }: RecommendationDocument,
  margin: number,
  columns: number,
): string[] {
  const lines: string[] = [];
  if (throttling !== null) lines.push(`Measured: ${measuredText(throttling)} in the whole window.`);
  if (replay !== null && before.throttled !== null && after.throttled !== null)
    lines.push(replayText(replay, before.throttled, after.throttled));
  return lines.flatMap((text, i) => labelled(i === 0 ? 'Throttled' : '', text, margin, columns));
}

/** `1,200 of 8,000 attempts (15 %)`. */
function measuredText({ accepted, throttledAttempts }: MeasuredThrottling): string {
  const attempts = accepted + throttledAttempts;
  if (throttledAttempts === 0) return `none of ${count(attempts)} attempts`;
  return `${count(throttledAttempts)} of ${count(attempts)} attempts (${percent(throttledAttempts / attempts)})`;
}

/** The replay of the layout of now never stands without what was measured in the same steps. */
function replayText({ steps, measured, gaps }: LayoutReplay, before: number, after: number): string {
  const where = `in the ${amountOf(steps, 'step')} around the worst`;
  const how = 'Simulated second by second from the upper end of the load, as first attempts.';
  if (measured === null)
    return (
      `Replayed ${where}: ${percent(before)} with the layout of now, ${percent(after)} after; the metric of throttled ` +
      `attempts is missing, so nothing says how true that is. ${how}`
    );
  const all = measured.accepted + measured.throttledAttempts;
  const share = percent(all > 0 ? measured.throttledAttempts / all : 0);
  const both = `Replayed ${where}: measured ${share}, replayed ${percent(before)} with the layout of now`;
  if (gaps.length === 0) return `${both}, ${percent(after)} after. ${how}`;
  const isLow = before < (all > 0 ? measured.throttledAttempts / all : 0);
  const trust = isLow
    ? 'which therefore promises little'
    : after > 0
      ? 'which is too much rather than too little'
      : 'and that holds the more';
  return (
    `${both}. The replay does not reproduce what was measured: ${gaps.map((gap) => GAPS[gap]).join('; ')}. It has ` +
    `${percent(after)} after the steps, ${trust}. ${how}`
  );
}
