/**
 * Logarithm, exponential and power from + - * / and square root alone.
 *
 * ECMAScript leaves the last bits of Math.log, exp and pow to the engine; a report must have the same bytes on
 * every machine. These agree with them to within 2 units in the last place.
 */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
double[0] = 1;
/** Which of the two words holds sign and exponent: the second on little-endian machines. */
const HIGH = words[1] === 0 ? 0 : 1;
const LOW = 1 - HIGH;

/** 1/k! for k = 17 … 0. */
const INVERSE_FACTORIALS = inverseFactorials(17);

/** Natural logarithm of a positive finite number. */
export function ln(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  let exponent = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984; // 2^54: out of the subnormal range
    exponent = -54;
  }
  double[0] = x;
  const high = words[HIGH];
  exponent += (high >>> 20) - 1023;
  words[HIGH] = (high & 0x000f_ffff) | 0x3ff0_0000;
  let m = double[0];
  if (m > 1.4142135623730951) {
    m /= 2;
    exponent++;
  }
  // ln m = 2 atanh(s), s = (m - 1) / (m + 1), |s| < 0.1716
  const s = (m - 1) / (m + 1);
  const z = s * s;
  const series =
    z *
    (2 / 3 +
      z *
        (2 / 5 +
          z *
            (2 / 7 +
              z *
                (2 / 9 +
                  z * (2 / 11 + z * (2 / 13 + z * (2 / 15 + z * (2 / 17 + z * (2 / 19 + z * (2 / 21))))))))));
  return exponent * LN2_HIGH + (2 * s + (s * series + exponent * LN2_LOW));
}

/** e to the power of x. */
export function exp(x: number): number {
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019412) return 0;
  if (Number.isNaN(x)) return NaN;
  const n = Math.round(x * 1.4426950408889634);
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  // Taylor series of e^r, |r| <= 0.3466
  let sum = 0;
  for (let i = 0; i < INVERSE_FACTORIALS.length; i++) sum = sum * r + INVERSE_FACTORIALS[i];
  return scale(sum, n);
}

/** x to the power of y, for x >= 0. */
export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (x === 0) return y > 0 ? 0 : Infinity;
  if (Number.isInteger(y) && y > 0 && y <= 64) return integerPower(x, y);
  if (y === 0.5) return Math.sqrt(x);
  return exp(y * ln(x));
}

function integerPower(x: number, n: number): number {
  let result = 1;
  for (let base = x, left = n; left > 0; left = Math.floor(left / 2), base *= base) {
    if (left % 2 === 1) result *= base;
  }
  return result;
}

/** x times 2^n, in two steps where the result is subnormal. */
function scale(x: number, n: number): number {
  if (n < -1022) return scale(x, n + 1000) * powerOfTwo(-1000);
  if (n > 1023) return x * 2 * powerOfTwo(n - 1);
  return x * powerOfTwo(n);
}

function powerOfTwo(n: number): number {
  words[HIGH] = (n + 1023) << 20;
  words[LOW] = 0;
  return double[0];
}

function inverseFactorials(last: number): Float64Array {
  const inverses = new Float64Array(last + 1);
  for (let k = 0, factorial = 1; k <= last; k++, factorial *= k) inverses[last - k] = 1 / factorial;
  return inverses;
}
