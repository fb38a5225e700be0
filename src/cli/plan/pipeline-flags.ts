/**
 * The flags of `shardwise plan` about what stands around the stream: aggregation, and other services.
 */
import type { Command } from 'commander';
import type { AggregateOptions } from '../../advice/pipeline/aggregation.ts';
import { LIMITS } from '../../model/limits.ts';
import { formatBytes, formatCount, requireBytes, requireDuration } from '../../model/quantity.ts';
import { badInput } from '../../model/refusal.ts';
import { KPL_AGGREGATE, PRESETS } from '../../traffic/producer-presets.ts';
import type { AggregateSpec, Scenario } from '../../traffic/scenario.ts';

/** As commander hands them over: true where --aggregate stands alone. */
export interface PipelineFlags {
  aggregate?: string | true;
  linger?: string;
  producers?: string;
  compareServices?: boolean;
}

/** What the flags say; `aggregate` is `none` where they switch a scenario's aggregation off. */
export interface PipelineOptions {
  readonly aggregate?: AggregateSpec | 'none' | undefined;
  readonly lingerUs?: number | undefined;
  readonly producers?: number | undefined;
  readonly compareServices: boolean;
}

export function addPipelineFlags(command: Command): Command {
  return command
    .optionsGroup('Producers:')
    .option(
      '--aggregate [size]',
      "KPL aggregates of at most this size: 25KiB; alone: the KPL's 51,200B; none: not as the scenario says",
    )
    .option('--linger <time>', 'how long a record waits in its aggregate (default: 100ms)')
    .option('--producers <count>', 'processes that aggregate, each for itself (default: 1)')
    .optionsGroup('Other services:')
    .option('--compare-services', 'the same traffic on Firehose Direct PUT and SQS, side by side');
}

/**
 * `plan --aggregate scenario.yaml`: the value that an optional value swallowed is the scenario.
 * @returns file and flags as they were meant
 */
export function untangle<F extends PipelineFlags>(
  file: string | undefined,
  flags: F,
): { file: string | undefined; flags: F } {
  const { aggregate } = flags;
  if (typeof aggregate !== 'string' || !/\.ya?ml$/i.test(aggregate)) return { file, flags };
  if (file !== undefined) {
    throw badInput(
      `--aggregate: ${aggregate} is no size, and ${file} is the scenario already.`,
      'Write one of them, and for a size --aggregate=25KiB.',
    );
  }
  return { file: aggregate, flags: { ...flags, aggregate: true } };
}

/** Refuses (exit 2) what is no value of its flag. */
export function parsePipeline(flags: PipelineFlags): PipelineOptions {
  return {
    aggregate: flags.aggregate === undefined ? undefined : aggregateOf(flags.aggregate),
    lingerUs: flags.linger === undefined ? undefined : lingerOf(flags.linger),
    producers: flags.producers === undefined ? undefined : producersOf(flags.producers),
    compareServices: flags.compareServices === true,
  };
}

const LEAST_BYTES = LIMITS.kplAggregateLeastBytes.value;

function aggregateOf(text: string | true): AggregateSpec | 'none' {
  if (text === true || text === 'kpl') return KPL_AGGREGATE;
  if (text === 'none') return 'none';
  const maxBytes = requireBytes(text, '--aggregate');
  const most = LIMITS.ceilingMaxRecordBytes.value - 1;
  if (maxBytes >= LEAST_BYTES && maxBytes <= most) return { ...KPL_AGGREGATE, maxBytes };
  throw badInput(
    `--aggregate: ${text} is ${maxBytes < LEAST_BYTES ? 'less than the KPL packs' : 'more than a record of Kinesis holds'}.`,
    `Write ${LEAST_BYTES}B to ${most}B, for example 25KiB, or --aggregate alone for ${formatBytes(KPL_AGGREGATE.maxBytes).replace(' ', '')}.`,
  );
}

const MOST_LINGER_US = 60 * 60 * 1_000_000;

function lingerOf(text: string): number {
  const lingerUs = requireDuration(text, '--linger');
  if (lingerUs <= MOST_LINGER_US) return lingerUs;
  throw badInput(`--linger: nobody buffers records for ${text}.`, 'Write at most 1h, for example 100ms.');
}

const MOST_PRODUCERS = 1_000_000;

function producersOf(text: string): number {
  const producers = /^\d{1,9}$/.test(text.trim()) ? Number(text) : NaN;
  if (producers >= 1 && producers <= MOST_PRODUCERS) return producers;
  throw badInput(
    `--producers: ${JSON.stringify(text)} is no number of processes.`,
    `Write a whole number from 1 to ${formatCount(MOST_PRODUCERS)}.`,
  );
}

/**
 * How the traffic is aggregated, by flags and scenario, or undefined where it is not.
 * @param file what the user knows the scenario by
 * @throws Refusal for flags about an aggregation that there is none of, and records that cannot be aggregated
 */
export function aggregationOf(
  options: PipelineOptions,
  scenario?: Scenario,
  file = 'the scenario',
): AggregateOptions | undefined {
  const { aggregate, lingerUs, producers } = options;
  const spec = aggregate === 'none' ? undefined : (aggregate ?? scenario?.producer.aggregate);
  if (spec === undefined) {
    const flag = lingerUs === undefined ? producers !== undefined && '--producers' : '--linger';
    if (flag !== false)
      throw badInput(`${flag}: nothing is aggregated.`, `Add --aggregate, or leave ${flag} out.`);
    return undefined;
  }
  if (scenario?.producer.api === 'PutRecord') {
    throw badInput(
      `--aggregate: ${file}: producer.api is PutRecord, and packed records are sent with PutRecords.`,
      'Leave --aggregate out, or write api: PutRecords.',
    );
  }
  if (scenario !== undefined) refuseUnpackable(spec, scenario, file);
  return {
    spec,
    lingerUs: lingerUs ?? scenario?.producer.lingerUs ?? PRESETS.kpl.lingerUs,
    producers: producers ?? 1,
    producersGiven: producers !== undefined,
  };
}

function refuseUnpackable({ maxBytes }: AggregateSpec, { stream, traffic }: Scenario, file: string): void {
  const explicit = traffic.findIndex(({ keys }) => keys.kind === 'hashKeys');
  if (explicit >= 0) {
    throw badInput(
      `--aggregate: ${file}: traffic[${explicit}].keys have hash keys of their own, and such records are not aggregated here.`,
      'Leave --aggregate out.',
    );
  }
  if (maxBytes + 1 <= stream.maxRecordBytes) return;
  throw badInput(
    `--aggregate: ${formatBytes(maxBytes)} and a key are more than the stream of ${file} takes in a record, ${formatBytes(stream.maxRecordBytes)}.`,
    `Write at most ${stream.maxRecordBytes - 1}B, or a larger stream.maxRecordSize.`,
  );
}
