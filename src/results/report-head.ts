/**
 * What the reports of `diagnose` and `recommend` begin with: which tool looked at which stream, when, and by what.
 */
import type { EvidenceInfo } from './evidence/evidence-info.ts';
import type { Partiality, SCHEMA_VERSION, TargetInfo } from './report-document.ts';

export interface StreamReportHead {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly tool: { readonly name: 'shardwise'; readonly version: string };
  /** ISO 8601. */
  readonly startedAt: string;
  /** How long it took. */
  readonly durationMs: number;
  readonly partial: Partiality;
  /** `stream` is its ARN where that is known, so that steps go to no other stream of the same name. */
  readonly target: TargetInfo;
  readonly evidence: EvidenceInfo;
}
