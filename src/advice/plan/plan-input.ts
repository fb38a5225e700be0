/**
 * What a plan is made from, whether it was written as a scenario or as flags, with every default named.
 */
import { LIMITS } from '../../model/limits.ts';
import { formatCount, formatNumber, formatRate, type Rate } from '../../model/quantity.ts';
import { badInput } from '../../model/refusal.ts';
import type { InputOrigin } from '../../results/plan-result.ts';
import { meanDataBytes, meanKeyBytes } from '../../traffic/record-mean.ts';
import type { Keys, Scenario, Size } from '../../traffic/scenario.ts';
import type { CountedConsumer } from '../../traffic/short-form.ts';
import type { Assumption } from './assumption.ts';
import { windowsOf, type BurstWindow } from './burst-window.ts';
import type { Outage } from './catch-up.ts';
import { consumersOfSpecs, type PlanConsumer } from './plan-consumer.ts';
import { recordsPerSec } from './burst-option.ts';
import { DEFAULT_KEY_BYTES, settingsOf } from './plan-settings.ts';
import { isPlacedByData, plannedKeysOf, type PlannedKeys } from './planned-keys.ts';
import { scenarioAssumptions } from './scenario-assumptions.ts';
import { meanRateOf, peakOf } from './source-rates.ts';
import { roundingBytesOf } from './written-bytes.ts';

export type PlacementMode = 'random' | 'actual';

export interface PlanInput {
  /** At least one. */
  readonly sources: readonly PlanSource[];
  readonly placementSeed: number | undefined;
  /** None where nobody reads. */
  readonly consumers: readonly PlanConsumer[];
  /** Part of every limit that is kept free, from 0 to below 1. */
  readonly headroom: number;
  /** Part of random placements that must fit, above 0 and below 1. */
  readonly confidence: number;
  /** Part of first attempts that may be throttled, where that is the criterion instead. */
  readonly maxThrottled?: number | undefined;
  readonly placement: PlacementMode;
  /** Whether generated names are the user's own (a scenario's) or stand for names that nobody gave. */
  readonly namesGiven: boolean;
  /** AWS region whose prices and quotas count. */
  readonly region: string;
  /** How long the stream keeps records, in hours. */
  readonly retentionHours: number;
  /** User records in one record of the sources, where producers aggregate; absent: 1. */
  readonly userRecordsPerRecord?: number;
  /** Largest record that the stream takes, data and key. */
  readonly maxRecordBytes: number;
  /** Short times in which more comes than on average. */
  readonly bursts: readonly BurstWindow[];
  /** Of all consumers, and how long they may take to catch up. */
  readonly outage: Outage | undefined;
  /** Shards that the account may have in the region. */
  readonly shardQuota: number;
  /** Open shards today, where a flag says so. */
  readonly currentShards: number | undefined;
  /** Of a scenario whose stream is provisioned: its own shards. */
  readonly scenarioShards: number | undefined;
  /** Who says what. */
  readonly origins: Origins;
  readonly assumptions: readonly Assumption[];
}

/** Where each part of the input comes from. */
export type Origins = Readonly<
  Record<
    | ('rate' | 'burst' | 'size' | 'keySize')
    | ('consumers' | 'speed' | 'parallel' | 'retention')
    | ('headroom' | 'confidence' | 'region' | 'quota'),
    InputOrigin
  >
>;

/** One source at its peak. */
export interface PlanSource {
  /** Of a scenario's sources, where there are several. */
  readonly name?: string;
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
  /** PutRecord: mean bytes by which a record is rounded up to whole KiB when it is written. Absent: PutRecords. */
  readonly roundingBytes?: number;
  readonly keys: PlannedKeys | undefined;
}

/** What flags say; each is undefined where the flag was not given. */
export interface PlanOptions {
  /** On average. */
  readonly rate?: Rate | undefined;
  /** What shards are planned for; never below the average. */
  readonly peakRate?: Rate | undefined;
  /** All that is sent while a burst lasts. */
  readonly burst?: BurstOption | undefined;
  readonly dataBytes?: number | undefined;
  readonly keyBytes?: number | undefined;
  readonly keys?: Keys | undefined;
  readonly consumers?: readonly CountedConsumer[] | undefined;
  readonly headroom?: number | undefined;
  readonly confidence?: number | undefined;
  readonly maxThrottled?: number | undefined;
  readonly placement?: PlacementMode | undefined;
  readonly region?: string | undefined;
  readonly retentionHours?: number | undefined;
  /** Records per second that a consumer works off, for each batch of a shard at a time. */
  readonly consumerSpeed?: number | undefined;
  /** Batches of a shard at a time, of Lambda. */
  readonly parallelizationFactor?: number | undefined;
  readonly outage?: Outage | undefined;
  readonly shardQuota?: number | undefined;
  readonly currentShards?: number | undefined;
}

export interface BurstOption {
  readonly rate: Rate;
  /** Seconds, above 0. */
  readonly lengthSec: number;
  /** From one burst to the next, at least as long. */
  readonly everySec?: number | undefined;
}

/**
 * A plan's input from flags alone.
 * @param isRateAsked the rate is none that anybody gave: how much of it fits is the question
 */
