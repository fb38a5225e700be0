/**
 * Whether a stream has too few shards, too many, or the right number; undecided where the two ends of what is known of its
 * load give different answers, with the question that is open.
 */
import type {
  OpenQuestion,
  PlanningRules,
  RecommendationReason,
  RecommendationVerdict,
} from '../../results/recommendation-document.ts';
import type { StreamEvidence } from '../../results/evidence/stream-evidence.ts';
import { loneChild, type LoneChild } from './lone-child.ts';
import { holdsForNow, holdsForWantOf, pastLoads, readableBytes, type Hold } from './merge-holds.ts';
import type { RunRules } from './piece-run.ts';
import { fillOf, type PlanningLimit } from './planning-limit.ts';
import { DEAD_BAND, TRIGGER, type RecommendOptions } from './recommend-options.ts';
import { Recent, type Census } from './shard-census.ts';
import type { StreamLoads } from './stream-loads.ts';
import type { ShardCut } from './layout-pieces.ts';
import { targetLayout, type TargetLayout } from './target-layout.ts';
import { hasChangedLately } from './shard-lineage.ts';

export interface Judgement {
  readonly verdict: RecommendationVerdict;
  readonly reasons: readonly RecommendationReason[];
  /** The layout to offer; undefined where none is. */
  readonly target: TargetLayout | undefined;
  /** Of shards that are above, also where nothing is offered. */
  readonly cuts?: TargetLayout['cuts'];
  /** The fewest shards that the lower end of the load asks for; null where nothing is to grow. */
  readonly leastShards: number | null;
  /** Whether anything is known of what single shards carry. */
  readonly isKnown: boolean;
}

export interface JudgedCase {
  readonly evidence: StreamEvidence;
  readonly options: RecommendOptions;
  readonly rules: PlanningRules;
  readonly limit: PlanningLimit;
  readonly loads: StreamLoads;
  readonly census: Census;
  /** Set where the case is what was seen since the layout changed, of a longer window: nothing is joined by that. */
  readonly isSinceChange?: boolean;
}

const NOTHING = { target: undefined, leastShards: null, isKnown: true } as const;

export function judgeLayout(judged: JudgedCase): Judgement {
  const { evidence, loads } = judged;
  if (loads.steps === 0 || loads.isBlind)
    return { ...NOTHING, ...undecided([openQuestion('no-metrics', loads.shards.length)]), isKnown: false };
  const above = aboveForCertain(judged);
  const open = openQuestions(judged, above.shards);
  if (evidence.stream.mode === 'on-demand') return onDemand(judged, above, open);
  if (above.reasons.length > 0) return tooFew(judged, above, open);
  if (open.length > 0) return { ...NOTHING, ...undecided(open) };
  return enough(judged);
}

interface Above {
  readonly reasons: readonly RecommendationReason[];
  /** To be cut. */
  readonly shards: ReadonlySet<number>;
}

function undecided(reasons: readonly RecommendationReason[]): Pick<Judgement, 'verdict' | 'reasons'> {
  return { verdict: 'UNDECIDED', reasons };
}

function openQuestion(question: OpenQuestion, shards: number, shardId?: string): RecommendationReason {
  return { code: 'open-question', question, shards, ...(shardId === undefined ? {} : { shardId }) };
}

/** Shards whose lower end is above; or all, where their mean is. */
function aboveForCertain({ loads, census, limit, options }: JudgedCase): Above {
  const shards = new Set<number>();
  let worst = 0;
  census.shards.forEach(({ isAbove, peak }, shard) => {
    if (!isAbove.lower) return;
    if (shards.size === 0 || peak.lower > census.shards[worst].peak.lower) worst = shard;
    shards.add(shard);
  });
  const part = 1 - options.headroom;
  const reasons: RecommendationReason[] = [];
  if (shards.size > 0) {
    const { lower, upper } = census.shards[worst].peak;
    reasons.push({
      code: 'shards-above',
      shards: shards.size,
      worst: loads.shards[worst].shardId,
      utilization: { lower: lower * part, upper: upper * part },
      mean: meanFill(census, limit, loads.shards.length).peak * part,
    });
  }
  if (!loads.hasUnknownShards) return { reasons, shards };
  const mean = meanFill(census, limit, loads.shards.length);
  if (!mean.isAbove) return { reasons, shards };
  census.shards.forEach(({ planned }, shard) => {
    if (fillOf(limit, planned.records, planned.bytes) > 1) shards.add(shard);
  });
  return { shards, reasons: [...reasons, { code: 'stream-above', utilization: mean.peak * part }] };
}

/** The stream's load over all of its shards: the hottest carries no less. */
function meanFill({ total }: Census, limit: PlanningLimit, shards: number): Recent {
  const recent = new Recent(3);
  for (let step = 0; step < total.records.length; step++)
    recent.add(fillOf(limit, total.records[step] / shards, total.bytes[step] / shards), false);
  return recent;
}

