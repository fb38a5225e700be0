/**
 * Quantiles of the normal distribution (Wichura, algorithm AS 241, Applied Statistics 37, 1988; 16 digits).
 */
import { ln } from './elementary.ts';

/** The z below which a standard normal falls with probability p; finite for every p from [0, 1]. */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * centre(0.180625 - q * q);
  const tail = Math.max(q < 0 ? p : 1 - p, 5e-324);
  const r = Math.sqrt(-ln(tail));
  const z = r <= 5 ? middle(r - 1.6) : far(r - 5);
  return q < 0 ? -z : z;
}

/** Ratio of two polynomials of degree 7, coefficients from the highest down. */
function ratio(r: number, upper: readonly number[], lower: readonly number[]): number {
  let a = 0;
  let b = 0;
  for (let i = 0; i < 8; i++) {
    a = a * r + upper[i];
    b = b * r + lower[i];
  }
  return a / b;
}

const CENTRE_UPPER = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
  1971.5909503065513, 133.14166789178438, 3.3871328727963665,
];
const CENTRE_LOWER = [
  5226.495278852546, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
  687.1870074920579, 42.31333070160091, 1,
];
const MIDDLE_UPPER = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
];
const MIDDLE_LOWER = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1,
];
const FAR_UPPER = [
  2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124,
  0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103,
];
const FAR_LOWER = [
  2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133,
  0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1,
];

const centre = (r: number): number => ratio(r, CENTRE_UPPER, CENTRE_LOWER);
const middle = (r: number): number => ratio(r, MIDDLE_UPPER, MIDDLE_LOWER);
const far = (r: number): number => ratio(r, FAR_UPPER, FAR_LOWER);
