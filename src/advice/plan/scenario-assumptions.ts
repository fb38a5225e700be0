/**
 * What a plan takes for granted of a scenario: where it knows it only roughly, or leaves a part of it out.
 */
import { formatDuration, formatRate } from '../../model/quantity.ts';
import { isSteadyText } from '../../traffic/payload-text.ts';
import type { Scenario, Source } from '../../traffic/scenario.ts';
import type { Assumption } from './assumption.ts';
import type { PlanOptions } from './plan-input.ts';
import { meanRateOf, peakOf } from './source-rates.ts';

export function scenarioAssumptions(scenario: Scenario, options: PlanOptions): Assumption[] {
  const isPeakGiven = (options.peakRate ?? options.rate) !== undefined;
  return [
    ...(isPeakGiven ? [] : peakAssumptions(scenario)),
    ...(options.rate === undefined ? meanAssumptions(scenario) : []),
    ...some(
      scenario.traffic.some(({ arrivals }) => arrivals.kind !== 'even'),
      'Records arrive one by one: that hundreds of a PutRecords call can fall on one shard at once is not part of a ' +
        'plan. simulate shows it.',
    ),
    ...approximations(scenario, options),
  ];
}

function approximations({ traffic, stream, timeline = [] }: Scenario, options: PlanOptions): Assumption[] {
  const isPerBatch = options.keys === undefined && traffic.some(({ keys }) => keys.kind === 'perBatch');
  const isOpenText =
    options.dataBytes === undefined &&
    traffic.some(({ size }) => size.kind === 'template' && !isSteadyText(size.template));
  return [
    ...some(
      isPerBatch,
      'One key per batch: planned as evenly spread over its keys; a whole request on one shard is not part of it.',
    ),
    ...some(
      isOpenText,
      'Numbers in the payload template are planned with 16 digits, the most they can have.',
    ),
    ...some(
      stream.onDemand !== undefined,
      "The shards of an on-demand stream are the service's matter: these must be open when the load comes, by " +
        'warm throughput (1 MiB/s each) or because the stream has grown. simulate shows whether it grows in time.',
    ),
    ...some(
      stream.ranges !== undefined,
      'Planned for equal ranges of hash keys: those that the scenario says its shards have now are not part of a plan.',
    ),
    ...some(timeline.length > 0, 'The timeline is not part of a plan: simulate plays it.'),
  ];
}

function some(holds: boolean, text: string): Assumption[] {
  return holds ? [{ text, doubt: 'some' }] : [];
}

function peakAssumptions({ traffic }: Scenario): Assumption[] {
  if (traffic.every(isSteady)) return [];
  const peak = traffic.reduce((sum, source) => sum + peakOf(source), 0);
  const sum = traffic.length > 1 ? ', every source at its own peak at the same time' : '';
  return [
    {
      text: `Planned for the highest rate of any stage: ${formatRate({ recordsPerSec: peak })}${sum}.`,
      doubt: 'some',
    },
  ];
}

/** A month is billed as if the scenario were played again and again. */
function meanAssumptions({ traffic, durationUs }: Scenario): Assumption[] {
  if (traffic.every(isSteady)) return [];
  const mean = traffic.reduce((sum, source) => sum + meanRateOf(source), 0);
  return some(
    true,
    `Bills: the scenario's ${formatDuration(durationUs)} for 730 h on end, at their mean of ` +
      `${formatRate({ recordsPerSec: mean })}. --rate has that of your month.`,
  );
}

function isSteady({ stages }: Source): boolean {
  return stages.every(({ from, to }) => from === stages[0].from && to === from);
}
