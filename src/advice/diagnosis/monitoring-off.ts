/**
 * Metrics of single shards are off, which is how a stream is made: then its own metrics say whether it throttles, and not
 * where.
 */
import type { DiagnosisEvidence } from '../../results/diagnosis-finding.ts';
import { FULL_STREAM } from '../verdict.ts';
import type { Rule } from './rule.ts';
import { timeOf, type StreamView } from './stream-view.ts';
import type { WholeLoad } from './whole-load.ts';

/** Those that tell which shard is hot. */
const NEEDED = ['IncomingBytes', 'IncomingRecords', 'WriteProvisionedThroughputExceeded'];

export const findMonitoringOff: Rule<'MONITORING_OFF'> = (view) => {
  const { evidence, open, whole } = view;
  const { shardMetrics } = evidence.stream;
  const metrics = shardMetrics.includes('ALL') ? [] : NEEDED.filter((name) => !shardMetrics.includes(name));
  if (metrics.length === 0) return [];
  const cost = evidence.missing.find(({ what, why }) => what === 'shard-metrics' && why === 'off');
  const says = saysOf(whole);
  return [
    {
      code: 'MONITORING_OFF',
      severity: 'warning',
      confidence: 'high',
      splitHelps: says === 'skew-or-burst' ? 'unknown' : 'no-matter',
      ...throttledSpan(view),
      evidence: {
        metrics,
        shards: open.length,
        usdPerHour: cost?.usdPerHour ?? null,
        formula: cost?.formula ?? null,
        load: whole?.worst ?? null,
        throttled: whole?.throttled ?? 0,
        stepsThrottled: whole?.stepsThrottled ?? 0,
        says,
      },
    },
  ];
};

function throttledSpan(view: StreamView): { sinceMs?: number; untilMs?: number } {
  const { firstThrottled = null, lastThrottled = null } = view.whole ?? {};
  if (firstThrottled === null || lastThrottled === null) return {};
  return { sinceMs: timeOf(view, firstThrottled), untilMs: timeOf(view, lastThrottled) };
}

function saysOf(whole: WholeLoad | null): DiagnosisEvidence['MONITORING_OFF']['says'] {
  if (whole === null) return 'nothing';
  if (whole.worst.utilization.lower > FULL_STREAM) return 'full';
  return whole.throttled > 0 ? 'skew-or-burst' : 'calm';
}
