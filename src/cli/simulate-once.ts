/**
 * One simulation and its report: what `simulate` prints, and what sweeps and searches ask many times.
 */
import { noiseMargin } from '../advice/verdict.ts';
import type { ReportDocument } from '../results/report-document.ts';
import { simulateExactly } from '../simulate/exact.ts';
import { meanRatePerSec } from '../traffic/offer.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { simulationReport, type SimulatedDocument } from './simulation-report.ts';

/** What a simulation is asked with besides its scenario. */
export interface Question {
  readonly file: string;
  /** From a request's sending to its reply, in microseconds. */
  readonly serviceUs: number;
}

export function simulateOnce(scenario: Scenario, { file, serviceUs }: Question): SimulatedDocument {
  const simulation = simulateExactly(scenario, { serviceUs, z: noiseMargin(scenario.stream.shards) });
  return simulationReport(file, scenario, simulation, serviceUs);
}

/** The document without what is about one simulation only; `scenario` is the one that was asked about. */
export function withoutCounts(document: SimulatedDocument, asked: Scenario): ReportDocument {
  const { schemaVersion, kind, tool, startedAt, durationMs, seed, partial, scenario, engine } = document;
  return {
    schemaVersion,
    kind,
    tool,
    startedAt,
    durationMs,
    ...(seed === undefined ? {} : { seed }),
    partial,
    ...(scenario === undefined ? {} : { scenario: { ...scenario, ratePerSec: meanRatePerSec(asked) } }),
    ...(engine === undefined ? {} : { engine }),
  };
}

/** Of the hottest shard. */
export function utilizationMaxOf({ shards }: SimulatedDocument): number {
  return shards.reduce((most, shard) => Math.max(most, shard.utilization), 0);
}
