/**
 * The aggregate engine: counts per shard and tick instead of records, so that a day of a million records a second
 * is played in less than a minute.
 *
 * Per step (a second, or ten) each source's number of records is drawn, then handed out to shards and heavy keys in
 * one multinomial draw, which for independent keys is exact in law. Buckets that can run empty are followed tick by
 * tick between two bounds (`fluid.ts`); of the two the middle is reported, and both beside it.
 */
import type { ShardMap } from '../model/shard-map.ts';
import { CountTally } from '../results/count-tally.ts';
import { ArrivalCounts } from '../traffic/arrival-counts.ts';
import { hypergeometricOf } from '../traffic/hypergeometric.ts';
import { KeyDictionary } from '../traffic/key-dictionary.ts';
import { initialMapOf } from '../traffic/initial-layout.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { Draws, PURPOSE } from '../traffic/threefry.ts';
import { bytesMayBind, unknownPart, unmodelled, type DrawnScenario } from './aggregate-limits.ts';
import { BucketWalk } from './bucket-walk.ts';
import { ClassCounts, sharesByShard, type SourceClasses } from './class-counts.ts';
import type { SimulationOptions } from './exact.ts';
import { BURST, FluidBuckets, REFILL_PER_SEC } from './fluid.ts';
import { otherKeysOf } from './other-keys.ts';
import { playThrough, type Play } from './play.ts';
import { requestPeriodUs } from './request-period.ts';
import { meanRecordBytesOf, momentsOf } from './size-moments.ts';
import { shardClassesOf } from './shard-classes.ts';
import { StepArrivals, type DrawLine } from './step-arrivals.ts';
import { stepGridOf, ticksIn, type StepGrid } from './step-grid.ts';

/** Keys that are counted one by one, over all sources. */
const MOST_KEYS = 1_000;
/** This engine's draws are none of the record-by-record ones: they count as a source that no scenario has. */
const OWN_DRAWS = 0x1_0000;
/** Part of the refill below which a full bucket cannot come near to empty by chance. */
const COLD = 0.4;
/** Part of the refill above which a bucket cannot fill up by chance: 0.25 s of it bring at least the refill. */
const FLOODED = 2;
/** Part of the refill above which a bucket stays near to empty, so that coarse ticks lose nothing. */
const SATURATED = 1.2;
const SATURATED_TICK_US = 250_000;
/** Records by which a stretch passed at once may widen the bracket for a while, where not every tick is looked at. */
const GAP = 128;

export interface AggregateSimulation {
  readonly tally: CountTally;
  readonly map: ShardMap;
  /** What the numbers of the tally's keys stand for. */
  readonly keyNames: KeyDictionary;
  /** The finest tick, in microseconds. */
  readonly tickUs: number;
  /** Throttled records at least and at most, for the arrivals that were drawn. */
  readonly throttledBetween: { readonly least: number; readonly most: number };
  /** Part of the counted duration that was played, microseconds. */
  readonly countedUs: number;
  readonly interrupted: boolean;
}

/** Plays a scenario, or says why it cannot, as the end of a sentence. */
export function simulateInAggregate(
  scenario: Scenario,
  options: SimulationOptions,
): AggregateSimulation | string {
  const play = playInAggregate(scenario, options);
  return typeof play === 'string' ? play : playThrough(play);
}

/** The same bit by bit. */
export function playInAggregate(
  scenario: Scenario,
  { serviceUs, z }: SimulationOptions,
): Play<AggregateSimulation> | string {
  const unknown = unknownPart(scenario);
  if (unknown !== undefined) return `it does not know ${unknown}`;
  const meanBytes = meanRecordBytesOf(scenario);
  const reason = unmodelled(scenario, serviceUs, meanBytes);
  if (reason !== undefined) return reason;
  const player = new AggregatePlayer(scenario as DrawnScenario, z, meanBytes);
  return player.byteReason ?? player.play();
}

/** Rates of a source within a step, records per second. */
interface Extent {
  readonly slowest: number;
  readonly fastest: number;
}

