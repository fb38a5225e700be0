/**
 * What of a plan does not depend on where its traffic comes from, with the defaults, of which every one is named.
 */
import { LIMITS } from '../../model/limits.ts';
import { formatBytes, formatCount } from '../../model/quantity.ts';
import type { InputOrigin } from '../../results/plan-result.ts';
import type { Assumption } from './assumption.ts';
import { percentOf } from './constraints.ts';
import { consumersOfCounts, defaultConsumers, type PlanConsumer } from './plan-consumer.ts';
import type { PlanInput, PlanOptions, PlanSource } from './plan-input.ts';
import { isPlacedByData } from './planned-keys.ts';

export const DEFAULT_HEADROOM = 0.2;
export const DEFAULT_CONFIDENCE = 0.95;
export const DEFAULT_KEY_BYTES = 16;
export const DEFAULT_REGION = 'us-east-1';
const DEFAULT_RETENTION_HOURS = LIMITS.retentionHoursDefault.value;

/** What the scenario says, or the absence of one. */
export interface Background {
  readonly consumers: readonly PlanConsumer[];
  readonly retentionHours: number | undefined;
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
  const headroom = options.headroom ?? DEFAULT_HEADROOM;
  const confidence = options.confidence ?? DEFAULT_CONFIDENCE;
  const placement = options.placement ?? 'random';
  const region = options.region ?? DEFAULT_REGION;
  const retentionHours = options.retentionHours ?? background.retentionHours ?? DEFAULT_RETENTION_HOURS;
  const origins = originsOf(options, background);
  const isChance = placement === 'random' && sources.some(({ keys }) => keys && !isPlacedByData(keys));
  const areAllNamed = sources.every(({ keys }) => keys !== undefined && isPlacedByData(keys));
  const defaults = [
    ...(background.keySize === 'default' ? [`partition keys of ${DEFAULT_KEY_BYTES} B`] : []),
    ...(origins.consumers === 'default' ? ['one polling consumer'] : []),
    ...(origins.headroom === 'default' ? [`headroom ${percentOf(headroom)} of every limit`] : []),
    ...(isChance && origins.confidence === 'default' ? [`confidence ${percentOf(confidence)}`] : []),
    ...(origins.region === 'default' ? [`region ${region}`] : []),
    ...(origins.retention === 'default' ? [`retention ${retentionHours} h`] : []),
  ];
  return {
    sources,
    consumers: consumersOf(options, background),
    headroom,
    confidence,
    placement,
    region,
    retentionHours,
    origins,
    assumptions: [
      ...first,
      ...(defaults.length > 0 ? [assumed(`Defaults: ${defaults.join(', ')}.`)] : []),
      ...(options.placement === 'random' && areAllNamed
        ? [
            assumed(
              'The names of all keys are known, so they are placed by name: --placement random changes nothing.',
              'little',
            ),
          ]
        : []),
      ...writeAssumptions(sources),
    ],
  };
}

function originsOf(options: PlanOptions, background: Background): PlanInput['origins'] {
  const flagOr = (value: unknown, otherwise: InputOrigin): InputOrigin =>
    value === undefined ? otherwise : 'flag';
  const isKept = background.retentionHours ?? DEFAULT_RETENTION_HOURS;
  return {
    rate: flagOr(options.rate, background.traffic),
    size: flagOr(options.dataBytes, background.traffic),
    keySize: background.keySize,
    consumers: flagOr(options.consumers, background.consumers.length > 0 ? 'scenario' : 'default'),
    headroom: flagOr(options.headroom, 'default'),
    confidence: flagOr(options.confidence, 'default'),
    region: flagOr(options.region, 'default'),
    retention: flagOr(options.retentionHours, isKept === DEFAULT_RETENTION_HOURS ? 'default' : 'scenario'),
  };
}

function consumersOf({ consumers }: PlanOptions, background: Background): readonly PlanConsumer[] {
  if (consumers !== undefined) return consumersOfCounts(consumers);
  return background.consumers.length > 0 ? background.consumers : defaultConsumers();
}

function assumed(text: string, doubt: Assumption['doubt'] = 'some'): Assumption {
  return { text, doubt };
}

function writeAssumptions(sources: readonly PlanSource[]): Assumption[] {
  const largest = Math.max(...sources.map((source) => source.dataBytes + source.keyBytes));
  const usual = LIMITS.defaultMaxRecordBytes.value;
  return [
    assumed('Written with PutRecords: the rounding of each call to whole KiB is not added.', 'little'),
    ...(largest > usual
      ? [
          assumed(
            `The stream takes records above ${formatBytes(usual)} (a setting; ${formatBytes(usual)} is its default).`,
          ),
        ]
      : []),
    assumed(
      `At most ${formatCount(LIMITS.shardQuota.value)} shards, AWS's default quota in us-east-1.`,
      'little',
    ),
  ];
}
