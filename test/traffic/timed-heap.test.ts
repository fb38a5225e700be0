import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordSlab } from '../../src/traffic/record-slab.ts';
import { TimedHeap } from '../../src/traffic/timed-heap.ts';
import { WaitingLine } from '../../src/traffic/waiting-line.ts';

describe('the timed heap', () => {
  it('gives back the earliest, and of equal times the one added first, whatever comes between', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(20)), { maxLength: 400 }), (steps) => {
        const heap = new TimedHeap();
        const oracle: { timeUs: number; value: number }[] = [];
        steps.forEach((timeUs, value) => {
          if (timeUs !== null) {
            heap.add(timeUs, value);
            oracle.push({ timeUs, value });
          } else if (oracle.length > 0) {
            oracle.sort((a, b) => a.timeUs - b.timeUs || a.value - b.value);
            expect(heap.nextUs).toBe(oracle[0].timeUs);
            expect(heap.shift()).toBe(oracle.shift()?.value);
          }
          expect(heap.length).toBe(oracle.length);
        });
        oracle.sort((a, b) => a.timeUs - b.timeUs || a.value - b.value);
        for (const { value } of oracle) expect(heap.shift()).toBe(value);
        expect(heap.nextUs).toBe(Infinity);
      }),
    );
  });
});

describe('the waiting line', () => {
  it('is first in, first out, across its growing and its going round', () => {
    const line = new WaitingLine();
    const oracle: number[] = [];
    for (let i = 0; i < 20_000; i++) {
      line.push(i);
      oracle.push(i);
      if (i % 3 === 0) expect(line.shift()).toBe(oracle.shift());
      if (oracle.length > 0) expect(line.peek(0)).toBe(oracle[0]);
    }
    expect(line.length).toBe(oracle.length);
    expect(line.peek(500)).toBe(oracle[500]);
    for (const value of oracle) expect(line.shift()).toBe(value);
    expect(line.length).toBe(0);
  });
});

describe('the record slab', () => {
  it('never hands out a slot that is taken, keeps its columns while it grows, and counts what it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 3000 }), (steps) => {
        const slab = new RecordSlab();
        const held = new Map<number, number>();
        steps.forEach((take, i) => {
          const [oldest] = held;
          if (take || held.size === 0) {
            const slot = slab.take();
            expect(held.has(slot)).toBe(false);
            expect([slab.attempts[slot], slab.throttledAttempts[slot], slab.failedAttempts[slot]]).toEqual([
              0, 0, 0,
            ]);
            slab.k[slot] = i;
            slab.attempts[slot] = 9;
            held.set(slot, i);
          } else if (i % 2 === 0) {
            slab.giveBack(oldest[0]);
            held.delete(oldest[0]);
          }
        });
        expect(slab.size).toBe(held.size);
        for (const [slot, k] of held) expect(slab.k[slot]).toBe(k);
      }),
      { numRuns: 30 },
    );
  });
});
