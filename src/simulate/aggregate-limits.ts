/**
 * What the aggregate engine does not model, found in a scenario before anything is drawn. A field that it does not
 * know is a reason too: what is read and ignored would be a lie.
 */
import { LIMITS } from '../model/limits.ts';
import type { ShardMap } from '../model/shard-map.ts';
import { exp } from '../traffic/elementary.ts';
import { longestKey, meanSquareDataBytes, type DrawnSize } from '../traffic/record-mean.ts';
import type { DrawnKeys, ListedHashKeys, Scenario, Source } from '../traffic/scenario.ts';
import { utf8Length } from '../model/record.ts';
import type { ShardClasses } from './shard-classes.ts';
import { peakRateOf, peakRateOfAll, requestPeriodUs } from './request-period.ts';

/** A source that the engine knows: independent draws, sizes from a formula. */
export interface DrawnSource extends Source {
  readonly keys: DrawnKeys | ListedHashKeys;
  readonly size: DrawnSize;
}

/** A scenario in which `unknownPart` has found nothing. */
export interface DrawnScenario extends Scenario {
  readonly traffic: readonly DrawnSource[];
}

const KNOWN = {
  scenario: [
    'description',
    'stream',
    'warmupUs',
    'durationUs',
    'seed',
    'placementSeed',
    'traffic',
    'producer',
    'consumers',
    'timeline',
    'thresholds',
  ],
  stream: ['shards', 'ranges', 'maxRecordBytes', 'retentionHours', 'initialFill', 'onDemand'],
  producer: ['api', 'preset', 'batch', 'batchBytes', 'lingerUs', 'inFlight', 'loop', 'retry'],
  source: ['name', 'stages', 'arrivals', 'keys', 'size', 'compressibility'],
  keys: ['uniform', 'zipf', 'hot', 'weights', 'hashKeys'],
  arrivals: ['even', 'poisson', 'bursts'],
  size: ['fixed', 'uniform', 'lognormal'],
};
/** Part of the in-flight requests that the mean may need: chance takes more at times. */
const IN_FLIGHT_PART = 0.8;
const IN_FLIGHT_SPARE = 2;
/** Part of a shard's bytes per second up to which its byte bucket is taken to stay above nothing. */
const BYTES_PART = 0.8;
/** Chance per second of its running empty that is taken for none. */
const NO_CHANCE = 1e-12;

/** Why the engine cannot play a scenario, as the end of a sentence, or undefined where it can. */
export function unmodelled(scenario: Scenario, serviceUs: number, meanBytes: number): string | undefined {
  const { producer, timeline = [] } = scenario;
  if (producer.loop === 'closed') return 'it has no closed loop';
  if (producer.api === 'PutRecord') return 'it has no PutRecord';
  if (timeline.length > 0) return 'it has no timeline';
  if (scenario.stream.onDemand !== undefined) return 'it has no on-demand mode';
  if (scenario.consumers.length > 0) return 'it has no consumers';
  // Those of the SDK are of requests that fail as a whole, which none does here.
  if (!['none', 'sdk'].includes(producer.retry.policy)) return 'it has no retries';
  const periodUs = requestPeriodUs(producer, peakRateOfAll(scenario), meanBytes);
  const needed = serviceUs / periodUs / IN_FLIGHT_PART + IN_FLIGHT_SPARE;
  if (periodUs < Infinity && needed > producer.inFlight) {
    return (
      `the in-flight limit may bind: at the fastest about ${Math.ceil(needed)} requests are on their way at a time, ` +
      `and producer.inFlight is ${producer.inFlight}`
    );
  }
  return undefined;
}

/** A field or kind of a scenario that the engine has never heard of, or undefined. */
export function unknownPart(scenario: Scenario): string | undefined {
  const strange = (what: object, known: readonly string[]): string | undefined =>
    Object.entries(what).find(([name, value]) => !known.includes(name) && isSet(value))?.[0];
  const inScenario =
    strange(scenario, KNOWN.scenario) ??
    strange(scenario.stream, KNOWN.stream) ??
    strange(scenario.producer, KNOWN.producer);
  if (inScenario !== undefined) return inScenario;
  for (const source of scenario.traffic) {
    const { keys, arrivals, size } = source;
    const inSource = strange(source, KNOWN.source);
    if (inSource !== undefined) return inSource;
    if (!KNOWN.keys.includes(keys.kind)) return `${keys.kind} keys`;
    if (!KNOWN.arrivals.includes(arrivals.kind)) return `${arrivals.kind} arrivals`;
    if (!KNOWN.size.includes(size.kind)) return `${size.kind} sizes`;
  }
  return undefined;
}

