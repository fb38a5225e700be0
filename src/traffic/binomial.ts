/**
 * Binomial counts: how many of n records fall into one part of a whole.
 */
import { exp, ln } from './elementary.ts';
import { lnFactorial } from './poisson.ts';
import type { Draws } from './threefry.ts';

/** Up to this mean, inversion by multiplying probabilities; above, transformed rejection. */
const SMALL_MEAN = 10;

/** A binomial count of n from 0 to 1e9 with probability p, as a function of the draws of `index`. */
export function binomialOf(n: number, p: number, draws: Draws, index: number): number {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - lowerHalf(n, 1 - p, draws, index);
  return lowerHalf(n, p, draws, index);
}

function lowerHalf(n: number, p: number, draws: Draws, index: number): number {
  return n * p < SMALL_MEAN ? smallSample(n, p, draws.uniform(index)) : largeSample(n, p, draws, index);
}

/** Inversion: the first count whose cumulated probability exceeds u. */
function smallSample(n: number, p: number, u: number): number {
  const odds = p / (1 - p);
  let probability = exp(n * ln(1 - p));
  let count = 0;
  for (let rest = u - probability; rest >= 0 && count < n && probability > 0; rest -= probability) {
    count++;
    probability *= (odds * (n - count + 1)) / count;
  }
  return count;
}

/** Algorithm BTRS (Hörmann, J. Statist. Comput. Simul. 46, 1993), two draws a try; p at most 1/2. */
function largeSample(n: number, p: number, draws: Draws, index: number): number {
  const deviation = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const squeeze = 0.92 - 4.2 / b;
  for (let draw = 0; draw < 2048; draw += 2) {
    const u = draws.uniform(index, draw) - 0.5;
    const v = draws.uniform(index, draw + 1);
    const us = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / us + b) * u + n * p + 0.5);
    if (us >= 0.07 && v <= squeeze) return count;
    if (count < 0 || count > n) continue;
    const scaled = (v * (2.83 + 5.1 / b) * deviation) / (a / (us * us) + b);
    if (ln(scaled) <= relativeLn(n, p, count)) return count;
  }
  throw new Error('a binomial draw was rejected 1,024 times');
}

/** Logarithm of the probability of a count over that of the mode. */
function relativeLn(n: number, p: number, count: number): number {
  const mode = Math.floor((n + 1) * p);
  const ofMode = lnFactorial(mode) + lnFactorial(n - mode);
  return ofMode - lnFactorial(count) - lnFactorial(n - count) + (count - mode) * ln(p / (1 - p));
}
