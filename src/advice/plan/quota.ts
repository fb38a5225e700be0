/**
 * What AWS lets an account and a stream have: shards in the region, consumers with enhanced fan-out.
 */
import { fanOutLimitOf, shardQuotaOf } from '../../model/region-quotas.ts';
import { formatCount } from '../../model/quantity.ts';
import type { ConstraintInput } from '../../results/plan-result.ts';
import type { PlanInput } from './plan-input.ts';
import type { Bound } from './shard-counts.ts';

/** @param wanted shards that all other constraints ask for; null where no count is enough for them */
export function quota(input: PlanInput, wanted: number | null, isAtLeast: boolean): Bound {
  const { region, shardQuota, origins } = input;
  const limit = shardQuotaOf(region);
  const fanOut = input.consumers.filter(({ kind }) => kind === 'efo').length;
  const fanOutLimit = fanOutLimitOf('provisioned');
  const inputs: ConstraintInput[] = [
    { name: 'shards of the account', value: shardQuota, unit: `shards in ${region}`, origin: origins.quota },
    { name: 'fan-out consumers', value: fanOut, unit: 'per stream', origin: origins.consumers },
    { name: 'fan-out limit', value: fanOutLimit.value, unit: 'per provisioned stream', origin: 'limit' },
  ];
  const common = { name: 'quota' as const, evaluated: true, inputs, source: limit.source };
  if (fanOut > fanOutLimit.value) {
    return {
      constraint: {
        ...common,
        shards: null,
        formula: `${fanOut} fan-out consumers > ${fanOutLimit.value}, the most of a provisioned stream`,
      },
      remedies: fanOutRemedies(fanOut, fanOutLimit.value),
    };
  }
  const place = origins.quota === 'flag' ? 'given' : `default in ${region}`;
  const most = `${formatCount(shardQuota)} (${place})`;
  if (wanted === null) return { constraint: { ...common, shards: 1, formula: `at most ${most}` } };
  if (wanted <= shardQuota)
    return { constraint: { ...common, shards: 1, formula: `${formatCount(wanted)} <= ${most}` } };
  return {
    constraint: {
      ...common,
      shards: null,
      formula: `${isAtLeast ? 'at least ' : ''}${formatCount(wanted)} > ${most}`,
    },
    remedies: [
      `Ask AWS to raise the quota of shards in ${region} to ${isAtLeast ? 'at least ' : ''}${formatCount(wanted)}, and plan with --shard-quota ${wanted}.`,
    ],
  };
}

function fanOutRemedies(fanOut: number, most: number): string[] {
  const advantage = fanOutLimitOf('on-demand-advantage').value;
  const poll = `Let ${fanOut - most} of the ${fanOut} fan-out consumers poll or share a reader`;
  return fanOut <= advantage
    ? [`${poll}, or use on-demand Advantage, whose streams take ${advantage}.`]
    : [`${poll}: no mode takes more than ${advantage}, the limit of on-demand Advantage.`];
}
