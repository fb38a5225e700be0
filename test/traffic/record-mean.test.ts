import { describe, expect, it } from 'vitest';
import { keyDrawOf } from '../../src/traffic/keys.ts';
import { longestKey, meanDataBytes, meanKeyBytes, meanRecordBytes } from '../../src/traffic/record-mean.ts';
import type { DrawnKeys, Size } from '../../src/traffic/scenario.ts';
import { sizeDrawOf } from '../../src/traffic/sizes.ts';

const MIB = 1024 * 1024;
const template = 'key-{n}';

const KEYS: readonly [string, DrawnKeys][] = [
  ['one uniform key', { kind: 'uniform', count: 1, template }],
  ['uniform', { kind: 'uniform', count: 12_345, template }],
  ['uniform with a longer template', { kind: 'uniform', count: 1000, template: 'é-{n}-x' }],
  ['zipf', { kind: 'zipf', count: 5000, exponent: 1.1, template }],
  ['zipf with exponent 0', { kind: 'zipf', count: 1234, exponent: 0, template }],
  ['hot', { kind: 'hot', share: 0.4, keys: 3, of: 10_000, template }],
  ['only hot', { kind: 'hot', share: 1, keys: 100, of: 100, template }],
  ['weights', { kind: 'weights', names: ['a', 'bcd', 'é'], weights: [1, 2, 5] }],
];

describe('the mean length of keys', () => {
  it.each(KEYS)('is the sum over all keys: %s', (_, keys) => {
    expect(meanKeyBytes(keys)).toBeCloseTo(sumOverKeys(keys), 9);
  });

  it.each(KEYS)('is what draws give: %s', (_, keys) => {
    const draw = keyDrawOf(keys, 7, 0);
    const name = (n: number): string =>
      keys.kind === 'weights' ? keys.names[n] : keys.template.replace('{n}', String(n));
    let bytes = 0;
    for (let k = 0; k < 20_000; k++) bytes += Buffer.byteLength(name(draw(k, 0)));
    expect(bytes / 20_000).toBeCloseTo(meanKeyBytes(keys), 1);
  });

  it('counts what a placement seed adds to a name', () => {
    expect(meanKeyBytes({ kind: 'uniform', count: 10, template }, 42)).toBe('key-0-p42'.length);
  });

  it('is found for a billion keys without looking at each', () => {
    expect(meanKeyBytes({ kind: 'uniform', count: 1e9, template })).toBeCloseTo(4 + 8.88888889, 6);
    expect(meanKeyBytes({ kind: 'zipf', count: 1e9, exponent: 1.1, template })).toBeGreaterThan(7);
  });
});

describe('the mean size of data', () => {
  it('is the middle of a uniform size, and a fixed size itself', () => {
    expect(meanDataBytes({ kind: 'fixed', bytes: 900 }, MIB)).toBe(900);
    expect(meanDataBytes({ kind: 'uniform', min: 100, max: 300 }, MIB)).toBe(200);
  });

  it('of a lognormal size far below the largest record is the textbook mean', () => {
    const sigma = Math.log(8192 / 900) / 2.3263478740408408;
    expect(
      meanDataBytes({ kind: 'lognormal', median: 900, p99: 8192 }, 10 * MIB) /
        (900 * Math.exp(sigma ** 2 / 2)),
    ).toBeCloseTo(1, 6);
  });

  it.each<[Size, number]>([
    [{ kind: 'lognormal', median: 900, p99: 8192 }, MIB],
    [{ kind: 'lognormal', median: 300_000, p99: 5_000_000 }, MIB],
    [{ kind: 'lognormal', median: 3, p99: 60 }, MIB],
    [{ kind: 'uniform', min: 0, max: 5000 }, MIB],
  ])('is what draws give, cut at the largest record: %j', (size, max) => {
    const draw = sizeDrawOf(size, 3, 0);
    let bytes = 0;
    const count = 200_000;
    for (let k = 0; k < count; k++) bytes += Math.min(max, draw(k, 16, 0));
    // Four standard errors of these sizes, and rounding to whole bytes.
    expect(Math.abs(bytes / count / meanDataBytes(size, max) - 1)).toBeLessThan(0.02);
  });
});

it('a record is data and key', () => {
  expect(meanRecordBytes({ kind: 'fixed', bytes: 900 }, { kind: 'uniform', count: 10, template }, MIB)).toBe(
    905,
  );
});

it('the longest key is the last generated one, or the longest name', () => {
  expect(longestKey({ kind: 'uniform', count: 1000, template })).toBe('key-999');
  expect(longestKey({ kind: 'weights', names: ['a', 'bcd', 'éé'], weights: [1, 1, 1] })).toBe('éé');
});

function sumOverKeys(keys: DrawnKeys): number {
  if (keys.kind === 'weights') {
    const total = keys.weights.reduce((sum, weight) => sum + weight, 0);
    return keys.names.reduce((sum, name, i) => sum + (keys.weights[i] / total) * Buffer.byteLength(name), 0);
  }
  const count = keys.kind === 'hot' ? keys.of : keys.count;
  const weight = (n: number): number => {
    if (keys.kind === 'zipf') return 1 / Math.pow(n + 1, keys.exponent);
    if (keys.kind === 'uniform' || keys.keys === keys.of) return 1;
    return n < keys.keys ? keys.share / keys.keys : (1 - keys.share) / (keys.of - keys.keys);
  };
  let total = 0;
  let bytes = 0;
  for (let n = 0; n < count; n++) {
    total += weight(n);
    bytes += weight(n) * Buffer.byteLength(keys.template.replace('{n}', String(n)));
  }
  return bytes / total;
}