class AggregatePlayer {
  /** Why bytes rule the engine out, where they do. */
  readonly byteReason: string | undefined;
  readonly #scenario: DrawnScenario;
  readonly #map: ShardMap;
  readonly #dictionary: KeyDictionary;
  readonly #grid: StepGrid;
  readonly #meanBytes: number;
  readonly #sources: SourceClasses[];
  readonly #tally: CountTally;
  readonly #keysOfShard: readonly number[][];
  /** Share of each source's records by source and shard. */
  readonly #shares: Float64Array;
  readonly #lines: DrawLine[];
  readonly #keyLine: DrawLine;
  readonly #arrivalCounts: ArrivalCounts[];
  readonly #arrivals: StepArrivals;
  readonly #counts: ClassCounts;
  readonly #buckets: FluidBuckets;
  readonly #walk: BucketWalk;
  /** Ticks that are looked at together, by shard. */
  readonly #leaf: Float64Array;
  readonly #peaks: Float64Array;
  /** Middle of the losses that is not counted yet, below one record. */
  readonly #carry: Float64Array;
  /** Records of each source in the counted duration. */
  readonly #offered: Float64Array;

  constructor(scenario: DrawnScenario, z: number, meanBytes: number) {
    const { stream, traffic, seed, warmupUs, durationUs, placementSeed } = scenario;
    const { shards } = stream;
    this.#scenario = scenario;
    this.#meanBytes = meanBytes;
    this.#map = initialMapOf(stream);
    this.#grid = stepGridOf(scenario, meanBytes);
    this.#dictionary = new KeyDictionary(
      traffic.map((source) => source.keys),
      placementSeed,
    );
    const most = Math.max(1, Math.floor(MOST_KEYS / traffic.length));
    const classes = traffic.map(({ keys }, s) => shardClassesOf(keys, s, this.#dictionary, this.#map, most));
    const stepSec = this.#grid.stepUs / 1_000_000;
    const keys = [...new Set(classes.flatMap(({ keyIds }) => [...keyIds]))];
    this.#tally = new CountTally({ shards, durationUs, z, keys, stepSec });
    this.#sources = classes.map((of, s) => ({
      classes: of,
      places: Uint32Array.from(of.keyIds, (id, i) => this.#tally.placeOf(id, of.shard[i])),
      ...momentsOf(traffic[s], stream.maxRecordBytes, meanBytes),
    }));
    this.byteReason = bytesMayBind(scenario, this.#sources, this.#map);
    this.#keysOfShard = keysByShard(this.#tally, keys.length, shards);
    this.#shares = sharesByShard(this.#sources, shards);
    this.#lines = traffic.map((_, s) => lineOf(seed, s));
    this.#keyLine = lineOf(seed, traffic.length);
    this.#arrivalCounts = traffic.map((source, s) => new ArrivalCounts(source, warmupUs, seed, s));
    this.#arrivals = new StepArrivals(this.#arrivalCounts, this.#lines);
    this.#counts = new ClassCounts(this.#sources, this.#lines, shards, Math.max(1, keys.length));
    this.#leaf = Float64Array.from({ length: shards }, (_, j) => this.#leafOf(j));
    const tickUs = this.#leaf.map((ticks) => ticks * this.#grid.tickUs);
    this.#buckets = new FluidBuckets(tickUs, this.#grid.atOnce, stream.initialFill);
    const gap = this.#grid.isThorough ? 0 : GAP;
    this.#walk = new BucketWalk(this.#buckets, this.#arrivals, traffic.length, gap);
    this.#peaks = new Float64Array(shards);
    this.#carry = new Float64Array(shards);
    this.#offered = new Float64Array(traffic.length);
  }

