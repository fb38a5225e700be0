/**
 * The report of one machine of several: its own counts, and what `merge` needs.
 */
import type { ReportDocument } from '../results/report-document.ts';
import type { PutCounts } from '../results/put-counts.ts';
import { workerSection, type WorkerIdentity } from '../results/worker-section.ts';
import type { CountedLoad } from '../results/unfinished-load.ts';
import type { CrewView } from '../run/send/crew.ts';
import { scenarioDigest } from '../traffic/scenario-digest.ts';
import type { Scenario } from '../traffic/scenario.ts';
import type { WorkerOptions } from './worker-flags.ts';

/** Undefined where one machine sends everything. */
export function identityOf(
  { split, startAtUs }: WorkerOptions,
  scenario: Scenario,
  runId: string,
): WorkerIdentity | undefined {
  if (split === undefined) return undefined;
  return {
    index: split.index + 1,
    count: split.count,
    scenarioDigest: scenarioDigest(scenario),
    runId,
    ...(startAtUs === undefined ? {} : { startAt: new Date(startAtUs / 1000).toISOString() }),
    thresholds: scenario.thresholds,
  };
}

export interface SentPart extends Pick<CrewView, 'tally' | 'lag' | 'dictionary' | 'startUs'> {
  /** Known once it is over. */
  readonly puts?: PutCounts | undefined;
}

/**
 * Findings and thresholds are about the whole load: all that a part says is how its own generator fared.
 * @param tally as it is in the document
 */
export function workerReport(
  document: ReportDocument,
  identity: WorkerIdentity | undefined,
  { tally: { load }, lag, dictionary, startUs, puts }: SentPart,
  tally: CountedLoad,
): ReportDocument {
  if (identity === undefined || load.trace === undefined) return document;
  const { startAt } = identity;
  const lateMs = startAt === undefined ? 0 : Math.round(startUs / 1000 - Date.parse(startAt));
  const section = workerSection({
    identity: { ...identity, ...(lateMs > 0 ? { lateMs } : {}) },
    ...{ tally, lag, trace: load.trace, keys: dictionary, puts },
  });
  return {
    ...document,
    findings: (document.findings ?? []).filter(({ code }) => code === 'GENERATOR_LATE'),
    thresholds: [],
    worker: section,
  };
}
