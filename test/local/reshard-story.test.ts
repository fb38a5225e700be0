/** Random lives of a stream: writes between splits, merges and resizes, against what must hold whatever happens. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LocalService } from '../../src/local/local-service.ts';
import { tiles } from '../../src/model/hash-range.ts';
import { call, record, serviceWith, START_US, type ShownShard } from './client.ts';

const MS = 1000;
const HASH_SPACE = 2n ** 128n;

type Step =
  | { readonly kind: 'put'; readonly hashKeys: readonly bigint[] }
  | { readonly kind: 'split'; readonly pick: number; readonly at: number }
  | { readonly kind: 'merge'; readonly pick: number }
  | { readonly kind: 'resize'; readonly to: number }
  | { readonly kind: 'wait'; readonly ms: number };

const hashKey = fc.bigInt({ min: 0n, max: HASH_SPACE - 1n });
const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('put' as const),
      hashKeys: fc.array(hashKey, { minLength: 1, maxLength: 8 }),
    }),
    fc.record({ kind: fc.constant('split' as const), pick: fc.nat(99), at: fc.integer({ min: 1, max: 98 }) }),
    fc.record({ kind: fc.constant('merge' as const), pick: fc.nat(99) }),
    fc.record({ kind: fc.constant('resize' as const), to: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 900 }) }),
  ),
  { minLength: 5, maxLength: 60 },
);

/** Plays a life and remembers every accepted record in the order of acceptance. */
class Life {
  readonly service = serviceWith([{ name: 's', shards: 3 }], { reshardMs: 300, limits: ['write'] });
  readonly written: { data: string; shard: string; sequence: bigint }[] = [];
  nowUs = START_US;

  ask(operation: string, input: object): ReturnType<typeof call>['body'] {
    return call(this.service, operation, { StreamName: 's', ...input }, this.nowUs).body;
  }

  shards(filter = 'FROM_TRIM_HORIZON'): readonly ShownShard[] {
    return this.ask('ListShards', { ShardFilter: { Type: filter } }).Shards;
  }

  open(): ShownShard[] {
    const start = (shard: ShownShard): bigint => BigInt(shard.HashKeyRange.StartingHashKey);
    return [...this.shards('AT_LATEST')].sort((a, b) => (start(a) < start(b) ? -1 : 1));
  }

  play(step: Step): void {
    const open = this.open();
    if (step.kind === 'wait') this.nowUs += step.ms * MS;
    else if (step.kind === 'put') this.put(step.hashKeys);
    else if (step.kind === 'resize') {
      this.ask('UpdateShardCount', { TargetShardCount: step.to, ScalingType: 'UNIFORM_SCALING' });
    } else if (step.kind === 'split') {
      const { ShardId, HashKeyRange } = open[step.pick % open.length];
      const [low, high] = [BigInt(HashKeyRange.StartingHashKey), BigInt(HashKeyRange.EndingHashKey)];
      const NewStartingHashKey = (low + ((high - low) * BigInt(step.at)) / 100n).toString();
      this.ask('SplitShard', { ShardToSplit: ShardId, NewStartingHashKey });
    } else if (open.length > 1) {
      const at = step.pick % (open.length - 1);
      this.ask('MergeShards', { ShardToMerge: open[at].ShardId, AdjacentShardToMerge: open[at + 1].ShardId });
    }
  }

  put(hashKeys: readonly bigint[]): void {
    const open = this.open();
    const Records = hashKeys.map((key, i) => ({
      ...record('k', `${this.written.length + i}`),
      ExplicitHashKey: key.toString(),
    }));
    this.ask('PutRecords', { Records }).Records.forEach(({ ShardId, SequenceNumber }, i) => {
      const holder = open.find(({ HashKeyRange: range }) => {
        return BigInt(range.StartingHashKey) <= hashKeys[i] && hashKeys[i] <= BigInt(range.EndingHashKey);
      });
      expect(ShardId).toBe(holder?.ShardId);
      this.written.push({ data: Records[i].Data, shard: ShardId ?? '', sequence: BigInt(SequenceNumber) });
    });
  }
}

