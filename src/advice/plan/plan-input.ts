/**
 * What a plan is made from, whether it was written as a scenario or as flags, with every default named.
 */
import { LIMITS } from '../../model/limits.ts';
import { formatBytes, formatCount, formatDuration, formatRate, type Rate } from '../../model/quantity.ts';
import { isSteadyText } from '../../traffic/payload-text.ts';
import { burstFactor } from '../../traffic/peak-rate.ts';
import { meanDataBytes, meanKeyBytes } from '../../traffic/record-mean.ts';
import type { Keys, Scenario, Size, Source } from '../../traffic/scenario.ts';
import type { CountedConsumer } from '../../traffic/short-form.ts';
import { percentOf } from './constraints.ts';
import { plannedKeysOf, type PlannedKeys } from './planned-keys.ts';

export const DEFAULT_HEADROOM = 0.2;
export const DEFAULT_CONFIDENCE = 0.95;
export const DEFAULT_KEY_BYTES = 16;
export const DEFAULT_REGION = 'us-east-1';

export type PlacementMode = 'random' | 'actual';

export interface PlanInput {
  /** At least one. */
  readonly sources: readonly PlanSource[];
  readonly placementSeed: number | undefined;
  readonly consumers: { readonly polling: number; readonly efo: number };
  /** Part of every limit that is kept free, from 0 to below 1. */
  readonly headroom: number;
  /** Part of random placements that must fit, above 0 and below 1. */
  readonly confidence: number;
  readonly placement: PlacementMode;
  /** Whether generated names are the user's own (a scenario's) or stand for names that nobody gave. */
  readonly namesGiven: boolean;
  /** AWS region whose prices and quotas count. */
  readonly region: string;
  /** How long the stream keeps records, in hours. */
  readonly retentionHours: number;
  readonly assumptions: readonly string[];
}

/** One source at its peak. */
export interface PlanSource {
  /** What shards are planned for: the highest rate. */
  readonly recordsPerSec: number;
  /** What is billed: the mean rate. */
  readonly meanRecordsPerSec: number;
  /** Mean bytes of data per record. */
  readonly dataBytes: number;
  /** How the bytes of data are spread around that mean. */
  readonly size: Size;
  /** Mean bytes of the partition keys. */
  readonly keyBytes: number;
  /** Every key has `keyBytes`; otherwise each its name's length. */
  readonly equalKeyBytes: boolean;
  readonly keys: PlannedKeys | undefined;
}

/** What flags say; each is undefined where the flag was not given. */
export interface PlanOptions {
  readonly rate?: Rate | undefined;
  readonly dataBytes?: number | undefined;
  readonly keyBytes?: number | undefined;
  readonly keys?: Keys | undefined;
  readonly consumers?: readonly CountedConsumer[] | undefined;
  readonly headroom?: number | undefined;
  readonly confidence?: number | undefined;
  readonly placement?: PlacementMode | undefined;
}

/** A plan's input from flags alone. */
export function planInputOfFlags(
  options: PlanOptions & { readonly rate: Rate; readonly dataBytes: number },
): PlanInput {
  const { rate, dataBytes } = options;
  const keys = options.keys && plannedKeysOf(options.keys, '--keys');
  const keyBytes = options.keyBytes ?? DEFAULT_KEY_BYTES;
  const assumptions = [];
  if (options.keyBytes === undefined) assumptions.push(`Partition keys of ${DEFAULT_KEY_BYTES} B (default).`);
  if (keys === undefined) {
    assumptions.push(
      'Nothing is known of the keys: records spread evenly. --keys makes hot shards part of the plan.',
    );
  }
  const source = {
    recordsPerSec: recordsPerSec(rate, dataBytes + keyBytes),
    meanRecordsPerSec: recordsPerSec(rate, dataBytes + keyBytes),
    dataBytes,
    size: { kind: 'fixed' as const, bytes: dataBytes },
    keyBytes,
    equalKeyBytes: true,
    keys,
  };
  return {
    ...settingsOf(options, [], [source], assumptions),
    placementSeed: undefined,
    namesGiven: false,
    retentionHours: LIMITS.retentionHoursDefault.value,
  };
}

