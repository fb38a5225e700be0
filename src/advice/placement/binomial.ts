/**
 * How likely it is that more than m of n keys land on one shard: binomial probabilities, accurate far into the
 * tail and for a thousand million keys.
 *
 * Point probabilities follow C. Loader, "Fast and accurate computation of binomial probabilities" (2000), which
 * avoids the cancellation of three large log-gammas.
 */
import { exp, ln } from '../../traffic/elementary.ts';

const TWO_PI = 6.283185307179586;
const HALF_LN_TWO_PI = 0.9189385332046727;

/** P(X > m) for X binomial with `n` trials of probability `p`, relative error below 1e-9. */
export function binomialAbove(n: number, p: number, m: number): number {
  if (m < 0) return 1;
  if (m >= n || p <= 0) return 0;
  if (p >= 1) return 1;
  return m + 1 > n * p ? sumUpwards(n, p, m + 1) : Math.max(0, 1 - sumDownwards(n, p, m));
}

/** P(X = x). */
export function binomialPoint(n: number, p: number, x: number): number {
  if (x < 0 || x > n) return 0;
  if (p <= 0) return x === 0 ? 1 : 0;
  if (p >= 1) return x === n ? 1 : 0;
  if (x === 0) return exp(n * lnOneMinus(p));
  if (x === n) return exp(n * ln(p));
  const exponent =
    stirlingError(n) -
    stirlingError(x) -
    stirlingError(n - x) -
    deviance(x, n * p) -
    deviance(n - x, n * (1 - p));
  return exp(exponent) * Math.sqrt(n / (TWO_PI * x * (n - x)));
}

/** P(X >= from), for `from` above the mean, where the terms fall. */
function sumUpwards(n: number, p: number, from: number): number {
  const odds = p / (1 - p);
  let term = binomialPoint(n, p, from);
  let sum = 0;
  for (let x = from; x <= n && term > sum * 1e-17; x++) {
    sum += term;
    term *= ((n - x) / (x + 1)) * odds;
  }
  return sum;
}

/** P(X <= from), for `from` below the mean. */
function sumDownwards(n: number, p: number, from: number): number {
  const odds = (1 - p) / p;
  let term = binomialPoint(n, p, from);
  let sum = 0;
  for (let x = from; x >= 0 && term > sum * 1e-17; x--) {
    sum += term;
    term *= (x / (n - x + 1)) * odds;
  }
  return sum;
}

/** ln(n!) less Stirling's formula. */
function stirlingError(n: number): number {
  if (n < 16) return lnFactorial(n) - (n + 0.5) * ln(n) + n - HALF_LN_TWO_PI;
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / 1680 / square) / square) / square) / n;
}

function lnFactorial(n: number): number {
  let product = 1;
  for (let i = 2; i <= n; i++) product *= i;
  return ln(product);
}

/** x ln(x / mean) + mean - x, without cancellation where x is close to the mean. Both above 0. */
export function deviance(x: number, mean: number): number {
  const difference = x - mean;
  if (Math.abs(difference) > 0.1 * (x + mean)) return x * ln(x / mean) - difference;
  const v = difference / (x + mean);
  let sum = difference * v;
  let power = 2 * x * v;
  for (let j = 1; j < 1000; j++) {
    power *= v * v;
    const next = sum + power / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/** ln(1 - p), for small p too. */
function lnOneMinus(p: number): number {
  if (p > 0.01) return ln(1 - p);
  let sum = 0;
  let power = p;
  for (let k = 1; k <= 12; k++, power *= p) sum -= power / k;
  return sum;
}
