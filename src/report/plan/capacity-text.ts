/**
 * What follows from a plan's number of shards: whether the scenario's own are enough, the way there from today's, and
 * the concurrency of Lambda.
 */
import type { PlanCapacity, ResizePlan } from '../../results/plan-capacity.ts';
import type { PlanResult } from '../../results/plan-result.ts';
import { amountOf, count } from '../figure.ts';
import { labelled } from '../paragraph.ts';
import { showFigures } from './constraint-text.ts';

const MARGIN = 15;

export function capacityLines({ capacity, shards }: PlanResult, columns: number): string[] {
  if (capacity === undefined) return [];
  const { scenario, resize, lambdaConcurrency } = capacity;
  const line = (label: string, text: string): string[] => labelled(label, showFigures(text), MARGIN, columns);
  const lines = [
    ...(scenario === undefined ? [] : line('Its shards', scenarioText(scenario, shards))),
    ...(resize === undefined ? [] : line('Resharding', resizeText(resize))),
    ...(lambdaConcurrency === undefined
      ? []
      : line(
          'Lambda',
          `Up to ${count(lambdaConcurrency)} invocations at a time: shards × ParallelizationFactor.`,
        )),
  ];
  return lines.length === 0 ? [] : ['', ...lines];
}

function scenarioText(
  { shards, isEnough }: NonNullable<PlanCapacity['scenario']>,
  planned: number | null,
): string {
  const own = `The scenario has ${amountOf(shards, 'shard')}`;
  if (isEnough) return `${own}: enough.`;
  if (planned === null) return `${own}: not enough, as no number is.`;
  return shards >= planned
    ? `${own}: more than needed, and yet not enough, for heavy keys fall together on that count.`
    : `${own}: too few.`;
}

const LISTED = 12;

/** `From 3: 6, 12, 24, 48, 60. 5 UpdateShardCount calls; …`. */
function resizeText({ from, steps, days }: ResizePlan): string {
  if (steps === null) {
    return (
      `UpdateShardCount does not lead from ${amountOf(from, 'shard')} to the plan: it makes at most 10,000. Beyond that, ` +
      'shards are split and merged one by one.'
    );
  }
  if (steps.length === 0) return `From ${amountOf(from, 'shard')}: nothing to do.`;
  const path = steps.slice(0, LISTED).map((step) => count(step.shards));
  const more = steps.length > LISTED ? ', …' : '';
  const time =
    days === 1 ? 'a stream takes 10 in 24 hours' : `${days} days, for a stream takes 10 in 24 hours`;
  const slow = steps.filter(({ isQuick }) => !isQuick).length;
  const quick = slow === 0 ? '' : ' Steps that are no multiple of 25 % take longer.';
  const each =
    steps.length === 1
      ? '1 UpdateShardCount call'
      : `${steps.length} UpdateShardCount calls, each at most double or half`;
  return `From ${amountOf(from, 'shard')}: ${path.join(', ')}${more}. ${each}; ${time}.${quick}`;
}
