/**
 * One simulation and its report: what `simulate` prints, and what sweeps and searches ask many times.
 */
import { noiseMargin } from '../advice/verdict.ts';
import { reachableShards } from '../model/on-demand.ts';
import { badInput, Refusal } from '../model/refusal.ts';
import type { ReportDocument } from '../results/report-document.ts';
import { playExactly } from '../simulate/exact.ts';
import { meanRatePerSec } from '../traffic/offer.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { played, type Watch } from './played.ts';
import { simulationReport, type SimulatedDocument } from './simulation-report.ts';

/** What a simulation is asked with besides its scenario. */
export interface Question {
  readonly file: string;
  /** From a request's sending to its reply, in microseconds. */
  readonly serviceUs: number;
  /** What is special about this one of many simulations, as refusals name it: `shards=4`. */
  readonly variant?: string;
}

export async function simulateOnce(
  scenario: Scenario,
  { file, serviceUs, variant }: Question,
  watch: Watch,
): Promise<SimulatedDocument> {
  const options = { serviceUs, z: noiseMargin(mostShardsOf(scenario)) };
  const simulation = await naming(variant === undefined ? file : `${file} with ${variant}`, () =>
    played(playExactly(scenario, options), watch),
  );
  return simulationReport(file, scenario, simulation, serviceUs);
}

/** Chance must not make a finding on any of the shards that an on-demand stream may come to have. */
function mostShardsOf({ stream: { shards, onDemand }, warmupUs, durationUs }: Scenario): number {
  return onDemand === undefined ? shards : reachableShards(shards, onDemand.rules, warmupUs + durationUs);
}

/** What is done; a refusal, such as of an event of the timeline, names the file. */
async function naming<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
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
