/**
 * What a plan takes for granted of the stream and its account, by what was and was not said.
 */
import { LIMITS } from '../../model/limits.ts';
import { formatBytes, formatCount } from '../../model/quantity.ts';
import type { Assumption } from './assumption.ts';
import type { PlanInput, PlanOptions } from './plan-input.ts';
import { isPlacedByData } from './planned-keys.ts';

export function settingAssumptions(
  input: Omit<PlanInput, 'placementSeed' | 'namesGiven' | 'assumptions'>,
  options: PlanOptions,
): Assumption[] {
  const { sources } = input;
  const areAllNamed = sources.every(({ keys }) => keys !== undefined && isPlacedByData(keys));
  return [
    ...(options.placement === 'random' && areAllNamed
      ? [
          {
            text: 'The names of all keys are known, so they are placed by name: --placement random changes nothing.',
            doubt: 'little' as const,
          },
        ]
      : []),
    ...(options.confidence !== undefined && (areAllNamed || options.placement === 'actual')
      ? [
          {
            text: 'Keys are placed by name, so there is no chance in the answer: --confidence changes nothing.',
            doubt: 'some' as const,
          },
        ]
      : []),
    ...fanOutAssumptions(input),
    ...recordAssumptions(input),
    ...quotaAssumptions(input),
  ];
}

/** The KCL reads by fan-out unless told otherwise, and a user who only wrote `kcl` may not know what that costs. */
function fanOutAssumptions({ consumers, origins }: Pick<PlanInput, 'consumers' | 'origins'>): Assumption[] {
  const names = consumers
    .filter(({ preset, kind }) => preset === 'kcl' && kind === 'efo')
    .map(({ name }) => JSON.stringify(name));
  if (names.length === 0) return [];
  const other = origins.consumers === 'flag' ? '--consumers kcl-polling:1' : 'kind: polling';
  return [
    {
      text:
        `${names.join(', ')} ${names.length === 1 ? 'reads' : 'read'} by enhanced fan-out, the KCL's default, which is paid for by ` +
        `shard and by GB. ${other} polls instead and shares the 2 MiB/s of a shard.`,
      doubt: 'some',
    },
  ];
}

function recordAssumptions({ sources }: Pick<PlanInput, 'sources'>): Assumption[] {
  const largest = Math.max(...sources.map((source) => source.dataBytes + source.keyBytes));
  const usual = LIMITS.defaultMaxRecordBytes.value;
  const rounding: Assumption = {
    text: sources.some(({ roundingBytes }) => roundingBytes !== undefined)
      ? 'Written with PutRecord: each record counts as whole KiB of what a shard takes.'
      : 'Written with PutRecords: the rounding of each call to whole KiB is not added.',
    doubt: 'little',
  };
  if (largest <= usual) return [rounding];
  const kib = Math.ceil(largest / LIMITS.writeRounding.value);
  const seconds = Math.ceil(largest / LIMITS.writeBytesPerSec.value);
  return [
    {
      text:
        `Records of ${formatBytes(largest)} need a stream whose MaxRecordSizeInKiB is at least ${formatCount(kib)} (1,024 is ` +
        `the default). Each takes a shard's bytes of ${seconds} seconds at once; AWS advises to keep such records below 2 % ` +
        'of the traffic.',
      doubt: 'high',
    },
    rounding,
  ];
}

function quotaAssumptions({
  region,
  shardQuota,
  origins,
}: Pick<PlanInput, 'region' | 'shardQuota' | 'origins'>): Assumption[] {
  if (origins.quota === 'flag') return [];
  const isCautious = shardQuota === LIMITS.shardQuotaElsewhere.value;
  return [
    {
      text:
        `At most ${formatCount(shardQuota)} shards in ${region}, AWS's default quota` +
        (isCautious ? ' outside of its largest regions (in some it is 6,000)' : '') +
        ': other streams of the account count, too. --shard-quota replaces it.',
      doubt: isCautious ? 'some' : 'little',
    },
  ];
}
