/**
 * The flags by which AWS is reached, and those that bound what a load test may do there.
 */
import type { Command } from 'commander';
import { parseBytes, parseDuration } from '../model/quantity.ts';
import { badInput } from '../model/refusal.ts';
import type { AwsOptions } from '../run/aws/connection.ts';
import type { SafetyLimits } from '../run/aws/safety.ts';

/** As commander hands them over. */
export interface AwsFlags {
  region?: string;
  profile?: string;
  endpointUrl?: string;
}

export interface TargetFlags extends AwsFlags {
  target?: string;
  stream?: string;
  create?: boolean;
  yes?: boolean;
  allowExistingStream?: boolean;
  allowReshard?: boolean;
  maxCost?: string;
  maxBytes?: string;
  maxDuration?: string;
  /** Commander's negative form. */
  reconcile?: boolean;
}

const DEFAULT_MAX_COST_USD = 5;
const DEFAULT_MAX_DURATION = '1h';

/** Adds --region, --profile and --endpoint-url to a command and returns it. */
export function addAwsFlags(command: Command): Command {
  return command
    .option('--region <region>', 'AWS region (default: from the environment or the profile)')
    .option('--profile <name>', "profile of AWS's configuration files")
    .option('--endpoint-url <url>', 'another endpoint, for Kinesis and CloudWatch alike');
}

/** Adds what a load test on AWS takes. */
export function addTargetFlags(command: Command): Command {
  return addAwsFlags(
    command
      .option('--target <target>', 'local: the embedded endpoint; aws: a real stream', 'local')
      .option('--stream <name|arn>', 'aws: the stream to send to')
      .option('--create', 'aws: make a stream for this test and delete it afterwards')
      .option('--yes', 'aws: do it; without it, only what would be done is printed')
      .option('--allow-existing-stream', 'aws: send to a stream that was there before and is not tagged')
      .option('--allow-reshard', "aws: let the scenario's timeline change the shards of a stream that stays")
      .option(
        '--max-cost <dollars>',
        `aws: refuse a test that costs more (default: $${DEFAULT_MAX_COST_USD})`,
      )
      .option('--max-bytes <size>', 'aws: refuse a test that sends more')
      .option(
        '--max-duration <time>',
        `aws: refuse a test that takes longer (default: ${DEFAULT_MAX_DURATION})`,
      )
      .option('--no-reconcile', "do not compare with the stream's own counters"),
  );
}

/** @throws Refusal (exit 2) where the URL is none */
export function readAwsFlags({ region, profile, endpointUrl }: AwsFlags): AwsOptions {
  if (endpointUrl !== undefined && !isUrl(endpointUrl)) {
    throw badInput(
      `--endpoint-url ${endpointUrl} is not an address of http or https.`,
      'Write it as in --endpoint-url http://127.0.0.1:4567.',
    );
  }
  return { region, profile, endpointUrl };
}

function isUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

export interface AwsRunOptions {
  readonly aws: AwsOptions;
  /** Undefined: one is made. */
  readonly stream: string | undefined;
  readonly yes: boolean;
  readonly allowExisting: boolean;
  readonly allowReshard: boolean;
  readonly limits: SafetyLimits;
  readonly reconcile: boolean;
}

/** Flags that a local run knows nothing of. */
const ONLY_AWS = [
  'stream',
  'create',
  'yes',
  'allowExistingStream',
  'allowReshard',
  'maxCost',
  'maxBytes',
  'maxDuration',
  'region',
  'profile',
  'endpointUrl',
] as const satisfies readonly (keyof TargetFlags)[];

/**
 * What a run on AWS was asked to do; undefined for a local one.
 * @throws Refusal (exit 2) where the flags do not fit together
 */
export function readTargetFlags(flags: TargetFlags): AwsRunOptions | undefined {
  const { target = 'local' } = flags;
  if (target !== 'local' && target !== 'aws') {
    throw badInput(`--target: there is no target "${target}".`, 'Use local or aws.');
  }
  if (target === 'local') {
    const stray = ONLY_AWS.find((name) => flags[name] !== undefined);
    if (stray === undefined) return undefined;
    throw badInput(
      `--${dashed(stray)} is for --target aws, and this run is on the embedded endpoint.`,
      `Add --target aws, or leave --${dashed(stray)} out.`,
    );
  }
  const { stream, create = false } = flags;
  if (stream === undefined && !create) {
    throw badInput('--target aws does not say which stream.', 'Add --stream NAME or ARN, or --create.');
  }
  if (stream !== undefined && create) {
    throw badInput('--stream and --create name two streams.', 'Leave one of them out.');
  }
  return {
    aws: readAwsFlags(flags),
    stream,
    yes: flags.yes ?? false,
    allowExisting: flags.allowExistingStream ?? false,
    allowReshard: flags.allowReshard ?? false,
    limits: {
      maxCostUsd: readDollars(flags.maxCost),
      maxBytes: readMaxBytes(flags.maxBytes),
      maxDurationMs: readMaxDuration(flags.maxDuration ?? DEFAULT_MAX_DURATION),
    },
    reconcile: flags.reconcile ?? true,
  };
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function readDollars(text: string | undefined): number {
  if (text === undefined) return DEFAULT_MAX_COST_USD;
  const match = /^\$?(\d+(?:\.\d+)?)$/.exec(text);
  if (match !== null) return Number(match[1]);
  throw badInput(`--max-cost ${text} is not an amount of US dollars.`, 'Write one, such as --max-cost 20.');
}

function readMaxBytes(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const bytes = parseBytes(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  throw badInput(
    `--max-bytes ${text} is not a size.`,
    'Write a number with its unit, such as --max-bytes 10GiB.',
  );
}

function readMaxDuration(text: string): number {
  const us = parseDuration(text);
  if (us !== undefined && us > 0) return us / 1000;
  throw badInput(
    `--max-duration ${text} is not a duration.`,
    'Write a number with its unit, such as --max-duration 2h.',
  );
}
