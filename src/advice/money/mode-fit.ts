/**
 * Whether each capacity mode can carry a plan's traffic at all, and what has to be known or set for it.
 */
import { LIMITS, MIB } from '../../model/limits.ts';
import { formatBytes, formatCount, formatNumber } from '../../model/quantity.ts';
import type { PricedMode } from '../../model/prices.ts';
import { fanOutLimitOf, onDemandWriteLimitOf } from '../../model/region-quotas.ts';
import type { OnDemandRisk, PlanMode } from '../../results/plan-money.ts';
import type { PlanResult } from '../../results/plan-result.ts';
import { totalsOf } from '../plan/constraints.ts';
import type { PlanInput } from '../plan/plan-input.ts';
import { type BilledTraffic, countReaders } from './billed-traffic.ts';
import { mibPerSec, mostWarmMiBps } from './on-demand-risk.ts';

/** Rounding that makes data in so many times as dear is named. */
const WORTH_SAYING = 1.2;

export type ModeFit = Pick<PlanMode, 'feasible' | 'why' | 'notes'>;

/** What else a mode is judged by. */
interface Circumstances {
  readonly risk: OnDemandRisk;
  readonly traffic: BilledTraffic;
}

/** Judges one mode. */
export function fitOf(
  mode: PricedMode,
  input: PlanInput,
  core: PlanResult,
  { risk, traffic }: Circumstances,
): ModeFit {
  const fanOut = fanOutTrouble(mode, input);
  const why = [
    ...hotKeyTrouble(core),
    ...fanOut,
    ...(fanOut.length > 0 && mode === 'provisioned' ? [] : shardTrouble(mode, core)),
    ...(mode === 'provisioned' ? [] : volumeTrouble(input)),
    ...(mode === 'on-demand' ? readTrouble(input) : []),
    ...(mode === 'on-demand-advantage' ? warmTrouble(input, core, risk) : []),
  ];
  return {
    feasible: why.length === 0,
    why,
    notes: mode === 'provisioned' ? [] : notesOf(mode, input, risk, traffic),
  };
}

/** All records of a key go to one shard, in every mode. */
function hotKeyTrouble({ hottestKey }: PlanResult): string[] {
  if (hottestKey === null || hottestKey.fits) return [];
  return ['The heaviest key fits on no shard, and a key stays on one shard in every mode.'];
}

function fanOutTrouble(mode: PricedMode, input: PlanInput): string[] {
  const { efo } = countReaders(input);
  const limit = fanOutLimitOf(mode).value;
  return efo > limit ? [`${efo} consumers with enhanced fan-out: a stream in this mode takes ${limit}.`] : [];
}

/** Constraints that no number of shards meets bind every mode: shards have the same limits in all of them. */
function shardTrouble(mode: PricedMode, { feasible, constraints }: PlanResult): string[] {
  const unmet = constraints.filter(
    ({ name, evaluated, shards }) => evaluated && shards === null && name !== 'hot-key',
  );
  const named = unmet.map(({ name }) => name).filter((name) => name !== 'quota');
  if (named.length > 0)
    return [
      `No number of shards meets ${named.join(' and ')}, and a shard's limits are the same in every mode.`,
    ];
  const isKey = constraints.some(
    ({ name, evaluated, shards }) => name === 'hot-key' && evaluated && shards === null,
  );
  if (feasible || isKey || mode !== 'provisioned') return [];
  return [
    unmet.length > 0
      ? 'It needs more than the quota of shards or consumers.'
      : 'No number of shards up to the quota meets every constraint.',
  ];
}

function volumeTrouble(input: PlanInput): string[] {
  const { bytes } = totalsOf(input);
  const limit = onDemandWriteLimitOf(input.region).value;
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
  return [`Warm throughput ends at ${formatCount(mostWarmMiBps(region))} MiB/s in ${region}.`];
}

function notesOf(mode: PricedMode, input: PlanInput, risk: OnDemandRisk, traffic: BilledTraffic): string[] {
  const { polling } = countReaders(input);
  const billed = traffic.roundedBytesPerSec / traffic.bytesPerSec;
  const shared = [
    ...(billed >= WORTH_SAYING
      ? [`Rounded up to whole KiB, ${formatNumber(billed)} times the bytes that are written are billed.`]
      : []),
    ...(polling > 1
      ? [`AWS recommends one polling consumer on demand; ${polling} share each shard's reads.`]
      : []),
  ];
  if (mode === 'on-demand') return shared;
  const warm = risk.warmThroughputMiBps;
  return [
    ...shared,
    ...(warm === null ? [] : [`Set WarmThroughputMiBps to ${formatCount(warm)}: it costs nothing extra.`]),
    `The minimum of ${formatNumber(LIMITS.advantageMinimumBytesPerSec.value / MIB)} MiB/s of writes and of reads is shared by all ` +
      "on-demand streams of the account and region; here this stream bears it alone, and the others' prices change too.",
  ];
}
