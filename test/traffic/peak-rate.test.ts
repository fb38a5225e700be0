import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { burstFactor, peakRatePerSec } from '../../src/traffic/peak-rate.ts';
import type { Stage } from '../../src/traffic/scenario.ts';
import { scenarioOf, sourceAt, uniformKeys } from './scenarios.ts';

const stage = (sec: number, from: number, to: number): Stage => ({ durationUs: sec * 1e6, from, to });
const source = (...stages: Stage[]) => sourceAt(0, 1, { keys: uniformKeys(10), stages });
const BURSTS = { kind: 'bursts', everyUs: 1_000_000, withinUs: 100_000 } as const;

describe('the highest rate of a scenario', () => {
  it('is the rate where it does not change, added up over sources', () => {
    const traffic = [
      sourceAt(2000, 10, { keys: uniformKeys(10) }),
      sourceAt(300, 10, { keys: uniformKeys(10) }),
    ];
    expect(peakRatePerSec(scenarioOf(traffic))).toBe(2300);
  });

  it('stands at the end of a ramp, also of one that drops at once', () => {
    expect(peakRatePerSec(scenarioOf([source(stage(5, 0, 900), stage(5, 100, 100))]))).toBe(900);
  });

  it('counts two sources at the same moment only', () => {
    const traffic = [source(stage(5, 1000, 0), stage(5, 0, 0)), source(stage(5, 0, 0), stage(5, 0, 700))];
    expect(peakRatePerSec(scenarioOf(traffic))).toBe(1000);
  });

  it('is ten times the mean where a second arrives within a tenth of it', () => {
    expect(burstFactor(BURSTS)).toBe(10);
    const traffic = [sourceAt(2000, 10, { keys: uniformKeys(10), arrivals: BURSTS })];
    expect(peakRatePerSec(scenarioOf(traffic))).toBe(20_000);
  });

  it('is never passed at any moment, and is reached', () => {
    const stages = fc.array(
      fc.record({ sec: fc.integer({ min: 1, max: 9 }), from: fc.nat(5000), to: fc.nat(5000) }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(stages, stages, (a, b) => {
        const listOf = (list: typeof a): Stage[] => list.map(({ sec, from, to }) => stage(sec, from, to));
        const peak = peakRatePerSec(scenarioOf([source(...listOf(a)), source(...listOf(b))]));
        const STEP = 1 / 1024;
        let highest = 0;
        for (let sec = STEP / 2; sec < 36; sec += STEP) {
          highest = Math.max(highest, plainRate(a, sec) + plainRate(b, sec));
        }
        expect(highest).toBeLessThanOrEqual(peak + 1e-6);
        expect(highest).toBeGreaterThan(peak - 20);
      }),
      { numRuns: 20 },
    );
  });
});

function plainRate(stages: readonly { sec: number; from: number; to: number }[], sec: number): number {
  let start = 0;
  for (const { sec: length, from, to } of stages) {
    if (sec < start + length) return from + ((to - from) * (sec - start)) / length;
    start += length;
  }
  return 0;
}
