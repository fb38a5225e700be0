/**
 * What is planned for: the traffic that flags describe, or that of a scenario file with flags on top.
 */
import type { TrafficShape } from '../../advice/money/on-demand-risk.ts';
import type { PlanInput, PlanOptions } from '../../advice/plan/plan-input.ts';
import type { ScheduleOptions } from '../../advice/schedule/plan-schedule.ts';
import { badInput } from '../../model/refusal.ts';
import type { ScenarioInfo } from '../../results/report-document.ts';
import type { Scenario } from '../../traffic/scenario.ts';
import type { Gates } from '../gates.ts';

export interface Planned {
  readonly input: PlanInput;
  readonly scenario?: ScenarioInfo;
  readonly played?: Scenario;
  /** How its traffic goes over time; absent where flags say how much there is. */
  readonly shape?: TrafficShape | undefined;
}

/** How traffic goes that a profile describes. */
export async function shapeOfProfile({ profile }: ScheduleOptions, played?: Scenario): Promise<TrafficShape> {
  const { profileShapeOf } = await import('../../advice/money/traffic-shape.ts');
  return profileShapeOf(profile, played);
}

/**
 * @param shards where it is their rate that is asked for, none need be given
 * @throws Refusal (exit 2) where rate or record size is missing
 */
export async function inputOfFlags(options: PlanOptions, shards: number | undefined): Promise<Planned> {
  const { dataBytes } = options;
  const isAsked = shards !== undefined && (options.rate ?? options.peakRate) === undefined;
  const rate =
    options.rate ?? (isAsked ? { recordsPerSec: 1 } : shards === undefined ? undefined : options.peakRate);
  if (rate === undefined || dataBytes === undefined) {
    const missing = [
      ...(rate === undefined ? ['--rate'] : []),
      ...(dataBytes === undefined ? ['--record-size'] : []),
    ].join(' and ');
    throw badInput(
      `plan: there is no scenario file, and no ${missing}.`,
      'Write for example: shardwise plan --rate 3000/s --record-size 900B --keys uniform:10000',
    );
  }
  const flag = (
    [
      ['--placement', options.placement],
      ['--confidence', options.confidence],
      ['--max-throttled', options.maxThrottled],
    ] as const
  ).find(([, value]) => value !== undefined)?.[0];
  if (flag !== undefined && options.keys === undefined) {
    throw badInput(
      `${flag}: no keys are given, so there is nothing to place.`,
      'Add --keys, or leave it out.',
    );
  }
  const { planInputOfFlags } = await import('../../advice/plan/plan-input.ts');
  return { input: planInputOfFlags({ ...options, rate, dataBytes }, isAsked) };
}

/** A plan is held against none, but a scenario that run would refuse is refused here too. */
const NO_GATES: Gates = { seed: undefined, thresholds: [], failOn: [] };

/** @throws Refusal (exit 2) where the file is wrong, or plan cannot place its keys */
export async function inputOfFile(file: string, options: PlanOptions): Promise<Planned> {
  const { readScenario, refuseClosedLoop } = await import('../gates.ts');
  const { planInputOf } = await import('../../advice/plan/plan-input.ts');
  const { trafficShapeOf } = await import('../../advice/money/traffic-shape.ts');
  const { scenarioInfoOf } = await import('../scenario-info.ts');
  const scenario = await readScenario(file, NO_GATES);
  refuseClosedLoop(file, scenario, 'plan');
  if (scenario.stream.onDemand?.recordDistribution === 'auto') {
    throw badInput(
      `${file}: stream.recordDistribution: plan places keys on shards, and an auto stream ignores them.`,
      'Plan for an even spread with --rate and --record-size alone; simulate plays the scenario.',
    );
  }
  if (scenario.traffic.length > 1) refuseOverrides(file, scenario.traffic.length, options);
  return {
    input: planInputOf(scenario, options),
    scenario: scenarioInfoOf(file, scenario),
    played: scenario,
    shape: (options.rate ?? options.peakRate) === undefined ? trafficShapeOf(scenario) : undefined,
  };
}

/** Which of several sources would a flag be about? */
function refuseOverrides(file: string, sources: number, options: PlanOptions): void {
  const given = (
    [
      ['--rate or --profile', options.rate],
      ['--peak-rate', options.peakRate],
      ['--burst', options.burst],
      ['--record-size', options.dataBytes],
      ['--key-size', options.keyBytes],
      ['--keys', options.keys],
    ] as const
  ).find(([, value]) => value !== undefined);
  if (given === undefined) return;
  throw badInput(
    `${given[0]}: ${file} has ${sources} sources of traffic, and it is not clear which one is meant.`,
    'Change the scenario file instead, or leave the file out.',
  );
}
