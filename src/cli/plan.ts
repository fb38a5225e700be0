/**
 * `shardwise plan`: how many shards a scenario, or a rate and a record size, needs, and which limit decides.
 */
import { Command } from 'commander';
import type { PlanInput, PlanOptions } from '../advice/plan/plan-input.ts';
import { badInput, type Refusal } from '../model/refusal.ts';
import type { PlanResult } from '../results/plan-result.ts';
import type { PlanReverse } from '../results/plan-reverse.ts';
import type { ReportDocument, ScenarioInfo } from '../results/report-document.ts';
import type { Pipeline } from '../advice/pipeline/pipeline.ts';
import type { Scenario } from '../traffic/scenario.ts';
import type { Context } from './context.ts';
import type { Gates } from './gates.ts';
import { addDetailsFlag, addOutputFlags, emit, type OutputFlags, parseOutput } from './output.ts';
import { addAccountFlags, parseAccount, type AccountFlags } from './plan/account-flags.ts';
import type { ScheduleOptions } from '../advice/schedule/plan-schedule.ts';
import type { TrafficShape } from '../advice/money/on-demand-risk.ts';
import { addCostFlags, parseCosts, type CostFlags } from './plan/cost-flags.ts';
import { addChanceFlags, parseChance, type ChanceFlags } from './plan/chance-flags.ts';
import { addMarginFlags, parseMargins, type MarginFlags } from './plan/margin-flags.ts';
import { addPipelineFlags, type PipelineFlags, untangle } from './plan/pipeline-flags.ts';
import { addReaderFlags, parseReaders, type ReaderFlags } from './plan/reader-flags.ts';
import { addScheduleFlags, parseSchedule, withProfile, type ScheduleFlags } from './plan/schedule-flags.ts';
import { addTrafficFlags, parseTraffic, type TrafficFlags } from './plan/traffic-flags.ts';
import { VERSION } from './version.ts';

/** As commander hands them over. */
export interface PlanFlags
  extends
    OutputFlags,
    TrafficFlags,
    ReaderFlags,
    MarginFlags,
    ChanceFlags,
    AccountFlags,
    PipelineFlags,
    CostFlags,
    ScheduleFlags {}

const FLAG_GROUPS = [
  addTrafficFlags,
  addReaderFlags,
  addMarginFlags,
  addChanceFlags,
  addAccountFlags,
  addPipelineFlags,
  addCostFlags,
  addScheduleFlags,
];

/** The command, to be added to the program. Exit code 0 where the plan fits, 3 where it does not. */
export function planCommand(context: Context): Command {
  const command = new Command('plan')
    .description('shards needed, and which limit decides')
    .argument('[scenario]', 'a scenario file; or give --rate and --record-size')
    .action((file: string | undefined, flags: PlanFlags) => plan(file, flags, context));
  for (const add of FLAG_GROUPS) add(command);
  return addOutputFlags(addDetailsFlag(command.optionsGroup('Output:')));
}

/** Plans, and sends the report where the flags say. */
export async function plan(
  given: string | undefined,
  givenFlags: PlanFlags,
  context: Context,
): Promise<void> {
  const { file, flags } = untangle(given, givenFlags);
  const output = parseOutput(flags);
  const startedAt = new Date().toISOString();
  // Everything at once: loaded one after another, the modules cost more time than the plan.
  const [{ planAround }, { questionOf }, { withMoney }, { monthlyProvisionedUsd }, { withPlacedParts }] =
    await Promise.all([
      import('../advice/plan/plan-around.ts'),
      import('../advice/plan/question.ts'),
      import('../advice/money/plan-money.ts'),
      import('../advice/money/mode-cost.ts'),
      import('../advice/schedule/placed-parts.ts'),
      import('../advice/plan/plan.ts'),
      import('../advice/plan/plan-input.ts'),
      import('../report/render.ts'),
      import('../report/plan/plan-text.ts'),
    ]);
  const { shards, maxThrottled } = parseChance(flags);
  if (shards !== undefined) refuseBesideShards(flags, file);
  const schedule = await parseSchedule(flags);
  const options: PlanOptions = withProfile(schedule, shards, {
    ...(await parseTraffic(flags)),
    ...(await parseReaders(flags)),
    ...parseMargins(flags),
    ...parseAccount(flags),
    maxThrottled,
  });
  const { input, scenario, played, ...rest } =
    file === undefined ? await inputOfFlags(options, shards) : await inputOfFile(file, options);
  const shape = schedule === undefined ? rest.shape : await shapeOfProfile(schedule, played);
  const costs = await parseCosts(flags, input);
  const pipelineOf = await pipelineFor(flags, played, file);
  const pipeline = pipelineOf(input);
  if (shards !== undefined && pipeline.input !== input) throw aggregatesRefusal();
  const { prices } = costs;
  const isRateGiven = file !== undefined || options.rate !== undefined || options.peakRate !== undefined;
  const around = planAround(pipeline.input, {
    ...{ shards, isRateGiven },
    monthlyUsd:
      prices && ((of, count) => monthlyProvisionedUsd(pipeline.billed?.(count) ?? of, count, prices)),
  });
  const finished = {
    input: questionOf(input, pipeline.aggregate, isRateGiven),
    ...pipeline.finish(around.plan),
  };
  const priced = isNothing(around.plan)
    ? finished
    : withMoney(finished, around.input, around.plan, { ...costs, shape, billed: pipeline.billed });
  const result =
    shards !== undefined
      ? priced
      : withPlacedParts(priced, input, around, {
          around: pipelineOf,
          monthlyUsd: (count) =>
            prices === undefined
              ? null
              : monthlyProvisionedUsd(pipeline.billed?.(Math.ceil(count)) ?? around.input, count, prices),
          schedule,
        });
  const document: ReportDocument = {
    schemaVersion: 1,
    kind: 'plan',
    tool: { name: 'shardwise', version: VERSION },
    startedAt,
    durationMs: 0,
    partial: false,
    ...(scenario && { scenario }),
    plan: result,
  };
  await emit(document, output, context);
  context.setExit((result.reverse === undefined ? result.feasible : carries(result.reverse)) ? 0 : 3);
}

