import { describe, expect, it } from 'vitest';
import type { LocalService } from '../../src/local/local-service.ts';
import { call, record, serviceWith, START_US, type ReplyBody, type ShownShard } from './client.ts';

const MS = 1000;
const HOUR = 3_600_000 * MS;
interface Resharded {
  readonly service: LocalService;
  readonly at: (ms: number, operation: string, input?: object) => ReplyBody;
}

const HALF = (2n ** 127n).toString();
const id = (number: number): string => `shardId-${number.toString().padStart(12, '0')}`;

/** A stream 's' of some shards; `at` calls an operation on it, some milliseconds after the start. */
function stream(shards: number, options = {}): Resharded {
  const service = serviceWith([{ name: 's', shards }], options);
  return {
    service,
    at: (ms, operation, input = {}) =>
      call(service, operation, { StreamName: 's', ...input }, START_US + ms * MS).body,
  };
}

const split = (shard: number, NewStartingHashKey = HALF): object => ({
  ShardToSplit: id(shard),
  NewStartingHashKey,
});
const merge = (low: number, high: number): object => ({
  ShardToMerge: id(low),
  AdjacentShardToMerge: id(high),
});
const resize = (TargetShardCount: number): object => ({ TargetShardCount, ScalingType: 'UNIFORM_SCALING' });

const status = (body: ReplyBody): string | undefined => body.StreamDescriptionSummary?.StreamStatus;
const ids = (shards: readonly ShownShard[]): number[] =>
  shards.map(({ ShardId }) => Number(ShardId.split('-')[1]));

