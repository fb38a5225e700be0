import { expect, it } from 'vitest';
import { atRate, atShards, peakOverMean, withEmptyBuckets } from '../../src/simulate/variant.ts';
import { meanRatePerSec } from '../../src/traffic/offer.ts';
import { scenarioOf, sourceAt, uniformKeys } from '../traffic/scenarios.ts';
import { callsOf, totalsOfSimulation } from './simulations.ts';

it(
  'at another rate offers exactly what a scenario written with that rate offers',
  { timeout: 30_000 },
  () => {
    for (const rate of [1000, 3333.3, 0.7, 12_345]) {
      const written = totalsOfSimulation(scenarioOf([sourceAt(rate, 3)]));
      expect(totalsOfSimulation(atRate(scenarioOf([sourceAt(2900.1, 3)]), rate))).toEqual(written);
    }
  },
);

it('scales all sources and stages alike', () => {
  const stages = [
    { durationUs: 1_000_000, from: 0, to: 400 },
    { durationUs: 1_000_000, from: 400, to: 0 },
  ];
  const scenario = scenarioOf([sourceAt(0, 0, { stages }), sourceAt(300, 2)]);
  const scaled = atRate(scenario, 1000);
  expect(meanRatePerSec(scenario)).toBe(500);
  expect(meanRatePerSec(scaled)).toBeCloseTo(1000, 9);
  expect(scaled.traffic.map((source) => source.stages.map(({ from, to }) => [from, to]))).toEqual([
    [
      [0, 800],
      [800, 0],
    ],
    [[600, 600]],
  ]);
  expect(peakOverMean(scenario)).toBe(700 / 500);
});

it('leaves the random numbers alone: key and size of record k are those of every other variant', () => {
  const source = sourceAt(800, 2, {
    keys: uniformKeys(1000),
    size: { kind: 'uniform', min: 1, max: 5000 },
  });
  const scenario = scenarioOf([source]);
  const drawn = (variant: typeof scenario): string[] =>
    callsOf(variant, 20_000)
      .calls.flatMap(({ records }) => records)
      .map(({ id, key, dataBytes }) => `${id} ${key} ${dataBytes}`);
  const all = drawn(scenario);
  expect(drawn(atShards(scenario, 9))).toEqual(all);
  expect(drawn(withEmptyBuckets(scenario))).toEqual(all);
  expect(drawn(atRate(scenario, 400))).toEqual(all.slice(0, 800));
});
