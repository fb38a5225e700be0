/**
 * What a plan is made from, whether it was written as a scenario or as flags, with every default named.
 */
import type { Rate } from '../../model/quantity.ts';
import type { InputOrigin } from '../../results/plan-result.ts';
import { meanDataBytes, meanKeyBytes } from '../../traffic/record-mean.ts';
import type { Keys, Scenario, Size, Source } from '../../traffic/scenario.ts';
import type { CountedConsumer } from '../../traffic/short-form.ts';
import type { Assumption } from './assumption.ts';
import { consumersOfSpecs, type PlanConsumer } from './plan-consumer.ts';
import { DEFAULT_KEY_BYTES, settingsOf } from './plan-settings.ts';
import { plannedKeysOf, type PlannedKeys } from './planned-keys.ts';
import { scenarioAssumptions } from './scenario-assumptions.ts';

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
  readonly placement: PlacementMode;
  /** Whether generated names are the user's own (a scenario's) or stand for names that nobody gave. */
  readonly namesGiven: boolean;
  /** AWS region whose prices and quotas count. */
  readonly region: string;
  /** How long the stream keeps records, in hours. */
  readonly retentionHours: number;
  /** Largest record that the stream takes, data and key: where drawn sizes are cut. Default: AWS's own default. */
  readonly maxRecordBytes?: number;
  /** User records in one record of the sources, where producers aggregate; absent: 1. */
  readonly userRecordsPerRecord?: number;
  /** Who says what. */
  readonly origins: Origins;
  readonly assumptions: readonly Assumption[];
}

/** Where each part of the input comes from. */
export type Origins = Readonly<
  Record<
    'rate' | 'size' | 'keySize' | 'consumers' | 'headroom' | 'confidence' | 'region' | 'retention',
    InputOrigin
  >
>;

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
  readonly region?: string | undefined;
  readonly retentionHours?: number | undefined;
}

/** A plan's input from flags alone. */
export function planInputOfFlags(
  options: PlanOptions & { readonly rate: Rate; readonly dataBytes: number },
): PlanInput {
  const { rate, dataBytes } = options;
  const keys = options.keys && plannedKeysOf(options.keys, '--keys');
  const keyBytes = options.keyBytes ?? DEFAULT_KEY_BYTES;
  const assumptions: Assumption[] = [];
  if (keys === undefined) {
    assumptions.push({
      text: 'Nothing is known of the keys: records spread evenly. --keys makes hot shards part of the plan.',
      doubt: 'high',
    });
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
    ...settingsOf(
      options,
      {
        consumers: [],
        retentionHours: undefined,
        keySize: options.keyBytes === undefined ? 'default' : 'flag',
        traffic: 'flag',
      },
      [source],
      assumptions,
    ),
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
        keySize: options.keyBytes === undefined ? 'scenario' : 'flag',
        traffic: 'scenario',
      },
      sources,
      scenarioAssumptions(scenario, options, sources),
    ),
    placementSeed: scenario.placementSeed,
    maxRecordBytes: scenario.stream.maxRecordBytes,
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

function recordsPerSec(rate: Rate, recordBytes: number): number {
  return 'recordsPerSec' in rate ? rate.recordsPerSec : rate.bytesPerSec / recordBytes;
}

/** Rates change linearly, so the highest stands at the start or the end of a stage. */
export function peakOf(source: Source): number {
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
