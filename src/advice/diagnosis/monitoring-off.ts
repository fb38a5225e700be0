/**
 * Metrics of single shards are off, which is how a stream is made: then its own metrics say whether it throttles, and not
 * where.
 */
import type {
  DiagnosisEvidence,
  DiagnosisFinding,
  DiagnosisFindingOf,
} from '../../results/diagnosis-finding.ts';
import { FULL_STREAM } from '../verdict.ts';
import { limitOf } from './judged-interval.ts';
import { timeOf, type StreamView } from './stream-view.ts';
import type { WholeLoad } from './whole-load.ts';

/** Those that tell which shard is hot. */
const NEEDED = ['IncomingBytes', 'IncomingRecords', 'WriteProvisionedThroughputExceeded'];
/** Findings that say where the stream throttles. */
const EXPLAINS: ReadonlySet<string> = new Set(['HOT_KEY', 'HOT_SHARD']);

/** @param others findings of the shards and keys */
export function findMonitoringOff(
  view: StreamView,
  others: readonly DiagnosisFinding[],
): DiagnosisFindingOf<'MONITORING_OFF'>[] {
  const { evidence, open, whole } = view;
  const { shardMetrics } = evidence.stream;
  const metrics = shardMetrics.includes('ALL') ? [] : NEEDED.filter((name) => !shardMetrics.includes(name));
  if (metrics.length === 0) return [];
  const cost = evidence.missing.find(({ what, why }) => what === 'shard-metrics' && why === 'off');
  // The stream did not say, and nobody looked whether there are any.
  if (evidence.stream.status === 'UNKNOWN' && shardMetrics.length === 0 && cost === undefined) return [];
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
        ...recordsOf(view, others),
      },
    },
  ];
}

function throttledSpan(view: StreamView): { sinceMs?: number; untilMs?: number } {
  const { firstThrottled = null, lastThrottled = null } = view.whole ?? {};
  if (firstThrottled === null || lastThrottled === null) return {};
  return { sinceMs: timeOf(view, firstThrottled), untilMs: timeOf(view, lastThrottled) };
}

type Records = Pick<
  DiagnosisEvidence['MONITORING_OFF'],
  'records' | 'shardsRead' | 'secondsRead' | 'fullest'
>;

function recordsOf({ evidence, loads }: StreamView, others: readonly DiagnosisFinding[]): Records {
  const { sample } = evidence;
  // Of a file nobody knows what it left out: records read from the stream may still tell.
  if (sample === null || sample.shards.length === 0 || sample.source === 'file')
    return { records: 'unread', shardsRead: null, secondsRead: null, fullest: null };
  const isTold = others.some(
    ({ code, evidence: of }) => EXPLAINS.has(code) && 'source' in of && of.source === 'sample',
  );
  const fullest = [...loads.values()]
    .filter(({ source }) => source === 'sample')
    .map(({ accepted }) =>
      Math.max(accepted.records / limitOf('records'), accepted.bytes / limitOf('bytes')),
    );
  return {
    records: isTold ? 'told' : 'untold',
    shardsRead: new Set(sample.shards.map(({ shardId }) => shardId)).size,
    secondsRead: Math.min(...sample.shards.map(({ seconds }) => seconds)),
    fullest: fullest.length === 0 ? null : Math.max(...fullest),
  };
}

function saysOf(whole: WholeLoad | null): DiagnosisEvidence['MONITORING_OFF']['says'] {
  if (whole === null) return 'nothing';
  if (whole.worst.utilization.lower > FULL_STREAM) return 'full';
  return whole.throttled > 0 ? 'skew-or-burst' : 'calm';
}
