/** Simulations for tests: played to the end, with every request's records noted down as it reached the stream. */
import { ATTEMPT } from '../../src/model/outcome.ts';
import { totalsOf } from '../../src/results/run-document.ts';
import type { Totals } from '../../src/results/report-document.ts';
import { simulateExactly, type Simulation, type SimulationOptions } from '../../src/simulate/exact.ts';
import type { Scenario } from '../../src/traffic/scenario.ts';

export interface SeenRecord {
  /** Source and index, as `0:17`. */
  readonly id: string;
  readonly key: string;
  readonly dataBytes: number;
  readonly accepted: boolean;
  /** Number of the shard that it was sent to. */
  readonly shard: number;
}

export interface SeenCall {
  readonly sentUs: number;
  readonly records: readonly SeenRecord[];
}

export function totalsOfSimulation(scenario: Scenario, serviceUs = 20_000): Totals {
  const { pipeline } = simulateExactly(scenario, { serviceUs, z: 3 });
  return totalsOf(pipeline.tally, pipeline.offer.digest);
}

export function callsOf(
  scenario: Scenario,
  serviceUs: number,
  rest: Partial<SimulationOptions> = {},
): { calls: SeenCall[]; totals: Totals; simulation: Simulation } {
  const calls: SeenCall[] = [];
  const simulation = simulateExactly(scenario, {
    ...rest,
    serviceUs,
    z: 3,
    onRequest: ({ batch, outcomes, pipeline: { producer, dictionary } }) => {
      const { records } = producer;
      calls.push({
        sentUs: batch.sentUs,
        records: Array.from(batch.slots, (slot, i) => ({
          id: `${records.source[slot]}:${records.k[slot]}`,
          key: dictionary.nameOf(records.key[slot]),
          dataBytes: records.dataBytes[slot],
          accepted: outcomes[i] === ATTEMPT.accepted,
          shard: records.shard[slot],
        })),
      });
    },
  });
  const { pipeline } = simulation;
  return { calls, totals: totalsOf(pipeline.tally, pipeline.offer.digest), simulation };
}
