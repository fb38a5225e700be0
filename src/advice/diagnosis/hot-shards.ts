/**
 * Shards that get more than they can carry by several keys together: above the limit in 3 of 5 steps, without a hot key
 * that explains it. Where only a log tells, the shards that it names.
 */
import type { Confidence, DiagnosisFindingOf } from '../../results/diagnosis-finding.ts';
import { mayOutgrowShard } from '../overweight-key.ts';
import { ADVICE_HEADROOM } from '../verdict.ts';
import { cutOf, type Cut } from './cut.ts';
import { undecidedKeysOf } from './hot-keys.ts';
import type { KeyLoad } from './key-load.ts';
import { timeOfSample } from './sample-time.ts';
import type { ShardLoad } from './shard-load.ts';
import { spanOf, type StreamView } from './stream-view.ts';

type HotShardFinding = DiagnosisFindingOf<'HOT_SHARD'>;
type SampleTime = HotShardFinding['evidence']['sampleTime'];

/** A finding names at most so many keys that could not be decided. */
const MOST_UNDECIDED = 3;
/** Shards that a log alone names: below this part of its lines a shard is not worth a finding. */
const LEAST_OF_LOG = 0.1;

/** Hottest first. Closed shards have none: nothing can be done about them. */
export function findHotShards(
  view: StreamView,
  hotKeys: readonly DiagnosisFindingOf<'HOT_KEY'>[],
): HotShardFinding[] {
  const found = view.open.flatMap((shard) => {
    const load = view.loads.get(shard.shardId);
    if (load === undefined || load.episode === null) return [];
    const hot = hotKeys.filter(({ shardId }) => shardId === shard.shardId);
    return hot.length > 0 && !isHotWithout(load, hot) ? [] : [findingOf(view, load, hot)];
  });
  return [...found.sort(byLoad), ...fromRun(view, found), ...fromLog(view, found, hotKeys)];
}

function byLoad(a: HotShardFinding, b: HotShardFinding): number {
  const of = (finding: HotShardFinding): number => finding.evidence.load?.utilization.lower ?? 0;
  const upper = (finding: HotShardFinding): number => finding.evidence.load?.utilization.upper ?? 0;
  const difference = of(b) - of(a) || upper(b) - upper(a);
  return difference !== 0 ? difference : (a.shardId ?? '') < (b.shardId ?? '') ? -1 : 1;
}

/** Whether the lower end is above the limit even with the hot keys taken off at their most. */
function isHotWithout(load: ShardLoad, hot: readonly DiagnosisFindingOf<'HOT_KEY'>[]): boolean {
  const { dimension, perSec, limitPerSec } = load.worst;
  const ofKeys = hot.map(({ evidence }) =>
    evidence.load.dimension === dimension ? evidence.load.perSec.upper : Infinity,
  );
  return perSec.lower - ofKeys.reduce((sum, each) => sum + each, 0) > limitPerSec;
}

function findingOf(
  view: StreamView,
  load: ShardLoad,
  hot: readonly DiagnosisFindingOf<'HOT_KEY'>[],
): HotShardFinding {
  const undecided = undecidedKeysOf(view, load.shard.shardId, hot);
  const keys = keysOf(view, load, undecided, hot);
  const { splitHelps, ...cut } = keys === 'one' ? noCut(view, undecided[0]) : cutOf(view, load);
  const isBrief = load.episode?.isLasting === false;
  const sampleTime = sampleTimeOf(view, load);
  return {
    code: 'HOT_SHARD',
    severity: isBrief ? 'warning' : 'critical',
    confidence: sampleTime === 'unknown' && keys !== 'one' ? 'medium' : sureOf(load, keys, isBrief),
    splitHelps,
    shardId: load.shard.shardId,
    ...spanOf(view, load),
    evidence: {
      source: load.source,
      load: load.worst,
      throttled: load.throttled,
      isBrief,
      ...cut,
      keys,
      sampleTime,
      undecidedKeys: undecided
        .slice(0, MOST_UNDECIDED)
        .map((key) => ({ key: key.sampled.key, utilization: key.load.utilization })),
    },
  };
}

function sampleTimeOf({ evidence, samples }: StreamView, load: ShardLoad): SampleTime {
  const { shardId } = load.shard;
  const sample = samples.get(shardId);
  if (sample === undefined) {
    const wasRead = evidence.sample?.shards.some((each) => each.shardId === shardId && each.userRecords > 0);
    return wasRead === true ? 'outside' : null;
  }
  return timeOfSample(evidence, sample, load) === 'unknown' ? 'unknown' : 'during';
}

/** That it gets too much follows from counts; that it is several keys together does where they were seen to fit. */
function sureOf(load: ShardLoad, keys: HotShardFinding['evidence']['keys'], isBrief: boolean): Confidence {
  if (keys === 'one') return 'low';
  return load.source === 'sample' || isBrief || keys !== 'fit' ? 'medium' : 'high';
}

