import { describe, expect, it } from 'vitest';
import { CALL_RATES } from '../../src/local/call-rates.ts';
import type { LimitGroup } from '../../src/local/limit-groups.ts';
import { OPERATIONS } from '../../src/local/operations.ts';
import { call, record, serviceWith, START_US, type ReplyBody } from './client.ts';

const MS = 1000;
const SECOND = 1_000_000;

function two(limits?: readonly LimitGroup[]): (ms: number, operation: string, input?: object) => ReplyBody {
  const streams = ['s', 't'].map((name) => ({ name, shards: 1 }));
  const service = serviceWith(streams, limits === undefined ? {} : { limits });
  return (ms, operation, input = {}) =>
    call(service, operation, { StreamName: 's', ...input }, START_US + ms * MS).body;
}

describe('the rates of the control plane', () => {
  it('are of operations that there are', () => {
    for (const operation of Object.keys(CALL_RATES)) expect([...OPERATIONS.keys()]).toContain(operation);
  });

  it.each([
    ['DescribeStream', 10, 'account'],
    ['DescribeStreamSummary', 20, 'account'],
    ['ListShards', 1000, 'stream'],
    ['AddTagsToStream', 5, 'account'],
    ['EnableEnhancedMonitoring', 5, 'stream'],
    ['SplitShard', 5, 'stream'],
  ])('let %s be called %d times a second, of the %s', (operation, perSec, of) => {
    const at = two();
    const input = {
      ...{ Tags: { a: 'b' }, ShardLevelMetrics: ['ALL'] },
      ...{ ShardToSplit: 'shardId-9', NewStartingHashKey: '5' },
    };
    const isLimited = (ms: number, StreamName = 's'): boolean =>
      at(ms, operation, { ...input, StreamName }).__type === 'LimitExceededException';
    for (let n = 0; n < perSec; n++) expect(isLimited(0)).toBe(false);
    expect(at(0, operation, input)).toEqual({
      __type: 'LimitExceededException',
      message: 'Rate exceeded for stream s under account 000000000000.',
    });
    expect(isLimited(0, 't')).toBe(of === 'account');
    // The calls of a second come back one by one; what was refused cost nothing.
    const gapMs = 1000 / perSec;
    expect([isLimited(gapMs - 1 / MS), isLimited(gapMs), isLimited(gapMs)]).toEqual([true, false, true]);
  });

  it('let DescribeLimits be called once a second', () => {
    const at = two();
    const types = [0, 999, 1000].map((ms) => at(ms, 'DescribeLimits', { StreamName: undefined }).__type);
    expect(types).toEqual([undefined, 'LimitExceededException', undefined]);
  });

  it('leave writing and reading alone', () => {
    const at = two(['control']);
    for (let n = 0; n < 2000; n++) expect(at(0, 'PutRecord', record('k')).__type).toBeUndefined();
  });
});

