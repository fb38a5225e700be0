import { describe, expect, it } from 'vitest';
import type { LocalService } from '../../src/local/local-service.ts';
import { utcText } from '../../src/local/get-records.ts';
import { base64, call, record, serviceWith, START_US } from './client.ts';

const SECOND = 1_000_000;

function iterator(
  service: LocalService,
  type: string,
  more: object = {},
  nowUs = START_US + 100 * SECOND,
): string {
  const input = { StreamName: 's', ShardId: 'shardId-000000000000', ShardIteratorType: type, ...more };
  const { body } = call(service, 'GetShardIterator', input, nowUs);
  return String(body.ShardIterator ?? body.message);
}

function texts(service: LocalService, token: string): string[] {
  const { body } = call(service, 'GetRecords', { ShardIterator: token }, START_US + 100 * SECOND);
  return body.Records.map(({ Data }) => Buffer.from(Data, 'base64').toString());
}

/** One record a second, '0' to '4', into one shard. */
function fiveRecords(): { service: LocalService; sequences: string[] } {
  const service = serviceWith([{ name: 's', shards: 1 }], { limits: ['write'] });
  const sequences = ['0', '1', '2', '3', '4'].map((data, i) => {
    const { body } = call(
      service,
      'PutRecord',
      { StreamName: 's', ...record('k', data) },
      START_US + i * SECOND,
    );
    return body.SequenceNumber;
  });
  return { service, sequences };
}

