/**
 * The upper tail of a sum of many small independent loads: the normal distribution corrected for
 * skew.
 */
import { exp, ln } from '../../traffic/elementary.ts';
import { deviance } from './binomial.ts';

const INVERSE_SQRT_TWO_PI = 0.3989422804014327;
const SQRT_TWO_PI = 2.5066282746310002;

const UPPER = [
  3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871,
  221.213596169931, 220.206867912376,
];
const LOWER = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674,
  637.333633378831, 793.826512519948, 440.413735824752,
];

/** P(Z > z) for a standard normal Z, relative error below 1e-8 (Hart 1968, as given by G. West 2005). */
export function normalAbove(z: number): number {
  const size = Math.abs(z);
  const beyond = size > 38 ? 0 : exp((-size * size) / 2) * mills(size);
  return z < 0 ? 1 - beyond : beyond;
}

/** P(Z > z) over exp(-z^2 / 2), for z from 0. */
function mills(z: number): number {
  if (z < 7.07106781186547) return polynomial(UPPER, z) / polynomial(LOWER, z);
  return 1 / (SQRT_TWO_PI * (z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))))));
}

function polynomial(coefficients: readonly number[], z: number): number {
  let value = 0;
  for (const coefficient of coefficients) value = value * z + coefficient;
  return value;
}

/**
 * P(sum > its mean + z standard deviations) for a sum of many loads that each come or do not, with this skewness.
 *
 * The tail of the Poisson distribution with the same skewness, smoothed, by the saddlepoint formula of Lugannani
 * & Rice (1980). The plain normal tail is a quarter too small for a thousand equal keys at one in ten thousand.
 */
export function skewedAbove(z: number, skewness: number): number {
  if (skewness < 1e-7) return normalAbove(z);
  if (Math.abs(z) < 0.02) return edgeworthAbove(z, skewness);
  const mean = 1 / (skewness * skewness);
  const x = mean + z / skewness;
  if (x <= 0) return 1;
  const distance = 2 * deviance(x, mean);
  const w = z < 0 ? -Math.sqrt(distance) : Math.sqrt(distance);
  const u = ln(x / mean) * Math.sqrt(x);
  const tail = normalAbove(w) + INVERSE_SQRT_TWO_PI * exp(-distance / 2) * (1 / u - 1 / w);
  return Math.min(1, Math.max(0, tail));
}

/** The same near the mean, where the saddlepoint formula divides nothing by nothing. */
function edgeworthAbove(z: number, skewness: number): number {
  return normalAbove(z) + (INVERSE_SQRT_TWO_PI * exp((-z * z) / 2) * skewness * (z * z - 1)) / 6;
}
