/**
 * How long UpdateShardCount takes until a stream has its new shards. AWS promises nothing, and says "a few minutes".
 */

/** Per split or merge, in seconds: a rule of the community, older than parallel resharding. Low confidence. */
export const SECONDS_PER_STEP = 30;

/**
 * Minutes, rounded up, that a call takes: 30 s for each split and merge of the change, unless the user knows better.
 * Equal ranges of two counts share as many boundaries as the greatest common divisor has; each other one is made or
 * removed once (4 shards to 3 take 5 steps, as has been observed).
 * @param givenMinutes what a call takes, whatever it changes
 */
export function leadMinutes(from: number, to: number, givenMinutes?: number): number {
  if (givenMinutes !== undefined) return givenMinutes;
  const steps = from + to - 2 * commonDivisor(from, to);
  return Math.ceil((steps * SECONDS_PER_STEP) / 60);
}

function commonDivisor(a: number, b: number): number {
  let [high, low] = [a, b];
  while (low > 0) [high, low] = [low, high % low];
  return high;
}
