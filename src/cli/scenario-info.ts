/**
 * What a report says of the scenario behind it.
 */
import type { ScenarioInfo } from '../results/report-document.ts';
import { meanRatePerSec } from '../traffic/offer.ts';
import { peakRatePerSec } from '../traffic/peak-rate.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { producerInfoOf } from './producer-info.ts';

export function scenarioInfoOf(file: string, scenario: Scenario): ScenarioInfo {
  return {
    file,
    ...(scenario.description === undefined ? {} : { description: scenario.description }),
    durationMs: scenario.durationUs / 1000,
    warmupMs: scenario.warmupUs / 1000,
    ratePerSec: meanRatePerSec(scenario),
    peakRatePerSec: peakRatePerSec(scenario),
    producer: producerInfoOf(scenario.producer),
    ...(scenario.stream.onDemand === undefined ? {} : { mode: 'on-demand' }),
  };
}