describe('the read limits', () => {
  const start = { ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' };
  const get = (at: ReturnType<typeof two>, ms: number, ShardIterator: string | undefined | null): ReplyBody =>
    at(ms, 'GetRecords', { StreamName: undefined, ShardIterator });

  it('let a shard be read five times a second, by all together', () => {
    const at = two();
    const { ShardIterator } = at(0, 'GetShardIterator', start);
    const types = [0, 0, 0, 0, 0, 0, 199, 200].map((ms) => get(at, ms, ShardIterator).__type);
    const limit = 'ProvisionedThroughputExceededException';
    expect(types).toEqual([...Array<undefined>(5).fill(undefined), limit, limit, undefined]);
    expect(get(at, 200, ShardIterator).message).toBe(
      'Rate exceeded for shard shardId-000000000000 in stream s under account 000000000000.',
    );
    const other = at(200, 'GetShardIterator', { ...start, StreamName: 't' });
    expect(get(at, 200, other.ShardIterator).__type).toBeUndefined();
  });

  it('let five iterators a second be had of a shard', () => {
    const at = two();
    const types = [0, 0, 0, 0, 0, 0, 200].map((ms) => at(ms, 'GetShardIterator', start).__type);
    const limit = 'ProvisionedThroughputExceededException';
    expect(types).toEqual([...Array<undefined>(5).fill(undefined), limit, undefined]);
  });

  it('shut a shard for 5 s after 10 MiB, and let its 2 MiB/s be read in the long run', () => {
    const service = serviceWith([{ name: 's', shards: 1 }], { limits: ['read'] });
    const ask = (us: number, operation: string, input: object): ReplyBody =>
      call(service, operation, input, us).body;
    for (let n = 0; n < 60; n++)
      ask(START_US, 'PutRecord', { StreamName: 's', ...record('k', 'x'.repeat(500_000)) });
    let next = ask(START_US, 'GetShardIterator', { StreamName: 's', ...start }).ShardIterator ?? '';
    const answered: [ms: number, records: number][] = [];
    for (let ms = 0; ms < 15_000; ms += 250) {
      const body = ask(START_US + ms * MS, 'GetRecords', { ShardIterator: next });
      if (body.__type !== undefined) continue;
      next = body.NextShardIterator ?? '';
      answered.push([ms, body.Records.length]);
    }
    // 20 records of 500,001 bytes fit into 10 MiB; then 5 s of silence, in which the bucket fills again.
    expect(answered.slice(0, 3)).toEqual([
      [0, 20],
      [5000, 20],
      [10_000, 20],
    ]);
  });
});

describe('the groups of limits', () => {
  const attempts: Record<LimitGroup, (at: ReturnType<typeof two>) => (string | undefined)[]> = {
    write: (at) => Array.from({ length: 1001 }, () => at(0, 'PutRecord', record('k')).__type),
    read: (at) => {
      const start = { ShardId: 'shardId-0', ShardIteratorType: 'LATEST' };
      const { ShardIterator } = at(0, 'GetShardIterator', start);
      return Array.from(
        { length: 6 },
        () => at(0, 'GetRecords', { StreamName: undefined, ShardIterator }).__type,
      );
    },
    'on-demand': (at) => {
      at(0, 'CreateStream', { StreamName: 'd', StreamModeDetails: { StreamMode: 'ON_DEMAND' } });
      const toD = (ms: number, operation: string, input: object = {}) =>
        at(ms, operation, { StreamName: 'd', ...input });
      for (let ms = 1000; ms < 60_000; ms += 900)
        toD(ms, 'PutRecords', { Records: Array<object>(500).fill(record('k')) });
      const { Shards } = toD(15 * 60_000, 'ListShards');
      return [Shards.length > 4 ? 'split' : undefined];
    },
    control: (at) => Array.from({ length: 11 }, () => at(0, 'DescribeStream').__type),
  };
  const groups = Object.keys(attempts) as LimitGroup[];

  it.each([
    [[]],
    [['write']],
    [['read']],
    [['control']],
    [['on-demand']],
    [['write', 'read', 'control', 'on-demand']],
    [undefined],
  ])('are enforced where they are on: %j', (on) => {
    for (const group of groups) {
      const refused = attempts[group](two(on as LimitGroup[] | undefined)).some((type) => type !== undefined);
      expect([group, refused]).toEqual([group, on === undefined || on.includes(group)]);
    }
  });

  it('leave UpdateShardCount free of its ten a day, and a batch whole, where they are off', () => {
    const service = serviceWith([{ name: 's', shards: 2 }], { reshardMs: 0, limits: [] });
    for (let n = 0; n < 30; n++) {
      const input = { StreamName: 's', TargetShardCount: 2 + (n % 2), ScalingType: 'UNIFORM_SCALING' };
      expect(call(service, 'UpdateShardCount', input, START_US + n * SECOND).body.__type).toBeUndefined();
    }
    const Records = Array.from({ length: 500 }, () => record('k', 'x'.repeat(10_000)));
    const { body } = call(service, 'PutRecords', { StreamName: 's', Records }, START_US + 60 * SECOND);
    expect(body.FailedRecordCount).toBe(0);
  });
});
