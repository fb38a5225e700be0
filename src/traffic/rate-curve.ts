/**
 * The arrival rate of a source over time, and its integral: how many records are due by when.
 *
 * Time 0 is the start of the warm-up, which runs at the rate that the counted duration starts with.
 */
import type { Stage } from './scenario.ts';

const US_PER_SEC = 1_000_000;

export interface RateCurve {
  /** Starts of the pieces in microseconds; one more at the end. */
  readonly startsUs: Float64Array;
  /** Records due before each start; one more at the end: the total. */
  readonly dueBefore: Float64Array;
  /** Records per second at the start of each piece, and its change per second. */
  readonly rates: Float64Array;
  readonly slopes: Float64Array;
}

/** The curve of consecutive stages behind a warm-up. */
export function rateCurveOf(stages: readonly Stage[], warmupUs: number): RateCurve {
  const warmup: Stage[] =
    warmupUs > 0 ? [{ durationUs: warmupUs, from: stages[0].from, to: stages[0].from }] : [];
  const pieces = [...warmup, ...stages];
  const startsUs = new Float64Array(pieces.length + 1);
  const dueBefore = new Float64Array(pieces.length + 1);
  pieces.forEach((piece, i) => {
    startsUs[i + 1] = startsUs[i] + piece.durationUs;
    dueBefore[i + 1] = dueBefore[i] + (((piece.from + piece.to) / 2) * piece.durationUs) / US_PER_SEC;
  });
  return {
    startsUs,
    dueBefore,
    rates: Float64Array.from(pieces, (piece) => piece.from),
    slopes: Float64Array.from(pieces, (piece) => ((piece.to - piece.from) * US_PER_SEC) / piece.durationUs),
  };
}

/** End of the curve in microseconds. */
export function endOf(curve: RateCurve): number {
  return curve.startsUs[curve.startsUs.length - 1];
}

/** Records due from the start to the end, not a whole number in general. */
export function totalOf(curve: RateCurve): number {
  return curve.dueBefore[curve.dueBefore.length - 1];
}

/** Records due from the start to `timeUs`: the area under the curve. */
export function integralTo(curve: RateCurve, timeUs: number): number {
  const piece = pieceAt(curve.startsUs, timeUs);
  const sec = (timeUs - curve.startsUs[piece]) / US_PER_SEC;
  return curve.dueBefore[piece] + sec * (curve.rates[piece] + (curve.slopes[piece] * sec) / 2);
}

/** The time in microseconds, not rounded, by which `count` records are due: the inverse of `integralTo`. */
export function timeOf(curve: RateCurve, count: number): number {
  const piece = pieceAt(curve.dueBefore, count);
  const rest = count - curve.dueBefore[piece];
  const rate = curve.rates[piece];
  const slope = curve.slopes[piece];
  if (rest <= 0) return curve.startsUs[piece];
  // rest = rate t + slope t² / 2, solved in the form that never subtracts
  const sec =
    slope === 0 ? rest / rate : (2 * rest) / (rate + Math.sqrt(Math.max(0, rate * rate + 2 * slope * rest)));
  return Math.min(curve.startsUs[piece] + sec * US_PER_SEC, curve.startsUs[piece + 1]);
}

/** The last piece that starts at or before a value; of pieces without width or records, the last. */
function pieceAt(starts: Float64Array, value: number): number {
  let low = 0;
  let high = starts.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
