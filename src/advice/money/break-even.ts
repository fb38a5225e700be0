/**
 * The mean rates at which two capacity modes cost the same, with everything else in proportion to the rate.
 *
 * Shards that are counted by sums grow in proportion too: N(r) = ceil(n x r / R), at least 1, where the plan asks for n
 * shards, not yet rounded up, at the mean rate R. So a provisioned bill is a flight of stairs, and two bills can cross
 * several times on neighbouring stairs. Where keys decide, nothing is said against provisioned (`shard-growth.ts`).
 */
import { LIMITS } from '../../model/limits.ts';
import type { PricedMode, Prices } from '../../model/prices.ts';
import { formatNumber } from '../../model/quantity.ts';
import type { BreakEven } from '../../results/plan-money.ts';
import { scaledTraffic, type BilledTraffic } from './billed-traffic.ts';
import { exactUsd } from './mode-cost.ts';
import type { ShardGrowth } from './shard-growth.ts';

const PAIRS: readonly (readonly [PricedMode, PricedMode])[] = [
  ['provisioned', 'on-demand'],
  ['on-demand', 'on-demand-advantage'],
  ['provisioned', 'on-demand-advantage'],
];

/** Far more halvings than a double has bits. */
const HALVINGS = 100;

/**
 * Between each two modes.
 * @param growth of the plan's shards; where they are not in proportion, provisioned is compared with nothing
 * @param recordsPerSec the mean rate as users count it: before aggregation
 */
export function breakEvensOf(
  traffic: BilledTraffic,
  growth: ShardGrowth,
  prices: Prices,
  recordsPerSec = traffic.recordsPerSec,
): BreakEven[] {
  return PAIRS.map((modes) => {
    const unpriced = modes.find((mode) => exactUsd(mode, traffic, growth.shards ?? 1, prices) === null);
    if (unpriced !== undefined) return unknown(modes, `A price of ${unpriced} is missing.`);
    if (growth.shards === null && modes.includes('provisioned')) return unknown(modes, growth.why);
    return withinReach(modes, { ...traffic, recordsPerSec }, growth, prices);
  });
}

function unknown(modes: BreakEven['modes'], why = ''): BreakEven {
  return {
    modes,
    meanRecordsPerSec: null,
    fromRecordsPerSec: null,
    cheaperBelow: null,
    cheaperAbove: null,
    why,
  };
}

/** Cut off where the heaviest key fits on no shard any more: what would be cheaper above is not to be had. */
function withinReach(
  modes: BreakEven['modes'],
  traffic: BilledTraffic,
  { shards, mostFactor }: ShardGrowth,
  prices: Prices,
): BreakEven {
  const found = breakEven(modes, traffic, shards ?? 1, prices);
  const most = mostFactor * traffic.recordsPerSec;
  if (found.meanRecordsPerSec === null || found.meanRecordsPerSec <= most) return found;
  const near = breakEven(modes, traffic, shards ?? 1, prices, mostFactor);
  if (near.meanRecordsPerSec !== null) return near;
  return { ...near, why: `Above ${formatNumber(most)}/s the heaviest key fits on no shard.` };
}

function breakEven(
  modes: BreakEven['modes'],
  traffic: BilledTraffic,
  shards: number,
  prices: Prices,
  mostFactor = Infinity,
): BreakEven {
  const [first, second] = modes;
  const bill = (mode: PricedMode, factor: number, count: number): number =>
    exactUsd(mode, scaledTraffic(traffic, factor), count, prices) ?? NaN;
  const counted = modes.includes('provisioned') ? shards : 0;
  const search = new CrossingSearch(
    (factor, count) => bill(first, factor, count),
    (factor, count) => bill(second, factor, count),
    counted,
  );
  const most = Math.min(mostFactor, largestFactor(traffic, counted));
  const ends = [...bends(traffic), most].sort((a, b) => a - b);
  let from = 0;
  for (const end of ends.filter((factor) => factor <= most)) {
    search.look(from, end);
    from = end;
  }
  const { crossings, isFirstDearerAtStart, isFirstDearerAtEnd } = search;
  return {
    modes,
    meanRecordsPerSec: rateAt(crossings.at(-1), traffic),
    fromRecordsPerSec: rateAt(crossings.at(0), traffic),
    cheaperBelow: isFirstDearerAtStart ? second : first,
    cheaperAbove: isFirstDearerAtEnd ? second : first,
  };
}

