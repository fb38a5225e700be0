/**
 * One simulation and its report: what `simulate` prints, and what sweeps and searches ask many times.
 */
import { noiseMargin } from '../advice/verdict.ts';
import { badInput, Refusal } from '../model/refusal.ts';
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
  /** What is special about this one of many simulations, as refusals name it: `shards=4`. */
  readonly variant?: string;
}

export function simulateOnce(scenario: Scenario, { file, serviceUs, variant }: Question): SimulatedDocument {
  const options = { serviceUs, z: noiseMargin(scenario.stream.shards) };
  const simulation = naming(variant === undefined ? file : `${file} with ${variant}`, () =>
    simulateExactly(scenario, options),
  );
  return simulationReport(file, scenario, simulation, serviceUs);
}

/** What is done; a refusal, such as of an event of the timeline, names the file. */
function naming<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw badInput(`${file}: ${error.what}`, error.fix);
  }
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