export function planInputOfFlags(
  options: PlanOptions & { readonly rate: Rate; readonly dataBytes: number },
  isRateAsked = false,
): PlanInput {
  const { dataBytes } = options;
  const keys = options.keys && plannedKeysOf(options.keys, '--keys');
  const isNamed = keys !== undefined && isPlacedByData(keys);
  const keyBytes = options.keyBytes ?? (isNamed ? meanKeyBytes(keys) : DEFAULT_KEY_BYTES);
  refuseTooLarge(dataBytes, keyBytes);
  const assumptions: Assumption[] = [];
  if (isRateAsked) {
    assumptions.push({
      text: 'The rate that was found is taken to come all the time, and billed so: it is the highest, not the mean.',
      doubt: 'high',
    });
  } else if (options.peakRate === undefined && options.burst === undefined) {
    assumptions.push({
      text: 'Never more than --rate: nothing is known of peaks and bursts. --peak-rate and --burst make them part of the plan.',
      doubt: 'high',
    });
  }
  if (keys === undefined) {
    assumptions.unshift({
      text: 'Nothing is known of the keys: records spread evenly. --keys makes hot shards part of the plan.',
      doubt: 'high',
    });
  }
  const source = {
    ...ratesOf(options, dataBytes + keyBytes, { peak: 0, mean: 0 }),
    dataBytes,
    size: { kind: 'fixed' as const, bytes: dataBytes },
    keyBytes,
    equalKeyBytes: options.keyBytes !== undefined || !isNamed,
    keys,
  };
  const settings = settingsOf(
    options,
    {
      consumers: [],
      retentionHours: undefined,
      maxRecordBytes: LIMITS.defaultMaxRecordBytes.value,
      bursts: [],
      shards: undefined,
      keySize: options.keyBytes === undefined && !isNamed ? 'default' : 'flag',
      traffic: 'flag',
    },
    [source],
    assumptions,
  );
  return {
    ...settings,
    ...(isRateAsked && { origins: { ...settings.origins, rate: 'derived' as const } }),
    placementSeed: undefined,
    namesGiven: false,
  };
}

/**
 * A plan's input from a scenario. Flags replace what they name; those about the traffic are for scenarios of one
 * source, which the caller has to make sure of.
 */
export function planInputOf(scenario: Scenario, options: PlanOptions = {}): PlanInput {
  const sources = scenario.traffic.map((_, i) => planSourceOf(i, scenario, options));
  return {
    ...settingsOf(
      options,
      {
        consumers: consumersOfSpecs(scenario.consumers),
        retentionHours: scenario.stream.retentionHours,
        maxRecordBytes: scenario.stream.maxRecordBytes,
        bursts: windowsOf(
          scenario,
          sources.map((source) => source.recordsPerSec),
        ),
        shards: scenario.stream.onDemand === undefined ? scenario.stream.shards : undefined,
        keySize: options.keyBytes === undefined ? 'scenario' : 'flag',
        traffic: 'scenario',
      },
      sources,
      scenarioAssumptions(scenario, options),
    ),
    placementSeed: scenario.placementSeed,
    namesGiven: options.keys === undefined,
  };
}

function planSourceOf(index: number, scenario: Scenario, options: PlanOptions): PlanSource {
  const { placementSeed } = scenario;
  const source = scenario.traffic[index];
  const keys = plannedKeysOf(options.keys ?? source.keys, options.keys ? '--keys' : `traffic[${index}].keys`);
  const keyBytes = options.keyBytes ?? meanKeyBytes(keys, placementSeed);
  const dataBytes =
    options.dataBytes ?? meanDataBytes(source.size, scenario.stream.maxRecordBytes - keyBytes, keyBytes);
  if (options.dataBytes !== undefined) refuseTooLarge(dataBytes, keyBytes);
  const planned: PlanSource = {
    ...(scenario.traffic.length > 1 && { name: source.name }),
    ...ratesOf(options, dataBytes + keyBytes, { peak: peakOf(source), mean: meanRateOf(source) }),
    dataBytes,
    size: options.dataBytes === undefined ? source.size : { kind: 'fixed', bytes: options.dataBytes },
    keyBytes,
    equalKeyBytes: options.keyBytes !== undefined,
    keys,
  };
  if (scenario.producer.api === 'PutRecords') return planned;
  return {
    ...planned,
    roundingBytes: roundingBytesOf(planned, scenario.stream.maxRecordBytes, placementSeed),
  };
}

/** @throws Refusal for a record that no stream takes */
function refuseTooLarge(dataBytes: number, keyBytes: number): void {
  const most = LIMITS.ceilingMaxRecordBytes.value;
  if (dataBytes + keyBytes <= most) return;
  throw badInput(
    `--record-size: a record of ${formatCount(dataBytes)} B and a key of ${formatNumber(keyBytes)} B is larger than Kinesis takes, ${formatCount(most)} B in all.`,
    `Write at most ${formatCount(Math.floor(most - keyBytes)).replaceAll(',', '')}B, or cut the record into several.`,
  );
}

/** Flags replace the rates of a scenario; a peak alone leaves its average as it is. */
function ratesOf(
  { rate, peakRate }: PlanOptions,
  recordBytes: number,
  scenario: { readonly peak: number; readonly mean: number },
): Pick<PlanSource, 'recordsPerSec' | 'meanRecordsPerSec'> {
  const mean = rate === undefined ? scenario.mean : recordsPerSec(rate, recordBytes);
  if (peakRate === undefined)
    return { recordsPerSec: rate === undefined ? scenario.peak : mean, meanRecordsPerSec: mean };
  const peak = recordsPerSec(peakRate, recordBytes);
  if (peak >= mean) return { recordsPerSec: peak, meanRecordsPerSec: mean };
  throw badInput(
    `--peak-rate: ${formatRate(peakRate)} is below the average rate, ${formatRate({ recordsPerSec: mean })}.`,
    'Write the highest rate here and the average one in --rate.',
  );
}