  *play(): Play<AggregateSimulation> {
    const { warmupUs, durationUs } = this.#scenario;
    const endUs = warmupUs + durationUs;
    let playedUs = yield* this.#playFrom(0, warmupUs, false);
    const before = { low: this.#buckets.lostLow.slice(), high: this.#buckets.lostHigh.slice() };
    if (playedUs === warmupUs) playedUs = yield* this.#playFrom(warmupUs, endUs, true);
    this.#tally.others = otherKeysOf(this.#sources, this.#offered);
    return {
      countedUs: Math.max(0, playedUs - warmupUs),
      interrupted: playedUs < endUs,
      tally: this.#tally,
      map: this.#map,
      keyNames: this.#dictionary,
      tickUs: Math.round(this.#grid.tickUs),
      throttledBetween: this.#between(before),
    };
  }

  /** What was lost since `before`: of each end the other end of what was lost until then is taken off. */
  #between({ low, high }: { low: Float64Array; high: Float64Array }): { least: number; most: number } {
    let least = 0;
    let most = 0;
    const { lostLow, lostHigh } = this.#buckets;
    for (let j = 0; j < low.length; j++) {
      least += Math.max(0, Math.floor(lostLow[j] - high[j]));
      most += Math.ceil(lostHigh[j] - low[j]);
    }
    return { least, most: Math.min(most, this.#tally.shards.sum('offered')) };
  }

  /** @returns up to when it was played */
  *#playFrom(fromUs: number, untilUs: number, isCounted: boolean): Play<number> {
    for (let startUs = fromUs; startUs < untilUs; startUs += this.#grid.stepUs) {
      const endUs = Math.min(untilUs, startUs + this.#grid.stepUs);
      this.#step(startUs, endUs, isCounted);
      if (yield endUs) return endUs;
    }
    return untilUs;
  }

  #step(startUs: number, endUs: number, isCounted: boolean): void {
    const counts = this.#arrivalCounts.map((source) => source.take(endUs));
    const records = counts.reduce((sum, count) => sum + count, 0);
    const requestUs = requestPeriodUs(
      this.#scenario.producer,
      (records * 1_000_000) / (endUs - startUs),
      this.#meanBytes,
    );
    const ticks = ticksIn(this.#grid, endUs - startUs, requestUs);
    this.#arrivals.begin(startUs, endUs - startUs, ticks);
    this.#counts.draw(counts);
    const extents = counts.map((_, s) => this.#arrivals.extent(s));
    for (let j = 0; j < this.#map.open.length; j++)
      this.#playShard(j, startUs, endUs - startUs, extents, isCounted);
    if (!isCounted) return;
    counts.forEach((count, s) => (this.#offered[s] += count));
    this.#tally.requests += Math.ceil((endUs - startUs) / Math.min(endUs - startUs, requestUs));
    this.#tally.load.closeStep((endUs - startUs) / 1_000_000);
  }

  #playShard(
    j: number,
    startUs: number,
    lengthUs: number,
    extents: readonly Extent[],
    isCounted: boolean,
  ): void {
    const { lostLow, lostHigh } = this.#buckets;
    const before = lostLow[j] + lostHigh[j];
    if (this.#grid.isThorough || !this.#passAtOnce(j, lengthUs, extents))
      this.#walk.walk(j, this.#counts.shardRecords, j, this.#map.open.length, this.#leaf[j]);
    if (isCounted) this.#count(j, startUs, lengthUs, (lostLow[j] + lostHigh[j] - before) / 2);
  }

  /** Passes a whole step of a shard that is cold or flooded all along; says whether it was. */
  #passAtOnce(j: number, lengthUs: number, extents: readonly Extent[]): boolean {
    const shards = this.#map.open.length;
    let slowest = 0;
    let fastest = 0;
    let records = 0;
    for (let s = 0; s < extents.length; s++) {
      const share = this.#shares[s * shards + j];
      slowest += extents[s].slowest * share;
      fastest += extents[s].fastest * share;
      records += this.#counts.shardRecords[s * shards + j];
    }
    if (slowest >= FLOODED * REFILL_PER_SEC) return this.#buckets.flood(j, records, lengthUs);
    const lack = this.#lackOf(j, fastest);
    if (lack < Infinity) this.#buckets.rest(j, lack);
    return lack < Infinity;
  }

  /**
   * Records that a cold shard's bucket may lack at the end of a step, Infinity where the shard is not cold: its
   * bucket is nearly full and its fastest rate so low that running empty has no chance worth the name.
   */
  #lackOf(j: number, rate: number): number {
    if (this.#buckets.tokensLow[j] < 0.75 * BURST) return Infinity;
    if (rate > COLD * REFILL_PER_SEC) return Infinity;
    const inTick = (rate * this.#grid.tickUs) / 1_000_000;
    const lack = inTick + 8 * Math.sqrt(inTick) + 40;
    return lack < 0.15 * BURST ? lack : Infinity;
  }

  /** Writes a shard's step down, and its heavy keys'. */
  #count(j: number, startUs: number, lengthUs: number, lost: number): void {
    const tally = this.#tally;
    const shards = this.#map.open.length;
    let records = 0;
    for (let s = 0; s < this.#sources.length; s++) records += this.#counts.shardRecords[s * shards + j];
    if (records === 0) return;
    const bytes = this.#counts.shardBytes[j];
    this.#carry[j] += lost;
    const throttled = Math.min(records, Math.max(0, Math.round(this.#carry[j])));
    this.#carry[j] -= throttled;
    const bytesAccepted = bytes - Math.round((bytes * throttled) / records);
    const squares = this.#counts.shardSquares[j];
    tally.addShard(startUs - this.#scenario.warmupUs, j, records, bytes, squares, throttled, bytesAccepted);
    this.#notePeak(j, records, bytes, lengthUs);
    this.#countKeys(j, records, throttled);
  }

  /** Who of a step was throttled is chance, and each of its records as likely as any other. */
  #countKeys(j: number, records: number, throttled: number): void {
    const { keyRecords, keyBytes, keySquares } = this.#counts;
    const line = this.#keyLine;
    let left = records;
    let lost = throttled;
    for (const place of this.#keysOfShard[j]) {
      const ofKey = keyRecords[place];
      if (ofKey === 0) continue;
      const lostOfKey = lost > 0 ? hypergeometricOf(left, lost, ofKey, line.draws, line.next++) : 0;
      left -= ofKey;
      lost -= lostOfKey;
      const bytes = keyBytes[place];
      const bytesAccepted = bytes - Math.round((bytes * lostOfKey) / ofKey);
      this.#tally.addKey(place, ofKey, bytes, keySquares[place], lostOfKey, bytesAccepted);
    }
  }

  /** A step of one second is its own peak; of longer ones only the busiest so far is cut into seconds. */
  #notePeak(j: number, records: number, bytes: number, lengthUs: number): void {
    const seconds = Math.ceil(lengthUs / 1_000_000);
    if (seconds === 1) {
      this.#tally.notePeak(j, records, bytes);
      return;
    }
    if (records <= this.#peaks[j]) return;
    this.#peaks[j] = records;
    const shards = this.#map.open.length;
    const busiest = this.#sources.reduce((sum, _, s) => {
      return sum + this.#busiestSecond(s, this.#counts.shardRecords[s * shards + j], seconds);
    }, 0);
    this.#tally.notePeak(j, busiest, Math.round((bytes * busiest) / records));
  }

  #busiestSecond(source: number, records: number, seconds: number): number {
    const { ticks } = this.#arrivals;
    let left = records;
    let most = 0;
    for (let second = 1; second <= seconds; second++) {
      const from = Math.floor((ticks * (second - 1)) / seconds);
      const here = this.#arrivals.split(source, left, from, Math.floor((ticks * second) / seconds), ticks);
      most = Math.max(most, here);
      left -= here;
    }
    return most;
  }

  /** Where a shard is saturated all the time, many ticks are looked at together. */
  #leafOf(j: number): number {
    if (this.#grid.isThorough) return 1;
    const shards = this.#map.open.length;
    const slowest = this.#scenario.traffic.reduce((sum, { stages, arrivals }, s) => {
      if (arrivals.kind === 'bursts') return sum;
      const least = Math.min(...stages.flatMap((stage) => [stage.from, stage.to]));
      return sum + least * this.#shares[s * shards + j];
    }, 0);
    if (slowest < SATURATED * REFILL_PER_SEC) return 1;
    return Math.max(1, Math.floor(SATURATED_TICK_US / this.#grid.tickUs));
  }
}

function lineOf(seed: number, source: number): DrawLine {
  return { draws: new Draws(seed, PURPOSE.count, OWN_DRAWS + source), next: 0 };
}

function keysByShard({ shardOfKey }: CountTally, keys: number, shards: number): number[][] {
  const places = Array.from({ length: shards }, (): number[] => []);
  for (let place = 0; place < keys; place++) places[shardOfKey[place]].push(place);
  return places;
}
