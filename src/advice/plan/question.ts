/**
 * What a plan was asked, for its report: the input as its user would say it.
 */
import { formatCount, formatPercent } from '../../model/quantity.ts';
import type { AskedBurst, AskedConsumer, AskedSource, PlanQuestion } from '../../results/plan-question.ts';
import { shortOfConsumer } from '../../traffic/short-form.ts';
import type { AggregateOptions } from '../pipeline/aggregation.ts';
import type { BurstWindow } from './burst-window.ts';
import type { PlanConsumer } from './plan-consumer.ts';
import type { PlanInput, PlanSource } from './plan-input.ts';
import type { PlannedKeys } from './planned-keys.ts';

/**
 * @param input traffic in user records
 * @param aggregate undefined where every record is sent as it is
 * @param isRateGiven false where the rate is what was asked for
 */
export function questionOf(
  input: PlanInput,
  aggregate: AggregateOptions | undefined,
  isRateGiven: boolean,
): PlanQuestion {
  const { sources, consumers, bursts, outage, currentShards, scenarioShards, maxThrottled } = input;
  return {
    sources: sources.map((source) => askedSource(source, isRateGiven)),
    consumers: consumers.map(askedConsumer),
    bursts: bursts.map((window) => askedBurst(window, sources)),
    ...(outage && { outage }),
    retentionHours: input.retentionHours,
    region: input.region,
    shardQuota: input.shardQuota,
    headroom: input.headroom,
    ...(maxThrottled === undefined ? { confidence: input.confidence } : { maxThrottled }),
    placement: input.placement,
    ...(currentShards !== undefined && { currentShards }),
    ...(scenarioShards !== undefined && { scenarioShards }),
    ...(aggregate && {
      aggregate: {
        ...aggregate.spec,
        lingerMs: aggregate.lingerUs / 1000,
        producers: aggregate.producers,
      },
    }),
  };
}

function askedSource(source: PlanSource, isRateGiven: boolean): AskedSource {
  const { name, meanRecordsPerSec, recordsPerSec, dataBytes, keyBytes, keys } = source;
  return {
    ...(name !== undefined && { name }),
    ...(isRateGiven && { meanRecordsPerSec, recordsPerSec }),
    ...{ dataBytes, keyBytes },
    ...(keys && { keys: keysText(keys) }),
  };
}

/** As `--keys` takes it, where there is such a form. */
function keysText(keys: PlannedKeys): string {
  switch (keys.kind) {
    case 'uniform':
      return `uniform:${keys.count}`;
    case 'zipf':
      return `zipf:${keys.exponent}:${keys.count}`;
    case 'hot':
      return `hot:${formatPercent(keys.share)}:${keys.keys}:${keys.of}`;
    case 'weights':
      return namedText(keys.names.length, 'by name');
    case 'file':
      return namedText(keys.table.count, 'by name');
    case 'hashKeys':
      return namedText(keys.hashKeys.length, 'by hash key');
  }
}

function namedText(amount: number, how: string): string {
  return `${formatCount(amount)} ${amount === 1 ? 'key' : 'keys'} ${how}`;
}

function askedConsumer(consumer: PlanConsumer): AskedConsumer {
  const { name, kind, preset, parallel, recordsPerSec } = consumer;
  return {
    ...{ name, kind },
    ...(preset !== 'custom' && { preset }),
    short: shortOfConsumer(consumer),
    ...(recordsPerSec !== undefined && { recordsPerSec }),
    parallel,
  };
}

function askedBurst(
  { kind, lengthSec, everySec, peakSeconds }: BurstWindow,
  sources: readonly PlanSource[],
): AskedBurst {
  const records = sources.reduce((sum, { recordsPerSec }, i) => sum + recordsPerSec * peakSeconds[i], 0);
  return {
    lengthSec,
    ...(everySec !== undefined && { everySec }),
    recordsPerSec: records / lengthSec,
    ...(kind === 'chance' && { isChance: true }),
  };
}
