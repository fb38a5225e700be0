/**
 * Since when something is too much: it begins with 3 of 5 steps above the limit and ends when 5 in a row are below 0.9 of
 * it, so that one step alone neither raises nor clears it (math.md 8, hysteresis).
 */

/** What a step is: below 0.9 of the limit, between, or above the limit. */
export const BELOW = 0;
export const NEAR = 1;
export const ABOVE = 2;

/** Part of a limit below which it is over. */
export const CLEAR = 0.9;

const WINDOW = 5;
const ENOUGH = 3;

export interface Episode {
  readonly firstStep: number;
  /** The last one above. */
  readonly lastStep: number;
  /** Above the limit in the whole window. */
  readonly stepsAbove: number;
  /** 3 of 5 steps were above; else they were single ones, and these are the first and the last of them. */
  readonly isLasting: boolean;
}

/**
 * The last episode in a row of steps, or single steps above the limit where there was none; null where none was above.
 * @param complete steps from there on may still grow, so that they can raise but not clear
 */
export function lastEpisode(levels: Uint8Array, complete: number): Episode | null {
  const enough = Math.min(ENOUGH, Math.max(1, levels.length));
  let stepsAbove = 0;
  let firstAbove = -1;
  let lastAbove = -1;
  let raisedFrom = -1;
  let raisedTo = -1;
  let isRaised = false;
  for (let step = 0; step < levels.length; step++) {
    const isAbove = levels[step] === ABOVE;
    if (isAbove) {
      stepsAbove++;
      if (firstAbove < 0) firstAbove = step;
      lastAbove = step;
    }
    const from = Math.max(0, step - WINDOW + 1);
    if (isRaised) {
      if (isAbove) raisedTo = step;
      isRaised = step >= complete || !isClear(levels, from, step);
    } else if (isAbove && countAbove(levels, from, step) >= enough) {
      isRaised = true;
      raisedFrom = levels.indexOf(ABOVE, from);
      raisedTo = step;
    }
  }
  if (firstAbove < 0) return null;
  const isLasting = raisedFrom >= 0;
  return {
    firstStep: isLasting ? raisedFrom : firstAbove,
    lastStep: isLasting ? raisedTo : lastAbove,
    stepsAbove,
    isLasting,
  };
}

function countAbove(levels: Uint8Array, from: number, to: number): number {
  let above = 0;
  for (let step = from; step <= to; step++) if (levels[step] === ABOVE) above++;
  return above;
}

function isClear(levels: Uint8Array, from: number, to: number): boolean {
  for (let step = from; step <= to; step++) if (levels[step] !== BELOW) return false;
  return to - from + 1 >= WINDOW;
}
