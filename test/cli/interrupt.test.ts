import { describe, expect, it } from 'vitest';
import { interruptOf } from '../../src/cli/interrupt.ts';

describe('an interrupt', () => {
  const pressedAt = (...timesMs: number[]): { aborted: boolean; ends: number } => {
    let nowMs = 0;
    let ends = 0;
    const { signal, onSignal } = interruptOf(
      () => nowMs,
      () => ends++,
    );
    for (nowMs of timesMs) onSignal();
    return { aborted: signal.aborted, ends };
  };

  it('ends the work in order at the first signal', () => {
    expect(pressedAt()).toEqual({ aborted: false, ends: 0 });
    expect(pressedAt(5000)).toEqual({ aborted: true, ends: 0 });
  });

  it('takes a signal within a second of the first for the same key press', () => {
    expect(pressedAt(5000, 5000, 5020, 5050, 5999)).toEqual({ aborted: true, ends: 0 });
  });

  it('ends the process at a later one', () => {
    expect(pressedAt(5000, 5020, 6000)).toEqual({ aborted: true, ends: 1 });
  });
});
