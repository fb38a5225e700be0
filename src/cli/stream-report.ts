/**
 * What `diagnose` and `recommend` have in common: they connect, gather evidence while a progress line tells how far they
 * are, and put what they make of it under the same head. Interrupted, it is of what was gathered until then.
 */
import type { StreamEvidence } from '../results/evidence/stream-evidence.ts';
import { SCHEMA_VERSION } from '../results/report-document.ts';
import type { StreamReportHead } from '../results/report-head.ts';
import type { Context } from './context.ts';
import type { EvidenceOptions } from './evidence-flags.ts';
import type { Output } from './output.ts';
import { VERSION } from './version.ts';

export interface StreamQuestion {
  readonly options: EvidenceOptions;
  /** Also the peaks of the past before the window. */
  readonly coarse: boolean;
  readonly output: Output;
  readonly context: Context;
}

/**
 * @param prepare runs once the region is known, before anything is asked of the metrics
 * @throws Refusal
 */
export async function reportOnStream<P, T extends object>(
  { options, coarse, output, context }: StreamQuestion,
  prepare: (region: string) => Promise<P>,
  judge: (evidence: StreamEvidence, prepared: P) => T,
): Promise<StreamReportHead & T> {
  const { connect } = await import('../run/aws/connection.ts');
  const { epochClock } = await import('../run/clock.ts');
  const { evidenceInfoOf } = await import('../results/evidence/evidence-info.ts');
  const { gather, targetOf } = await import('./evidence.ts');
  const { watchInterrupt } = await import('./interrupt.ts');
  const { progressLine } = await import('./progress.ts');
  const connection = await connect(options.aws, options.stream);
  const line = progressLine(context, output.quiet);
  const interrupt = watchInterrupt();
  const startUs = epochClock();
  try {
    const prepared = await prepare(connection.region);
    const { signal } = interrupt;
    const watch = { context, line, quiet: output.quiet, signal };
    const evidence = await gather(connection, options, watch, coarse);
    const judged = judge(evidence, prepared);
    return {
      schemaVersion: SCHEMA_VERSION,
      tool: { name: 'shardwise', version: VERSION },
      startedAt: new Date(startUs / 1000).toISOString(),
      durationMs: Math.round((epochClock() - startUs) / 1000),
      partial: signal.aborted ? 'interrupted' : false,
      target: targetOf(evidence),
      evidence: evidenceInfoOf(evidence),
      ...judged,
    };
  } finally {
    line.clear();
    interrupt.release();
    connection.close();
  }
}