/**
 * A plan's input from a scenario. Flags replace what they name; those about the traffic are for scenarios of one
 * source, which the caller has to make sure of.
 */
export function planInputOf(scenario: Scenario, options: PlanOptions = {}): PlanInput {
  const assumptions: string[] = [];
  const sources = scenario.traffic.map((_, i) => planSourceOf(i, scenario, options));
  if (options.rate === undefined) assumptions.push(...peakAssumptions(scenario));
  assumptions.push(...arrivalAssumptions(scenario, sources));
  assumptions.push(...approximations(scenario, options));
  return {
    ...settingsOf(options, scenario.consumers, sources, assumptions),
    placementSeed: scenario.placementSeed,
    namesGiven: options.keys === undefined,
    retentionHours: scenario.stream.retentionHours,
  };
}

function planSourceOf(index: number, scenario: Scenario, options: PlanOptions): PlanSource {
  const { placementSeed } = scenario;
  const source = scenario.traffic[index];
  const keys = plannedKeysOf(options.keys ?? source.keys, options.keys ? '--keys' : `traffic[${index}].keys`);
  const keyBytes = options.keyBytes ?? meanKeyBytes(keys, placementSeed);
  const dataBytes =
    options.dataBytes ?? meanDataBytes(source.size, scenario.stream.maxRecordBytes - keyBytes, keyBytes);
  const given = options.rate && recordsPerSec(options.rate, dataBytes + keyBytes);
  return {
    recordsPerSec: given ?? peakOf(source),
    meanRecordsPerSec: given ?? meanRateOf(source),
    dataBytes,
    size: options.dataBytes === undefined ? source.size : { kind: 'fixed', bytes: options.dataBytes },
    keyBytes,
    equalKeyBytes: options.keyBytes !== undefined,
    keys,
  };
}

/** Where a plan knows a scenario only roughly. */
function approximations({ traffic, stream, timeline = [] }: Scenario, options: PlanOptions): string[] {
  const isPerBatch = options.keys === undefined && traffic.some(({ keys }) => keys.kind === 'perBatch');
  const isOpenText =
    options.dataBytes === undefined &&
    traffic.some(({ size }) => size.kind === 'template' && !isSteadyText(size.template));
  return [
    ...(isPerBatch
      ? [
          'One key per batch: planned as evenly spread over its keys; a whole request on one shard is not part of it.',
        ]
      : []),
    ...(isOpenText
      ? ['Numbers in the payload template are planned with 16 digits, the most they can have.']
      : []),
    ...(stream.onDemand === undefined
      ? []
      : [
          "The shards of an on-demand stream are the service's matter: these must be open when the load comes, by " +
            'warm throughput (1 MiB/s each) or because the stream has grown. simulate shows whether it grows in time.',
        ]),
    ...(timeline.length > 0 ? ['The timeline is not part of a plan: simulate plays it.'] : []),
  ];
}

function recordsPerSec(rate: Rate, recordBytes: number): number {
  return 'recordsPerSec' in rate ? rate.recordsPerSec : rate.bytesPerSec / recordBytes;
}

/** Rates change linearly, so the highest stands at the start or the end of a stage. */
function peakOf(source: Source): number {
  return source.stages.reduce((peak, stage) => Math.max(peak, stage.from, stage.to), 0);
}

/** Rates change linearly, so the mean of a stage stands in its middle. */
function meanRateOf({ stages }: Source): number {
  let records = 0;
  let durationUs = 0;
  for (const stage of stages) {
    records += ((stage.from + stage.to) / 2) * stage.durationUs;
    durationUs += stage.durationUs;
  }
  return records / durationUs;
}

function peakAssumptions({ traffic }: Scenario): string[] {
  const changing = traffic.filter(
    ({ stages }) => stages.some((stage) => stage.from !== stage.to) || !isFlat(stages),
  );
  if (changing.length === 0) return [];
  const peak = traffic.reduce((sum, source) => sum + peakOf(source), 0);
  const sum = traffic.length > 1 ? ', every source at its own peak at the same time' : '';
  return [`Planned for the highest rate of any stage: ${formatRate({ recordsPerSec: peak })}${sum}.`];
}

