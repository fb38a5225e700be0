/**
 * Whether an on-demand Standard stream would throttle on a plan's traffic, by what AWS says of its growth: it carries
 * twice the highest write rate of the last 30 days, is throttled while traffic more than doubles within 15 minutes, splits
 * shards that are written to above 500 KB/s, and begins with four. Loads are counted in shards, by bytes or records.
 */
import { LIMITS, MIB } from '../../model/limits.ts';
import { ON_DEMAND_RULES, onDemandShards } from '../../model/on-demand.ts';
import { formatCount, formatDuration, formatNumber } from '../../model/quantity.ts';
import { onDemandWriteLimitOf } from '../../model/region-quotas.ts';
import type { OnDemandRisk } from '../../results/plan-money.ts';
import type { PlanResult } from '../../results/plan-result.ts';
import type { Stage } from '../../traffic/scenario.ts';
import { percentOf, totalsOf } from '../plan/constraints.ts';
import type { PlanInput } from '../plan/plan-input.ts';
import { firstOverload, shardsFilled, type Growth } from './shard-load.ts';

/** How the traffic goes over time, where a scenario says so. */
export interface TrafficShape {
  /** Of each source, in the order of the plan's. */
  readonly stages: readonly (readonly Stage[])[];
  /** Open shards at the start, where the scenario's stream is on demand. */
  readonly openShards: number | undefined;
  /** The stages come again and again: those of a profile. */
  readonly repeats?: boolean;
}

/** Judges one plan. Without a shape, the peak is taken to come at once, from the mean. */
export function onDemandRisk(input: PlanInput, core: PlanResult, shape?: TrafficShape): OnDemandRisk {
  const peak = shardsFilled(input.sources, ({ recordsPerSec }) => recordsPerSec);
  return {
    ...verdictOf(input, core, shape),
    newStream: newStreamOf(peak),
    expectedShards: expectedShardsOf(input),
    warmThroughputMiBps: warmThroughputOf(input, core, peak),
  };
}

type Verdict = Pick<OnDemandRisk, 'wouldThrottle' | 'why'>;

function verdictOf(input: PlanInput, core: PlanResult, shape: TrafficShape | undefined): Verdict {
  const key = core.hottestKey;
  if (key !== null && key.utilization > 1) {
    const why = `The heaviest key alone is ${percentOf(key.utilization)} of what a shard takes: it is throttled in every mode, and splits move it whole.`;
    return { wouldThrottle: true, why: [why] };
  }
  const volume = volumeVerdict(input, shape);
  const burst = burstFactorOf(input);
  if (volume.wouldThrottle !== false || burst <= 1) return volume;
  return {
    wouldThrottle: null,
    why: [
      `Bursts of up to ${formatNumber(burst)} times the rate are shorter than the minutes by which the service grows: simulate plays them.`,
      ...volume.why,
    ],
  };
}

function volumeVerdict(input: PlanInput, shape: TrafficShape | undefined): Verdict {
  if (shape === undefined) return byPeak(input);
  return shape.repeats === true ? byPeriods(input, shape) : byStages(input, shape);
}

/** How many times its peak rate a source sends while a burst lasts, at most; 1 without bursts. */
function burstFactorOf({ bursts }: PlanInput): number {
  const factors = bursts
    .filter(({ kind }) => kind === 'bursts')
    .flatMap(({ lengthSec, peakSeconds }) => peakSeconds.map((seconds) => seconds / lengthSec));
  return Math.max(1, ...factors);
}

/** A mean and a peak, and nothing on how long the one takes to become the other. */
function byPeak(input: PlanInput): Verdict {
  const mean = shardsFilled(input.sources, ({ meanRecordsPerSec }) => meanRecordsPerSec);
  const peak = shardsFilled(input.sources, ({ recordsPerSec }) => recordsPerSec);
  const { least, times } = GROWTH;
  if (peak <= mean * (1 + 1e-9)) {
    return {
      wouldThrottle: false,
      why: ['The rate is constant: a stream that has grown to it carries twice as much.'],
    };
  }
  const ratio = formatNumber(peak / mean);
  if (peak <= Math.max(least, times * mean)) {
    return {
      wouldThrottle: false,
      why: [
        peak <= least
          ? `The peak fills ${shardsText(peak)}, and an on-demand stream has ${least} at the least.`
          : `The peak is ${ratio} times the mean, and the stream carries ${times} times what it carried.`,
      ],
    };
  }
  return {
    wouldThrottle: true,
    why: [
      `The peak is ${ratio} times the mean, and the stream carries ${times} times what it carried: a rise within ` +
        `${REACTION} is throttled until shards have been split, ${UNLESS_SEEN}.`,
      OTHERWISE,
    ],
  };
}

