/**
 * Which part of a shard's load each key has that was sampled, or that a run counted, and what falls on a piece of its range: the keys in it, and of all
 * other keys as much as it is wide.
 */
import { formatHashKey, parseHashKey } from '../../model/hash-key.ts';
import { shareOf, type HashRange } from '../../model/hash-range.ts';
import type { RecordSample, SampledKey, ShardSample } from '../../results/evidence/record-sample.ts';
import type { ReportDocument } from '../../results/report-document.ts';

/** Fewer records say too little of how a shard's load is spread: a count of 100 is right to a fifth or so. */
export const LEAST_SAMPLED = 100;

export interface KeyShare {
  readonly key: string;
  readonly hashKey: bigint;
  /** Parts of the shard's records and bytes, 0…1, at least and at most. */
  readonly records: { readonly lower: number; readonly upper: number };
  readonly bytes: { readonly lower: number; readonly upper: number };
}

/** The keys of one shard in ascending order of their hash keys, and what the others have together. */
export interface ShardKeys {
  readonly range: HashRange;
  readonly keys: readonly KeyShare[];
  readonly rest: { readonly records: number; readonly bytes: number };
}

/** Of each shard that enough records were read of, by name. */
export function keysOfSample(
  sample: RecordSample | null,
  rangeOf: (shardId: string) => HashRange | undefined,
): ReadonlyMap<string, ShardKeys> {
  const found = new Map<string, ShardKeys>();
  for (const shard of sample?.shards ?? []) {
    const range = rangeOf(shard.shardId);
    if (range !== undefined && shard.userRecords >= LEAST_SAMPLED)
      found.set(shard.shardId, sharesOf(shard, range));
  }
  return found;
}

type CountedKeys = Pick<ShardSample, 'userRecords' | 'bytes'> & {
  readonly keys: readonly Pick<SampledKey, 'key' | 'hashKey' | 'atLeast' | 'atMost'>[];
};

function sharesOf({ keys, userRecords, bytes }: CountedKeys, range: HashRange): ShardKeys {
  const shares: KeyShare[] = [];
  const rest = { records: 1, bytes: 1 };
  for (const { key, hashKey, atLeast, atMost } of keys) {
    const place = parseHashKey(hashKey);
    if (place === undefined || place < range.start || place > range.end) continue;
    const part = (count: number, all: number): number => (all > 0 ? Math.min(1, count / all) : 0);
    const share = {
      key,
      hashKey: place,
      records: { lower: part(atLeast.records, userRecords), upper: part(atMost.records, userRecords) },
      bytes: { lower: part(atLeast.bytes, bytes), upper: part(atMost.bytes, bytes) },
    };
    rest.records -= share.records.lower;
    rest.bytes -= share.bytes.lower;
    shares.push(share);
  }
  shares.sort((a, b) => (a.hashKey < b.hashKey ? -1 : 1));
  return {
    range,
    keys: shares,
    rest: { records: Math.max(0, rest.records), bytes: Math.max(0, rest.bytes) },
  };
}

/** Of each range that the run's stream had a shard on too, by the shard's name of now: what was offered, also what throttled. */
export function keysOfRun(
  run: ReportDocument | null,
  open: readonly { readonly shardId: string; readonly range: HashRange }[],
): ReadonlyMap<string, ShardKeys> {
  const found = new Map<string, ShardKeys>();
  const rows = new Map(
    (run?.shards ?? []).map((row) => [`${row.startingHashKey}-${row.endingHashKey}`, row]),
  );
  for (const { shardId, range } of open) {
    const row = rows.get(`${formatHashKey(range.start)}-${formatHashKey(range.end)}`);
    if (row === undefined || row.offered < LEAST_SAMPLED) continue;
    const keys = (run?.keys ?? []).map(({ key, hashKey, records, bytes, error }) => {
      const least = records > 0 ? Math.max(0, records - error) / records : 0;
      return {
        key,
        hashKey,
        atLeast: { records: records * least, bytes: bytes * least },
        atMost: { records, bytes },
      };
    });
    found.set(shardId, sharesOf({ keys, userRecords: row.offered, bytes: row.bytes }, range));
  }
  return found;
}

/** Parts of a shard's records and bytes that fall on a piece of its range. */
export interface PieceShare {
  readonly records: number;
  readonly bytes: number;
}

/** By the lower ends of the keys' counts, which add up with the rest to the whole. */
export function shareWithin({ range, keys, rest }: ShardKeys, piece: HashRange): PieceShare {
  const width = shareOf(piece) / shareOf(range);
  let records = rest.records * width;
  let bytes = rest.bytes * width;
  for (const key of keys) {
    if (key.hashKey < piece.start || key.hashKey > piece.end) continue;
    records += key.records.lower;
    bytes += key.bytes.lower;
  }
  return { records, bytes };
}
