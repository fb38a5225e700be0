/** DescribeAccountSettings, UpdateAccountSettings and DescribeLimits. */
import { LIMITS } from '../model/limits.ts';
import { operation } from './operation.ts';

export const DESCRIBE_ACCOUNT_SETTINGS = operation({}, (account, _, nowUs) => ({
  MinimumThroughputBillingCommitment: account.commitment.shownAt(nowUs),
}));

export const UPDATE_ACCOUNT_SETTINGS = operation(
  {
    MinimumThroughputBillingCommitment: {
      type: 'Structure',
      fields: { Status: { type: 'String', values: ['ENABLED', 'DISABLED'], required: true } },
      required: true,
    },
  },
  (account, input, nowUs) => {
    if (input.MinimumThroughputBillingCommitment.Status === 'ENABLED') account.commitment.enable(nowUs);
    else account.commitment.disable(nowUs);
    return { MinimumThroughputBillingCommitment: account.commitment.shownAt(nowUs) };
  },
);

export const DESCRIBE_LIMITS = operation({}, (account, _, nowUs) => {
  const streams = account.streams(nowUs);
  return {
    ShardLimit: LIMITS.shardQuota.value,
    OpenShardCount: streams.reduce((sum, stream) => sum + stream.layout.map.open.length, 0),
    OnDemandStreamCount: account.onDemandStreams(nowUs),
    OnDemandStreamCountLimit: LIMITS.onDemandStreams.value,
  };
});
