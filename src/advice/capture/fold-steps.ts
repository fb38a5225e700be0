/**
 * Folds a series of rates into few steps of constant rate that carry exactly as much: neighbours go into one step while
 * all of them lie within a band, and the narrowest band is taken that leaves few enough steps.
 */

export interface FoldedSteps {
  readonly steps: readonly { readonly from: number; readonly to: number; readonly mean: number }[];
  /** Furthest that a value is from the mean of its step. */
  readonly off: number;
}

/** Halvings of the band. */
const ROUNDS = 40;

/** @param most steps, 1 at least */
export function foldSteps(values: ArrayLike<number>, most: number): FoldedSteps {
  let [low, high] = [0, 0];
  for (let i = 0; i < values.length; i++) high = Math.max(high, values[i]);
  let best = ends(values, 0);
  if (best.length > most) {
    for (let round = 0; round < ROUNDS; round++) {
      const middle = (low + high) / 2;
      if (ends(values, middle).length > most) low = middle;
      else high = middle;
    }
    best = ends(values, high);
  }
  let off = 0;
  const steps = best.map((to, n) => {
    const from = n === 0 ? 0 : best[n - 1];
    let sum = 0;
    for (let i = from; i < to; i++) sum += values[i];
    const mean = sum / (to - from);
    for (let i = from; i < to; i++) off = Math.max(off, Math.abs(values[i] - mean));
    return { from, to, mean };
  });
  return { steps, off };
}

/** Where steps end whose values differ by at most `band`: greedily, which makes the fewest. */
function ends(values: ArrayLike<number>, band: number): number[] {
  const cuts: number[] = [];
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const [lower, upper] = [Math.min(least, values[i]), Math.max(most, values[i])];
    if (upper - lower > band && least <= most) {
      cuts.push(i);
      [least, most] = [values[i], values[i]];
    } else [least, most] = [lower, upper];
  }
  return [...cuts, values.length];
}
