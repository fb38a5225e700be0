/**
 * What a user may write of a stream's capacity mode; what holds between these fields is in `capacity-rules.ts`.
 */
import { LIMITS } from '../model/limits.ts';
import { choice, fields, quantity, whole } from './scenario-field.ts';
import { RECORD_DISTRIBUTIONS } from './scenario.ts';

const MINUTE_US = 60_000_000;

export const CAPACITY_MODES = ['provisioned', 'on-demand'] as const;

export const capacityFields = {
  mode: choice(CAPACITY_MODES, 'Capacity mode; default provisioned.').optional(),
  warmThroughput: quantity(
    'rate',
    'Writes that a new on-demand stream takes at once, in place of shards (On-demand Advantage); default as 4 shards.',
  ).optional(),
  onDemand: fields(
    {
      splitAbove: quantity(
        'rate',
        'Bytes above which a shard is split, mean of a minute; default 500KiB/s.',
      ).optional(),
      splitAboveRecords: quantity('rate', 'The same in records; default 500/s.').optional(),
      within: quantity('duration', 'From the first minute above to the split; default 15m.', {
        min: MINUTE_US,
        max: 1440 * MINUTE_US,
      }).optional(),
      mostShards: whole(
        1,
        LIMITS.shardQuota.value,
        'Open shards that the stream grows to at most; default 10240.',
      ).optional(),
    },
    'How the service splits an on-demand stream; AWS publishes these rules only in part.',
  ).optional(),
  recordDistribution: choice(
    RECORD_DISTRIBUTIONS,
    'auto: the service ignores keys and spreads the records of an on-demand stream by itself; default userPartitionKey.',
  ).optional(),
};

/** Shards are needed where the stream is not on-demand. */
export const NEEDS_SHARDS = {
  anyOf: [{ required: ['shards'] }, { properties: { mode: { const: 'on-demand' } }, required: ['mode'] }],
};
