/**
 * A moment as the user names it, before it is known what time it is where the metrics are.
 */
import { badInput } from '../../model/refusal.ts';

export type TimePoint =
  | { readonly kind: 'ago'; readonly ms: number }
  /** Milliseconds since 1970. */
  | { readonly kind: 'at'; readonly ms: number };

export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Clocks differ: a time this little ahead is now. */
const AHEAD_MS = 5 * 60_000;

/**
 * The window on the metrics' clock.
 * @throws Refusal (exit 2) where it is empty or in the future
 */
export function windowOf(from: TimePoint, to: TimePoint, nowMs: number): TimeWindow {
  const wholeNowMs = Math.floor(nowMs);
  const at = ({ kind, ms }: TimePoint): number => (kind === 'ago' ? wholeNowMs - ms : ms);
  for (const [flag, point] of [['--from', from] as const, ['--to', to] as const]) {
    if (at(point) <= nowMs + AHEAD_MS) continue;
    throw badInput(
      `${flag} ${isoOf(at(point))} is in the future: there the time is ${isoOf(nowMs)}.`,
      `Write a time that is over, such as ${flag === '--from' ? '--from -1h' : '--to now'}.`,
    );
  }
  const fromMs = Math.floor(at(from));
  const toMs = Math.ceil(Math.min(at(to), wholeNowMs));
  if (fromMs >= toMs) {
    throw badInput(
      `--from ${isoOf(fromMs)} is not before --to ${isoOf(toMs)}.`,
      'Write the earlier one as --from, such as --from -1h --to now.',
    );
  }
  return { fromMs, toMs };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