/** Walks from the oldest shards to their children, as a consumer does, and gives what it read. */
function readAll(life: Life): { data: string; shard: string; sequence: bigint }[] {
  const found: { data: string; shard: string; sequence: bigint }[] = [];
  const done = new Set<string>();
  const waiting = life
    .shards('AT_TRIM_HORIZON')
    .map(({ ShardId }) => ({ ShardId, ParentShards: [] as string[] }));
  while (waiting.length > 0) {
    const at = waiting.findIndex(({ ParentShards }) => ParentShards.every((parent) => done.has(parent)));
    const [{ ShardId }] = waiting.splice(at, 1);
    if (done.has(ShardId)) continue;
    for (const { ShardId: child, ParentShards } of readShard(life.service, life.nowUs, ShardId, found)) {
      waiting.push({ ShardId: child, ParentShards: [...ParentShards] });
    }
    done.add(ShardId);
  }
  return found;
}

function readShard(
  service: LocalService,
  nowUs: number,
  ShardId: string,
  found: { data: string; shard: string; sequence: bigint }[],
): readonly { readonly ShardId: string; readonly ParentShards: readonly string[] }[] {
  const start = { StreamName: 's', ShardId, ShardIteratorType: 'TRIM_HORIZON' };
  let next: string | null | undefined = call(service, 'GetShardIterator', start, nowUs).body.ShardIterator;
  for (;;) {
    const { body } = call(service, 'GetRecords', { ShardIterator: next, Limit: 3 }, nowUs);
    for (const { Data, SequenceNumber } of body.Records)
      found.push({ data: Data, shard: ShardId, sequence: BigInt(SequenceNumber) });
    next = body.NextShardIterator;
    if (next === null) return body.ChildShards ?? [];
    if (body.Records.length === 0) return [];
  }
}

