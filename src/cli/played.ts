/**
 * Plays a simulation while the process listens: every twentieth of a second it lets signals arrive and says how far it
 * has come.
 */
import { setImmediate } from 'node:timers/promises';
import type { Play } from '../simulate/play.ts';

/** What a simulation is played under. */
export interface Watch {
  /** Aborted: it ends where it is. */
  readonly signal: AbortSignal;
  /**
   * How far it has come, now and then.
   * @param playedUs of virtual time, from the start of the warm-up
   * @param elapsedMs of real time since it began
   */
  readonly onTurn?: (playedUs: number, elapsedMs: number) => void;
}

const TURN_MS = 50;

export async function played<T>(play: Play<T>, { signal, onTurn }: Watch): Promise<T> {
  const startMs = performance.now();
  let turnMs = startMs;
  let step = play.next(false);
  while (step.done !== true) {
    const nowMs = performance.now();
    if (nowMs - turnMs >= TURN_MS) {
      onTurn?.(step.value, nowMs - startMs);
      await setImmediate();
      turnMs = performance.now();
    }
    step = play.next(signal.aborted);
  }
  return step.value;
}
