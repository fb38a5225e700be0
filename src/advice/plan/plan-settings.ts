/**
 * What of a plan does not depend on where its traffic comes from, with the defaults, of which every one is named.
 */
import { LIMITS } from '../../model/limits.ts';
import { badInput } from '../../model/refusal.ts';
import { shardQuotaOf } from '../../model/region-quotas.ts';
import type { InputOrigin } from '../../results/plan-result.ts';
import type { Assumption } from './assumption.ts';
import { windowOfOption } from './burst-option.ts';
import type { BurstWindow } from './burst-window.ts';
import { percentOf } from './constraints.ts';
import { consumersOfCounts, defaultConsumers, type PlanConsumer } from './plan-consumer.ts';
import type { PlanInput, PlanOptions, PlanSource } from './plan-input.ts';
import { isPlacedByData } from './planned-keys.ts';
import { settingAssumptions } from './setting-assumptions.ts';

export const DEFAULT_HEADROOM = 0.2;
export const DEFAULT_CONFIDENCE = 0.95;
export const DEFAULT_KEY_BYTES = 16;
export const DEFAULT_REGION = 'us-east-1';
export const DEFAULT_RETENTION_HOURS = LIMITS.retentionHoursDefault.value;

/** What the scenario says, or the absence of one. */
export interface Background {
  readonly consumers: readonly PlanConsumer[];
  readonly retentionHours: number | undefined;
  /** Largest record that the stream takes. */
  readonly maxRecordBytes: number;
  readonly bursts: readonly BurstWindow[];
  /** Of a provisioned stream. */
  readonly shards: number | undefined;
  readonly keySize: InputOrigin;
  /** Where rate and size come from, unless a flag replaces them. */
  readonly traffic: InputOrigin;
}

type Settings = Omit<PlanInput, 'placementSeed' | 'namesGiven'>;

export function settingsOf(
  options: PlanOptions,
  background: Background,
  sources: readonly PlanSource[],
  first: readonly Assumption[],
): Settings {
  const region = options.region ?? DEFAULT_REGION;
  const largest = Math.max(...sources.map((source) => source.dataBytes + source.keyBytes));
  const settings = {
    sources,
    consumers: consumersOf(options, background),
    headroom: options.headroom ?? DEFAULT_HEADROOM,
    confidence: options.confidence ?? DEFAULT_CONFIDENCE,
    maxThrottled: options.maxThrottled,
    placement: options.placement ?? ('random' as const),
    region,
    retentionHours: options.retentionHours ?? background.retentionHours ?? DEFAULT_RETENTION_HOURS,
    maxRecordBytes: Math.max(background.maxRecordBytes, Math.ceil(largest)),
    bursts: options.burst === undefined ? background.bursts : [windowOfOption(options.burst, sources[0])],
    outage: options.outage,
    shardQuota: options.shardQuota ?? shardQuotaOf(region).value,
    currentShards: options.currentShards,
    scenarioShards: background.shards,
    origins: originsOf(options, background),
  };
  const assumptions = [...first, ...defaultsOf(settings), ...settingAssumptions(settings, options)];
  return { ...settings, assumptions };
}

function originsOf(options: PlanOptions, background: Background): PlanInput['origins'] {
  const flagOr = (value: unknown, otherwise: InputOrigin): InputOrigin =>
    value === undefined ? otherwise : 'flag';
  const consumers = background.consumers.length > 0 ? 'scenario' : 'default';
  const isUsual = (background.retentionHours ?? DEFAULT_RETENTION_HOURS) === DEFAULT_RETENTION_HOURS;
  return {
    rate: flagOr(options.peakRate ?? options.rate, background.traffic),
    burst: flagOr(options.burst, background.traffic),
    size: flagOr(options.dataBytes, background.traffic),
    keySize: background.keySize,
    consumers: flagOr(options.consumers, consumers),
    speed: flagOr(options.consumerSpeed, consumers),
    parallel: flagOr(options.parallelizationFactor, options.consumers === undefined ? consumers : 'default'),
    retention: flagOr(options.retentionHours, isUsual ? 'default' : 'scenario'),
    headroom: flagOr(options.headroom, 'default'),
    confidence: flagOr(options.confidence, 'default'),
    region: flagOr(options.region, 'default'),
    quota: flagOr(options.shardQuota, 'limit'),
  };
}

/** One sentence for all of them. */
function defaultsOf(settings: Omit<Settings, 'assumptions'>): Assumption[] {
  const { origins, sources, placement, headroom, confidence, region, retentionHours } = settings;
  const isChance = placement === 'random' && sources.some(({ keys }) => keys && !isPlacedByData(keys));
  const defaults = [
    ...(origins.keySize === 'default' ? [`partition keys of ${DEFAULT_KEY_BYTES} B`] : []),
    ...(origins.consumers === 'default' ? ['one polling consumer'] : []),
    ...(origins.headroom === 'default' ? [`headroom ${percentOf(headroom)} of every limit`] : []),
    ...(isChance && origins.confidence === 'default' ? [`confidence ${percentOf(confidence)}`] : []),
    ...(origins.region === 'default' ? [`region ${region}`] : []),
    ...(origins.retention === 'default' ? [`retention ${retentionHours} h`] : []),
  ];
  return defaults.length === 0 ? [] : [{ text: `Defaults: ${defaults.join(', ')}.`, doubt: 'some' }];
}

/** Those of the flag or the scenario, or the default; what flags say of all of them goes on top. */
function consumersOf(options: PlanOptions, background: Background): readonly PlanConsumer[] {
  const { consumers, consumerSpeed, parallelizationFactor, outage } = options;
  const named =
    consumers !== undefined
      ? consumersOfCounts(consumers)
      : background.consumers.length > 0
        ? background.consumers
        : defaultConsumers();
  if (named.length === 0 && (outage !== undefined || consumerSpeed !== undefined)) {
    throw badInput(
      `${outage !== undefined ? '--outage' : '--consumer-speed'}: there are no consumers that could ${outage !== undefined ? 'catch up' : 'be slow'}.`,
      'Name them, for example --consumers polling:1, or leave it out.',
    );
  }
  if (parallelizationFactor !== undefined && !named.some(({ preset }) => preset === 'lambda')) {
    throw badInput(
      '--parallelization-factor: it is a setting of Lambda, and no Lambda function reads the stream.',
      'Name one, for example --consumers lambda:1, or leave it out.',
    );
  }
  return named.map((consumer) => ({
    ...consumer,
    recordsPerSec: consumerSpeed ?? consumer.recordsPerSec,
    parallel: consumer.preset === 'lambda' ? (parallelizationFactor ?? consumer.parallel) : consumer.parallel,
  }));
}
