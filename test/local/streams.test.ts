import { describe, expect, it } from 'vitest';
import { call, record, serviceWith, START_US } from './client.ts';

const MS = 1000;
const put = (name: string) => ({ StreamName: name, Records: [record('k')] });

describe('a stream’s life', () => {
  it('is CREATING for its time, then ACTIVE, then DELETING for its time, then gone', () => {
    const service = serviceWith([], { createMs: 100, deleteMs: 200 });
    const status = (afterMs: number): string => {
      const { body } = call(service, 'DescribeStreamSummary', { StreamName: 's' }, START_US + afterMs * MS);
      return body.StreamDescriptionSummary?.StreamStatus ?? body.__type ?? '';
    };
    expect(call(service, 'CreateStream', { StreamName: 's', ShardCount: 2 }).status).toBe(200);
    expect([status(0), status(99), status(100), status(1000)]).toEqual([
      'CREATING',
      'CREATING',
      'ACTIVE',
      'ACTIVE',
    ]);
    call(service, 'DeleteStream', { StreamName: 's' }, START_US + 2000 * MS);
    expect([status(2000), status(2199), status(2200)]).toEqual([
      'DELETING',
      'DELETING',
      'ResourceNotFoundException',
    ]);
    expect(
      call(service, 'CreateStream', { StreamName: 's', ShardCount: 1 }, START_US + 2200 * MS).status,
    ).toBe(200);
  });

  it('takes and gives records only while ACTIVE', () => {
    const service = serviceWith([]);
    call(service, 'CreateStream', { StreamName: 's', ShardCount: 1 });
    const types = (nowUs: number) => [
      call(service, 'PutRecords', put('s'), nowUs).body.__type,
      call(service, 'ListShards', { StreamName: 's' }, nowUs).body.__type,
      call(
        service,
        'GetShardIterator',
        { StreamName: 's', ShardId: 'shardId-0', ShardIteratorType: 'LATEST' },
        nowUs,
      ).body.__type,
    ];
    const refused = ['ResourceNotFoundException', 'ResourceInUseException', 'ResourceNotFoundException'];
    expect(types(START_US)).toEqual(refused);
    expect(types(START_US + 500 * MS)).toEqual([undefined, undefined, undefined]);
    call(service, 'DeleteStream', { StreamName: 's' }, START_US + 500 * MS);
    expect(types(START_US + 500 * MS)).toEqual(refused);
  });

  it('shows its shards with ranges and 56-digit starting sequence numbers, AWS’s page of 100 at a time', () => {
    const service = serviceWith([{ name: 's', shards: 205 }]);
    const seen: string[] = [];
    for (let more = true; more;) {
      const start = seen.length === 0 ? {} : { ExclusiveStartShardId: seen[seen.length - 1] };
      const { body } = call(service, 'DescribeStream', { StreamName: 's', ...start });
      const shards = body.StreamDescription.Shards;
      expect(shards.length).toBeLessThanOrEqual(100);
      seen.push(...shards.map((shard) => shard.ShardId));
      more = body.StreamDescription.HasMoreShards;
    }
    expect(seen).toHaveLength(205);
    expect(seen).toEqual([...new Set(seen)].sort());
    const { body } = call(serviceWith([{ name: 's', shards: 3 }]), 'DescribeStream', {
      StreamName: 's',
      Limit: 1,
    });
    expect(body.StreamDescription).toMatchObject({
      StreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/s',
      StreamStatus: 'ACTIVE',
      HasMoreShards: true,
      RetentionPeriodHours: 24,
      Shards: [
        {
          ShardId: 'shardId-000000000000',
          HashKeyRange: { StartingHashKey: '0', EndingHashKey: '113427455640312821154458202477256070484' },
          SequenceNumberRange: { StartingSequenceNumber: expect.stringMatching(/^49\d{54}$/) as string },
        },
      ],
    });
  });

  it('is on demand with four shards when no number is given', () => {
    const service = serviceWith([], { createMs: 0 });
    const mode = { StreamMode: 'ON_DEMAND' };
    call(service, 'CreateStream', { StreamName: 's', StreamModeDetails: mode, MaxRecordSizeInKiB: 10_240 });
    expect(
      call(service, 'DescribeStreamSummary', { StreamName: 's' }).body.StreamDescriptionSummary,
    ).toMatchObject({
      StreamModeDetails: mode,
      OpenShardCount: 4,
      MaxRecordSizeInKiB: 10_240,
    });
  });
});

describe('the lists', () => {
  it('give all streams by name, page by page, by either way of going on', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const service = serviceWith(names.map((name) => ({ name, shards: 1 })).reverse(), { limits: [] });
    for (const byToken of [true, false]) {
      const seen: string[] = [];
      for (let next: object | undefined = {}; next;) {
        const { body } = call(service, 'ListStreams', { Limit: 2, ...next });
        seen.push(...body.StreamNames);
        expect(body.StreamSummaries).toHaveLength(body.StreamNames.length);
        if (!body.HasMoreStreams) next = undefined;
        else
          next = byToken
            ? { NextToken: body.NextToken }
            : { ExclusiveStartStreamName: seen[seen.length - 1] };
      }
      expect(seen).toEqual(names);
    }
  });

  it('give all shards page by page, by tokens that stand alone and expire', () => {
    const service = serviceWith([{ name: 's', shards: 25 }]);
    const first = call(service, 'ListShards', { StreamName: 's', MaxResults: 10 }).body;
    const second = call(service, 'ListShards', { NextToken: first.NextToken, MaxResults: 10 }).body;
    const third = call(service, 'ListShards', { NextToken: second.NextToken, MaxResults: 10 }).body;
    const ids = [first, second, third].flatMap((page) => page.Shards.map((shard) => shard.ShardId));
    expect([ids.length, new Set(ids).size, third.NextToken]).toEqual([25, 25, undefined]);
    const late = call(service, 'ListShards', { NextToken: first.NextToken }, START_US + 301_000 * MS).body;
    expect(late.__type).toBe('ExpiredNextTokenException');
    const both = call(service, 'ListShards', { NextToken: first.NextToken, StreamName: 's' }).body;
    expect(both.message).toBe('NextToken and StreamName cannot be provided together.');
    expect(call(service, 'ListShards', { NextToken: 'bm8=' }).body.message).toBe('Invalid NextToken.');
  });

  it('filter shards, and refuse a filter without what it needs', () => {
    const service = serviceWith([{ name: 's', shards: 4 }]);
    const count = (filter: object): unknown => {
      const { body } = call(service, 'ListShards', { StreamName: 's', ShardFilter: filter });
      return body.__type ?? body.Shards.length;
    };
    for (const Type of ['AT_LATEST', 'AT_TRIM_HORIZON', 'FROM_TRIM_HORIZON']) expect(count({ Type })).toBe(4);
    expect(count({ Type: 'AT_TIMESTAMP', Timestamp: START_US / 1e6 })).toBe(4);
    expect(count({ Type: 'AFTER_SHARD_ID', ShardId: 'shardId-000000000001' })).toBe(2);
    expect(count({ Type: 'AFTER_SHARD_ID' })).toBe('InvalidArgumentException');
    expect(count({ Type: 'FROM_TIMESTAMP' })).toBe('InvalidArgumentException');
    expect(count({ Type: 'SOME' })).toBe('ValidationException');
  });
});
