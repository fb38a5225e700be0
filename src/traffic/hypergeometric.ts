/**
 * Hypergeometric counts: how many of a fixed number of records are among those of one part of time, or of one key,
 * when it is known how many there are in all.
 */
import { binomialOf } from './binomial.ts';
import { ln } from './elementary.ts';
import { lnFactorial } from './poisson.ts';
import type { Draws } from './threefry.ts';

/** Up to so many picks are made one by one. */
const FEW = 10;
/** Where marked or picked records are one in so many or fewer, they are drawn with replacement: 1 % of variance. */
const MANY_TIMES = 100;

/**
 * How many of `picked` records out of `total` are marked, if `marked` of the total are; all whole, the first two at
 * most the last. A function of the draws of `index`.
 */
export function hypergeometricOf(
  total: number,
  marked: number,
  picked: number,
  draws: Draws,
  index: number,
): number {
  // Marking and picking are alike.
  const few = Math.min(marked, picked);
  const many = Math.max(marked, picked);
  if (few <= 0) return 0;
  if (many >= total) return few;
  if (few * MANY_TIMES < total) return binomialOf(few, many / total, draws, index);
  return few <= FEW ? pickFew(total, many, few, draws, index) : pickMany(total, many, few, draws, index);
}

function pickFew(total: number, marked: number, picked: number, draws: Draws, index: number): number {
  let found = 0;
  for (let i = 0; i < picked; i++) {
    if (draws.uniform(index, i) * (total - i) < marked - found) found++;
  }
  return found;
}

const D1 = 1.7155277699214135; // 2 sqrt(2 / e)
const D2 = 0.8989161620588988; // 3 - 2 sqrt(3 / e)

/** Algorithm HRUA, ratio of uniforms (Stadlober, J. Comput. Appl. Math. 31, 1990), two draws a try. */
function pickMany(total: number, marked: number, picked: number, draws: Draws, index: number): number {
  const less = Math.min(marked, total - marked);
  const m = Math.min(picked, total - picked);
  const part = less / total;
  const centre = m * part + 0.5;
  const width = Math.sqrt(((total - m) * m * part * (1 - part)) / (total - 1) + 0.5);
  const end = Math.min(Math.min(m, less) + 1, Math.floor(centre + 16 * width));
  const lnOf = (count: number): number =>
    lnFactorial(count) +
    lnFactorial(less - count) +
    lnFactorial(m - count) +
    lnFactorial(total - less - m + count);
  const ofMode = lnOf(Math.floor(((m + 1) * (less + 1)) / (total + 2)));
  for (let draw = 0; draw < 2048; draw += 2) {
    const x = draws.uniform(index, draw);
    const w = centre + ((D1 * width + D2) * (draws.uniform(index, draw + 1) - 0.5)) / x;
    if (!(w >= 0 && w < end)) continue;
    const count = Math.floor(w);
    const t = ofMode - lnOf(count);
    if (x * (4 - x) - 3 <= t || (x * (x - t) < 1 && 2 * ln(x) <= t)) {
      const ofMarked = marked === less ? count : m - count;
      return m === picked ? ofMarked : marked - ofMarked;
    }
  }
  throw new Error('a hypergeometric draw was rejected 1,024 times');
}