/** Whatever one end calls too much and the other does not, and everything that throttled without being above. */
function openQuestions(
  { evidence, loads, census }: JudgedCase,
  certain: ReadonlySet<number>,
): RecommendationReason[] {
  const found = new Map<string, { shards: number; shardId: string }>();
  const add = (question: string, shardId: string): void => {
    const known = found.get(question);
    if (known === undefined) found.set(question, { shards: 1, shardId });
    else known.shards++;
  };
  const isNew = (first: number): boolean => first >= loads.steps - TRIGGER.of;
  loads.shards.forEach(({ shardId }, shard) => {
    if (certain.has(shard)) return;
    const { isAbove, throttledSteps, firstThrottled } = census.shards[shard];
    if (isAbove.upper) add(questionOf(loads, shard, throttledSteps), shardId);
    // A step that the trouble began in has a low mean, whatever came after it.
    else if (census.throttledNow.has(shardId) && isNew(firstThrottled)) add('throttled-just-now', shardId);
    else if (throttledSteps > 0) add('burst-within-step', shardId);
  });
  for (const { shardId, open } of evidence.shards)
    if (!open && census.throttled.has(shardId)) add('throttled-before-change', shardId);
  const names = new Set(evidence.shards.map(({ shardId }) => shardId));
  const isNamed = [...census.throttled].some((shardId) => names.has(shardId));
  if (!isNamed && census.throttled.size > 0 && certain.size === 0) {
    const isJustNow = census.throttledNow.has('') && isNew(firstThrottledStep(evidence));
    const question = isJustNow
      ? 'throttled-just-now'
      : loads.hasUnknownShards
        ? 'no-shard-metrics'
        : 'burst-within-step';
    if (!found.has(question)) add(question, '');
  }
  return [...found].map(([question, { shards, shardId }]) =>
    openQuestion(question as OpenQuestion, shards, shardId === '' ? undefined : shardId),
  );
}

/** Of the stream as a whole. */
function firstThrottledStep({ metrics }: StreamEvidence): number {
  const column = metrics?.stream.WriteProvisionedThroughputExceeded ?? new Float64Array(0);
  const first = column.findIndex((value: number) => value > 0);
  return first < 0 ? column.length : first;
}

function questionOf(loads: StreamLoads, shard: number, throttledSteps: number): string {
  if (throttledSteps > 0) return 'throttled-or-retried';
  if (loads.hasVagueParents(shard)) return 'load-of-closed-shard';
  return loads.basisOf(shard) === 'sample' ? 'sample-too-small' : 'no-shard-metrics';
}

/** Nothing is offered for a stream whose shards the service keeps; nor is one ever too large. */
function onDemand(judged: JudgedCase, above: Above, open: readonly RecommendationReason[]): Judgement {
  const verdict =
    above.reasons.length > 0 ? 'UNDER_PROVISIONED' : open.length > 0 ? 'UNDECIDED' : 'RIGHT_SIZED';
  const { cuts } = hotCut(judged, above.shards, false);
  return { ...NOTHING, verdict, reasons: [{ code: 'on-demand' }, ...above.reasons, ...open], cuts };
}

/** Hot shards are cut; others are joined in the same go, where that is allowed, so that it takes as few as can be. */
function tooFew(judged: JudgedCase, above: Above, open: readonly RecommendationReason[]): Judgement {
  const { evidence, options, loads } = judged;
  const holds: Hold[] = [...holdsForNow(evidence, options), ...holdsForWantOf(evidence, loads)];
  if (options.prefer === 'fewest-steps') holds.unshift({ why: 'fewest-steps' });
  const cut = hotCut(judged, above.shards, false);
  const kinds = (kind: ShardCut['kind']): number[] =>
    [...cut.cuts].filter(([, found]) => found.kind === kind).map(([shard]) => shard);
  const blind = kinds('blind');
  const lone = kinds('none').flatMap((shard) => loneChildOf(judged, shard) ?? []);
  const isLone = (shard: number): boolean =>
    lone.some(({ shardId }) => shardId === loads.shards[shard].shardId);
  const uncut = kinds('none').filter((shard) => !isLone(shard));
  if (uncut.length + lone.length > 0) holds.unshift({ why: 'hot-key-first' });
  const target = holds.length > 0 ? cut : hotCut(judged, above.shards, true);
  const reasons: RecommendationReason[] = [...above.reasons];
  if (uncut.length > 0)
    reasons.push({
      code: 'no-cut-helps',
      shards: uncut.length,
      shardId: loads.shards[uncut[0]].shardId,
    });
  if (lone.length > 0) reasons.push({ code: 'single-key-suspected', shards: lone.length, ...lone[0] });
  if (blind.length > 0) reasons.push({ code: 'cut-blindly', shards: blind.length });
  return {
    verdict: 'UNDER_PROVISIONED',
    reasons: [...reasons, ...open, ...holds.slice(0, 1).map(heldMerges)],
    target,
    cuts: target.cuts,
    leastShards: leastShards(judged, above, target),
    isKnown: true,
  };
}

/** Of a shard whose keys are not known. */
function loneChildOf({ evidence, loads }: JudgedCase, shard: number): LoneChild | undefined {
  const { metrics, shards } = evidence;
  const it = loads.shards[shard];
  return metrics === null || loads.keys.has(it.shardId) ? undefined : loneChild(it, shards, metrics);
}

