/**
 * How far a simulation has come, in words for a line on a terminal.
 */
import type { Scenario } from '../traffic/scenario.ts';

const US_PER_SEC = 1_000_000;
/** Before so much real time the pace is not known. */
const PACE_MS = 1000;

/** `simulated 9 h 12 min of 24 h (38 %), about 1 min left`; virtual time, the warm-up included. */
export function simulatedText(
  { warmupUs, durationUs }: Pick<Scenario, 'warmupUs' | 'durationUs'>,
  playedUs: number,
  elapsedMs: number,
): string {
  const wholeUs = warmupUs + durationUs;
  const part = Math.min(1, playedUs / wholeUs);
  const of = `simulated ${spanText(playedUs / US_PER_SEC)} of ${spanText(wholeUs / US_PER_SEC)} (${Math.floor(part * 100)} %)`;
  if (elapsedMs < PACE_MS || part === 0) return of;
  return `${of}, about ${roughText((elapsedMs * (1 - part)) / part / 1000)} left`;
}

const UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** From two days on in days: `3 d`, `5 h`, `12 min`, `45 s`. */
function roughText(seconds: number): string {
  const [size, name] = UNITS.find(([least]) => seconds >= 2 * least) ?? UNITS[3];
  return `${Math.round(seconds / size)} ${name}`;
}

/** Days from two of them on, hours, minutes or seconds, and the next smaller: `2 d 3 h`, `9 h 12 min`, `45 s`. */
function spanText(seconds: number): string {
  const whole = Math.round(seconds);
  const units = whole >= 2 * UNITS[0][0] ? UNITS : UNITS.slice(1);
  const first = units.findIndex(([size]) => whole >= size);
  if (first === -1) return '0 s';
  let left = whole;
  const parts = units.slice(first, first + 2).map(([size, name]) => {
    const amount = Math.floor(left / size);
    left -= amount * size;
    return { amount, name };
  });
  return parts
    .filter(({ amount }) => amount > 0)
    .map(({ amount, name }) => `${amount} ${name}`)
    .join(' ');
}
