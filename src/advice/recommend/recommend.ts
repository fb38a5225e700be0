/**
 * From the evidence on a stream to the splits and merges that it needs, or to why it needs none: the layout of now is held
 * against the planning limit over the whole window, and a better one is replayed before it is offered.
 */
import { formatHashKey } from '../../model/hash-key.ts';
import { layoutFingerprint } from '../../model/layout-fingerprint.ts';
import { shardQuotaOf } from '../../model/region-quotas.ts';
import { shardIdOf, shardNumberOf } from '../../model/shard-map.ts';
import type { MinuteSeries } from '../../results/evidence/minute-series.ts';
import type { StreamEvidence } from '../../results/evidence/stream-evidence.ts';
import type {
  LayoutRange,
  PlanningRules,
  RecommendationDocument,
  RecommendationReason,
  RecommendationVerdict,
  ShardLoadBasis,
  UnfitKey,
} from '../../results/recommendation-document.ts';
import { pathTo, type LayoutPath } from '../layout/layout-steps.ts';
import { SECONDS_PER_STEP } from '../schedule/resize-lead.ts';
import { burstFactorOf } from './burst-factor.ts';
import { alternativesOf, billedMean, billedTraffic, monthlyUsd } from './layout-alternatives.ts';
import { unfitKeys, waysOut } from './key-salts.ts';
import { hottestOf, rangesNow, rangesToBe } from './layout-forecast.ts';
import { ownersOf } from './layout-owners.ts';
import { replayLayouts } from './layout-replay.ts';
import { judgeLayout, type Judgement } from './layout-verdict.ts';
import { planningLimit, type PlanningLimit } from './planning-limit.ts';
import { DEAD_BAND, TRIGGER, type RecommendOptions } from './recommend-options.ts';
import { takeCensus, type Census } from './shard-census.ts';
import { measuredThrottling } from './measured-throttling.ts';
import { lastChangeOf } from './shard-lineage.ts';
import { evidenceSinceChange, isEnough, sinceChange } from './since-change.ts';
import { StreamLoads } from './stream-loads.ts';
import { unfitKeysOf } from './target-layout.ts';

/** The document but for what only the command knows: when it was asked, and the findings of a diagnosis. */
export type Recommendation = Omit<
  RecommendationDocument,
  | 'schemaVersion'
  | 'kind'
  | 'tool'
  | 'startedAt'
  | 'durationMs'
  | 'partial'
  | 'target'
  | 'evidence'
  | 'findings'
>;

/** Everything that the parts of a recommendation are made of. */
interface Case {
  readonly evidence: StreamEvidence;
  readonly options: RecommendOptions;
  readonly rules: PlanningRules;
  readonly limit: PlanningLimit;
  readonly loads: StreamLoads;
  readonly census: Census;
  readonly mostShards: number;
  /** The whole window, where the case is a part of it: what is billed and what throttled are of that. */
  readonly whole?: Case;
}

/** Pure: the same evidence and options give the same recommendation. */
export function recommend(evidence: StreamEvidence, options: RecommendOptions): Recommendation {
  const known = caseOf(evidence, options);
  const judged = judgeLayout(known);
  if (judged.verdict === 'UNDECIDED') {
    const settled = settledSinceChange(known, judged);
    if (settled !== undefined) return settled;
  }
  return withheldWhereWorse(known, judged, offerOf(known, judged));
}

/** A question about what came before the last change is closed by what came after, where that fits and is enough. */
function settledSinceChange(known: Case, judged: Judgement): Recommendation | undefined {
  const evidence = evidenceSinceChange(known.evidence);
  if (evidence === undefined || evidence.stream.mode === 'on-demand') return undefined;
  const since = { ...caseOf(evidence, known.options, known.rules.burstFactor), isSinceChange: true };
  const seen = sinceChange(known, since);
  if (seen === undefined) return undefined;
  const then = judgeLayout(since);
  if (then.verdict !== 'RIGHT_SIZED') return undefined;
  if (isEnough(seen, since.census))
    return recommendation(
      { ...since, whole: known },
      { ...then, reasons: [seen, ...then.reasons] },
      undefined,
    );
  const open: RecommendationReason = {
    code: 'open-question',
    question: 'too-little-since-change',
    shards: since.loads.shards.length,
  };
  return recommendation(known, { ...judged, reasons: [open, seen] }, undefined);
}