describe('a reshard', () => {
  it('takes its time, in which the old shards stay open, and then closes them', () => {
    const { at } = stream(1, { reshardMs: 200 });
    expect(at(0, 'SplitShard', split(0))).toEqual({});
    expect([at(0, 'DescribeStreamSummary'), at(199, 'DescribeStreamSummary')].map(status)).toEqual([
      'UPDATING',
      'UPDATING',
    ]);
    expect(at(199, 'PutRecord', record('k'))).toMatchObject({ ShardId: id(0) });
    expect(ids(at(199, 'ListShards').Shards)).toEqual([0]);
    expect(at(200, 'DescribeStreamSummary').StreamDescriptionSummary).toMatchObject({
      StreamStatus: 'ACTIVE',
      OpenShardCount: 2,
    });
    const put = at(200, 'PutRecord', { ...record('k'), ExplicitHashKey: '5' });
    expect(put).toMatchObject({ ShardId: id(1) });
  });

  it('shows lineage, ranges and the ends of closed shards, to DescribeStream and ListShards alike', () => {
    const { at } = stream(1);
    const put = at(0, 'PutRecord', record('k'));
    at(0, 'SplitShard', split(0));
    at(500, 'MergeShards', merge(1, 2));
    const shards = at(1000, 'ListShards').Shards;
    expect(at(1000, 'DescribeStream').StreamDescription.Shards).toEqual(shards);
    const most = (2n ** 128n - 1n).toString();
    expect(shards).toMatchObject([
      { ShardId: id(0), HashKeyRange: { StartingHashKey: '0', EndingHashKey: most } },
      { ShardId: id(1), ParentShardId: id(0), HashKeyRange: { StartingHashKey: '0' } },
      { ShardId: id(2), ParentShardId: id(0), HashKeyRange: { StartingHashKey: HALF, EndingHashKey: most } },
      { ShardId: id(3), ParentShardId: id(1), AdjacentParentShardId: id(2) },
    ]);
    const ends = shards.map((shard) => shard.SequenceNumberRange.EndingSequenceNumber);
    expect(ends.map((end) => end !== undefined)).toEqual([true, true, true, false]);
    expect(BigInt(ends[0] ?? 0) > BigInt(put.SequenceNumber)).toBe(true);
    const starts = shards.map((shard) => BigInt(shard.SequenceNumberRange.StartingSequenceNumber));
    expect(starts[1] > BigInt(ends[0] ?? 0)).toBe(true);
  });

  it('leaves closed shards readable to the end, which names the children', () => {
    const { at } = stream(2, { limits: ['write'] });
    const first = at(0, 'PutRecord', { ...record('k'), ExplicitHashKey: '0' });
    at(0, 'PutRecord', { ...record('k'), ExplicitHashKey: '0' });
    at(0, 'MergeShards', merge(0, 1));
    const iterator = (type: string, more = {}): string | undefined =>
      at(600, 'GetShardIterator', { ShardId: id(0), ShardIteratorType: type, ...more }).ShardIterator;
    const get = (ShardIterator: string | null | undefined, Limit = 10): ReplyBody =>
      at(600, 'GetRecords', { ShardIterator, Limit, StreamName: undefined });
    const page = get(iterator('TRIM_HORIZON'), 1);
    expect([page.Records.length, typeof page.NextShardIterator, page.ChildShards]).toEqual([
      1,
      'string',
      undefined,
    ]);
    const end = {
      NextShardIterator: null,
      MillisBehindLatest: 0,
      ChildShards: [
        {
          ShardId: id(2),
          ParentShards: [id(0), id(1)],
          HashKeyRange: { StartingHashKey: '0', EndingHashKey: (2n ** 128n - 1n).toString() },
        },
      ],
    };
    expect(get(page.NextShardIterator)).toMatchObject({ ...end, Records: [{}] });
    expect(get(iterator('LATEST'))).toEqual({ ...end, Records: [] });
    const StartingSequenceNumber = first.SequenceNumber;
    const count = (type: string, more: object): number => get(iterator(type, more)).Records.length;
    expect(count('AT_SEQUENCE_NUMBER', { StartingSequenceNumber })).toBe(2);
    expect(count('AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber })).toBe(1);
    expect(count('AT_TIMESTAMP', { Timestamp: START_US / 1e6 })).toBe(2);
    expect(count('AT_TIMESTAMP', { Timestamp: (START_US + MS) / 1e6 })).toBe(0);
    const ending = at(600, 'ListShards').Shards[0].SequenceNumberRange.EndingSequenceNumber;
    expect(count('AT_SEQUENCE_NUMBER', { StartingSequenceNumber: ending })).toBe(0);
    // An iterator from before the reshard goes on to the same end.
    expect(get(page.NextShardIterator).ChildShards).toHaveLength(1);
  });

  it('forgets a closed shard once its last record is too old', () => {
    const { at } = stream(1);
    at(0, 'SplitShard', split(0));
    at(600, 'ListShards');
    const seen = (us: number): unknown[] => {
      const input = { ShardId: id(0), ShardIteratorType: 'LATEST' };
      return [
        ids(at(us / MS, 'ListShards').Shards),
        ids(at(us / MS, 'DescribeStream').StreamDescription.Shards),
        at(us / MS, 'GetShardIterator', input).__type,
      ];
    };
    const last = 24 * HOUR + 500 * MS;
    expect(seen(last)).toEqual([[0, 1, 2], [0, 1, 2], undefined]);
    expect(seen(last + 1)).toEqual([[1, 2], [1, 2], 'ResourceNotFoundException']);
  });

  it('is dropped with the stream', () => {
    const { at } = stream(1);
    at(0, 'SplitShard', split(0));
    at(100, 'DeleteStream');
    expect(status(at(599, 'DescribeStreamSummary'))).toBe('DELETING');
    expect(at(600, 'DescribeStreamSummary').__type).toBe('ResourceNotFoundException');
    at(600, 'CreateStream', { ShardCount: 1 });
    expect(ids(at(1200, 'ListShards').Shards)).toEqual([0]);
  });

  it('takes effect at its time, whenever somebody looks', () => {
    const { at } = stream(1);
    at(0, 'SplitShard', split(0));
    const filter = (ms: number): object => ({
      ShardFilter: { Type: 'AT_TIMESTAMP', Timestamp: (START_US + ms * MS) / 1e6 },
    });
    const seen = [0, 499, 500, 501].map((ms) => ids(at(60_000, 'ListShards', filter(ms)).Shards));
    expect(seen).toEqual([[0], [0], [0, 1, 2], [1, 2]]);
  });
});

describe('UpdateShardCount', () => {
  it('brings a stream to equal shards and says from where', () => {
    const { at } = stream(4);
    expect(at(0, 'UpdateShardCount', resize(3))).toEqual({
      StreamName: 's',
      CurrentShardCount: 4,
      TargetShardCount: 3,
      StreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/s',
    });
    const open = at(500, 'ListShards', { ShardFilter: { Type: 'AT_LATEST' } }).Shards;
    const fresh = serviceWith([{ name: 's', shards: 3 }]);
    const uniform = call(fresh, 'ListShards', { StreamName: 's' }).body.Shards;
    const starts = (shards: readonly ShownShard[]): string[] =>
      shards
        .map((shard) => shard.HashKeyRange.StartingHashKey)
        .sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    expect(starts(open)).toEqual(starts(uniform));
    // Eleven shards ever, five steps: seen of the real service.
    expect(at(500, 'ListShards').Shards).toHaveLength(11);
  });

  it('works ten times in any 24 hours', () => {
    const { at } = stream(2, { reshardMs: 0 });
    const hour = HOUR / MS;
    for (let n = 0; n < 10; n++)
      expect(at(n * hour, 'UpdateShardCount', resize(n % 2 === 0 ? 3 : 2)).__type).toBeUndefined();
    const types = [10 * hour, 24 * hour - 1, 24 * hour, 24 * hour + 1].map(
      (ms) => at(ms, 'UpdateShardCount', resize(2)).__type,
    );
    expect(types).toEqual([
      'LimitExceededException',
      'LimitExceededException',
      undefined,
      'LimitExceededException',
    ]);
  });

  it('refuses less than half, more than double, and what does not fit into the account', () => {
    const refusal = (shards: number, target: number): string | undefined =>
      stream(shards).at(0, 'UpdateShardCount', resize(target)).message;
    const counts = (current: number, target: number): string =>
      `Current open shard count: ${current}, Target shard count: ${target}`;
    expect([refusal(5, 3), refusal(5, 10), refusal(4, 2), refusal(1, 1)]).toEqual(Array(4).fill(undefined));
    expect(refusal(5, 2)).toBe(
      `UpdateShardCount cannot scale down below half your current open shard count. ${counts(5, 2)}`,
    );
    expect(refusal(5, 11)).toBe(
      `UpdateShardCount cannot scale up over double your current open shard count. ${counts(5, 11)}`,
    );
    expect(refusal(9000, 10_001)).toBe(
      `Target shard count or number of open shards cannot be greater than 10000. ${counts(9000, 10_001)}`,
    );
    const service = serviceWith([
      { name: 's', shards: 4 },
      { name: 'large', shards: 19_994 },
    ]);
    const { body } = call(service, 'UpdateShardCount', { StreamName: 's', ...resize(7) });
    expect(body.message).toMatch(/Current shard count for the account: 19998\. Limit: 20000\. .*: 3\./);
    // What is under way counts already.
    call(service, 'UpdateShardCount', { StreamName: 's', ...resize(6) });
    expect(call(service, 'CreateStream', { StreamName: 't', ShardCount: 1 }).body.__type).toBe(
      'LimitExceededException',
    );
  });
});

const REFUSALS: readonly [string, string, object, string, RegExp | string][] = [
  [
    'a shard that is not there',
    'SplitShard',
    split(2),
    'ResourceNotFoundException',
    /^Could not find shard shardId-000000000002 in stream s under account 0+\.$/,
  ],
  [
    'an id that is none',
    'SplitShard',
    { ...split(0), ShardToSplit: 'x' },
    'ResourceNotFoundException',
    'Could not find shard x in stream s under account 000000000000.',
  ],
  [
    'a split one key above the start',
    'SplitShard',
    split(0, '1'),
    'InvalidArgumentException',
    /^NewStartingHashKey 1 used in SplitShard\(\) on shard shardId-000000000000 in stream s under account 0+ is not both greater than one plus the shard's StartingHashKey 0 and less than the shard's EndingHashKey 170141183460469231731687303715884105727\.$/,
  ],
  [
    'a split at the end',
    'SplitShard',
    split(0, '170141183460469231731687303715884105727'),
    'InvalidArgumentException',
    /is not both greater/,
  ],
  [
    'a split of another shard’s range',
    'SplitShard',
    split(0, HALF),
    'InvalidArgumentException',
    /is not both greater/,
  ],
  [
    'a hash key that is no number',
    'SplitShard',
    split(0, 'x'),
    'ValidationException',
    /at 'newStartingHashKey' failed to satisfy constraint: Member must satisfy regular expression pattern: 0\|\(\[1-9\]\\d\{0,38\}\)$/,
  ],
  [
    'nothing at all',
    'MergeShards',
    {},
    'ValidationException',
    /^2 validation errors detected: Value null at 'shardToMerge'/,
  ],
  [
    'a merge in the wrong order',
    'MergeShards',
    merge(1, 0),
    'InvalidArgumentException',
    'Shards shardId-000000000001 and shardId-000000000000 in stream s under account 000000000000 are not an adjacent pair of shards eligible for merging',
  ],
  ['a merge with itself', 'MergeShards', merge(0, 0), 'InvalidArgumentException', /not an adjacent pair/],
  [
    'a merge with what is not there',
    'MergeShards',
    merge(1, 7),
    'ResourceNotFoundException',
    /^Could not find shard shardId-000000000007/,
  ],
  [
    'another kind of scaling',
    'UpdateShardCount',
    { TargetShardCount: 2, ScalingType: 'X' },
    'ValidationException',
    /Member must satisfy enum value set: \[UNIFORM_SCALING\]$/,
  ],
  [
    'no shards',
    'UpdateShardCount',
    resize(0),
    'ValidationException',
    /'targetShardCount' failed .* greater than or equal to 1$/,
  ],
  [
    'a stream that is not there',
    'UpdateShardCount',
    { ...resize(2), StreamName: 'x' },
    'ResourceNotFoundException',
    'Stream x under account 000000000000 not found.',
  ],
];

describe('resharding refuses', () => {
  it.each(REFUSALS)('%s', (_, operation, input, type, message) => {
    const { at } = stream(2);
    const body = at(0, operation, input);
    expect(body.__type).toBe(type);
    expect(body.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });

  it('a second change while one is under way, before and after its time', () => {
    const { service, at } = stream(2);
    at(0, 'MergeShards', merge(0, 1));
    const attempts: [string, object][] = [
      ['MergeShards', merge(0, 1)],
      ['SplitShard', split(0, '99')],
      ['UpdateShardCount', resize(2)],
    ];
    for (const [operation, input] of attempts) {
      const { message, __type } = at(499, operation, input);
      expect(__type).toBe('ResourceInUseException');
      expect(message).toBe('Stream s under account 000000000000 not ACTIVE, instead in state UPDATING');
    }
    for (const [operation, input] of attempts.slice(0, 2)) {
      expect(at(500, operation, input)).toMatchObject({
        __type: 'InvalidArgumentException',
        message: expect.stringMatching(
          /^Shard shardId-0{12} in stream s under account 0{12} has already been merged or split/,
        ) as string,
      });
    }
    call(service, 'CreateStream', { StreamName: 'new', ShardCount: 2 });
    const early = call(service, 'MergeShards', { StreamName: 'new', ...merge(0, 1) }).body;
    expect(early.message).toBe('Stream new under account 000000000000 not ACTIVE, instead in state CREATING');
  });

  it('streams on demand', () => {
    const service = serviceWith([{ name: 's', shards: 4, mode: 'ON_DEMAND' }]);
    for (const [operation, input] of [
      ['SplitShard', split(0, '99')],
      ['MergeShards', merge(0, 1)],
      ['UpdateShardCount', resize(2)],
    ] as const) {
      expect(call(service, operation, { StreamName: 's', ...input }).body).toEqual({
        __type: 'ValidationException',
        message: 'Request is invalid. Stream s under account 000000000000 is in On-Demand mode.',
      });
    }
  });
});

describe('ListShards of a stream that was resharded', () => {
  /** 0 → 1, 2 at 500 ms; 1 → 3, 4 at 1500 ms. */
  function resharded(): Resharded {
    const made = stream(1);
    made.at(0, 'SplitShard', split(0));
    made.at(1000, 'SplitShard', split(1, '1000'));
    return made;
  }

  it.each([
    ['AT_LATEST', undefined, [2, 3, 4]],
    ['AT_TRIM_HORIZON', undefined, [0]],
    ['FROM_TRIM_HORIZON', undefined, [0, 1, 2, 3, 4]],
    ['AT_TIMESTAMP', 499, [0]],
    ['AT_TIMESTAMP', 500, [0, 1, 2]],
    ['AT_TIMESTAMP', 1000, [1, 2]],
    ['AT_TIMESTAMP', 2000, [2, 3, 4]],
    ['AT_TIMESTAMP', -5000, [0]],
    ['FROM_TIMESTAMP', -5000, [0, 1, 2, 3, 4]],
    ['FROM_TIMESTAMP', 500, [0, 1, 2, 3, 4]],
    ['FROM_TIMESTAMP', 501, [1, 2, 3, 4]],
    ['FROM_TIMESTAMP', 1501, [2, 3, 4]],
  ])('%s %s gives %j', (Type, ms, expected) => {
    const Timestamp = ms === undefined ? undefined : (START_US + ms * MS) / 1e6;
    const { at } = resharded();
    expect(ids(at(3000, 'ListShards', { ShardFilter: { Type, Timestamp } }).Shards)).toEqual(expected);
  });

  it('goes on behind a shard, whichever way it is named', () => {
    const { at } = resharded();
    const after = { ShardFilter: { Type: 'AFTER_SHARD_ID', ShardId: id(2) } };
    expect(ids(at(3000, 'ListShards', after).Shards)).toEqual([3, 4]);
    expect(ids(at(3000, 'ListShards', { ExclusiveStartShardId: id(1) }).Shards)).toEqual([2, 3, 4]);
    const latest = { ShardFilter: { Type: 'AT_LATEST' }, ExclusiveStartShardId: id(3) };
    expect(ids(at(3000, 'ListShards', latest).Shards)).toEqual([4]);
  });

  it('moves AT_TRIM_HORIZON along with the retention', () => {
    const { at } = resharded();
    const day = (24 * HOUR) / MS;
    const horizon = { ShardFilter: { Type: 'AT_TRIM_HORIZON' } };
    const seen = [499, 500, 1499, 1500].map((ms) => ids(at(day + ms, 'ListShards', horizon).Shards));
    expect(seen).toEqual([[0], [1, 2], [1, 2], [2, 3, 4]]);
  });

  it('shows on all pages what the first page began with', () => {
    const { service, at } = stream(5);
    const latest = { ShardFilter: { Type: 'AT_LATEST' }, MaxResults: 2 };
    const first = at(0, 'ListShards', latest);
    at(0, 'MergeShards', merge(3, 4));
    const page = (NextToken: string | undefined): ReplyBody =>
      call(service, 'ListShards', { NextToken, MaxResults: 2 }, START_US + 1000 * MS).body;
    const second = page(first.NextToken);
    const third = page(second.NextToken);
    expect([first, second, third].flatMap(({ Shards }) => ids(Shards))).toEqual([0, 1, 2, 3, 4]);
    expect(third.NextToken).toBeUndefined();
    expect(ids(at(1000, 'ListShards', { ShardFilter: { Type: 'AT_LATEST' } }).Shards)).toEqual([0, 1, 2, 5]);
  });
});