/** What comes when is known. */
function byStages({ sources }: PlanInput, { stages, openShards }: TrafficShape): Verdict {
  const growth = { ...GROWTH, least: openShards ?? GROWTH.least };
  const overload = firstOverload(sources, stages, growth);
  if (overload === undefined) {
    return {
      wouldThrottle: false,
      why: [
        `At no time does the rate pass ${growth.times} times what was carried up to ${REACTION} before, or ${shardsText(growth.least)}.`,
      ],
    };
  }
  const when = overload.timeUs === 0 ? 'At the start' : `By ${formatDuration(overload.timeUs)}`;
  return {
    wouldThrottle: true,
    why: [
      `${when} the load fills ${shardsText(overload.filled)} and the stream has ${formatNumber(overload.open)}: it more than ` +
        `doubles within ${REACTION}, and is throttled until shards have been split, ${UNLESS_SEEN}.`,
      OTHERWISE,
    ],
  };
}

/**
 * A profile comes again: from its second period on the stream has carried all of it, if it is no longer than what the
 * service remembers. Its own rises are then those of the first period alone.
 */
function byPeriods(input: PlanInput, shape: TrafficShape): Verdict {
  const first = byStages(input, shape);
  const periodUs = Math.max(...shape.stages.map(lengthUs));
  if (periodUs > REMEMBERED_US || first.wouldThrottle !== true) return first;
  return {
    wouldThrottle: false,
    why: [
      `The profile repeats every ${formatDuration(periodUs)}, so the same peak came within the last ${REMEMBERED_DAYS} days, ` +
        'and the stream still carries twice that. The first time round it throttles.',
      `The first time: ${first.why[0]}`,
      OTHERWISE,
    ],
  };
}

function lengthUs(stages: readonly Stage[]): number {
  return stages.reduce((sum, { durationUs }) => sum + durationUs, 0);
}

const REMEMBERED_DAYS = 30;
const REMEMBERED_US = REMEMBERED_DAYS * 86_400_000_000;
const UNLESS_SEEN = `unless the same peak came in the ${REMEMBERED_DAYS} days before`;
const OTHERWISE = 'A slower rise, or warm throughput (Advantage), is not throttled either.';

const GROWTH: Growth = {
  least: LIMITS.onDemandNewShards.value,
  times: LIMITS.onDemandGrowth.value,
  withinUs: ON_DEMAND_RULES.withinUs,
};

const REACTION = `${LIMITS.onDemandSplitWithinSec.value / 60} minutes`;

function shardsText(shards: number): string {
  return `${formatNumber(shards)} ${shards === 1 ? 'shard' : 'shards'}`;
}

/** A stream that nobody has written to before doubles every 15 minutes, as long as it is too small. */
function newStreamOf(peak: number): OnDemandRisk['newStream'] {
  const shards = onDemandShards();
  let minutes = 0;
  for (let open = shards; open < peak * (1 - 1e-9); open *= GROWTH.times)
    minutes += LIMITS.onDemandSplitWithinSec.value / 60;
  return { shards, wouldThrottle: minutes > 0, minutesUntilGrown: minutes };
}

/** As many as it takes for none to be written to at the rate at which it is split. */
function expectedShardsOf(input: PlanInput): number {
  const { bytes, records } = totalsOf(input);
  const { splitAboveBytesPerSec, splitAboveRecordsPerSec } = ON_DEMAND_RULES;
  const needed = Math.max(bytes / splitAboveBytesPerSec, records / splitAboveRecordsPerSec);
  return Math.max(LIMITS.onDemandNewShards.value, Math.ceil(needed - 1e-9));
}

/**
 * The plan's own shards as throughput, 1 MiB/s each: so the stream opens as many, and what they were counted for holds,
 * headroom included. Without a plan that fits, what the volume takes.
 */
function warmThroughputOf(input: PlanInput, core: PlanResult, peak: number): number | null {
  if (core.hottestKey !== null && !core.hottestKey.fits) return null;
  const shards = core.shards ?? Math.max(1, Math.ceil(peak / (1 - input.headroom)));
  return shards <= mostWarmMiBps(input.region) ? shards : null;
}

/** What can be set in a region, in MiB/s. */
export function mostWarmMiBps(region: string): number {
  return Math.min(LIMITS.warmThroughputMiBps.value, onDemandWriteLimitOf(region).value / MIB);
}

/** `1,024 MiB/s` of such a limit. */
export function mibPerSec(bytesPerSec: number): string {
  return `${formatCount(bytesPerSec / MIB)} MiB/s`;
}