function isSet(value: unknown): boolean {
  if (value === undefined || value === false) return false;
  return !Array.isArray(value) || value.length > 0;
}

/**
 * Why a shard's byte bucket may run empty, or undefined where it cannot. Where no record costs more than 1 KiB it
 * cannot: 1,000 records/s of them are less than 1 MiB/s, and a full bucket holds more than 1,000.
 */
export function bytesMayBind(
  scenario: DrawnScenario,
  sources: readonly { readonly classes: ShardClasses; readonly meanBytes: number }[],
  map: ShardMap,
): string | undefined {
  const { traffic, stream, placementSeed } = scenario;
  const most = Math.max(...traffic.map((source) => mostBytes(source, stream.maxRecordBytes, placementSeed)));
  if (most <= LIMITS.writeRounding.value) return undefined;
  const periodUs = requestPeriodUs(scenario.producer, peakRateOfAll(scenario), 1);
  for (let j = 0; j < map.open.length; j++) {
    const load = loadOf(scenario, sources, j);
    if (isByteBound(load, periodUs, stream.initialFill)) {
      return `the bytes of ${map.open[j].shardId} may bind, and it models the limit on records alone`;
    }
  }
  return undefined;
}

interface ByteLoad {
  readonly records: number;
  readonly bytes: number;
  /** Bytes squared. */
  readonly squares: number;
}

/** The most that a shard is offered per second. */
function loadOf(
  { traffic }: DrawnScenario,
  sources: readonly { readonly classes: ShardClasses; readonly meanBytes: number }[],
  shard: number,
): ByteLoad {
  const load = { records: 0, bytes: 0, squares: 0 };
  traffic.forEach((source, s) => {
    const { classes, meanBytes } = sources[s];
    const rate = peakRateOf(source);
    for (let i = 0; i < classes.count; i++) {
      if (classes.shard[i] !== shard || classes.share[i] === 0) continue;
      const records = rate * classes.share[i];
      const keyBytes = classes.keyBytes[i];
      load.records += records;
      load.bytes += records * (meanBytes + keyBytes);
      load.squares +=
        records * (meanSquareDataBytes(source.size) + 2 * meanBytes * keyBytes + keyBytes * keyBytes);
    }
  });
  return load;
}

/**
 * Accepted records are at most 1,000/s; each request adds less than 1 KiB of rounding. The chance that a bucket with a
 * margin runs empty falls exponentially (math: reflected Brownian motion).
 */
function isByteBound(load: ByteLoad, periodUs: number, fill: number): boolean {
  if (load.records === 0) return false;
  const accepted = Math.min(1, LIMITS.writeRecordsPerSec.value / load.records);
  const requestsPerSec = Math.min(load.records, 1_000_000 / periodUs);
  const perSec = load.bytes * accepted + requestsPerSec * LIMITS.writeRounding.value;
  const limit = LIMITS.writeBytesPerSec.value;
  if (perSec > BYTES_PART * limit || fill < 1) return true;
  // A second's worth of accepted records may come at once.
  const lump = Math.min(load.bytes * (periodUs / 1_000_000), limit) * 2;
  const room = Math.max(0, LIMITS.writeByteBurst.value - lump);
  return exp((-2 * (limit - perSec) * room) / load.squares) > NO_CHANCE;
}

function mostBytes(
  { size, keys }: DrawnSource,
  maxRecordBytes: number,
  placementSeed: number | undefined,
): number {
  const keyBytes = utf8Length(longestKey(keys, placementSeed));
  return Math.min(maxRecordBytes, mostData(size) + keyBytes);
}

function mostData(size: DrawnSize): number {
  switch (size.kind) {
    case 'fixed':
      return size.bytes;
    case 'uniform':
      return size.max;
    case 'lognormal':
      return Infinity;
  }
}
