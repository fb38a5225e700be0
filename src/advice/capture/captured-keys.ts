/**
 * The keys of a captured shard: the heavy ones one by one, the others as a tail in the shard's own range (math.md 9: one
 * global tail would put load where there was none).
 *
 * Of a listed key its place is kept, not its name: the top bits of its hash key, as many as tell the narrowest shard and
 * 256 places in it, and the length of its name. That is a pseudonym: whoever guesses a name can test the guess against
 * those bits.
 */
import { HASH_SPACE } from '../../model/hash-key.ts';
import { contains, midpointOf, widthOf, type HashRange } from '../../model/hash-range.ts';
import { MOST_HASH_KEYS } from '../../traffic/hash-key-entries.ts';
import type { CapturedKey, CapturedTail } from './capture.ts';
import type { SampledShard, SampledShardKey } from './sampled-traffic.ts';

/** Part of its shard's records from which a key is listed, and records that it was seen in at least. */
const HEAVY = 0.01;
const SEEN = 5;
/** Listed keys in all. */
const MOST_LISTED = 10_000;
/** Keys of a tail: as many as were there, within these. */
const FEWEST_TAIL = 16;
const MOST_TAIL = 1000;
/** Bits beyond those that tell the narrowest shard: 256 places in it, so that finer layouts can be tried. */
const EXTRA_BITS = 8;
/** Where nothing was sampled; `plan` has the same default. */
export const ASSUMED_KEY_BYTES = 16;

/** Top bits of hash keys that are kept. */
export function keyBitsOf(ranges: readonly HashRange[]): number {
  const narrowest = ranges.reduce(
    (least, range) => (widthOf(range) < least ? widthOf(range) : least),
    HASH_SPACE,
  );
  let bits = 0;
  while (HASH_SPACE >> BigInt(bits) > narrowest) bits++;
  return Math.min(64, bits + EXTRA_BITS);
}

export interface ShardKeys {
  readonly listed: CapturedKey[];
  readonly tail: CapturedTail | undefined;
}

/**
 * @param weight records per second of the shard
 * @param shards of the stream, among which listed keys and tails are shared out
 */
export function capturedKeysOf(
  shard: { readonly index: number; readonly range: HashRange; readonly weight: number },
  sample: SampledShard | undefined,
  { bits, keepKeys, shards }: { readonly bits: number; readonly keepKeys: boolean; readonly shards: number },
): ShardKeys {
  const { index, range, weight } = shard;
  if (weight <= 0) return { listed: [], tail: undefined };
  const mostTail = Math.min(MOST_TAIL, Math.max(FEWEST_TAIL, Math.floor((MOST_HASH_KEYS * 0.9) / shards)));
  if (sample === undefined || sample.userRecords <= 0) {
    return { listed: [], tail: { shard: index, keys: mostTail, bytes: ASSUMED_KEY_BYTES, weight } };
  }
  const most = Math.max(10, Math.floor(MOST_LISTED / shards));
  const heavy = heavyOf(sample, most);
  const listed = heavy.map((key, n) => {
    const isNamed = keepKeys && !key.isPlacedElsewhere && contains(range, key.hashKey);
    return {
      shard: index,
      hashKey: isNamed ? key.hashKey : placeOf(key.hashKey, range, bits, n),
      bytes: key.bytes,
      weight: (weight * key.records) / sample.userRecords,
      ...(isNamed && { name: key.key }),
    };
  });
  const taken = listed.reduce((sum, key) => sum + key.weight, 0);
  // The bounds of a sketch can add up to a little more than there was.
  const scale = taken > weight ? weight / taken : 1;
  const scaled = scale === 1 ? listed : listed.map((key) => ({ ...key, weight: key.weight * scale }));
  return { listed: scaled, tail: tailOf(index, sample, heavy, weight - taken * scale, weight, mostTail) };
}

function heavyOf(sample: SampledShard, most: number): SampledShardKey[] {
  return [...sample.keys.values()]
    .filter(({ records, atLeast }) => records >= HEAVY * sample.userRecords && atLeast >= SEEN)
    .sort((a, b) => b.records - a.records || (a.hashKey < b.hashKey ? -1 : 1))
    .slice(0, most);
}

/** The rest of a shard. No key of it is heavier than those that were not listed could be. */
function tailOf(
  shard: number,
  sample: SampledShard,
  heavy: readonly SampledShardKey[],
  weight: number,
  whole: number,
  most: number,
): CapturedTail | undefined {
  const others = Math.round(sample.distinctKeys) - heavy.length;
  if (weight <= whole * 1e-6 || (others <= 0 && weight < HEAVY * whole)) return undefined;
  const fewest = Math.ceil(weight / (HEAVY * whole));
  const light = [...sample.keys.values()].filter((key) => !heavy.includes(key));
  const seen = light.reduce((sum, { records }) => sum + records, 0);
  const bytes =
    seen > 0
      ? Math.round(light.reduce((sum, key) => sum + key.bytes * key.records, 0) / seen)
      : Math.round(heavy.reduce((sum, key) => sum + key.bytes, 0) / Math.max(1, heavy.length)) ||
        ASSUMED_KEY_BYTES;
  return { shard, keys: Math.min(most, Math.max(fewest, others, 1)), bytes: Math.max(1, bytes), weight };
}

/**
 * The middle of what a hash key's top bits and its shard's range have in common, and for the n-th key of a shard n
 * further, for two keys are never one. In the range whatever the bits.
 */
export function placeOf(hashKey: bigint, range: HashRange, bits: number, n: number): bigint {
  const shift = BigInt(128 - bits);
  const start = (hashKey >> shift) << shift;
  const bucket = { start, end: start + (1n << shift) - 1n };
  const low = bucket.start > range.start ? bucket.start : range.start;
  const high = bucket.end < range.end ? bucket.end : range.end;
  // A key whose name says another shard has nothing in common with this one: its place is drawn from its hash key.
  const common =
    low <= high
      ? { start: low, end: high }
      : partOf(range, Number(BigInt.asUintN(32, hashKey >> shift)) % 256);
  const place = midpointOf(common) + BigInt(n);
  return place <= common.end ? place : midpointOf(common);
}

/** The n-th of 256 equal parts of a range. */
function partOf({ start, end }: HashRange, n: number): HashRange {
  const width = widthOf({ start, end });
  const at = (part: number): bigint => start + (width * BigInt(part)) / 256n;
  return { start: at(n), end: at(n + 1) - 1n };
}
