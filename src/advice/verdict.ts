/**
 * What is wrong with a stream under the load it was offered: the findings of a run.
 *
 * The rules are interface section 8: a key alone above one shard's limit is a HOT_KEY; a stream above 0.9 of its
 * capacity, each key cut at one shard's limit, is UNDER_PROVISIONED, and then no shard is called hot; a shard still
 * above its limit without its hot keys is a HOT_SHARD. Only what noise does not explain is claimed.
 */
import { LIMITS } from '../model/limits.ts';
import { formatHashKey } from '../model/hash-key.ts';
import { route, type ShardMap } from '../model/shard-map.ts';
import { mostBlocked } from '../results/generator-info.ts';
import { DISPATCHED_LIMIT, LAG_LIMIT_MS } from '../results/generator-validity.ts';
import type { TallyReading } from '../results/count-tally.ts';
import type { JudgedLoad } from '../results/judged-load.ts';
import type { HotKey } from '../results/load-judge.ts';
import type {
  Dimension,
  Finding,
  FindingOf,
  GeneratorInfo,
  SendingThread,
} from '../results/report-document.ts';
import { normalQuantile } from '../traffic/normal.ts';
import { heaviestOfUniform, observedShardOf, observedShardsOf, type ObservedShard } from './observed-keys.ts';
import { saltsOfHotKeys } from './hot-key-salts.ts';
import { bestSplit } from './split-point.ts';

/** Part of the stream's capacity above which cutting shards cannot help. */
export const FULL_STREAM = 0.9;
/** What advice leaves free; findings themselves are about the limit itself. */
export const ADVICE_HEADROOM = 0.2;

/** Chance that noise alone makes any finding on a stream of this many shards. */
const FALSE_ALARM = 0.01;

/** Standard deviations of counting noise that a finding must stand above: 3.0 for 4 shards, 4.9 for 10,000. */
export function noiseMargin(shards: number): number {
  return normalQuantile(1 - FALSE_ALARM / (2 * shards));
}

export interface Observation {
  readonly tally: TallyReading;
  /** At the end. */
  readonly map: ShardMap;
  /** Name of a key of the tally. */
  readonly nameOf: (key: number) => string;
  readonly hashKeyOf: (key: number) => bigint;
  readonly generator?: GeneratorInfo;
  /** Highest rate that the scenario asks for, records per second. */
  readonly peakRatePerSec?: number;
}

/** The findings of a run: the generator's first, then the stream's, its keys' and its shards', worst first. */
export function findingsOf(observation: Observation): Finding[] {
  const underProvisioned = findUnderProvisioned(observation);
  return [
    ...findGeneratorLate(observation),
    ...underProvisioned,
    ...findHotKeys(observation),
    ...(underProvisioned.length > 0 ? [] : findHotShards(observation)),
  ];
}

function findGeneratorLate({ generator, peakRatePerSec }: Observation): FindingOf<'GENERATOR_LATE'>[] {
  if (generator?.valid !== false) return [];
  return [
    {
      code: 'GENERATOR_LATE',
      severity: 'critical',
      evidence: {
        lagP99Ms: generator.lagMs.p99,
        lagLimitMs: LAG_LIMIT_MS,
        dispatched: generator.dispatched,
        dispatchedLimit: DISPATCHED_LIMIT,
        eventLoopUtilization: generator.eventLoopUtilization,
        ...busiestCpu(generator),
        ...blockedShare(generator),
        ...(peakRatePerSec === undefined ? {} : { peakRatePerSec }),
      },
    },
  ];
}

/** CPU of the thread that was busiest, where it is known. */
function busiestCpu({ threads = [] }: GeneratorInfo): { cpu?: number } {
  const busiest = threads.reduce<SendingThread | undefined>(
    (most, thread) => (thread.eventLoopUtilization > (most?.eventLoopUtilization ?? -1) ? thread : most),
    undefined,
  );
  return busiest?.cpu === undefined ? {} : { cpu: busiest.cpu };
}

function blockedShare(generator: GeneratorInfo): { socketsBlocked?: number } {
  const sockets = mostBlocked(generator);
  return sockets === undefined ? {} : { socketsBlocked: sockets.blocked };
}

function findUnderProvisioned(observation: Observation): FindingOf<'UNDER_PROVISIONED'>[] {
  const { load } = observation.tally;
  const { capped } = load;
  const { cappedShards: shards } = load;
  const shardsNow = observation.map.open.length;
  if (capped.lower <= FULL_STREAM) return [];
  const { count: shardsNeeded, headroom } = uniformCountFor(observation, capped);
  return [
    {
      code: 'UNDER_PROVISIONED',
      severity: 'critical',
      evidence: {
        ...evidenceOf(capped, shards),
        ...windowOf(load.windowSec, load.cappedEndSec),
        shards,
        shardsNeeded,
        moreShards: Math.max(0, shardsNeeded - shardsNow),
        ...(shardsNow === shards ? {} : { shardsNow }),
        headroom,
      },
    },
  ];
}

/** Counts of shards that are tried beyond the least that the sum needs. */
const MOST_TRIED = 200;

interface EqualShards {
  readonly count: number;
  /** Part of every shard that is left free; 0 where that cannot be promised. */
  readonly headroom: number;
}

/**
 * Equal shards that carry the load but for hot keys: the smallest count on which the observed keys fit with headroom.
 * Where none up to twice the least does, the smallest on which they fit at all; else as many as the sum needs.
 */