/** @param found the burst factor, where it is known */
function caseOf(
  evidence: StreamEvidence,
  options: RecommendOptions,
  found?: PlanningRules['burstFactor'],
): Case {
  const burst = found ?? burstFactorOf(evidence.sample, options.burstFactor, evidence.metrics?.secPerStep);
  const limit = planningLimit(options.headroom, burst);
  const loads = new StreamLoads(evidence, evidence.metrics ?? NO_METRICS);
  const quota = shardQuotaOf(evidence.region).value;
  return {
    evidence,
    options,
    limit,
    loads,
    census: takeCensus(evidence, loads, limit),
    mostShards: Math.min(options.maxShards ?? Infinity, quota),
    rules: {
      headroom: options.headroom,
      burstFactor: burst,
      limit,
      deadBand: DEAD_BAND,
      trigger: TRIGGER,
      coolOffMs: options.coolOffMs,
      prefer: options.prefer,
      maxShards: options.maxShards ?? null,
      quota,
    },
  };
}

const NO_METRICS: MinuteSeries = {
  startMs: 0,
  stepMs: 60_000,
  count: 0,
  complete: 0,
  secPerStep: 60,
  stream: {},
  shards: new Map(),
  fanOut: new Map(),
};

/** A layout that could be offered, with what it would bring. */
interface Offer {
  readonly path: LayoutPath | undefined;
  readonly ranges: readonly LayoutRange[];
  readonly replay: ReturnType<typeof replayLayouts> | undefined;
  /** Why the steps are not offered. */
  readonly withheld?: Extract<RecommendationReason, { code: 'steps-withheld' }>;
}

function offerOf(known: Case, { target }: Judgement): Offer | undefined {
  if (target === undefined) return undefined;
  const { loads, census, rules, mostShards, options, evidence } = known;
  const starts = target.firsts.map((first) => target.pieces[first].range.start);
  const now = {
    starts: loads.shards.map(({ range }) => range.start),
    shardIds: loads.shards.map(({ shardId }) => shardId),
    nextNumber: evidence.shards.reduce((next, { shardId }) => Math.max(next, shardNumberOf(shardId) + 1), 0),
  };
  const path = pathTo(now, starts, mostShards);
  if (path.steps.length === 0) return undefined;
  const names = namesAfter(path, now, starts);
  const ranges = rangesToBe(target, names, loads, census, {
    burst: rules.burstFactor,
    planned: 1 - options.headroom,
  });
  const needed = Math.max(path.peakShards, starts.length);
  if (needed > mostShards) {
    const why = mostShards === options.maxShards ? 'max-shards' : 'quota';
    return {
      path: undefined,
      ranges,
      replay: undefined,
      withheld: { code: 'steps-withheld', why, needed, most: mostShards },
    };
  }
  return {
    path,
    ranges,
    replay: replayLayouts(target, loads, census, rules.burstFactor, evidence.metrics ?? NO_METRICS),
  };
}

/** Names that the shards of the target will have, by the lowest hash key of each. */
function namesAfter(
  { steps }: LayoutPath,
  now: {
    readonly starts: readonly bigint[];
    readonly shardIds: readonly string[];
    readonly nextNumber: number;
  },
  starts: readonly bigint[],
): string[] {
  const names = new Map(now.starts.map((start, i) => [formatHashKey(start), now.shardIds[i]]));
  let next = now.nextNumber;
  for (const step of steps) {
    names.set(step.startingHashKey, shardIdOf(next++));
    if (step.newStartingHashKey !== undefined) names.set(step.newStartingHashKey, shardIdOf(next++));
  }
  return starts.map((start) => names.get(formatHashKey(start)) ?? '');
}

/** A part of a record in a million is rounding. */
const TOLERANCE = 1e-6;

/** The whole recommendation; no layout is offered whose replay throttles a higher share than that of now. */
function withheldWhereWorse(known: Case, judged: Judgement, offer: Offer | undefined): Recommendation {
  const { replay } = offer ?? {};
  const isWorse =
    replay !== undefined && replay.throttledAfter > replay.throttledBefore + TOLERANCE * replay.offered;
  if (!isWorse || offer === undefined) return recommendation(known, judged, offer);
  return recommendation(known, judged, {
    ...offer,
    path: undefined,
    withheld: {
      code: 'steps-withheld',
      why: 'replay',
      needed: replay.throttledAfter / replay.offered,
      most: replay.throttledBefore / replay.offered,
    },
  });
}