describe('reading', () => {
  it('finds records for as long as the stream keeps them', () => {
    const service = serviceWith([
      { name: 's', shards: 1, retentionHours: 48 },
      { name: 'short', shards: 1 },
    ]);
    for (const StreamName of ['s', 'short'])
      call(service, 'PutRecord', { StreamName, ...record('k', 'x') }, START_US);
    const laterUs = START_US + 36 * 3600 * SECOND;
    const found = (StreamName: string): number => {
      const input = { StreamName, ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' };
      const { body } = call(service, 'GetShardIterator', input, laterUs);
      return call(service, 'GetRecords', { ShardIterator: body.ShardIterator }, laterUs).body.Records.length;
    };
    expect([found('s'), found('short')]).toEqual([1, 0]);
    const { body } = call(service, 'DescribeStreamSummary', { StreamName: 's' }, laterUs);
    expect(body.StreamDescriptionSummary).toMatchObject({ RetentionPeriodHours: 48 });
  });

  it('starts where each of the five iterator types says', () => {
    const { service, sequences } = fiveRecords();
    const at = (type: string, more?: object): string[] => texts(service, iterator(service, type, more));
    expect(at('TRIM_HORIZON')).toEqual(['0', '1', '2', '3', '4']);
    expect(at('LATEST')).toEqual([]);
    expect(at('AT_SEQUENCE_NUMBER', { StartingSequenceNumber: sequences[2] })).toEqual(['2', '3', '4']);
    expect(at('AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber: sequences[2] })).toEqual(['3', '4']);
    expect(at('AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber: sequences[4] })).toEqual([]);
    expect(at('AT_TIMESTAMP', { Timestamp: START_US / 1e6 + 1.5 })).toEqual(['2', '3', '4']);
    expect(at('AT_TIMESTAMP', { Timestamp: START_US / 1e6 + 2 })).toEqual(['2', '3', '4']);
    expect(at('AT_TIMESTAMP', { Timestamp: 0 })).toHaveLength(5);
  });

  it('starts at a shard’s own starting sequence number too', () => {
    const { service } = fiveRecords();
    const { body } = call(service, 'ListShards', { StreamName: 's' });
    const start = body.Shards[0].SequenceNumberRange.StartingSequenceNumber;
    expect(
      texts(service, iterator(service, 'AT_SEQUENCE_NUMBER', { StartingSequenceNumber: start })),
    ).toHaveLength(5);
  });

  it('goes on from page to page, follows new records, and says how far behind it is', () => {
    const { service } = fiveRecords();
    const nowUs = START_US + 10 * SECOND;
    const get = (token: string) =>
      call(service, 'GetRecords', { ShardIterator: token, Limit: 2 }, nowUs).body;
    const first = get(iterator(service, 'TRIM_HORIZON', {}, nowUs));
    expect(first.MillisBehindLatest).toBe(9000);
    const second = get(first.NextShardIterator ?? '');
    const third = get(second.NextShardIterator ?? '');
    expect([third.Records.length, third.MillisBehindLatest]).toEqual([1, 0]);
    call(service, 'PutRecord', { StreamName: 's', ...record('new', 'new') }, nowUs);
    const fourth = get(third.NextShardIterator ?? '');
    expect(fourth.Records).toEqual([
      {
        SequenceNumber: expect.stringMatching(/^49\d{54}$/) as string,
        ApproximateArrivalTimestamp: nowUs / 1e6,
        Data: base64('new'),
        PartitionKey: 'new',
      },
    ]);
  });

  it('gives back keys and data exactly, whichever way they came', () => {
    const service = serviceWith([{ name: 's', shards: 1 }]);
    const Records = [
      { Data: Buffer.from([0, 255, 128]).toString('base64'), PartitionKey: 'plain' },
      { Data: '', PartitionKey: 'quote " backslash \\ tab \t' },
      { Data: base64('ü'), PartitionKey: 'Zürich 東京 🚀' },
    ];
    call(service, 'PutRecords', { StreamName: 's', Records });
    const token = iterator(service, 'TRIM_HORIZON', {}, START_US);
    const { body } = call(service, 'GetRecords', { ShardIterator: token });
    expect(body.Records.map(({ Data, PartitionKey }) => ({ Data, PartitionKey }))).toEqual(Records);
  });

  it('gives at most 10 MiB at once', () => {
    const service = serviceWith([{ name: 's', shards: 1, maxRecordBytes: 10 * 1_048_576 }], {
      limits: ['write'],
    });
    for (const [i, bytes] of [6_000_000, 4_000_000, 4_000_000].entries()) {
      call(
        service,
        'PutRecord',
        { StreamName: 's', ...record('k', 'x'.repeat(bytes)) },
        START_US + i * 10 * SECOND,
      );
    }
    const token = iterator(service, 'TRIM_HORIZON');
    const { body } = call(service, 'GetRecords', { ShardIterator: token }, START_US + 100 * SECOND);
    expect(body.Records).toHaveLength(2);
    const rest = call(
      service,
      'GetRecords',
      { ShardIterator: body.NextShardIterator },
      START_US + 100 * SECOND,
    ).body;
    expect([rest.Records.length, rest.MillisBehindLatest]).toEqual([1, 0]);
  });

  it('begins at the trim horizon once the oldest records had to go', () => {
    const service = serviceWith([{ name: 's', shards: 10 }], { memoryBytes: 1_000_000 });
    const old = iterator(service, 'TRIM_HORIZON', {}, START_US);
    let accepted = 0;
    for (let second = 0; second < 20; second++) {
      const Records = Array.from({ length: 100 }, (_, i) =>
        record(`key-${i}`, `${second} ${'x'.repeat(2000)}`),
      );
      const { body } = call(service, 'PutRecords', { StreamName: 's', Records }, START_US + second * SECOND);
      accepted += 100 - body.FailedRecordCount;
    }
    expect(accepted).toBe(2000);
    const seconds = texts(service, old).map((text) => Number(text.split(' ')[0]));
    expect(seconds.length).toBeGreaterThan(0);
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(15);
    expect(Math.max(...seconds)).toBe(19);
    const [notice] = service.takeNotices();
    expect(notice).toMatchObject({ kind: 'trimmed', stream: 's' });
    expect(service.takeNotices()).toEqual([]);
  });

  it('refuses an iterator after five minutes, one of a deleted stream, and one that was tampered with', () => {
    const { service } = fiveRecords();
    const token = iterator(service, 'TRIM_HORIZON', {}, START_US + 10 * SECOND);
    const get = (text: string, nowUs: number) =>
      call(service, 'GetRecords', { ShardIterator: text }, nowUs).body;
    expect(get(token, START_US + 310 * SECOND).Records).toHaveLength(5);
    expect(get(token, START_US + 310 * SECOND + 1)).toMatchObject({
      __type: 'ExpiredIteratorException',
    });
    expect(get(token, START_US + 311 * SECOND).message).toMatch(
      /^Iterator expired\. The iterator was created at time \w{3} \w{3} \d\d .* UTC \d{4} /,
    );
    expect(get(`${token.slice(0, -4)}AAAA`, START_US).message).toBe('Invalid ShardIterator.');
    const fresh = iterator(service, 'TRIM_HORIZON', {}, START_US + 400 * SECOND);
    call(service, 'DeleteStream', { StreamName: 's' }, START_US + 400 * SECOND);
    expect(get(fresh, START_US + 401 * SECOND).message).toBe(
      'Shard shardId-000000000000 in stream s under account 000000000000 does not exist',
    );
  });

  it('does not go on in a stream made anew under the name of the old one', () => {
    const { service } = fiveRecords();
    const old = iterator(service, 'LATEST', {}, START_US + 10 * SECOND);
    const get = (token: string) =>
      call(service, 'GetRecords', { ShardIterator: token }, START_US + 15 * SECOND).body;
    call(service, 'DeleteStream', { StreamName: 's' }, START_US + 11 * SECOND);
    call(service, 'CreateStream', { StreamName: 's', ShardCount: 1 }, START_US + 12 * SECOND);
    for (let i = 0; i < 8; i++)
      call(service, 'PutRecord', { StreamName: 's', ...record('k', `${i}`) }, START_US + 14 * SECOND);
    expect(get(old)).toMatchObject({
      __type: 'ResourceNotFoundException',
      message: 'Shard shardId-000000000000 in stream s under account 000000000000 does not exist',
    });
    expect(get(iterator(service, 'TRIM_HORIZON', {}, START_US + 15 * SECOND)).Records).toHaveLength(8);
  });

  it('gives iterators as long as a client may hand back, whatever the stream is called', () => {
    const name = 'n'.repeat(128);
    const service = serviceWith([{ name, shards: 1 }]);
    const token = iterator(service, 'LATEST', { StreamName: name });
    expect(token.length).toBeLessThanOrEqual(512);
    expect(call(service, 'GetRecords', { ShardIterator: token }, START_US + 100 * SECOND).status).toBe(200);
    expect(iterator(serviceWith([{ name: 's', shards: 1 }]), 'LATEST').length).toBeGreaterThanOrEqual(152);
  });

  it('refuses starting points that cannot be', () => {
    const { service, sequences } = fiveRecords();
    const now = Math.floor((START_US + 100 * SECOND) / 1000);
    const other = serviceWith([{ name: 's', shards: 2 }]);
    expect(iterator(service, 'LATEST', { StartingSequenceNumber: sequences[0] })).toMatch(
      /Request specified LATEST and also a StartingSequenceNumber\.$/,
    );
    expect(iterator(service, 'AT_SEQUENCE_NUMBER')).toMatch(
      /Request specified AT_SEQUENCE_NUMBER and no StartingSequenceNumber\.$/,
    );
    expect(iterator(service, 'AT_SEQUENCE_NUMBER', { StartingSequenceNumber: '5' })).toMatch(
      / is invalid\.$/,
    );
    expect(
      iterator(other, 'AT_SEQUENCE_NUMBER', { ShardId: 'shardId-1', StartingSequenceNumber: sequences[0] }),
    ).toBe(
      'Invalid StartingSequenceNumber. It encodes shardId-000000000000, while it was used in a call to a shard with shardId-000000000001',
    );
    expect(iterator(service, 'AT_TIMESTAMP', { Timestamp: now / 1000 + 1 })).toBe(
      'The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. ' +
        `timestampInMillis: ${now + 1000}, currentTimestampInMillis: ${now}`,
    );
    expect(iterator(service, 'LATEST', { ShardId: 'shardId-000000000001' })).toBe(
      'Shard shardId-000000000001 in stream s under account 000000000000 does not exist',
    );
    expect(iterator(service, 'LATEST', { ShardId: 'nonsense' })).toBe(
      'Could not find shard nonsense in stream s under account 000000000000.',
    );
  });

  it('writes times as AWS does', () => {
    expect(utcText(Date.UTC(2015, 0, 22, 1, 22, 2) * 1000)).toBe('Thu Jan 22 01:22:02 UTC 2015');
    for (let day = 0; day < 40_000; day += 13) {
      const [weekday, date, month, year] = new Date(day * 86_400_000)
        .toUTCString()
        .replace(',', '')
        .split(' ');
      expect(utcText(day * 86_400_000_000)).toBe([weekday, month, date, '00:00:00 UTC', year].join(' '));
    }
  });
});
