/**
 * The evidence of a stream, read once: what each shard and the whole carried, which every rule then looks at.
 */
import type { EvidenceShard } from '../../results/evidence/evidence-shard.ts';
import type { MinuteSeries } from '../../results/evidence/minute-series.ts';
import type { ShardSample } from '../../results/evidence/record-sample.ts';
import type { StreamEvidence } from '../../results/evidence/stream-evidence.ts';
import { columnsOfShard, fillStepLoads, roomForSteps, type StepLoads } from '../evidence/step-loads.ts';
import { FULL_STREAM, noiseMargin } from '../verdict.ts';
import { HeatSums } from './heat-map.ts';
import { isBeforeOnset, timeOfSample } from './sample-time.ts';
import { sampledShardLoad } from './sampled-load.ts';
import { roomForShard, shardLoadOf, type ShardLoad } from './shard-load.ts';
import { ShardSums, wholeLoadOf, type WholeLoad } from './whole-load.ts';

export interface StreamView {
  readonly evidence: StreamEvidence;
  readonly isOnDemand: boolean;
  /** In ascending order of hash key. */
  readonly open: readonly EvidenceShard[];
  readonly byId: ReadonlyMap<string, EvidenceShard>;
  /** Standard deviations that a claim must stand above. */
  readonly margin: number;
  /** By shard; one without metrics and without sampled records is absent. */
  readonly loads: ReadonlyMap<string, ShardLoad>;
  /** Shards of all that are open whose metrics are there. */
  readonly openWithMetrics: number;
  readonly whole: WholeLoad | null;
  /** Of all shards, step by step; null without metrics. */
  readonly sums: ShardSums | null;
  /** The sample to judge a shard's keys by. */
  readonly samples: ReadonlyMap<string, ShardSample>;
  readonly heat: HeatSums | null;
}

export function viewOf(evidence: StreamEvidence): StreamView {
  const open = evidence.shards
    .filter((shard) => shard.open)
    .toSorted((a, b) => (a.range.start < b.range.start ? -1 : 1));
  const margin = noiseMargin(Math.max(1, open.length));
  const { metrics } = evidence;
  const loads = new Map<string, ShardLoad>();
  const heat = metrics === null || metrics.shards.size === 0 ? null : new HeatSums(open, metrics);
  const sums = metrics === null ? null : readMetrics(evidence, metrics, margin, loads, heat);
  const whole =
    metrics === null || sums === null ? null : wholeLoadOf(sums, metrics, evidence.shards, FULL_STREAM);
  const openWithMetrics = open.filter(({ shardId }) => loads.has(shardId)).length;
  for (const sample of evidence.sample?.shards ?? []) {
    const shard = evidence.shards.find(({ shardId }) => shardId === sample.shardId);
    const known = loads.get(sample.shardId);
    if (shard === undefined || known?.source === 'metrics') continue;
    const load = sampledShardLoad(shard, sample, whole, metrics);
    // One sample is of before it throttled, another of while it did: the shard is judged by its worse time.
    if (load !== undefined && (known === undefined || isWorse(load, known))) loads.set(shard.shardId, load);
  }
  return {
    evidence,
    isOnDemand: evidence.stream.mode === 'on-demand',
    open,
    byId: new Map(evidence.shards.map((shard) => [shard.shardId, shard])),
    margin,
    loads,
    openWithMetrics,
    whole,
    sums,
    samples: bestSamples(evidence, loads),
    heat,
  };
}

function isWorse({ worst: a }: ShardLoad, { worst: b }: ShardLoad): boolean {
  return a.utilization.lower > b.utilization.lower;
}

function readMetrics(
  { shards }: StreamEvidence,
  metrics: MinuteSeries,
  margin: number,
  loads: Map<string, ShardLoad>,
  heat: HeatSums | null,
): ShardSums {
  const sums = new ShardSums(metrics.count);
  const room = roomForSteps(metrics.count);
  const forShard = roomForShard(metrics.count);
  for (const shard of shards) {
    const columns = columnsOfShard(metrics, shard.shardId);
    if (columns === undefined) continue;
    fillStepLoads(columns, metrics.secPerStep, room);
    const load = shardLoadOf(shard, columns, room, forShard, metrics, margin);
    if (load === undefined) continue;
    loads.set(shard.shardId, load);
    sums.add(room);
    heat?.add(shard, room, forShard.lower);
  }
  sums.addStream(metrics);
  return sums;
}

/** The loads of one shard, step by step, again. */
export function stepsOf({ evidence: { metrics } }: StreamView, shardId: string): StepLoads | undefined {
  const columns = metrics === null ? undefined : columnsOfShard(metrics, shardId);
  if (metrics === null || columns === undefined) return undefined;
  const room = roomForSteps(metrics.count);
  fillStepLoads(columns, metrics.secPerStep, room);
  return room;
}

/**
 * Of the samples of a shard the one from while it throttled, which has the mix of keys of then; the one from before, in
 * which nothing is held back, where that shows the same heaviest key with a greater part. Records of other times alone say
 * nothing of the keys of then.
 */
function bestSamples(
  evidence: StreamEvidence,
  loads: ReadonlyMap<string, ShardLoad>,
): Map<string, ShardSample> {
  const [before, others] = [new Map<string, ShardSample>(), new Map<string, ShardSample>()];
  for (const sample of evidence.sample?.shards ?? []) {
    if (sample.userRecords === 0) continue;
    const { shardId, userRecords } = sample;
    const load = loads.get(shardId);
    const isBefore = isBeforeOnset(evidence, sample, load);
    if (!isBefore && timeOfSample(evidence, sample, load) === 'outside') continue;
    const known = isBefore ? before : others;
    if (userRecords > (known.get(shardId)?.userRecords ?? 0)) known.set(shardId, sample);
  }
  for (const [shardId, sample] of before) {
    const other = others.get(shardId);
    if (other !== undefined && showsMore(sample, other)) others.set(shardId, sample);
  }
  return others;
}

/** Whether a sample from before the onset shows more of the key that is the heaviest after it too. */
function showsMore(before: ShardSample, after: ShardSample): boolean {
  const [key, same] = [after.keys.at(0), before.keys.at(0)];
  if (key === undefined || key.key !== same?.key) return false;
  return same.atLeast.records / before.userRecords > key.atLeast.records / after.userRecords;
}

export function timeOf({ evidence: { metrics } }: StreamView, step: number): number {
  return metrics === null ? 0 : metrics.startMs + step * metrics.stepMs;
}

/** `sinceMs` and `untilMs` of a finding. A shard that came out of one that was above then has it from there. */
export function spanOf(view: StreamView, load: ShardLoad): { sinceMs?: number; untilMs?: number } {
  if (load.episode === null) return {};
  return {
    sinceMs: timeOf(view, onsetStep(view, load)),
    untilMs: timeOf(view, load.episode.lastStep),
  };
}

function onsetStep(view: StreamView, load: ShardLoad): number {
  const own = load.episode?.firstStep ?? 0;
  const { metrics } = view.evidence;
  if (metrics === null || load.shard.openedBeforeMs === undefined) return own;
  const openedStep = (load.shard.openedBeforeMs - metrics.startMs) / metrics.stepMs;
  if (own > openedStep + 3) return own;
  const inherited = load.shard.parents.flatMap((parent) => {
    const before = view.loads.get(parent);
    if (before === undefined || before.episode === null || !before.episode.isLasting) return [];
    return before.episode.lastStep >= own - 5 ? [onsetStep(view, before)] : [];
  });
  return Math.min(own, ...inherited);
}
