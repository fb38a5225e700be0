/**
 * One simulation by the engine that was asked for, or by the one that suits the scenario.
 */
import { noiseMargin } from '../advice/verdict.ts';
import { badInput } from '../model/refusal.ts';
import { playInAggregate } from '../simulate/aggregate.ts';
import { meanRatePerSec } from '../traffic/offer.ts';
import type { Scenario } from '../traffic/scenario.ts';
import type { Engine } from './engine-name.ts';
import { played, type Watch } from './played.ts';
import { simulateOnce, type Question } from './simulate-once.ts';
import { aggregateReport, type SimulatedDocument } from './simulation-report.ts';

/** Up to so many records, auto plays every one: some seconds. */
const FEW_RECORDS = 20_000_000;

/** Refuses a scenario that the aggregate engine was asked to play and cannot. */
export async function simulateBy(
  engine: Engine,
  scenario: Scenario,
  question: Question,
  watch: Watch,
): Promise<SimulatedDocument> {
  const { file, serviceUs } = question;
  if (engine === 'exact' || (engine === 'auto' && recordsOf(scenario) <= FEW_RECORDS)) {
    return simulateOnce(scenario, question, watch);
  }
  const play = playInAggregate(scenario, { serviceUs, z: noiseMargin(scenario.stream.shards) });
  if (typeof play !== 'string') return aggregateReport(file, scenario, await played(play, watch), serviceUs);
  if (engine === 'auto') return simulateOnce(scenario, question, watch);
  throw badInput(
    `${file}: the aggregate engine cannot play this: ${play}.`,
    'Use --engine exact, or leave --engine out.',
  );
}

function recordsOf(scenario: Scenario): number {
  return (meanRatePerSec(scenario) * (scenario.warmupUs + scenario.durationUs)) / 1_000_000;
}
