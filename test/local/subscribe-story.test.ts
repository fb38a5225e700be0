/**
 * Random lives of a consumer with fan-out: records, splits, merges and reconnects in any order, on a clock that the test
 * holds. Whatever happens, it gets every record exactly once, and those of a key in the order in which they were put.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LocalService } from '../../src/local/local-service.ts';
import { call, record, serviceWith, START_US, type ShownShard } from './client.ts';
import { subscribe, type Subscriber } from './subscriber.ts';

const SECOND = 1_000_000;
const KEYS = Array.from({ length: 12 }, (_, i) => `key ${i}`);

type Act =
  | { readonly kind: 'put'; readonly keys: readonly string[] }
  | { readonly kind: 'split' | 'merge' | 'leave'; readonly pick: number }
  | { readonly kind: 'wait'; readonly us: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      keys: fc.array(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 8 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('split' as const, 'merge' as const, 'leave' as const),
      pick: fc.nat(99),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), us: fc.integer({ min: 1, max: 8 * SECOND }) }),
  },
);

/** Reads a stream as consumer libraries do: children after all their parents, and from where it stood. */
class Reader {
  readonly texts: string[] = [];
  readonly #service: LocalService;
  readonly #arn: string;
  readonly #live = new Map<string, Subscriber>();
  readonly #seen = new Map<string, number>();
  readonly #ended = new Set<string>();
  readonly #waiting = new Map<string, readonly string[]>();

  constructor(service: LocalService, arn: string, shards: readonly string[], nowUs: number) {
    this.#service = service;
    this.#arn = arn;
    for (const shard of shards) this.#begin(shard, { Type: 'TRIM_HORIZON' }, nowUs);
  }

  until(nowUs: number): void {
    for (let isMoving = true; isMoving;) {
      isMoving = false;
      for (const [shard, subscriber] of [...this.#live]) {
        this.#collect(shard, subscriber.until(nowUs));
        if (!subscriber.isOver) continue;
        this.#live.delete(shard);
        if (subscriber.last.ContinuationSequenceNumber === null) this.#end(shard, subscriber);
        else this.#resume(shard, subscriber, 'AFTER_SEQUENCE_NUMBER', nowUs);
        isMoving = true;
      }
      for (const [child, parents] of [...this.#waiting]) {
        if (!parents.every((parent) => this.#ended.has(parent))) continue;
        this.#waiting.delete(child);
        this.#begin(child, { Type: 'TRIM_HORIZON' }, nowUs);
        isMoving = true;
      }
    }
  }

  /** Hangs up on one shard, and comes back. */
  leave(pick: number, nowUs: number): void {
    const [shard, subscriber] = [...this.#live][pick % this.#live.size];
    subscriber.source.close();
    this.#resume(shard, subscriber, pick % 2 ? 'AT_SEQUENCE_NUMBER' : 'AFTER_SEQUENCE_NUMBER', nowUs);
  }

  get live(): number {
    return this.#live.size;
  }

  #resume(shard: string, left: Subscriber, Type: string, nowUs: number): void {
    this.#begin(shard, { Type, SequenceNumber: left.last.ContinuationSequenceNumber }, nowUs);
  }

  #begin(ShardId: string, StartingPosition: object, nowUs: number): void {
    this.#seen.set(ShardId, 0);
    const wanted = { ConsumerARN: this.#arn, ShardId, StartingPosition };
    const subscriber = subscribe(this.#service, wanted, nowUs);
    this.#live.set(ShardId, subscriber);
    this.#collect(ShardId, subscriber);
  }

  #collect(shard: string, subscriber: Subscriber): void {
    const { texts } = subscriber;
    this.texts.push(...texts.slice(this.#seen.get(shard)));
    this.#seen.set(shard, texts.length);
  }

  #end(shard: string, { last }: Subscriber): void {
    this.#ended.add(shard);
    for (const child of last.ChildShards ?? []) this.#waiting.set(child.ShardId, child.ParentShards);
  }
}

function openShards(service: LocalService, nowUs: number): ShownShard[] {
  const filter = { StreamName: 's', ShardFilter: { Type: 'AT_LATEST' } };
  const { body } = call(service, 'ListShards', filter, nowUs);
  const start = ({ HashKeyRange }: ShownShard): bigint => BigInt(HashKeyRange.StartingHashKey);
  return [...body.Shards].sort((a, b) => (start(a) < start(b) ? -1 : 1));
}

function reshard(service: LocalService, kind: 'split' | 'merge', pick: number, nowUs: number): void {
  const open = openShards(service, nowUs);
  const at = pick % open.length;
  const { ShardId, HashKeyRange } = open[at];
  if (kind === 'split' && open.length < 8) {
    const half = (BigInt(HashKeyRange.StartingHashKey) + BigInt(HashKeyRange.EndingHashKey)) / 2n;
    const input = { StreamName: 's', ShardToSplit: ShardId, NewStartingHashKey: half.toString() };
    call(service, 'SplitShard', input, nowUs);
  } else if (kind === 'merge' && at + 1 < open.length) {
    const AdjacentShardToMerge = open[at + 1].ShardId;
    call(service, 'MergeShards', { StreamName: 's', ShardToMerge: ShardId, AdjacentShardToMerge }, nowUs);
  }
}

describe('a consumer with fan-out', () => {
  it('gets every record exactly once and in order, through splits, merges and reconnects', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const options = { createMs: 0, reshardMs: 500, limits: [] };
        const service = serviceWith([{ name: 's', shards: 2 }], options);
        const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
        const { body } = call(service, 'RegisterStreamConsumer', { StreamARN, ConsumerName: 'c' });
        const shards = ['shardId-000000000000', 'shardId-000000000001'];
        const reader = new Reader(service, body.Consumer.ConsumerARN, shards, START_US);
        const sent: string[] = [];
        let nowUs = START_US;
        for (const { kind, ...what } of acts as (Act & { keys: string[]; pick: number; us: number })[]) {
          nowUs += 1000;
          if (kind === 'put') {
            const texts = what.keys.map((key, i) => `${key}:${sent.length + i}`);
            sent.push(...texts);
            const Records = texts.map((text, i) => record(what.keys[i], text));
            expect(call(service, 'PutRecords', { StreamName: 's', Records }, nowUs).status).toBe(200);
          } else if (kind === 'wait') {
            nowUs += what.us;
            reader.until(nowUs);
          } else if (kind === 'leave') reader.leave(what.pick, nowUs);
          else reshard(service, kind, what.pick, nowUs);
        }
        nowUs += 310 * SECOND;
        reader.until(nowUs);
        reader.until(nowUs + SECOND);
        expect([...reader.texts].sort()).toEqual([...sent].sort());
        for (const key of KEYS) {
          const isOfKey = (text: string): boolean => text.startsWith(`${key}:`);
          expect(reader.texts.filter(isOfKey)).toEqual(sent.filter(isOfKey));
        }
        expect(reader.live).toBe(openShards(service, nowUs).length);
      }),
      { numRuns: 150 },
    );
  });
});