describe('whatever is split, merged and resized', () => {
  it('the open shards tile the key space, and every accepted record is read exactly once behind its parents', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const life = new Life();
        for (const step of list) {
          life.play(step);
          const ranges = life.open().map(({ HashKeyRange: range }) => ({
            start: BigInt(range.StartingHashKey),
            end: BigInt(range.EndingHashKey),
          }));
          expect(tiles(ranges)).toBe(true);
        }
        const byData = (a: { data: string }, b: { data: string }): number =>
          Buffer.from(a.data, 'base64').toString().localeCompare(Buffer.from(b.data, 'base64').toString());
        const read = readAll(life);
        expect([...read].sort(byData)).toEqual([...life.written].sort(byData));
        // Within a shard records come in the order in which they were accepted, with growing numbers.
        for (const shard of new Set(life.written.map((written) => written.shard))) {
          const of = (list: typeof read): typeof read => list.filter((one) => one.shard === shard);
          expect(of(read)).toEqual(of(life.written));
          const numbers = of(read).map(({ sequence }) => sequence);
          expect(numbers.every((number, i) => i === 0 || number > numbers[i - 1])).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('every number of a closed shard lies within its ends, and below those of its children', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const life = new Life();
        list.forEach((step) => life.play(step));
        const shards = life.shards();
        const starts = new Map(
          shards.map((s) => [s.ShardId, BigInt(s.SequenceNumberRange.StartingSequenceNumber)]),
        );
        const ends = new Map(
          shards.map((s) => [s.ShardId, BigInt(s.SequenceNumberRange.EndingSequenceNumber ?? 0)]),
        );
        const open = new Set(life.open().map(({ ShardId }) => ShardId));
        for (const { shard, sequence } of life.written) {
          expect(sequence > (starts.get(shard) ?? 0n)).toBe(true);
          expect(open.has(shard) || sequence <= (ends.get(shard) ?? 0n)).toBe(true);
        }
        for (const { ShardId, ParentShardId, AdjacentParentShardId } of shards) {
          for (const parent of [ParentShardId, AdjacentParentShardId]) {
            if (parent !== undefined)
              expect((starts.get(ShardId) ?? 0n) > (ends.get(parent) ?? 0n)).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** The rule of the throttle for one shard in bigint and plain words; it shares no code with the model. */
class Bucket {
  #records: bigint;
  #bytes: bigint;
  #atUs: number;

  constructor(atUs: number, records = 1_000_000_000n, bytes = 1_048_576_000_000n) {
    this.#atUs = atUs;
    this.#records = records;
    this.#bytes = bytes;
  }

  fill(nowUs: number): void {
    const elapsed = BigInt(nowUs - this.#atUs);
    this.#atUs = nowUs;
    this.#records = least(this.#records + elapsed * 1000n, 1_000_000_000n);
    this.#bytes = least(this.#bytes + elapsed * 1_048_576n, 1_048_576_000_000n);
  }

  accept(before: number, size: number): boolean {
    const cost = BigInt(Math.ceil((before + size) / 1024) - Math.ceil(before / 1024)) * 1_024_000_000n;
    if (this.#records < 1_000_000n || this.#bytes < cost) return false;
    this.#records -= 1_000_000n;
    this.#bytes -= cost;
    return true;
  }

  static of(parents: readonly Bucket[], atUs: number): Bucket {
    parents.forEach((parent) => parent.fill(atUs));
    const lowest = (level: (bucket: Bucket) => bigint): bigint => parents.map(level).reduce(least);
    return new Bucket(
      atUs,
      lowest((p) => p.#records),
      lowest((p) => p.#bytes),
    );
  }
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

describe('throttling after a reshard', () => {
  const calls = fc.array(
    fc.record({
      waitUs: fc.integer({ min: 0, max: 150_000 }),
      sizes: fc.array(fc.tuple(fc.integer({ min: 0, max: 12_000 }), fc.boolean()), {
        minLength: 50,
        maxLength: 120,
      }),
    }),
    { minLength: 2, maxLength: 10 },
  );

  it('goes on from the level of the parents, record by record, through a split and a merge', () => {
    let refusedByChildren = 0;
    fc.assert(
      fc.property(calls, fc.nat(3), (list, when) => {
        const service = serviceWith([{ name: 's', shards: 1 }], { reshardMs: 20, limits: ['write'] });
        const [low, high] = ['1', (HASH_SPACE / 2n).toString()];
        const ask = (operation: string, input: object, nowUs: number): ReturnType<typeof call>['body'] =>
          call(service, operation, { StreamName: 's', ...input }, nowUs).body;
        let buckets = [new Bucket(START_US)];
        let due: { us: number; shards: 1 | 2 } | undefined;
        let nowUs = START_US;
        list.forEach(({ waitUs, sizes }, n) => {
          nowUs += waitUs;
          if (due !== undefined && nowUs >= due.us) {
            const { us, shards } = due;
            const parents = buckets;
            buckets =
              shards === 1 ? [Bucket.of(parents, us)] : [Bucket.of(parents, us), Bucket.of(parents, us)];
            due = undefined;
          }
          buckets.forEach((bucket) => bucket.fill(nowUs));
          const before = [0, 0];
          const expected = sizes.map(([size, isHigh]) => {
            const shard = isHigh && buckets.length === 2 ? 1 : 0;
            const accepted = buckets[shard].accept(before[shard], size + 1);
            if (accepted) before[shard] += size + 1;
            return accepted;
          });
          if (buckets.length === 2) refusedByChildren += expected.filter((accepted) => !accepted).length;
          const Records = sizes.map(([size, isHigh]) => ({
            ...record('k', 'x'.repeat(size)),
            ExplicitHashKey: isHigh ? high : low,
          }));
          const { Records: results } = ask('PutRecords', { Records }, nowUs);
          expect(results.map(({ ErrorCode }) => ErrorCode === undefined)).toEqual(expected);
          if (due !== undefined || n < when) return;
          if (buckets.length === 1) {
            const shard = ask('ListShards', { ShardFilter: { Type: 'AT_LATEST' } }, nowUs).Shards[0];
            ask('SplitShard', { ShardToSplit: shard.ShardId, NewStartingHashKey: high }, nowUs);
            due = { us: nowUs + 20_000, shards: 2 };
          } else {
            const [a, b] = ask('ListShards', { ShardFilter: { Type: 'AT_LATEST' } }, nowUs).Shards;
            ask('MergeShards', { ShardToMerge: a.ShardId, AdjacentShardToMerge: b.ShardId }, nowUs);
            due = { us: nowUs + 20_000, shards: 1 };
          }
        });
      }),
      { numRuns: 40, endOnFailure: true },
    );
    expect(refusedByChildren).toBeGreaterThan(100);
  });
});
