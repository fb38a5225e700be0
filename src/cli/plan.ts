/**
 * `shardwise plan`: how many shards a scenario, or a rate and a record size, needs, and which limit decides.
 */
import { Command } from 'commander';
import type { PlanInput, PlanOptions } from '../advice/plan/plan-input.ts';
import { badInput, type Refusal } from '../model/refusal.ts';
import type { PlanResult } from '../results/plan-result.ts';
import type { PlanReverse } from '../results/plan-reverse.ts';
import type { ReportDocument } from '../results/report-document.ts';
import type { Pipeline } from '../advice/pipeline/pipeline.ts';
import type { Scenario } from '../traffic/scenario.ts';
import type { Context } from './context.ts';
import { addDetailsFlag, addOutputFlags, emit, type OutputFlags, parseOutput } from './output.ts';
import { addAccountFlags, parseAccount, type AccountFlags } from './plan/account-flags.ts';
import type { ScheduleOptions } from '../advice/schedule/plan-schedule.ts';
import { addCostFlags, parseCosts, type CostFlags } from './plan/cost-flags.ts';
import { addChanceFlags, parseChance, type ChanceFlags } from './plan/chance-flags.ts';
import { addMarginFlags, parseMargins, type MarginFlags } from './plan/margin-flags.ts';
import { addPipelineFlags, type PipelineFlags, untangle } from './plan/pipeline-flags.ts';
import { inputOfFile, inputOfFlags, shapeOfProfile, type Planned } from './plan/planned-input.ts';
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
  const planner = await loadPlanner();
  const question = await readQuestion(file, flags);
  const result = answer(question, planner);
  const { scenario } = question;
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

type Planner = Awaited<ReturnType<typeof loadPlanner>>;

/** Everything at once: loaded one after another, the modules cost more time than the plan. */
async function loadPlanner() {
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
  return { planAround, questionOf, withMoney, monthlyProvisionedUsd, withPlacedParts };
}

/** All that was asked, in one piece. */
interface Question extends Omit<Planned, 'played'> {
  /** Where their rate is asked for. */
  readonly shards: number | undefined;
  readonly isRateGiven: boolean;
  readonly schedule: ScheduleOptions | undefined;
  readonly costs: Awaited<ReturnType<typeof parseCosts>>;
  readonly pipelineOf: (input: PlanInput) => Pipeline;
}

/** @throws Refusal (exit 2) where flags or file are wrong, or do not go together */
async function readQuestion(file: string | undefined, flags: PlanFlags): Promise<Question> {
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
  return {
    ...{ shards, schedule, input },
    ...(scenario && { scenario }),
    isRateGiven: file !== undefined || options.rate !== undefined || options.peakRate !== undefined,
    shape: schedule === undefined ? rest.shape : await shapeOfProfile(schedule, played),
    costs: await parseCosts(flags, input),
    pipelineOf: await pipelineFor(flags, played, file),
  };
}

/** The plan, what stands around it, and what it costs. */
function answer(question: Question, planner: Planner): PlanResult {
  const { shards, isRateGiven, schedule, input, shape, costs, pipelineOf } = question;
  const { planAround, questionOf, withMoney, monthlyProvisionedUsd, withPlacedParts } = planner;
  const pipeline = pipelineOf(input);
  if (shards !== undefined && pipeline.input !== input) throw aggregatesRefusal();
  const { prices } = costs;
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
  if (shards !== undefined) return priced;
  const monthlyUsd = (count: number): number | null => {
    if (prices === undefined) return null;
    return monthlyProvisionedUsd(pipeline.billed?.(Math.ceil(count)) ?? around.input, count, prices);
  };
  return withPlacedParts(priced, input, around, { around: pipelineOf, monthlyUsd, schedule });
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
