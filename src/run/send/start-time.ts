/**
 * Waits for the time at which all machines of a load are to start.
 */
import { epochClock } from '../clock.ts';

export interface StartTime {
  /** Microseconds since 1970. */
  readonly us: number;
  /** Told about once a second how long it still takes. */
  readonly onWait?: (leftSec: number) => void;
}

const MOST_WAIT_MS = 1000;

/** Returns `leadUs` before the time, at once where that is over, and where the signal is given. */
export async function waitForStart(
  { us, onWait }: StartTime,
  leadUs: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const leftUs = us - leadUs - epochClock();
    if (leftUs <= 0) return;
    onWait?.(Math.ceil(leftUs / 1_000_000));
    await pause(Math.min(MOST_WAIT_MS, Math.ceil(leftUs / 1000)), signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
