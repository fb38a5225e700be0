/**
 * A simulation that is played bit by bit, so that whoever plays it can look at it between, and end it.
 *
 * It yields how far it has come, in microseconds from the start of the warm-up, every few hundred records or steps of
 * time; sent true, it ends there and returns what it has come to.
 */
export type Play<T> = Generator<number, T, boolean>;

/** Plays a simulation to its end. */
export function playThrough<T>(play: Play<T>): T {
  let step = play.next(false);
  while (step.done !== true) step = play.next(false);
  return step.value;
}
