import { describe, expect, it } from 'vitest';
import { progressLineOf, type Progress } from '../../src/cli/run-progress.ts';

const USUAL: Progress = {
  elapsedSec: 12.4,
  durationSec: 15,
  offeredPerSec: 2800,
  acceptedPerSec: 2226.4,
  throttledShare: 0.203,
  p99Ms: 104.3,
  hotShard: 0,
};

describe('the progress line', () => {
  it('says six things', () => {
    expect(progressLineOf(USUAL)).toBe(
      '12/15s offered 2,800/s accepted 2,226/s throttled 20% p99 104ms hot shard 0',
    );
  });

  it.each<Partial<Progress>>([
    {},
    { offeredPerSec: 123_456, acceptedPerSec: 123_456, p99Ms: 9_876 },
    { elapsedSec: 599, durationSec: 599, offeredPerSec: 9_999, acceptedPerSec: 9_999, hotShard: 999 },
    { elapsedSec: 3_599, durationSec: 3_600, offeredPerSec: 99_999, acceptedPerSec: 99_999, hotShard: 1234 },
    { offeredPerSec: 1_234_567, acceptedPerSec: 999_999, throttledShare: 1 },
    { p99Ms: null, acceptedPerSec: 0 },
  ])('fits in 79 columns: %o', (change) => {
    const line = progressLineOf({ ...USUAL, ...change });
    expect(line.length).toBeLessThanOrEqual(79);
    expect(line).toMatch(/\/\d+[sm] offered .*\/s accepted .*\/s throttled .*% p99 .* hot shard \d+$/);
  });

  it('never writes some as none', () => {
    expect(progressLineOf({ ...USUAL, throttledShare: 0.0004 })).toContain('throttled <1%');
    expect(progressLineOf({ ...USUAL, throttledShare: 0 })).toContain('throttled 0%');
  });
});
