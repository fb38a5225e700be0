/**
 * How many whole blocks of bytes the records of a source take on average: AWS rounds every record up, so the mean of the
 * rounded sizes counts and not the rounded mean.
 */
import { utf8Length } from '../model/record.ts';
import { ln } from './elementary.ts';
import { keyNameOf } from './key-region.ts';
import { keyCountOf } from './keys.ts';
import { meanDataBytes, normalBelow, shareOfKeys } from './record-mean.ts';
import type { DrawnKeys, Keys, Size } from './scenario.ts';

/** Standard deviations from the median to the 99th percentile of a normal distribution. */
const Z99 = 2.3263478740408408;

/** Below this a probability adds nothing to a sum that is at least 1. */
const NOTHING = 1e-17;

/** A part of the records, by the bytes of their partition keys. */
export interface KeyLength {
  readonly bytes: number;
  /** 0…1; those of all lengths add up to 1. */
  readonly share: number;
}

/** The lengths that the keys of a source have, in UTF-8, each as often as it is drawn. */
export function keyLengthsOf(
  keys: DrawnKeys | Extract<Keys, { readonly kind: 'hashKeys' | 'file' }>,
  placementSeed?: number,
): KeyLength[] {
  if (keys.kind === 'weights') return gathered(keys.names.map(utf8Length), keys.weights);
  if (keys.kind === 'hashKeys') return gathered(keys.keyBytes, keys.weights);
  if (keys.kind === 'file') {
    const { table } = keys;
    return gathered(
      Uint32Array.from({ length: table.count }, (_, n) => table.bytesAt(n)),
      table.weights,
    );
  }
  const count = keyCountOf(keys);
  const lengths: KeyLength[] = [];
  // Generated keys with the same number of digits have the same length.
  for (let from = 0, to = 10; from < count; from = to, to *= 10) {
    const bytes = utf8Length(keyNameOf(keys.template, from, placementSeed));
    lengths.push({ bytes, share: shareOfKeys(keys, from, Math.min(to, count)) });
  }
  return lengths;
}

function gathered(bytes: ArrayLike<number>, weights: ArrayLike<number>): KeyLength[] {
  const weightOf = new Map<number, number>();
  let total = 0;
  for (let i = 0; i < bytes.length; i++) {
    weightOf.set(bytes[i], (weightOf.get(bytes[i]) ?? 0) + weights[i]);
    total += weights[i];
  }
  return Array.from(weightOf, ([length, weight]) => ({ bytes: length, share: weight / total }));
}

/**
 * E ceil((data + key) / block).
 * @param keyBytes of every record's key
 * @param maxBytes where lognormal draws are cut: the most that the stream takes, data and key
 */
export function meanBlocks(size: Size, keyBytes: number, blockBytes: number, maxBytes: number): number {
  const blocksOf = (dataBytes: number): number => Math.ceil((dataBytes + keyBytes) / blockBytes);
  switch (size.kind) {
    case 'fixed':
      return blocksOf(size.bytes);
    case 'uniform':
      return uniformBlocks(size.min + keyBytes, size.max + keyBytes, blockBytes);
    case 'lognormal':
      return lognormalBlocks(size.median, ln(size.p99 / size.median) / Z99, keyBytes, blockBytes, maxBytes);
    case 'histogram': {
      let sum = 0;
      let total = 0;
      size.bytes.forEach((bytes, i) => {
        sum += blocksOf(bytes) * size.counts[i];
        total += size.counts[i];
      });
      return sum / total;
    }
    case 'template':
      return blocksOf(meanDataBytes(size, maxBytes, keyBytes));
    case 'lines': {
      let sum = 0;
      for (let k = 0; k < size.lines.count; k++) sum += blocksOf(size.lines.bytesOf(k));
      return sum / size.lines.count;
    }
  }
}

/** Of whole numbers from `min` to `max`, all equally often: the sum over blocks of how many begin another one. */
function uniformBlocks(min: number, max: number, block: number): number {
  const count = max - min + 1;
  const full = Math.ceil(min / block);
  let sum = full * count;
  // Those above k blocks take one more each.
  for (let edge = full * block; edge < max; edge += block) sum += max - edge;
  return sum / count;
}

/** 1 + the sum over k of P(record > k blocks); sizes are rounded to whole bytes, at least 1, and cut at the maximum. */
function lognormalBlocks(median: number, sigma: number, key: number, block: number, max: number): number {
  let sum = 0;
  for (let edge = 0; edge < max; edge += block) {
    const least = Math.floor(edge - key) + 1;
    const above = least <= 1 ? 1 : normalBelow(-ln((least - 0.5) / median) / sigma);
    if (above < NOTHING) break;
    sum += above;
  }
  return sum;
}
