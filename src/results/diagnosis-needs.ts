/**
 * What a diagnosis must have had before it, so that not finding something means that it is not there.
 */
import type { DiagnosisDocument } from './diagnosis-document.ts';
import type { DiagnosisCode } from './diagnosis-finding.ts';
import type { MissingEvidence } from './evidence/missing-evidence.ts';

/** What is known of the stream's data, as far as a finding may need it. */
interface Known {
  /** Counts of the whole stream. */
  readonly stream: boolean;
  /** Counts of every shard that may be among the worst. */
  readonly shards: boolean;
  /** Single records. */
  readonly records: boolean;
  /** A run's own counts of its keys. */
  readonly run: boolean;
  /** No key is left of which it is open whether it is too much, nor a hot shard whose keys nobody saw. */
  readonly keys: boolean;
  /** No shard comes near its limit, so no key in it can. */
  readonly calm: boolean;
  readonly layout: boolean;
  readonly summary: boolean;
  /** Who has enhanced fan-out. */
  readonly consumers: boolean;
}

const NEEDS = {
  HOT_KEY: ({ records, run, calm, keys }) => keys && (records || run || calm),
  HOT_SHARD: ({ shards }) => shards,
  UNDER_PROVISIONED: ({ stream, layout, summary }) => stream && (layout || summary),
  OVER_PROVISIONED: ({ stream, layout, summary }) => stream && (layout || summary),
  UNEVEN_RANGES: ({ shards, layout }) => shards && layout,
  HIDDEN_BURST: ({ shards }) => shards,
  FEW_KEYS: ({ records }) => records,
  READ_BOUND: ({ stream, consumers }) => stream && consumers,
  READ_BUDGET_EXHAUSTED: ({ stream }) => stream,
  LAGGING_CONSUMER: ({ stream, consumers }) => stream && consumers,
  RETRY_STORM: ({ shards, run }) => shards || run,
  LARGE_RECORDS: ({ records }) => records,
  MONITORING_OFF: ({ summary }) => summary,
  KEYS_IGNORED: ({ summary }) => summary,
} as const satisfies Record<DiagnosisCode, (known: Known) => boolean>;

/** Whether the diagnosis had what it takes to find this, or to rule it out. */
export function isLookedFor(code: DiagnosisCode, document: DiagnosisDocument): boolean {
  return NEEDS[code](knownOf(document));
}

function knownOf(document: DiagnosisDocument): Known {
  const { evidence, shards } = document;
  const lacks = (what: MissingEvidence['what']): boolean =>
    // What was left out because the worst are elsewhere can hide nothing worse.
    evidence.missing.some((missing) => missing.what === what && missing.why !== 'not-asked');
  const stream = evidence.steps > 0 && !lacks('stream-metrics');
  // A stream of one shard counts as its shard.
  const counted = stream && (!lacks('shard-metrics') || evidence.shardsInWindow === 1);
  const layout = shards.length > 0;
  return {
    ...{ stream, shards: counted && layout, layout },
    records: evidence.sample !== undefined,
    keys: isDecided(document),
    run: evidence.run !== undefined,
    calm: counted && layout && shards.every(({ utilization }) => (utilization?.upper ?? 0) < 1),
    summary: !lacks('summary'),
    consumers: !lacks('consumers') && !lacks('fan-out-metrics'),
  };
}

function isDecided({ findings, keys }: DiagnosisDocument): boolean {
  return (
    findings.every(
      (finding) =>
        (finding.code !== 'HOT_SHARD' || finding.evidence.keys === 'fit') &&
        (finding.code !== 'MONITORING_OFF' ||
          finding.evidence.says !== 'skew-or-burst' ||
          finding.evidence.records === 'told'),
    ) && keys.every(({ source, utilization }) => source === 'run' || (utilization?.upper ?? 0) <= 1)
  );
}