/** Of so many shards: whether they carry what was given, or anything. */
function carries({ given, ratePerSec }: PlanReverse): boolean {
  return given?.fits ?? ratePerSec > 0;
}

/** Of so many shards that carry nothing of what is asked about: then there is nothing to bill. */
function isNothing({ reverse }: PlanResult): boolean {
  return reverse !== undefined && reverse.given === undefined && reverse.ratePerSec === 0;
}

/** What has no meaning where a number of shards is asked about. @throws Refusal */
function refuseBesideShards(flags: PlanFlags, file: string | undefined): void {
  const isRateGiven = file !== undefined || flags.rate !== undefined || flags.peakRate !== undefined;
  if (flags.burst !== undefined && !isRateGiven) {
    throw badInput(
      '--burst: --shards asks for a rate, and a burst is so many times a rate.',
      'Give --rate as well, or leave --burst out.',
    );
  }
  const other =
    flags.currentShards !== undefined ? '--current-shards' : flags.compareServices && '--compare-services';
  if (!other) return;
  throw badInput(
    `${other} and --shards are two questions: about a plan, and about what so many shards carry.`,
    'Leave one of them out.',
  );
}

/** How much an aggregate holds depends on the rate, which is what is asked for. */
function aggregatesRefusal(): Refusal {
  return badInput(
    '--shards: the traffic is aggregated, and how much an aggregate holds depends on the rate that is asked for.',
    'Plan without --shards at several rates instead, or ask for the records of the stream: --record-size of a whole aggregate.',
  );
}

interface Planned {
  readonly input: PlanInput;
  readonly scenario?: ScenarioInfo;
  readonly played?: Scenario;
  /** How its traffic goes over time; absent where flags say how much there is. */
  readonly shape?: TrafficShape | undefined;
}

/** What stands around the stream: the traffic as it reaches it, and what to say beside the plan. */
async function pipelineFor(
  flags: PlanFlags,
  scenario: Scenario | undefined,
  file: string | undefined,
): Promise<(input: PlanInput) => Pipeline> {
  const { aggregationOf, parsePipeline } = await import('./plan/pipeline-flags.ts');
  const { pipelineOf } = await import('../advice/pipeline/pipeline.ts');
  const options = parsePipeline(flags);
  const question = {
    aggregate: aggregationOf(options, scenario, file),
    compareServices: options.compareServices,
  };
  return (input) => pipelineOf(input, question);
}

async function shapeOfProfile({ profile }: ScheduleOptions, played?: Scenario): Promise<TrafficShape> {
  const { profileShapeOf } = await import('../advice/money/traffic-shape.ts');
  return profileShapeOf(profile, played);
}

/** @param shards where it is their rate that is asked for, none need be given */
async function inputOfFlags(options: PlanOptions, shards: number | undefined): Promise<Planned> {
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
  const { planInputOfFlags } = await import('../advice/plan/plan-input.ts');
  return { input: planInputOfFlags({ ...options, rate, dataBytes }, isAsked) };
}

/** A plan is held against none, but a scenario that run would refuse is refused here too. */
const NO_GATES: Gates = { seed: undefined, thresholds: [], failOn: [] };

async function inputOfFile(file: string, options: PlanOptions): Promise<Planned> {
  const { readScenario, refuseClosedLoop } = await import('./gates.ts');
  const { planInputOf } = await import('../advice/plan/plan-input.ts');
  const { trafficShapeOf } = await import('../advice/money/traffic-shape.ts');
  const { scenarioInfoOf } = await import('./scenario-info.ts');
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
