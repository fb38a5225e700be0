import { describe, expect, it } from 'vitest';
import { applyEnding } from '../../../src/cli/apply-ending.ts';
import { gateStop } from '../../../src/run/apply/stop-gate.ts';

const attempts = { all: 10_007, throttled: 562 };

describe('the gate of apply', () => {
  it('says before the first step that no step brought it about, and a bound above what was seen', () => {
    const stop = gateStop('throttledAttempts > 1%', attempts, true);
    expect(stop?.why).toBe(
      'throttledAttempts > 1%: in the last 5 minutes 5.62 % of 10007 attempts at records were throttled. ' +
        'That was so before the first step of this time, so no step brought it about. ' +
        'To stop only where it gets worse, take a bound above it: --stop-if "throttledAttempts > 9%".',
    );
    expect(gateStop('throttledAttempts > 9%', attempts, true)).toBeUndefined();
  });

  it('blames no bound for what came after a step', () => {
    expect(gateStop('throttledAttempts > 1%', attempts, false)?.why).toMatch(/were throttled\.$/);
  });

  it('has no bound to offer where everything throttles', () => {
    const stop = gateStop('throttledAttempts > 1%', { all: 10, throttled: 10 }, true);
    expect(stop?.why).toContain('leave --stop-if out');
    expect(gateStop('throttledAttempts > 1%', { all: 0, throttled: 0 }, true)).toBeUndefined();
  });

  it('is told on a page, and the same command is named only where it would go on', () => {
    const ended = gateStop('throttledAttempts > 1%', attempts, true) ?? 'finished';
    const first = applyEnding({ position: 0, taken: 0, ended }, 3, 80);
    expect(first.exit).toBe(3);
    expect(first.text).not.toContain('Apply the same file again');
    expect(first.text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(applyEnding({ position: 1, taken: 1, ended }, 3, 80).text).toContain('Apply the same');
  });
});