function recommendation(known: Case, judged: Judgement, offer: Offer | undefined): Recommendation {
  const { evidence, options, loads, census, rules, mostShards, limit } = known;
  const planned = 1 - options.headroom;
  const isKnown = judged.isKnown;
  const layout = rangesNow(loads, census, { burst: rules.burstFactor, planned }).map((range) =>
    isKnown ? range : { ...range, utilization: null },
  );
  const isOffered = offer?.path !== undefined;
  const targetRanges = isOffered ? offer.ranges : layout;
  const whole = known.whole ?? known;
  const mean = billedMean(whole.census);
  const traffic = billedTraffic(evidence, mean);
  const usd = (shards: number): number | null =>
    options.prices === undefined || !isKnown || evidence.stream.mode === 'on-demand'
      ? null
      : monthlyUsd(traffic, shards, options.prices);
  const replay = offer?.replay;
  const forecast = (ranges: readonly LayoutRange[], throttled: number | undefined) => ({
    shards: ranges.length,
    hottest: hottestOf(ranges),
    throttled:
      replay === undefined || throttled === undefined || replay.offered === 0
        ? null
        : throttled / replay.offered,
    monthlyUsd: usd(ranges.length),
  });
  const keys = judged.cuts === undefined ? [] : unfitKeysOf(judged.cuts);
  const hotKeys = unfitKeys(keys, loads, census, options.headroom, rules.burstFactor, targetRanges);
  const isFixed = evidence.stream.mode === 'on-demand';
  const verdict: RecommendationVerdict =
    offer?.withheld?.why === 'replay' ||
    (judged.verdict === 'OVER_PROVISIONED' && offer?.withheld !== undefined)
      ? 'UNDECIDED'
      : judged.verdict;
  const open = loads.shards.map(({ range }) => range);
  return {
    verdict,
    fingerprint: layoutFingerprint(open),
    targetFingerprint: isOffered ? fingerprintOf(offer.ranges) : layoutFingerprint(open),
    layout,
    targetLayout: targetRanges,
    steps: offer?.path?.steps ?? [],
    before: forecast(layout, replay?.throttledBefore),
    after: forecast(targetRanges, isOffered ? replay?.throttledAfter : replay?.throttledBefore),
    reasons: [...judged.reasons, ...(offer?.withheld === undefined ? [] : [offer.withheld])],
    planning: rules,
    lastChangeMs: lastChangeOf(evidence.shards),
    peakShards: offer?.path?.peakShards ?? layout.length,
    estimate: {
      seconds: (offer?.path?.steps.length ?? 0) * SECONDS_PER_STEP,
      secondsPerStep: SECONDS_PER_STEP,
    },
    leastShards: judged.leastShards,
    hotKeys,
    replay: replayOf(evidence, replay),
    throttling: whole.evidence.metrics === null ? null : measuredThrottling(whole.evidence.metrics),
    shardLoads: basisOf(loads),
    traffic: mean,
    alternatives:
      isFixed || !isKnown
        ? { resize: null, onDemand: null }
        : alternativesOf({
            ...{ evidence, loads, census, limit, planned, mostShards, traffic },
            prices: options.prices,
            hot: judged.cuts === undefined ? [] : [...judged.cuts.keys()],
          }),
    owners: ownersOf(evidence.tags),
    ways: waysOut(evidence, hotKeys, census, isShortOfShards(judged, hotKeys)),
  };
}

/** Whether more than single keys is in want of shards. */
function isShortOfShards({ verdict, reasons }: Judgement, hotKeys: readonly UnfitKey[]): boolean {
  if (verdict === 'RIGHT_SIZED') return false;
  const ofKeys = new Set(hotKeys.map(({ shardId }) => shardId)).size;
  return reasons.every((reason) => reason.code !== 'shards-above' || reason.shards > ofKeys);
}

function basisOf(loads: StreamLoads): ShardLoadBasis {
  const count = (basis: ReturnType<StreamLoads['basisOf']>): number =>
    loads.shards.filter((_, shard) => loads.basisOf(shard) === basis).length;
  const { sampled } = loads;
  return {
    metrics: loads.isBlind ? 0 : count('metrics'),
    sampled: count('sample'),
    unknown: loads.isBlind ? loads.shards.length : count('stream'),
    seconds: sampled?.seconds ?? 0,
    moments: sampled?.moments ?? 0,
    full: [...(sampled?.shards ?? [])].filter(([, { isFull }]) => isFull).map(([shardId]) => shardId),
  };
}

function fingerprintOf(ranges: readonly LayoutRange[]): string {
  return layoutFingerprint(
    ranges.map(({ startingHashKey, endingHashKey }) => ({
      start: BigInt(startingHashKey),
      end: BigInt(endingHashKey),
    })),
  );
}

function replayOf(
  { metrics }: StreamEvidence,
  replay: ReturnType<typeof replayLayouts> | undefined,
): Recommendation['replay'] {
  if (replay === undefined || metrics === null) return null;
  const { fromStep, ...counts } = replay;
  return { fromMs: metrics.startMs + fromStep * metrics.stepMs, ...counts };
}