/** A key that may be too much by itself explains its shard alone where the others would fit with headroom. */
function keysOf(
  view: StreamView,
  load: ShardLoad,
  undecided: readonly KeyLoad[],
  hot: readonly DiagnosisFindingOf<'HOT_KEY'>[],
): HotShardFinding['evidence']['keys'] {
  if (view.evidence.stream.ignoresKeys) return 'fit';
  if (!view.samples.has(load.shard.shardId)) return 'unseen';
  const [heaviest] = undecided;
  if (undecided.length === 0) return 'fit';
  const { utilization, dimension } = load.worst;
  const others = utilization.upper * (1 - heaviest.share[dimension].lower);
  const isOne = hot.length === 0 && mayOutgrowShard(heaviest.load.utilization, ADVICE_HEADROOM);
  return isOne && others <= 1 - ADVICE_HEADROOM ? 'one' : 'undecided';
}

function noCut({ isOnDemand }: StreamView, { sampledRecords }: KeyLoad): Cut {
  return {
    ...{ newStartingHashKey: null, cutFrom: null, lowerPart: null, upperPart: null, sampledRecords },
    splitHelps: isOnDemand ? 'no' : 'unknown',
  };
}

/** Of a run's report: shards that are still open and that neither metrics nor records showed. */
function fromRun(view: StreamView, found: readonly HotShardFinding[]): HotShardFinding[] {
  const named = new Set(found.map(({ shardId }) => shardId));
  return (view.evidence.run?.findings ?? []).flatMap((finding) => {
    if (finding.code !== 'HOT_SHARD' || finding.shardId === undefined) return [];
    const shard = view.byId.get(finding.shardId);
    if (shard?.open !== true || named.has(finding.shardId)) return [];
    const { dimension, perSec, limitPerSec, utilization, newStartingHashKey } = finding.evidence;
    const { lowerUtilization, upperUtilization } = finding.evidence;
    const isCut = newStartingHashKey !== null && lowerUtilization !== null && upperUtilization !== null;
    const exact = (value: number): { lower: number; upper: number } => ({ lower: value, upper: value });
    return [
      {
        code: 'HOT_SHARD',
        severity: 'critical',
        confidence: 'high',
        splitHelps:
          view.isOnDemand || !isCut
            ? 'no'
            : Math.max(lowerUtilization, upperUtilization) <= 1
              ? 'yes'
              : 'partly',
        shardId: finding.shardId,
        evidence: {
          source: 'run',
          load: {
            ...{ dimension, limitPerSec, stepsAbove: 1, steps: 1 },
            ...{ perSec: exact(perSec), utilization: exact(utilization) },
          },
          throttled:
            view.evidence.run?.shards?.find(({ shardId }) => shardId === finding.shardId)
              ?.throttledAttempts ?? 0,
          isBrief: false,
          newStartingHashKey: isCut && !view.isOnDemand ? newStartingHashKey : null,
          cutFrom: isCut && !view.isOnDemand ? 'run' : null,
          lowerPart: isCut ? lowerUtilization / utilization : null,
          upperPart: isCut ? upperUtilization / utilization : null,
          sampledRecords: 0,
          keys: 'fit',
          sampleTime: null,
          undecidedKeys: [],
        },
      } satisfies HotShardFinding,
    ];
  });
}

/** Of a log: that they throttle is certain, whether by an overload or by bursts is not. */
function fromLog(
  view: StreamView,
  found: readonly HotShardFinding[],
  hotKeys: readonly DiagnosisFindingOf<'HOT_KEY'>[],
): HotShardFinding[] {
  const { log } = view.evidence;
  if (log === null) return [];
  const explained = new Set([...found, ...hotKeys].map(({ shardId }) => shardId));
  return log.shards
    .filter(({ records }) => records >= LEAST_OF_LOG * log.matches)
    .filter(({ shardId }) => !explained.has(shardId) && view.loads.get(shardId)?.source !== 'metrics')
    .flatMap(({ shardId, records, firstMs, lastMs }): HotShardFinding[] => {
      const shard = view.byId.get(shardId);
      if (shard?.open !== true) return [];
      return [
        {
          code: 'HOT_SHARD',
          severity: 'warning',
          confidence: 'low',
          splitHelps: 'unknown',
          shardId,
          ...(firstMs === null ? {} : { sinceMs: firstMs }),
          ...(lastMs === null ? {} : { untilMs: lastMs }),
          evidence: {
            source: 'log',
            load: null,
            throttled: records,
            isBrief: false,
            ...{ newStartingHashKey: null, cutFrom: null, lowerPart: null, upperPart: null },
            ...{ sampledRecords: 0, keys: 'unseen', sampleTime: null, undecidedKeys: [] },
          },
        },
      ];
    });
}