function rateAt(factor: number | undefined, { recordsPerSec }: BilledTraffic): number | null {
  return factor === undefined ? null : factor * recordsPerSec;
}

/** Where the Advantage bill begins to grow: the minimum of writes, and that of reads, is used up. */
function bends({ roundedBytesPerSec, bytesPerSec, polling, efo }: BilledTraffic): number[] {
  const least = LIMITS.advantageMinimumBytesPerSec.value;
  const reads = (polling + efo) * bytesPerSec;
  return [least / roundedBytesPerSec, ...(reads > 0 ? [least / reads] : [])];
}

/** Rates beyond the largest stream are not looked at. */
function largestFactor({ bytesPerSec }: BilledTraffic, shards: number): number {
  return Math.min(LIMITS.onDemandWriteBytesPerSec.value / bytesPerSec, LIMITS.shardQuota.value / shards);
}

/** One bill by the factor on the traffic and the shards; it never falls where either grows. */
type Bill = (factor: number, shards: number) => number;

/** Finds where one of two bills passes the other, looking only where their ranges overlap. */
class CrossingSearch {
  readonly #first: Bill;
  readonly #second: Bill;
  /** Shards at factor 1, a fraction; 0 where shards do not count. */
  readonly #shards: number;
  /** Factors, rising. */
  readonly crossings: number[] = [];
  #isFirstDearer: boolean | undefined;
  #isFirstDearerAtStart: boolean | undefined;

  constructor(first: Bill, second: Bill, shards: number) {
    this.#first = first;
    this.#second = second;
    this.#shards = shards;
  }

  get isFirstDearerAtStart(): boolean {
    return this.#isFirstDearerAtStart ?? false;
  }

  get isFirstDearerAtEnd(): boolean {
    return this.#isFirstDearer ?? false;
  }

  /** Looks at all factors above `from` and up to `to`; stretches come in order and touch. */
  look(from: number, to: number): void {
    if (from >= to) return;
    const low = this.#shardsAbove(from);
    const high = Math.max(low, this.#shardsAt(to));
    const first = [this.#first(from, low), this.#first(to, high)];
    const second = [this.#second(from, low), this.#second(to, high)];
    if (first[0] > second[1]) this.#pass(from, true);
    else if (first[1] < second[0]) this.#pass(from, false);
    else if (low === high) this.#walk(from, to, low);
    else {
      const middle = Math.floor((low + high) / 2) / this.#shards;
      this.look(from, middle);
      this.look(middle, to);
    }
  }

  /** A stretch with one number of shards: both bills are straight. */
  #walk(from: number, to: number, shards: number): void {
    const isFirstDearer = (factor: number): boolean =>
      this.#first(factor, shards) > this.#second(factor, shards);
    const start = isFirstDearer(from);
    this.#pass(from, start);
    if (isFirstDearer(to) === start) return;
    let low = from;
    let high = to;
    for (let i = 0; i < HALVINGS && low < high; i++) {
      const middle = (low + high) / 2;
      if (isFirstDearer(middle) === start) low = middle;
      else high = middle;
    }
    this.#pass(high, !start);
  }

  /** From a factor on, one of them is the dearer. */
  #pass(factor: number, isFirstDearer: boolean): void {
    this.#isFirstDearerAtStart ??= isFirstDearer;
    if (this.#isFirstDearer !== undefined && this.#isFirstDearer !== isFirstDearer)
      this.crossings.push(factor);
    this.#isFirstDearer = isFirstDearer;
  }

  #shardsAt(factor: number): number {
    return wholeShards(this.#shards, factor);
  }

  /** Just above a factor, where the next stair may begin. */
  #shardsAbove(factor: number): number {
    return this.#shards === 0 ? 1 : Math.floor(this.#shards * factor + ROUNDING) + 1;
  }
}

const ROUNDING = 1e-9;

/** Shards in proportion to the rate: ceil(shards x factor), at least 1, of shards that may be a fraction. */
export function wholeShards(shards: number, factor: number): number {
  return Math.max(1, Math.ceil(shards * factor - ROUNDING));
}
