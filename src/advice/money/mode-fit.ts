/**
 * Whether each capacity mode can carry a plan's traffic at all, and what has to be known or set for it.
 */
import { LIMITS, MIB } from '../../model/limits.ts';
import { formatBytes, formatCount, formatNumber } from '../../model/quantity.ts';
import type { PricedMode } from '../../model/prices.ts';
import type { OnDemandRisk, PlanMode } from '../../results/plan-money.ts';
import type { PlanResult } from '../../results/plan-result.ts';
import { totalsOf } from '../plan/constraints.ts';
import type { PlanInput } from '../plan/plan-input.ts';
import { countReaders } from './billed-traffic.ts';
import { mibPerSec, onDemandWriteLimit } from './on-demand-risk.ts';

export type ModeFit = Pick<PlanMode, 'feasible' | 'why' | 'notes'>;

/** Judges one mode. @param risk of on-demand mode */
export function fitOf(mode: PricedMode, input: PlanInput, core: PlanResult, risk: OnDemandRisk): ModeFit {
  const why = [
    ...hotKeyTrouble(core),
    ...fanOutTrouble(mode, input),
    ...(mode === 'provisioned' ? shardTrouble(core) : volumeTrouble(input)),
    ...(mode === 'on-demand' ? readTrouble(input) : []),
    ...(mode === 'on-demand-advantage' ? warmTrouble(input, core, risk) : []),
  ];
  return { feasible: why.length === 0, why, notes: notesOf(mode, input, risk) };
}

/** All records of a key go to one shard, in every mode. */
function hotKeyTrouble({ hottestKey }: PlanResult): string[] {
  if (hottestKey === null || hottestKey.fits) return [];
  return ['The heaviest key fits on no shard, and a key stays on one shard in every mode.'];
}

function fanOutTrouble(mode: PricedMode, input: PlanInput): string[] {
  const { efo } = countReaders(input);
  const limit =
    mode === 'on-demand-advantage' ? LIMITS.consumersPerAdvantageStream.value : LIMITS.fanOutConsumers.value;
  return efo > limit ? [`${efo} consumers with enhanced fan-out: a stream in this mode takes ${limit}.`] : [];
}

function shardTrouble({ feasible, hottestKey }: PlanResult): string[] {
  const isSaid = hottestKey !== null && !hottestKey.fits;
  return feasible || isSaid ? [] : ['No number of shards meets every constraint.'];
}

function volumeTrouble(input: PlanInput): string[] {
  const { bytes } = totalsOf(input);
  const limit = onDemandWriteLimit(input.region);
  if (bytes <= limit) return [];
  return [
    `${formatBytes(bytes)}/s of writes: an on-demand stream in ${input.region} takes ${mibPerSec(limit)} until AWS raises it.`,
  ];
}

/** The service splits by what is written, whoever reads: a shard can stay at 500 KB/s of writes for good. */
function readTrouble(input: PlanInput): string[] {
  const { polling } = countReaders(input);
  const writes = LIMITS.onDemandSplitBytesPerSec.value;
  const most = Math.floor(LIMITS.readBytesPerSec.value / writes);
  if (polling <= most) return [];
  return [
    `${polling} polling consumers: a shard is not split below 500 KB/s of writes, and ${polling} times that is more than ` +
      `the ${LIMITS.readBytesPerSec.value / MIB} MiB/s that it gives to all of them.`,
  ];
}

function warmTrouble(
  { region }: PlanInput,
  core: PlanResult,
  { warmThroughputMiBps }: OnDemandRisk,
): string[] {
  const isSaid = core.hottestKey !== null && !core.hottestKey.fits;
  if (isSaid || warmThroughputMiBps !== null) return [];
  return [
    `Warm throughput ends at ${formatCount(Math.min(LIMITS.warmThroughputMiBps.value, onDemandWriteLimit(region) / MIB))} MiB/s in ${region}.`,
  ];
}

function notesOf(mode: PricedMode, input: PlanInput, risk: OnDemandRisk): string[] {
  if (mode === 'provisioned') return [];
  const { polling } = countReaders(input);
  const shared =
    polling > 1
      ? [`AWS recommends one polling consumer on demand; ${polling} share each shard's reads.`]
      : [];
  if (mode === 'on-demand') {
    const { shards, wouldThrottle, minutesUntilGrown } = risk.newStream;
    return [
      ...shared,
      ...(wouldThrottle
        ? [
            `A new stream has ${shards} shards: at the peak it throttles for about ${minutesUntilGrown} minutes until it has grown.`,
          ]
        : []),
    ];
  }
  const warm = risk.warmThroughputMiBps;
  return [
    ...shared,
    ...(warm === null ? [] : [`Set WarmThroughputMiBps to ${formatCount(warm)}: it costs nothing extra.`]),
    `The minimum of ${formatNumber(LIMITS.advantageMinimumBytesPerSec.value / MIB)} MiB/s of writes and of reads is shared by all ` +
      "on-demand streams of the account and region; here this stream bears it alone, and the others' prices change too.",
  ];
}
