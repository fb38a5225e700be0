/** Streams of the endpoint in on-demand mode, which split themselves. */
import { describe, expect, it } from 'vitest';
import { MINUTE_US, ON_DEMAND_RULES } from '../../src/model/on-demand.ts';
import type { LocalOptions } from '../../src/local/local-service.ts';
import { call, record, serviceWith, START_US, type ReplyBody } from './client.ts';
import { subscribe } from './subscriber.ts';

const SECOND = 1_000_000;
const ARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
const COMMITTED = { MinimumThroughputBillingCommitment: { Status: 'ENABLED' } };
const to = (StreamMode: string, rest: object = {}): object => ({
  ...{ StreamARN: ARN, StreamModeDetails: { StreamMode }, ...rest },
});

class Asker {
  readonly #service;

  /** A stream 's' that was created at the start. */
  constructor(mode: 'ON_DEMAND' | 'PROVISIONED', shards = 4, options: LocalOptions = {}) {
    this.#service = serviceWith([{ name: 's', shards, mode }], { limits: ['on-demand'], ...options });
  }

  ask(us: number, operation: string, input: object = { StreamName: 's' }): ReplyBody {
    return call(this.#service, operation, input, START_US + us).body;
  }

  /** Puts so many records of one key at one time. */
  put(us: number, records: number, bytes = 1): string {
    for (let left = records; left > 0; left -= 500) {
      const Records = Array<object>(Math.min(left, 500)).fill(record('k', 'x'.repeat(bytes - 1)));
      this.ask(us, 'PutRecords', { StreamName: 's', Records });
    }
    return this.ask(us, 'PutRecord', { StreamName: 's', ...record('k') }).ShardId ?? '';
  }

  open(us: number): number {
    const { Shards } = this.ask(us, 'ListShards');
    return Shards.filter((shard) => shard.SequenceNumberRange.EndingSequenceNumber === undefined).length;
  }
}

describe('an on-demand stream', () => {
  it('splits a shard fifteen minutes after the start of its first minute above 500 records a second', () => {
    const asker = new Asker('ON_DEMAND');
    const parent = asker.put(MINUTE_US, 30_000);
    expect(asker.open(16 * MINUTE_US - 1)).toBe(4);
    expect(asker.open(16 * MINUTE_US)).toBe(5);
    const children = asker
      .ask(16 * MINUTE_US, 'ListShards')
      .Shards.filter(({ ParentShardId }) => ParentShardId === parent);
    expect(children.map(({ ShardId }) => ShardId)).toEqual(['shardId-000000000004', 'shardId-000000000005']);
    expect(asker.ask(16 * MINUTE_US, 'DescribeStreamSummary').StreamDescriptionSummary).toMatchObject({
      ...{ OpenShardCount: 5, StreamStatus: 'ACTIVE' },
    });
  });

  it('counts minutes from its creation, and in them what was accepted alone', () => {
    const half = new Asker('ON_DEMAND');
    // Together above the limit, but in two minutes.
    half.put(MINUTE_US - 1, 20_000);
    half.put(MINUTE_US, 20_000);
    expect(half.open(60 * MINUTE_US)).toBe(4);
    const throttled = new Asker('ON_DEMAND', 4, { limits: ['write', 'on-demand'] });
    for (let sec = 0; sec < 60; sec += 4) throttled.put(sec * SECOND, 2500);
    expect(throttled.open(60 * MINUTE_US)).toBe(4);
  });

  it('splits in the order of its times however late somebody asks', () => {
    const asker = new Asker('ON_DEMAND', 4, {
      onDemandRules: { ...ON_DEMAND_RULES, withinUs: MINUTE_US },
    });
    const parent = asker.put(0, 30_000);
    const yearUs = 365 * 24 * 60 * MINUTE_US;
    const child = asker.put(yearUs, 30_000);
    expect(child).not.toBe(parent);
    expect(asker.open(yearUs + 2 * MINUTE_US)).toBe(6);
  });

  it('leads readers from the end of a split shard to its children', () => {
    const asker = new Asker('ON_DEMAND');
    const ShardId = asker.put(0, 30_000);
    const start = { StreamName: 's', ShardId, ShardIteratorType: 'LATEST' };
    const first = asker.ask(15 * MINUTE_US - 1, 'GetShardIterator', start);
    const before = asker.ask(15 * MINUTE_US - 1, 'GetRecords', { ShardIterator: first.ShardIterator });
    expect(before.NextShardIterator).toEqual(expect.any(String));
    const after = asker.ask(15 * MINUTE_US, 'GetRecords', { ShardIterator: before.NextShardIterator });
    expect(after.NextShardIterator).toBeNull();
    expect(after.ChildShards?.map(({ ParentShards }) => ParentShards)).toEqual([[ShardId], [ShardId]]);
  });

  it('tells a subscriber of the split at its very time, though nobody else asks', () => {
    const onDemandRules = { ...ON_DEMAND_RULES, withinUs: MINUTE_US };
    const service = serviceWith([{ name: 's', shards: 4, mode: 'ON_DEMAND' }], { onDemandRules });
    const ask = (us: number, operation: string, input: object): ReplyBody =>
      call(service, operation, { StreamName: 's', ...input }, START_US + us).body;
    const { ConsumerARN } = ask(0, 'RegisterStreamConsumer', { StreamARN: ARN, ConsumerName: 'c' }).Consumer;
    let ShardId = '';
    for (let ms = 0; ms < 40_000; ms += 600) {
      const Records = Array<object>(500).fill(record('k'));
      ShardId = ask(ms * 1000, 'PutRecords', { Records }).Records[0].ShardId ?? ShardId;
    }
    const subscriber = subscribe(service, { ConsumerARN, ShardId }, START_US + 41.3 * SECOND);
    subscriber.until(START_US + MINUTE_US - 1);
    expect(subscriber.isOver).toBe(false);
    subscriber.until(START_US + MINUTE_US);
    expect([subscriber.isOver, subscriber.heard.at(-1)?.atUs]).toEqual([true, START_US + MINUTE_US]);
    expect(subscriber.last.ChildShards).toHaveLength(2);
  });

  it('is never split where the group of limits is off', () => {
    const asker = new Asker('ON_DEMAND', 4, { limits: ['write'] });
    asker.put(0, 30_000);
    expect(asker.open(60 * MINUTE_US)).toBe(4);
  });

  it('is gone with its deletion, whatever was due', () => {
    const asker = new Asker('ON_DEMAND', 4, { deleteMs: 3_600_000 });
    asker.put(0, 30_000);
    asker.ask(MINUTE_US, 'DeleteStream');
    const { StreamDescriptionSummary } = asker.ask(20 * MINUTE_US, 'DescribeStreamSummary');
    expect(StreamDescriptionSummary).toMatchObject({ StreamStatus: 'DELETING' });
  });
});

describe('a switch of the mode', () => {
  it('to on-demand keeps the shards, and counts minutes from when it is over', () => {
    const asker = new Asker('PROVISIONED', 2);
    asker.put(0, 40_000);
    asker.ask(10 * SECOND, 'UpdateStreamMode', to('ON_DEMAND'));
    const fromUs = 10 * SECOND + 500_000;
    asker.put(fromUs - 1, 40_000);
    asker.put(fromUs + MINUTE_US, 30_000);
    expect(asker.open(fromUs + 16 * MINUTE_US - 1)).toBe(2);
    expect(asker.open(fromUs + 16 * MINUTE_US)).toBe(3);
  });

  it('to provisioned drops the splits that are due later', () => {
    const asker = new Asker('ON_DEMAND');
    asker.put(0, 30_000);
    asker.ask(15 * MINUTE_US - SECOND, 'UpdateStreamMode', to('PROVISIONED'));
    expect(asker.open(60 * MINUTE_US)).toBe(4);
    // What is due while the switch is under way still comes.
    const late = new Asker('ON_DEMAND');
    late.put(0, 30_000);
    late.ask(15 * MINUTE_US - 1, 'UpdateStreamMode', to('PROVISIONED'));
    expect(late.open(60 * MINUTE_US)).toBe(5);
  });
});

describe('a warm throughput', () => {
  it('is met by a new stream with a shard for each MiB/s, four at least', () => {
    const asker = new Asker('PROVISIONED');
    asker.ask(0, 'UpdateAccountSettings', COMMITTED);
    const created = [1, 100].map((WarmThroughputMiBps, i) => {
      const StreamName = `warm-${WarmThroughputMiBps}`;
      asker.ask(i * SECOND, 'CreateStream', {
        ...{ StreamName, StreamModeDetails: { StreamMode: 'ON_DEMAND' }, WarmThroughputMiBps },
      });
      return asker.ask((i + 1) * SECOND, 'ListShards', { StreamName }).Shards.length;
    });
    expect(created).toEqual([4, 100]);
  });

  it('opens shards after UPDATING, and closes none where it is lowered', () => {
    const asker = new Asker('ON_DEMAND');
    const warm = (us: number, WarmThroughputMiBps: number): ReplyBody =>
      asker.ask(us, 'UpdateStreamWarmThroughput', { StreamName: 's', WarmThroughputMiBps });
    asker.ask(0, 'UpdateAccountSettings', COMMITTED);
    warm(0, 16);
    expect([asker.open(499_999), asker.open(500_000)]).toEqual([4, 16]);
    warm(SECOND, 4);
    expect(asker.open(2 * SECOND)).toBe(16);
    // Not a power of two: every shard is narrow enough, so there are more than asked for.
    warm(3 * SECOND, 100);
    expect(asker.open(4 * SECOND)).toBe(128);
  });

  it('may come with the switch to on-demand, within the quota of shards', () => {
    const asker = new Asker('PROVISIONED', 2);
    asker.ask(0, 'UpdateAccountSettings', COMMITTED);
    asker.ask(0, 'CreateStream', { StreamName: 'other', ShardCount: 19_990 });
    const tooMany = asker.ask(SECOND, 'UpdateStreamMode', to('ON_DEMAND', { WarmThroughputMiBps: 16 }));
    expect(tooMany.__type).toBe('LimitExceededException');
    asker.ask(SECOND, 'UpdateStreamMode', to('ON_DEMAND', { WarmThroughputMiBps: 8 }));
    expect(asker.open(2 * SECOND)).toBe(8);
  });
});
