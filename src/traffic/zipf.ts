/**
 * Zipf's law: key n (from 1) has a weight of n to the power of minus the exponent.
 *
 * The heaviest keys are drawn from an alias table; the tail, up to 10^9 keys, by rejection-inversion without a
 * table (Hörmann and Derflinger, ACM TOMACS 6, 1996).
 */
import { exp, ln, pow } from './elementary.ts';
import { AliasTable } from './alias-table.ts';
import type { Draws } from './threefry.ts';

/** Keys with a place in the table: 1 MiB of it, drawn in one step. */
const HEAD_KEYS = 65_536;
/** Below this, sums are added term by term. */
const EXACT_TERMS = 400;

/** Sum of n^-exponent for n from `first` to `last`, relative error below 1e-11 (math: Euler-Maclaurin). */
export function zipfSum(first: number, last: number, exponent: number): number {
  if (last < first) return 0;
  const split = Math.min(last, Math.max(first, EXACT_TERMS));
  let sum = 0;
  for (let n = first; n < split; n++) sum += pow(n, -exponent);
  const f = (n: number): number => pow(n, -exponent);
  const slope = (n: number): number => -exponent * pow(n, -exponent - 1);
  return sum + integral(split, last, exponent) + (f(split) + f(last)) / 2 + (slope(last) - slope(split)) / 12;
}

/** Integral of x^-exponent from a to b. */
function integral(a: number, b: number, exponent: number): number {
  const power = 1 - exponent;
  const t = power * ln(b / a);
  return pow(a, power) * ln(b / a) * expm1Over(t);
}

/** (e^t - 1) / t, also near 0. */
function expm1Over(t: number): number {
  return Math.abs(t) > 1e-4 ? (exp(t) - 1) / t : 1 + t * (1 / 2 + t * (1 / 6 + t / 24));
}

export class ZipfKeys {
  readonly #head: AliasTable;
  readonly #headShare: number;
  readonly #tail: TailSampler | undefined;

  /** @param exponent 0 or more @param count 1 … 10^9 */
  constructor(count: number, exponent: number) {
    const head = Math.min(count, HEAD_KEYS);
    const weights = Float64Array.from({ length: head }, (_, i) => pow(i + 1, -exponent));
    this.#head = new AliasTable(weights);
    const headWeight = weights.reduce((sum, weight) => sum + weight, 0);
    this.#headShare = count === head ? 1 : headWeight / (headWeight + zipfSum(head + 1, count, exponent));
    this.#tail = count === head ? undefined : new TailSampler(head + 1, count, exponent);
  }

  /** A key from 0, the heaviest first, for record `index` and its number from [0, 1). */
  pick(u: number, index: number, draws: Draws): number {
    if (this.#tail === undefined || u < this.#headShare) return this.#head.pick(u / this.#headShare);
    return this.#tail.at(index, draws) - 1;
  }

  /** The same for `count` records from `first` on, with their numbers from [0, 1). */
  pickColumn(u: Float64Array, first: number, count: number, draws: Draws, out: Uint32Array): void {
    this.#head.pickColumn(u, this.#headShare, count, out);
    if (this.#tail === undefined) return;
    for (let i = 0; i < count; i++) {
      if (u[i] >= this.#headShare) out[i] = this.#tail.at(first + i, draws) - 1;
    }
  }
}

/** Rejection-inversion over the integers from `first` to `last`. */
class TailSampler {
  readonly #first: number;
  readonly #last: number;
  readonly #exponent: number;
  readonly #low: number;
  readonly #high: number;

  constructor(first: number, last: number, exponent: number) {
    this.#first = first;
    this.#last = last;
    this.#exponent = exponent;
    this.#low = this.#area(first - 0.5);
    this.#high = this.#area(last + 0.5);
  }

  at(index: number, draws: Draws): number {
    for (let draw = 1; draw < 2048; draw++) {
      const u = this.#low + draws.uniform(index, draw) * (this.#high - this.#low);
      const x = this.#areaInverse(u);
      const n = Math.min(this.#last, Math.max(this.#first, Math.floor(x + 0.5)));
      // The hat over n is at least n's weight (convexity); the surplus, at its beginning, is rejected.
      if (u >= this.#area(n + 0.5) - pow(n, -this.#exponent)) return n;
    }
    throw new Error('a Zipf draw was rejected 2,047 times');
  }

  /** Integral of x^-exponent from 1. */
  #area(x: number): number {
    const logarithm = ln(x);
    return logarithm * expm1Over((1 - this.#exponent) * logarithm);
  }

  #areaInverse(area: number): number {
    const t = (1 - this.#exponent) * area;
    return exp(area * ln1pOver(t));
  }
}

/** ln(1 + t) / t, also near 0. */
function ln1pOver(t: number): number {
  return Math.abs(t) > 1e-4 ? ln(1 + t) / t : 1 - t * (1 / 2 - t * (1 / 3 - t / 4));
}
