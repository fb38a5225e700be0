/**
 * A load that is split over machines: `--worker i/n` and `--start-at`.
 */
import type { Command } from 'commander';
import { LIMITS } from '../model/limits.ts';
import { parseDuration } from '../model/quantity.ts';
import { badInput } from '../model/refusal.ts';
import { MOST_MACHINES } from '../results/worker-section.ts';
import type { StartTime } from '../run/send/start-time.ts';
import type { Scenario } from '../traffic/scenario.ts';
import type { Split } from '../traffic/split.ts';
import type { AwsRunOptions } from './aws-flags.ts';
import type { Gates } from './gates.ts';

export interface WorkerFlags {
  worker?: string;
  startAt?: string;
}

export interface WorkerOptions {
  /** Undefined: one machine sends everything. */
  readonly split: Split | undefined;
  /** Microseconds since 1970; undefined: at once. */
  readonly startAtUs: number | undefined;
  /** Whether it was given as a time from now, which is another one on each machine. */
  readonly isFromNow?: boolean;
}

/** Nobody waits longer for a load test; a time beyond it is a slip of the pen. */
const MOST_WAIT_US = 7 * 86_400_000_000;

/** Where schedulers say which of several equal jobs one is; all count from 0. */
const INDEX_VARIABLES = ['JOB_COMPLETION_INDEX', 'AWS_BATCH_JOB_ARRAY_INDEX', 'SLURM_ARRAY_TASK_ID'] as const;

export function addWorkerFlags(command: Command): Command {
  return command
    .option('--worker <i/n>', 'aws: send part i of n, from 1; auto/n takes i from the job scheduler')
    .option('--start-at <time>', 'wait until then: ISO 8601, or +30s from now');
}

/** @throws Refusal (exit 2) */
export function parseWorkerFlags(
  { worker, startAt }: WorkerFlags,
  env: Readonly<Record<string, string | undefined>>,
  nowUs: number,
): WorkerOptions {
  return {
    split: worker === undefined ? undefined : parseWorker(worker, env),
    startAtUs: startAt === undefined ? undefined : parseStart(startAt, nowUs),
    ...(startAt?.startsWith('+') === true && { isFromNow: true }),
  };
}

function parseWorker(text: string, env: Readonly<Record<string, string | undefined>>): Split {
  const match = /^(\d+|auto)\/(\d+)$/.exec(text);
  if (match === null) {
    throw badInput(
      `--worker: "${text}" is not which part of how many.`,
      'Write, for example, --worker 2/4, or --worker auto/4 where a scheduler numbers the jobs.',
    );
  }
  const count = Number(match[2]);
  if (count < 1 || count > MOST_MACHINES) {
    throw badInput(
      `--worker ${text}: a load is split over 1 to ${MOST_MACHINES} machines.`,
      `Write a number up to ${MOST_MACHINES} behind the stroke.`,
    );
  }
  if (match[1] === 'auto') return { index: indexFrom(env, text, count), count };
  const index = Number(match[1]);
  if (index >= 1 && index <= count) return { index: index - 1, count };
  throw badInput(`--worker ${text}: parts are numbered from 1 to ${count}.`, `Use one of them.`);
}

/** From 0, as schedulers count. */
function indexFrom(env: Readonly<Record<string, string | undefined>>, text: string, count: number): number {
  const set = INDEX_VARIABLES.flatMap((name) => {
    const value = env[name];
    return value === undefined || value === '' ? [] : [{ name, value }];
  });
  if (set.length === 0) {
    throw badInput(
      `--worker ${text}: none of ${INDEX_VARIABLES.join(', ')} is set.`,
      'Start it as an indexed or array job, or name the part, as in --worker 1/4.',
    );
  }
  const other = set.find(({ value }) => value !== set[0].value);
  if (other !== undefined) {
    throw badInput(
      `--worker ${text}: ${set[0].name} is ${set[0].value}, and ${other.name} is ${other.value}.`,
      'Unset the one that is not meant, or name the part, as in --worker 1/4.',
    );
  }
  const { name, value } = set[0];
  if (/^\d+$/.test(value) && Number(value) < count) return Number(value);
  throw badInput(
    `--worker ${text}: ${name} is "${value}", and parts are numbered from 0 to ${count - 1} there.`,
    'Make as many jobs as there are parts, numbered from 0.',
  );
}

