/**
 * The report of `recommend`, and the only document that `apply` takes: the steps from the layout of now to a better one,
 * and what they are held to bring.
 */
import type { DiagnosisFinding } from './diagnosis-finding.ts';
import type { EvidenceInfo } from './evidence/evidence-info.ts';
import type { LayoutStep } from './layout-step.ts';
import type { LoadInterval } from './load-interval.ts';
import type { Partiality, SCHEMA_VERSION, TargetInfo } from './report-document.ts';

export type RecommendationVerdict = 'UNDER_PROVISIONED' | 'RIGHT_SIZED' | 'OVER_PROVISIONED' | 'UNDECIDED';

export interface RecommendationDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly kind: 'recommendation';
  readonly tool: { readonly name: 'shardwise'; readonly version: string };
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly partial: Partiality;
  /** `stream` is its ARN where that is known, so that steps go to no other stream of the same name. */
  readonly target: TargetInfo;
  readonly evidence: EvidenceInfo;
  readonly verdict: RecommendationVerdict;
  /** Of the layout that the steps start from, see `model/layout-fingerprint.ts`; and of the one that they lead to. */
  readonly fingerprint: string;
  readonly targetFingerprint: string;
  /** Open shards as the steps find them. */
  readonly layout: readonly LayoutRange[];
  readonly targetLayout: readonly LayoutRange[];
  readonly steps: readonly LayoutStep[];
  readonly before: LayoutForecast;
  readonly after: LayoutForecast;
  readonly findings: readonly DiagnosisFinding[];
}

export interface LayoutRange {
  /** Today's name, or the one that is predicted. */
  readonly shardId: string;
  readonly startingHashKey: string;
  readonly endingHashKey: string;
  /** Planning load over the limit, worst step, both ends of what is known; null where nothing is. */
  readonly utilization: LoadInterval | null;
}

/** What a layout carries, over the whole window of the evidence. */
export interface LayoutForecast {
  readonly shards: number;
  readonly hottest: LoadInterval | null;
  /** Part of first attempts that a replay of the evidence throttled; null where nothing could be replayed. */
  readonly throttled: number | null;
  readonly monthlyUsd: number | null;
}
