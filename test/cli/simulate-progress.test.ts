import { describe, expect, it } from 'vitest';
import { simulatedText } from '../../src/cli/simulate-progress.ts';

const SEC = 1_000_000;
const DAY = { warmupUs: 0, durationUs: 86_400 * SEC };

describe('the progress of a simulation', () => {
  it.each([
    [33_120, 38_000, 'simulated 9 h 12 min of 24 h (38 %), about 61 s left'],
    [33_120, 300_000, 'simulated 9 h 12 min of 24 h (38 %), about 8 min left'],
    [86_400, 300_000, 'simulated 24 h of 24 h (100 %), about 0 s left'],
    [86_399, 300_000, 'simulated 23 h 59 min of 24 h (99 %), about 0 s left'],
    [60, 20_000, 'simulated 1 min of 24 h (0 %), about 8 h left'],
    [5, 100, 'simulated 5 s of 24 h (0 %)'],
    [0, 5000, 'simulated 0 s of 24 h (0 %)'],
  ])('after %d s of virtual and %d ms of real time: %s', (playedSec, elapsedMs, text) => {
    expect(simulatedText(DAY, playedSec * SEC, elapsedMs)).toBe(text);
  });

  it('counts the warm-up, and days from two of them on', () => {
    const week = { warmupUs: 3600 * SEC, durationUs: 7 * 86_400 * SEC };
    expect(simulatedText(week, 3.5 * 86_400 * SEC, 100)).toBe('simulated 3 d 12 h of 7 d 1 h (49 %)');
  });
});
