/**
 * Sine and cosine of a part of a turn from + - * / alone, for the same reason as in `elementary.ts`; absolute error
 * below 1e-15.
 */

const TURN = 6.283185307179586;

/** Sine of `turns` whole turns: sineOf(0.25) is 1. */
export function sineOf(turns: number): number {
  const quarter = Math.round(turns * 4);
  const angle = (turns - quarter / 4) * TURN;
  switch (((quarter % 4) + 4) % 4) {
    case 0:
      return nearSine(angle);
    case 1:
      return nearCosine(angle);
    case 2:
      return -nearSine(angle);
    default:
      return -nearCosine(angle);
  }
}

/** Cosine of `turns` whole turns. */
export function cosineOf(turns: number): number {
  return sineOf(turns + 0.25);
}

/** Taylor series, for an angle of at most an eighth of a turn. */
function nearSine(x: number): number {
  return x * series(x * x, 16);
}

function nearCosine(x: number): number {
  return series(x * x, 17);
}

/** 1 - z/(a(a+1)) (1 - z/((a+2)(a+3)) (…)) up to a = `last`, even numbers for the sine, odd ones for the cosine. */
function series(z: number, last: number): number {
  let sum = 1;
  for (let a = last; a >= 1; a -= 2) sum = 1 - (z * sum) / (a * (a + 1));
  return sum;
}
