/**
 * What `simulate` shows of simulations while they run, and what ends them.
 */
import type { Scenario } from '../traffic/scenario.ts';
import type { Watch } from './played.ts';
import { simulatedText } from './simulate-progress.ts';

/** Over one simulation or many. */
export interface LongWatch {
  readonly signal: AbortSignal;
  readonly show: (progress: string) => void;
}

/** @param which of many simulations it is, shown before how far it has come */
export function watchOf(
  scenario: Scenario,
  signal: AbortSignal,
  show: (progress: string) => void,
  which?: string,
): Watch {
  const prefix = which === undefined ? '' : `${which}, `;
  if (which !== undefined) show(which);
  return {
    signal,
    onTurn: (playedUs, elapsedMs) => {
      show(`${prefix}${simulatedText(scenario, playedUs, elapsedMs)}`);
    },
  };
}
