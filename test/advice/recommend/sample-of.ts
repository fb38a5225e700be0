/** Records read of a stream that a test makes up. */
import { HASH_SPACE } from '../../../src/model/hash-key.ts';
import type { RecordSample, SecondCount, ShardSample } from '../../../src/results/evidence/record-sample.ts';

/** Keys of the first of two shards by their part of its records, each with its place in the shard's range, 0…1. */
export function sampleOf(
  keys: Readonly<Record<string, readonly [part: number, place: number]>>,
  perSecond: SecondCount[] = [],
): RecordSample {
  const records = 10_000;
  const share = (part: number) => ({ records: part * records, bytes: part * records * 100 });
  return {
    source: 'polling',
    slices: [],
    aggregates: 0,
    aggregatedRecords: 0,
    withoutKey: 0,
    notReadable: 0,
    shards: [
      {
        shardId: 'shardId-000000000000',
        seconds: 60,
        records,
        bytes: records * 100,
        userRecords: records,
        perSecond,
        sizes: { mean: 100, p50: 100, p99: 100, max: 100, upTo: [128], counts: [records] },
        keys: Object.entries(keys).map(([key, [part, place]]) => ({
          key,
          hashKey: ((HASH_SPACE * BigInt(Math.round(place * 1000))) / 2000n).toString(),
          atLeast: share(part),
          atMost: share(part),
          keyBytes: key.length,
        })),
        unlistedAtMost: { records: 0, bytes: 0 },
        distinctKeys: { estimate: 100, error: 0 },
      },
    ],
  };
}

/** What was read of some shards at one time: accepted records per second of each. */
export function readAt(
  fromMs: number,
  seconds: number,
  accepted: Readonly<Record<string, number>>,
  size = 100,
): Pick<RecordSample, 'slices' | 'shards'> {
  const toMs = fromMs + seconds * 1000;
  const of = Object.entries(accepted).map(([shardId, perSec]) => {
    const records = perSec * seconds;
    const sum = { records, bytes: records * size };
    return {
      slice: { shardId, fromMs, toMs, ...sum, isWhole: true },
      sample: sampleOfShard(shardId, sum, seconds),
    };
  });
  return { slices: of.map(({ slice }) => slice), shards: of.map(({ sample }) => sample) };
}

function sampleOfShard(
  shardId: string,
  { records, bytes }: { readonly records: number; readonly bytes: number },
  seconds: number,
): ShardSample {
  const size = records > 0 ? bytes / records : 0;
  return {
    ...{ shardId, seconds, records, bytes, userRecords: records },
    perSecond: [],
    sizes: { mean: size, p50: size, p99: size, max: size, upTo: [], counts: [] },
    keys: [],
    unlistedAtMost: { records: 0, bytes: 0 },
    distinctKeys: { estimate: 0, error: 0 },
  };
}