/** Whatever the pattern of arrivals, only their mean is planned. */
function arrivalAssumptions({ traffic }: Scenario, sources: readonly PlanSource[]): string[] {
  if (traffic.every(({ arrivals }) => arrivals.kind === 'even')) return [];
  const peaks = traffic.flatMap(({ name, arrivals }, i) => {
    if (arrivals.kind !== 'bursts') return [];
    const rate = formatRate({ recordsPerSec: sources[i].recordsPerSec * burstFactor(arrivals) });
    const { withinUs, everyUs } = arrivals;
    return [
      `Source ${JSON.stringify(name)} sends in bursts, ${formatDuration(withinUs)} of every ` +
        `${formatDuration(everyUs)}, at ${rate} while they last.`,
    ];
  });
  return [
    'Arrivals of any pattern are planned by their mean rate: bursts and chance above it can be throttled.',
    ...peaks,
  ];
}

function isFlat(stages: Source['stages']): boolean {
  return stages.every((stage) => stage.from === stages[0].from);
}

type Settings = Omit<PlanInput, 'placementSeed' | 'namesGiven' | 'retentionHours'>;

/** What does not depend on where the traffic comes from, and its defaults. */
function settingsOf(
  options: PlanOptions,
  scenarioConsumers: readonly CountedConsumer[],
  sources: readonly PlanSource[],
  first: readonly string[],
): Settings {
  const given = options.consumers ?? (scenarioConsumers.length > 0 ? scenarioConsumers : undefined);
  const headroom = options.headroom ?? DEFAULT_HEADROOM;
  const confidence = options.confidence ?? DEFAULT_CONFIDENCE;
  const placement = options.placement ?? 'random';
  const areAllNamed = sources.every(({ keys }) => keys !== undefined && isPlacedByData(keys));
  const isChance = placement === 'random' && sources.some(({ keys }) => keys && !isPlacedByData(keys));
  const assumptions = [
    ...first,
    ...(given === undefined ? ['One polling consumer (default).'] : []),
    `Headroom ${percentOf(headroom)} of every limit${options.headroom === undefined ? ' (default)' : ''}.`,
    ...(isChance && options.confidence === undefined
      ? [`Confidence ${percentOf(confidence)} (default).`]
      : []),
    ...(options.placement === 'random' && areAllNamed
      ? ['The names of all keys are known, so they are placed by name: --placement random changes nothing.']
      : []),
    ...sizeAssumptions(sources),
  ];
  const region = DEFAULT_REGION;
  return { sources, consumers: countConsumers(given), headroom, confidence, placement, region, assumptions };
}

/** Keys whose places are known whatever the names of generated keys stand for. */
export function isPlacedByData({ kind }: PlannedKeys): boolean {
  return kind === 'weights' || kind === 'hashKeys';
}

function sizeAssumptions(sources: readonly PlanSource[]): string[] {
  const largest = Math.max(...sources.map((source) => source.dataBytes + source.keyBytes));
  const usual = LIMITS.defaultMaxRecordBytes.value;
  return [
    'Written with PutRecords: the rounding of each call to whole KiB is not added.',
    `How often consumers poll is not part of this plan; a shard answers ${LIMITS.getRecordsCallsPerSec.value} GetRecords calls a second in all.`,
    ...(largest > usual
      ? [
          `The stream takes records above ${formatBytes(usual)} (a setting; ${formatBytes(usual)} is its default).`,
        ]
      : []),
    `At most ${formatCount(LIMITS.shardQuota.value)} shards, AWS's default quota in us-east-1 (default region).`,
  ];
}

function countConsumers(consumers: readonly CountedConsumer[] | undefined): PlanInput['consumers'] {
  if (consumers === undefined) return { polling: 1, efo: 0 };
  const efo = consumers.filter((consumer) => consumer.kind === 'efo').length;
  return { polling: consumers.length - efo, efo };
}