function uniformCountFor(observation: Observation, capped: JudgedLoad): EqualShards {
  const fills = [fillOfUniform(observation, 'records'), fillOfUniform(observation, 'bytes')];
  const planned = limitOf(capped.dimension) * (1 - ADVICE_HEADROOM);
  const least = Math.max(observation.tally.load.cappedShards + 1, Math.ceil(capped.perSec / planned));
  let full: number | undefined;
  for (let count = least; count <= least * 2 && count - least < MOST_TRIED; count++) {
    const fill = Math.max(...fills.map((fillOf) => fillOf(count)));
    if (fill <= 1 - ADVICE_HEADROOM) return { count, headroom: ADVICE_HEADROOM };
    if (fill <= 1) full ??= count;
  }
  return { count: full ?? least, headroom: 0 };
}

/** How full the fullest of so many equal shards would be in the busiest window, over a shard's limit. */
function fillOfUniform(
  { tally, map, hashKeyOf }: Observation,
  dimension: Dimension,
): (count: number) => number {
  const { load } = tally;
  const observed = observedShardsOf(tally, map, hashKeyOf, dimension, new Set(load.hotKeys.keys()));
  const sum = observed.reduce((total, shard) => total + loadOf(shard), 0);
  const ofSum = sum === 0 ? 0 : load.cappedRest[dimension] / sum / limitOf(dimension);
  return (count) => heaviestOfUniform(observed, count) * ofSum;
}

function findHotKeys(observation: Observation): FindingOf<'HOT_KEY'>[] {
  const { tally, map, nameOf, hashKeyOf } = observation;
  const hot = [...tally.load.hotKeys].sort(([, a], [, b]) => b.load.utilization - a.load.utilization);
  const salts = saltsOfHotKeys(
    hot.map(([, hotKey]) => hotKey),
    map.open.length,
    ADVICE_HEADROOM,
  );
  return hot.map(([key, hotKey], i) => {
    return {
      code: 'HOT_KEY',
      severity: 'critical',
      shardId: map.all[hotKey.shard].shardId,
      key: nameOf(key),
      evidence: {
        ...evidenceOf(hotKey.load, 1),
        ...windowOf(tally.load.windowSec, hotKey.endSec),
        ...whereNow(map, hotKey.shard, hashKeyOf(key)),
        share: recordsOf(tally, key, hotKey) / tally.shards.sum('offered'),
        splitHelps: false,
        headroom: ADVICE_HEADROOM,
        saltsRandom: salts[i].random,
        saltsChosen: salts[i].chosen,
      },
    };
  });
}

/** Records of a hot key over the whole run, also where it has lost its place in the sketch. */
function recordsOf({ sketch, keys }: TallyReading, key: number, { recordsBefore }: HotKey): number {
  const place = sketch.find(key);
  return recordsBefore + (place < 0 ? 0 : keys.count(place, 'offered'));
}

function findHotShards(observation: Observation): FindingOf<'HOT_SHARD'>[] {
  const { tally, map, hashKeyOf } = observation;
  const hot = [...tally.load.hottest]
    .map(([i, window]) => ({ shard: map.all[i], window, judged: tally.load.residuals[i] }))
    .sort((a, b) => b.judged.utilization - a.judged.utilization || order(a.shard.shardId, b.shard.shardId));
  return hot.map(({ shard, window, judged }) => {
    // A closed shard cannot be cut: its load is that of other shards now.
    const split = shard.open
      ? bestSplit(observedShardOf(window, shard.range, hashKeyOf, judged.dimension))
      : undefined;
    return {
      code: 'HOT_SHARD',
      severity: 'critical',
      shardId: shard.shardId,
      evidence: {
        ...evidenceOf(judged, 1),
        ...windowOf(tally.load.windowSec, window.endSec),
        ...(shard.open ? {} : { isClosed: true as const }),
        splitHelps: split !== undefined,
        newStartingHashKey: split === undefined ? null : formatHashKey(split.newStart),
        lowerUtilization: split === undefined ? null : split.lower * judged.utilization,
        upperUtilization: split === undefined ? null : split.upper * judged.utilization,
      },
    };
  });
}

/** Where a key's records go now, if the shard where it was hottest is closed. */
function whereNow(
  map: ShardMap,
  shard: number,
  hashKey: bigint,
): Pick<FindingOf<'HOT_KEY'>['evidence'], 'isClosed' | 'shardIdNow'> {
  if (map.all[shard].open) return {};
  return { isClosed: true, shardIdNow: route(map, hashKey).shardId };
}

/** A window as evidence. @param endSec from the start of the counted duration */
function windowOf(windowSec: number, endSec: number): { windowSec: number; fromMs: number; toMs: number } {
  return { windowSec, fromMs: Math.max(0, endSec - windowSec) * 1000, toMs: endSec * 1000 };
}

function order(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function evidenceOf(
  judged: JudgedLoad,
  shards: number,
): { dimension: Dimension; perSec: number; limitPerSec: number; utilization: number } {
  return {
    dimension: judged.dimension,
    perSec: judged.perSec,
    limitPerSec: limitOf(judged.dimension) * shards,
    utilization: judged.utilization,
  };
}

function limitOf(dimension: Dimension): number {
  return dimension === 'records' ? LIMITS.writeRecordsPerSec.value : LIMITS.writeBytesPerSec.value;
}

function loadOf(shard: ObservedShard): number {
  return shard.keys.reduce((sum, key) => sum + key.load, shard.rest);
}
