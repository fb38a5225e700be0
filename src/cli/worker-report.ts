/**
 * The report of one machine of several: its own counts, and what `merge` needs.
 */
import { createHash } from 'node:crypto';
import type { ReportDocument } from '../results/report-document.ts';
import type { PutCounts } from '../results/put-counts.ts';
import { workerSection, type WorkerIdentity } from '../results/worker-section.ts';
import type { CountedLoad } from '../results/unfinished-load.ts';
import type { ReadResult } from '../run/read/reader-group.ts';
import type { CrewView } from '../run/send/crew.ts';
import { LOAD_ID_BYTES } from '../traffic/payload.ts';
import { scenarioDigest } from '../traffic/scenario-digest.ts';
import type { Scenario } from '../traffic/scenario.ts';
import type { WorkerOptions } from './worker-flags.ts';

/**
 * 32 hexadecimal digits. Machines that start one load together share the first 24, so that each knows the others' records
 * when it reads them; without a common start they have nothing that no other run has.
 */
export function runIdOf({ split, startAtUs }: WorkerOptions, scenario: Scenario, random: Uint8Array): string {
  const own = Buffer.from(random).toString('hex');
  if (split === undefined || startAtUs === undefined) return own;
  const load = [scenarioDigest(scenario), scenario.seed, split.count, startAtUs].join(' ');
  const shared = createHash('sha256')
    .update(load)
    .digest('hex')
    .slice(0, 2 * LOAD_ID_BYTES);
  return shared + own.slice(shared.length);
}

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
  readonly reading?: Pick<ReadResult, 'part'> | undefined;
}

/**
 * Findings and thresholds are about the whole load: all that a part says is how its own generator fared.
 * @param tally as it is in the document
 */
export function workerReport(
  document: ReportDocument,
  identity: WorkerIdentity | undefined,
  { tally: { load }, lag, dictionary, startUs, puts, reading }: SentPart,
  tally: CountedLoad,
  retentionHours: number,
): ReportDocument {
  if (identity === undefined || load.trace === undefined) return document;
  const { startAt } = identity;
  const lateMs = startAt === undefined ? 0 : Math.round(startUs / 1000 - Date.parse(startAt));
  const section = workerSection({
    identity: { ...identity, ...(lateMs > 0 ? { lateMs } : {}) },
    ...{ tally, lag, trace: load.trace, keys: dictionary, puts },
    ...(reading?.part && { reading: { ...reading.part, retentionHours } }),
  });
  return {
    ...document,
    findings: (document.findings ?? []).filter(({ code }) => code === 'GENERATOR_LATE'),
    thresholds: [],
    worker: section,
  };
}
