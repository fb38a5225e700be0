import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integralTo, rateCurveOf, timeOf, totalOf } from '../../src/traffic/rate-curve.ts';
import { draftScenario } from '../../src/traffic/scenario-file.ts';
import { NO_FILES } from '../../src/traffic/scenario-files.ts';
import { cosineOf, sineOf } from '../../src/traffic/sine.ts';
import { readRates } from '../../src/traffic/csv-columns.ts';
import { read, scenarioText } from './scenario-text.ts';

const SEC = 1_000_000;
const HOUR = 3600;

function curveOf(rate: string, duration: string) {
  return rateCurveOf(read({ rate, duration: duration && `duration: ${duration}` }).traffic[0].stages, 0);
}

describe('sine and cosine', () => {
  it('agree with the engine to 1e-15', () => {
    fc.assert(
      fc.property(fc.double({ min: -4, max: 4, noNaN: true }), (turns) => {
        const rest = turns - Math.round(turns);
        expect(Math.abs(sineOf(turns) - Math.sin(2 * Math.PI * rest))).toBeLessThan(2e-15);
        expect(Math.abs(cosineOf(turns) - Math.cos(2 * Math.PI * rest))).toBeLessThan(2e-15);
      }),
    );
  });

  it('are exact at quarters of a turn', () => {
    expect([0, 0.25, 0.5, 0.75, 1].map((turns) => sineOf(turns) + 0)).toEqual([0, 1, 0, -1, 0]);
  });
});

describe('a sine', () => {
  it('has the records of its integral by any time, within 1e-6 of them, for any period', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 900, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        (periodSec, depth, part) => {
          const period = Math.round(periodSec * 1e6) / SEC;
          const curve = curveOf(
            `sine: { mean: 1000/s, amplitude: ${(1000 * depth).toFixed(3)}/s, period: ${Math.round(period * SEC)}us }`,
            '60s',
          );
          const amplitude = Number((1000 * depth).toFixed(3));
          const omega = (2 * Math.PI) / period;
          const exact = (t: number): number => 1000 * t + (amplitude * (1 - Math.cos(omega * t))) / omega;
          for (const t of [part * 60, 60]) {
            expect(Math.abs(integralTo(curve, t * SEC) / exact(t) - 1)).toBeLessThan(1e-6);
          }
        },
      ),
      { numRuns: 12, endOnFailure: true },
    );
  });

  it('never goes below 0 and is above the mean first', () => {
    const { stages } = read({ rate: 'sine: { mean: 5/s, amplitude: 5/s, period: 60s }' }).traffic[0];
    expect(stages.every(({ from, to }) => from >= 0 && to >= 0)).toBe(true);
    const quarter = stages[Math.floor(stages.length / 4)];
    expect(quarter.from).toBeCloseTo(10, 3);
  });
});

describe('other shapes are exact', () => {
  it('steps', () => {
    const curve = curveOf(
      'steps: [{ for: 10s, rate: 5/s }, { for: 20s, rate: 50/s }, { for: 1s, rate: 0/s }]',
      '',
    );
    expect([10, 30, 31].map((t) => integralTo(curve, t * SEC))).toEqual([50, 1050, 1050]);
  });

  it('spikes, each at the end of its period, the last one cut', () => {
    const curve = curveOf('spikes: { base: 10/s, to: 100/s, every: 20s, for: 5s }', '58s');
    expect([15, 20, 35, 40, 55, 58].map((t) => integralTo(curve, t * SEC))).toEqual([
      150, 650, 800, 1300, 1450, 1750,
    ]);
  });

  it('a week from its 168 hours, over and over', () => {
    const rates = Array.from({ length: 168 }, (_, hour) => hour + 1);
    const curve = curveOf(`weekly: [${rates.map((rate) => `${rate}/s`).join(', ')}]`, '15d');
    const oracle = (hours: number): number =>
      Array.from({ length: hours }, (_, h) => rates[h % 168] * HOUR).reduce((a, b) => a + b, 0);
    for (const hours of [1, 24, 167, 168, 169, 360])
      expect(integralTo(curve, hours * HOUR * SEC)).toBe(oracle(hours));
  });

  it('a week from weekdays and a weekend, which begins on Monday', () => {
    const day = (offset: number): string =>
      Array.from({ length: 24 }, (_, hour) => `${offset + hour}/s`).join(', ');
    const { stages } = read({
      rate: `weekly: { weekdays: [${day(100)}], weekend: [${day(0)}] }`,
      duration: 'duration: 8d',
    }).traffic[0];
    const rateAt = (d: number, h: number): number => stages[d * 24 + h].from;
    expect([rateAt(0, 0), rateAt(4, 23), rateAt(5, 0), rateAt(6, 23), rateAt(7, 5)]).toEqual([
      100, 123, 0, 23, 105,
    ]);
  });

  it('a measured series, each rate up to the next time, the last as long as the one before', () => {
    const draft = draftScenario(scenarioText({ rate: 'replay: { file: r.csv }', duration: '' }), 's.yaml');
    expect(draft.files).toEqual([{ holds: 'rates', file: 'r.csv' }]);
    const rates = new Map([['r.csv', readRates('100,10\n160,0\n190,5', 'r.csv')]]);
    const scenario = draft.resolve({ ...NO_FILES, rates });
    expect(scenario.durationUs).toBe(120 * SEC);
    expect(totalOf(rateCurveOf(scenario.traffic[0].stages, 0))).toBe(600 + 0 + 150);
  });
});

describe('a curve of many pieces', () => {
  it('is searched as a walk over its pieces would find it', () => {
    const stage = fc.record({
      durationUs: fc.integer({ min: 1, max: 1e6 }),
      from: fc.nat(50),
      to: fc.nat(50),
    });
    fc.assert(
      fc.property(
        fc.array(stage, { minLength: 1, maxLength: 30 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (stages, part) => {
          const curve = rateCurveOf(stages, 0);
          const total = totalOf(curve);
          const at = timeOf(curve, part * total);
          expect(integralTo(curve, at)).toBeCloseTo(part * total, 6);
        },
      ),
    );
  });
});
