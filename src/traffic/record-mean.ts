/**
 * How many bytes the records of a source have on average: what turns a rate in bytes into one in records.
 */
import { utf8Length } from '../model/record.ts';
import { exp, ln } from './elementary.ts';
import { standInName } from './hashed-keys.ts';
import { keyNameOf } from './key-region.ts';
import { keyCountOf } from './keys.ts';
import { textLengthOf } from './payload-text.ts';
import type { Keys, Size } from './scenario.ts';
import type { WeightedNames } from './weighted-names.ts';
import { zipfSum } from './zipf.ts';

/** Standard deviations from the median to the 99th percentile of a normal distribution. */
const Z99 = 2.3263478740408408;

/**
 * Mean bytes of data and key of a source's records.
 * @param maxRecordBytes where lognormal draws are cut: the most that the stream takes, data and key
 * @param placementSeed renames generated keys and so makes them longer
 */
export function meanRecordBytes(
  size: Size,
  keys: Keys,
  maxRecordBytes: number,
  placementSeed?: number,
): number {
  const keyBytes = meanKeyBytes(keys, placementSeed);
  return meanDataBytes(size, maxRecordBytes - keyBytes, keyBytes) + keyBytes;
}

/**
 * Mean bytes of data, without the partition key; lognormal draws are cut at 1 and at `maxBytes`. Of a template with
 * {n} or {due} in it, which has no mean, the most: numbers of 16 digits.
 * @param keyBytes mean bytes of the partition key
 */
export function meanDataBytes(size: Size, maxBytes: number, keyBytes = 0): number {
  switch (size.kind) {
    case 'fixed':
      return size.bytes;
    case 'uniform':
      return (size.min + size.max) / 2;
    case 'lognormal':
      return cutLognormalMean(size.median, ln(size.p99 / size.median) / Z99, maxBytes);
    case 'histogram':
      return weightedMean(size.bytes, size.counts);
    case 'template':
      return textLengthOf(size.template)(Number.MAX_SAFE_INTEGER, keyBytes, Number.MAX_SAFE_INTEGER);
    case 'lines':
      return size.lines.total / size.lines.count;
  }
}

/** Sizes that are drawn from a formula. */
export type DrawnSize = Extract<Size, { readonly kind: 'fixed' | 'uniform' | 'lognormal' }>;

/** Mean square of the bytes of data; for lognormal sizes without the cut, so at least that. */
export function meanSquareDataBytes(size: DrawnSize): number {
  switch (size.kind) {
    case 'fixed':
      return size.bytes * size.bytes;
    case 'uniform': {
      const mean = (size.min + size.max) / 2;
      const width = size.max - size.min + 1;
      return mean * mean + (width * width - 1) / 12;
    }
    case 'lognormal': {
      const sigma = ln(size.p99 / size.median) / Z99;
      return size.median * size.median * exp(2 * sigma * sigma);
    }
  }
}

/** E max(1, min(X, max)) for ln X normal with mean ln(median). */
function cutLognormalMean(median: number, sigma: number, max: number): number {
  const low = -ln(median) / sigma;
  const high = ln(max / median) / sigma;
  const between = normalBelow(high - sigma) - normalBelow(low - sigma);
  return normalBelow(low) + median * exp((sigma * sigma) / 2) * between + max * normalBelow(-high);
}

/** Probability that a standard normal is below z, to 1e-14 (series of Marsaglia, J. Stat. Software 11(4), 2004). */
export function normalBelow(z: number): number {
  if (z < -8) return 0;
  if (z > 8) return 1;
  let sum = z;
  let term = z;
  for (let i = 3; Math.abs(term) > 1e-17 * Math.abs(sum); i += 2) {
    term *= (z * z) / i;
    sum += term;
  }
  return 0.5 + (sum * exp((-z * z) / 2)) / SQRT_2_PI;
}

const SQRT_2_PI = 2.5066282746310002;

/**
 * Mean bytes of the partition key in UTF-8, each key as often as it is drawn. Keys without an end (`timestamp`,
 * `latest`) have no mean: of these, that of all numbers below their count.
 */
export function meanKeyBytes(keys: Keys, placementSeed?: number): number {
  if (keys.kind === 'weights') return weightedMean(keys.names.map(utf8Length), keys.weights);
  if (keys.kind === 'hashKeys') return weightedMean(keys.keyBytes, keys.weights);
  if (keys.kind === 'file') return meanTableBytes(keys.table);
  const count = keyCountOf(keys);
  let mean = 0;
  // Generated keys with the same number of digits have the same length.
  for (let from = 0, to = 10; from < count; from = to, to *= 10) {
    const bytes = utf8Length(keyNameOf(keys.template, from, placementSeed));
    mean += bytes * shareOfKeys(keys, from, Math.min(to, count));
  }
  return mean;
}

function weightedMean(values: ArrayLike<number>, weights: ArrayLike<number>): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    sum += weights[i] * values[i];
    total += weights[i];
  }
  return sum / total;
}

function meanTableBytes(table: WeightedNames): number {
  const { weights } = table;
  let sum = 0;
  let total = 0;
  for (let n = 0; n < weights.length; n++) {
    sum += weights[n] * table.bytesAt(n);
    total += weights[n];
  }
  return sum / total;
}

/** Part of the records that go to the generated keys `from` to `to` - 1. */
export function shareOfKeys(
  keys: Exclude<Keys, { readonly kind: 'weights' | 'file' | 'hashKeys' }>,
  from: number,
  to: number,
): number {
  switch (keys.kind) {
    case 'zipf':
      return zipfSum(from + 1, to, keys.exponent) / zipfSum(1, keys.count, keys.exponent);
    case 'hot': {
      if (keys.keys === keys.of) return (to - from) / keys.of;
      const hot = Math.max(0, Math.min(to, keys.keys) - from);
      const cold = to - from - hot;
      return (keys.share * hot) / keys.keys + ((1 - keys.share) * cold) / (keys.of - keys.keys);
    }
    default:
      return (to - from) / keyCountOf(keys);
  }
}

/** The longest partition key of a source. */
export function longestKey(keys: Keys, placementSeed?: number): string {
  if (keys.kind === 'hashKeys') {
    const most = keys.keyBytes.indexOf(keys.keyBytes.reduce((a, b) => Math.max(a, b), 0));
    return keys.names?.get(most) ?? standInName(keys.hashKeys[most], keys.keyBytes[most]);
  }
  if (keys.kind === 'file') return longestName(keys.table);
  if (keys.kind !== 'weights') return keyNameOf(keys.template, keyCountOf(keys) - 1, placementSeed);
  let longest = '';
  for (const name of keys.names) if (utf8Length(name) > utf8Length(longest)) longest = name;
  return longest;
}

function longestName(table: WeightedNames): string {
  let longest = 0;
  for (let n = 1; n < table.count; n++) if (table.bytesAt(n) > table.bytesAt(longest)) longest = n;
  return table.nameAt(longest);
}

/** Bytes of data of the largest record: of lognormal sizes the 99th percentile, of a template with numbers undefined. */
export function largestDataBytes(size: Size): number | undefined {
  switch (size.kind) {
    case 'fixed':
      return size.bytes;
    case 'uniform':
      return size.max;
    case 'histogram':
      return size.bytes.reduce((most, bytes, i) => (size.counts[i] > 0 ? Math.max(most, bytes) : most), 0);
    case 'lognormal':
      return size.p99;
    case 'lines':
      return size.lines.longest;
    case 'template':
      return undefined;
  }
}