/** Date and time with seconds or without, and where it is: a time without a zone is another time elsewhere. */
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

function parseStart(text: string, nowUs: number): number {
  const us = text.startsWith('+') ? laterUs(text.slice(1), nowUs) : isoUs(text);
  if (us === undefined) {
    throw badInput(
      `--start-at: "${text}" is no time.`,
      'Write it as 2026-01-31T15:00:00Z, with its zone, or as +30s.',
    );
  }
  if (us < nowUs) {
    throw badInput(
      `--start-at ${text} is over by ${((nowUs - us) / 1_000_000).toFixed(1)} s.`,
      "Name a later time, and compare this machine's clock.",
    );
  }
  if (us - nowUs > MOST_WAIT_US) {
    throw badInput(`--start-at ${text} is more than seven days from now.`, 'Name an earlier time.');
  }
  return us;
}

function laterUs(text: string, nowUs: number): number | undefined {
  const us = parseDuration(text);
  return us === undefined ? undefined : nowUs + us;
}

function isoUs(text: string): number | undefined {
  const ms = ISO.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(ms) ? undefined : ms * 1000;
}

/** The wait for the start as progress. */
export function startTime({ startAtUs }: WorkerOptions, show: (text: string) => void): StartTime | undefined {
  if (startAtUs === undefined) return undefined;
  return { us: startAtUs, onWait: (leftSec) => show(`starting in ${leftSec} s`) };
}

/** Where a command of the AWS CLI goes, as the flags say it. */
function placeOf({ region, profile, endpointUrl }: AwsRunOptions['aws']): string {
  return [
    ...(region === undefined ? [] : [` --region ${region}`]),
    ...(profile === undefined ? [] : [` --profile ${profile}`]),
    ...(endpointUrl === undefined ? [] : [` \\\n    --endpoint-url ${endpointUrl}`]),
  ].join('');
}

/**
 * Refuses what a part of a load cannot do.
 * @throws Refusal (exit 2)
 */
export function checkPart(
  { split, startAtUs, isFromNow = false }: WorkerOptions,
  aws: AwsRunOptions | undefined,
  { stream, consumers, timeline = [] }: Scenario,
  gates: Gates,
): void {
  if (split === undefined) return;
  if (aws === undefined) {
    throw badInput(
      '--worker: on the embedded endpoint every machine would have a stream of its own.',
      'Start "shardwise local --seed-stream NAME:SHARDS" once, and use --target aws --endpoint-url URL --stream NAME --allow-existing-stream --yes.',
    );
  }
  if (aws.stream === undefined) {
    throw badInput(
      '--worker and --create: every machine would make a stream of its own.',
      'Make one beforehand, and name it with --stream NAME --allow-existing-stream:\n' +
        `  aws kinesis create-stream --stream-name NAME --shard-count ${stream.shards}${placeOf(aws.aws)}`,
    );
  }
  checkReaders(split, { startAtUs, isFromNow }, consumers);
  if (timeline.length > 0) {
    throw badInput(
      '--worker: this version adds up parts of one layout only, and a timeline changes the layout on the way.',
      'Remove timeline from the scenario, or run it from one machine, without --worker.',
    );
  }
  if (gates.failOn.length > 0) {
    throw badInput(
      '--worker and --fail-on: findings are judged on the sum of all parts.',
      'Give --fail-on to merge.',
    );
  }
}

/** Machines that read one another's records must count from one time, and register their fan-out consumers each. */
function checkReaders(
  { count }: Split,
  { startAtUs, isFromNow }: Pick<WorkerOptions, 'startAtUs' | 'isFromNow'>,
  consumers: Scenario['consumers'],
): void {
  if (consumers.length === 0) return;
  if (startAtUs === undefined || isFromNow === true) {
    throw badInput(
      '--worker: the machines read what the others send, and have to count from one common start.',
      'Give all of them the same --start-at as a time with its zone, such as 2026-01-31T15:00:00Z.',
    );
  }
  const most = LIMITS.fanOutConsumers.value;
  const fanOut = consumers.filter(({ kind }) => kind === 'efo').length;
  if (fanOut * count > most) {
    throw badInput(
      `--worker: ${count} machines with ${fanOut} fan-out consumers each are more than the ${most} that a stream has.`,
      'Let them poll (kind: polling), or send from fewer machines.',
    );
  }
}