/** The layout in which some shards are cut, and others joined where that is allowed. */
function hotCut(judged: JudgedCase, hot: ReadonlySet<number>, isMerging: boolean): TargetLayout {
  return targetLayout({
    ...judged,
    headroom: judged.options.headroom,
    isHot: (shard) => hot.has(shard),
    isLoneChild: (shard) => loneChildOf(judged, shard) !== undefined,
    rules: runRules(judged, isMerging, 'upper'),
  });
}

/** Each hot shard in as many parts as the lower end of its load asks for; the others as they are. */
function leastShards({ loads, census, limit }: JudgedCase, above: Above, target: TargetLayout): number {
  let shards = loads.shards.length;
  for (const shard of above.shards) {
    if (target.cuts.get(shard)?.kind === 'none') continue;
    const { least } = census.shards[shard];
    shards += Math.max(0, Math.ceil(fillOf(limit, least.records, least.bytes) / DEAD_BAND) - 1);
  }
  return shards;
}

/** Every shard fits. Are there too many? */
function enough(judged: JudgedCase): Judgement {
  const { evidence, options, loads, census } = judged;
  const fine = restReasons(judged);
  const now = holdsForNow(evidence, options);
  if (judged.isSinceChange === true && now.length === 0) now.push({ why: 'changed-in-window' });
  if (now.length > 0)
    return { ...NOTHING, verdict: 'RIGHT_SIZED', reasons: [...fine, ...now.map(heldMerges)] };
  const upper = fewer(judged, 'upper');
  const isVague = loads.shards.some((_, shard) => loads.isVague(shard));
  if (upper === undefined) {
    if (isVague && fewer(judged, 'lower') !== undefined)
      return {
        ...NOTHING,
        ...undecided([openQuestion(questionOfVague(loads), census.shards.length), ...fine]),
      };
    return { ...NOTHING, verdict: 'RIGHT_SIZED', reasons: fine };
  }
  const wanting = holdsForWantOf(evidence, loads);
  // Of a layout that has changed, a short window shows all that there is.
  if (wanting.some(({ why }) => why === 'window-too-short') && hasChangedLately(evidence.shards))
    return { ...NOTHING, verdict: 'RIGHT_SIZED', reasons: [...fine, ...wanting.map(heldMerges)] };
  if (wanting.length > 0)
    return {
      ...NOTHING,
      ...undecided([
        openQuestion('fewer-if-known', upper.firsts.length),
        ...wanting.map(heldMerges),
        ...fine,
      ]),
    };
  const reason: RecommendationReason = {
    code: 'fewer-fit',
    shards: upper.firsts.length,
    steps: loads.steps,
  };
  return { ...NOTHING, verdict: 'OVER_PROVISIONED', reasons: [reason, ...fine], target: upper };
}

/** What would make both ends of the load one. */
function questionOfVague(loads: StreamLoads): OpenQuestion {
  if (loads.hasUnknownShards) return 'no-shard-metrics';
  return loads.sampled === undefined ? 'load-of-closed-shard' : 'sample-too-small';
}

function restReasons({ census, loads, options }: JudgedCase): RecommendationReason[] {
  let [hottest, shards, steps] = [0, 0, 0];
  for (const { peak, stepsAbove } of census.shards) {
    hottest = Math.max(hottest, peak.upper);
    if (stepsAbove > 0) shards++;
    steps += stepsAbove;
  }
  const all = { code: 'all-fit', hottest: hottest * (1 - options.headroom), steps: loads.steps } as const;
  return shards === 0 ? [all] : [all, { code: 'short-peaks', shards, steps }];
}

/** A layout of fewer shards in which all of the window fits, by one end of the load. */
function fewer(judged: JudgedCase, end: 'lower' | 'upper'): TargetLayout | undefined {
  const { loads, options } = judged;
  const target = targetLayout({
    ...judged,
    headroom: options.headroom,
    isHot: () => false,
    isLoneChild: () => false,
    rules: runRules(judged, true, end),
  });
  return target.firsts.length < loads.shards.length ? target : undefined;
}

/** What may be joined, and up to which load: what the shards' readers can follow as well. */
function runRules(
  { evidence, options, loads, census, limit }: JudgedCase,
  isAllowed: boolean,
  end: 'lower' | 'upper',
): RunRules {
  const readable = readableBytes(evidence, options.headroom);
  return {
    limit: { records: limit.records * DEAD_BAND, bytes: Math.min(limit.bytes * DEAD_BAND, readable) },
    planning: limit,
    isJoinable: isAllowed ? (shard) => !census.throttled.has(loads.shards[shard].shardId) : undefined,
    end,
    past: pastLoads(evidence, loads, census),
  };
}

function heldMerges({ why, untilMs, value }: Hold): RecommendationReason {
  return {
    code: 'merges-held',
    why,
    ...(untilMs === undefined ? {} : { untilMs }),
    ...(value === undefined ? {} : { value }),
  };
}
