/**
 * Poisson counts: how many records arrive in a slice of time with a given mean.
 */
import { exp, ln } from './elementary.ts';
import type { Draws } from './threefry.ts';

/** Up to here, inversion by multiplying probabilities; above, transformed rejection. */
const SMALL_MEAN = 12;

/** A Poisson count with a mean from 0 to 1e9, as a function of the draws of `index`. */
export function sampleOf(mean: number, draws: Draws, index: number): number {
  if (mean <= 0) return 0;
  return mean < SMALL_MEAN ? smallSample(mean, draws.uniform(index)) : largeSample(mean, draws, index);
}

/** Inversion: the first count whose cumulated probability exceeds u. */
function smallSample(mean: number, u: number): number {
  let probability = exp(-mean);
  let count = 0;
  for (let rest = u - probability; rest >= 0 && probability > 0; rest -= probability) {
    count++;
    probability *= mean / count;
  }
  return count;
}

/** Algorithm PTRS (Hörmann, Insurance: Mathematics and Economics 12, 1993), two draws a try. */
function largeSample(mean: number, draws: Draws, index: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  for (let draw = 0; draw < 2048; draw += 2) {
    const u = draws.uniform(index, draw) - 0.5;
    const v = draws.uniform(index, draw + 1);
    const us = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= squeeze) return count;
    if (count < 0 || (us < 0.013 && v > us)) continue;
    const bound = count * ln(mean) - mean - lnFactorial(count);
    if (ln(v) + ln(inverseAlpha) - ln(a / (us * us) + b) <= bound) return count;
  }
  throw new Error('a Poisson draw was rejected 1,024 times');
}

/** So many are remembered: the rejection methods ask for a few of them in every fifth draw. */
const REMEMBERED = 2048;
const SUMMED = 32;
const LN_FACTORIALS = firstLnFactorials();

/** Natural logarithm of n!, exact to about 15 digits. */
export function lnFactorial(n: number): number {
  return n < REMEMBERED ? LN_FACTORIALS[n] : stirling(n);
}

/** Stirling's series. */
function stirling(n: number): number {
  const inverse = 1 / n;
  const square = inverse * inverse;
  const correction = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return (n + 0.5) * ln(n) - n + 0.9189385332046728 + correction;
}

function firstLnFactorials(): Float64Array {
  const values = new Float64Array(REMEMBERED);
  for (let n = 2; n < REMEMBERED; n++) values[n] = n < SUMMED ? values[n - 1] + ln(n) : stirling(n);
  return values;
}
