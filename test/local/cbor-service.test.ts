/** The endpoint's operations in CBOR, as Java SDKs write them: maps and lists of indefinite length. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCbor } from '../../src/local/cbor.ts';
import { CborTime, encodeCbor } from '../../src/local/cbor-writer.ts';
import type { LocalReply, LocalService } from '../../src/local/local-service.ts';
import { call, serviceWith, SIGNED, START_US } from './client.ts';

const CBOR = 'application/x-amz-cbor-1.1';
const ONE = [{ name: 's', shards: 3 }];

function ask(service: LocalService, operation: string, body: Buffer, nowUs = START_US): LocalReply {
  const headers = { ...SIGNED, 'content-type': CBOR, 'x-amz-target': `Kinesis_20131202.${operation}` };
  return service.handle({ method: 'POST', path: '/', headers, body }, nowUs);
}

function answer(service: LocalService, operation: string, input: unknown, nowUs = START_US) {
  const reply = ask(service, operation, encodeCbor(input), nowUs);
  expect(reply.headers['content-type']).toBe(CBOR);
  const body = reply.body.length === 0 ? {} : decodeCbor(reply.body);
  return {
    status: reply.status,
    error: reply.headers['x-amzn-errortype'],
    body: body as Record<string, never>,
  };
}

describe('the endpoint in CBOR', () => {
  it('stores bytes and gives bytes back, with times in milliseconds behind tag 1', () => {
    const service = serviceWith(ONE);
    const Data = Buffer.from([0, 255, 1, 2]);
    const put = answer(service, 'PutRecord', { StreamName: 's', Data, PartitionKey: 'Zürich' });
    expect(put.body).toMatchObject({ ShardId: expect.stringMatching(/^shardId-/) as string });
    const { ShardIterator } = answer(service, 'GetShardIterator', {
      StreamName: 's',
      ShardId: put.body.ShardId,
      ShardIteratorType: 'AT_TIMESTAMP',
      Timestamp: new CborTime(START_US / 1000),
    }).body;
    const raw = ask(service, 'GetRecords', encodeCbor({ ShardIterator })).body;
    expect(decodeCbor(raw)).toMatchObject({
      MillisBehindLatest: 0,
      Records: [{ Data, PartitionKey: 'Zürich', SequenceNumber: put.body.SequenceNumber }],
    });
    const tagged = Buffer.concat([
      Buffer.from('ApproximateArrivalTimestamp'),
      encodeCbor(new CborTime(START_US / 1000)),
    ]);
    expect(raw.includes(tagged)).toBe(true);
    const late = answer(service, 'GetShardIterator', {
      StreamName: 's',
      ShardId: put.body.ShardId,
      ShardIteratorType: 'AT_TIMESTAMP',
      Timestamp: new CborTime(START_US / 1000 + 1),
    });
    expect(late.error).toBe('InvalidArgumentException');
  });

  it('puts records as JSON does, whatever they are: same shards, same numbers, same refusals', () => {
    const record = fc.record(
      {
        Data: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
        PartitionKey: fc.oneof(
          fc.string({ maxLength: 8 }),
          fc.string({ unit: 'binary', maxLength: 3 }),
          fc.constant('k'.repeat(257)),
        ),
        ExplicitHashKey: fc.option(fc.oneof(fc.bigInt(0n, 1n << 129n).map(String), fc.constant('-1')), {
          nil: undefined,
        }),
      },
      { requiredKeys: ['Data', 'PartitionKey'] },
    );
    const input = fc.record({
      Records: fc.array(record, { maxLength: 6 }),
      StreamName: fc.constantFrom('s', 'other', 'no name'),
      StreamARN: fc.constantFrom(undefined, undefined, 'arn:aws:kinesis:us-east-1:000000000000:stream/s'),
      DryRun: fc.constantFrom(undefined, undefined, true),
    });
    fc.assert(
      fc.property(input, (put) => {
        const [inJson, inCbor] = [serviceWith(ONE), serviceWith(ONE)];
        const json = call(inJson, 'PutRecords', {
          ...put,
          Records: put.Records.map((entry) => ({ ...entry, Data: entry.Data.toString('base64') })),
        });
        const cbor = answer(inCbor, 'PutRecords', put);
        expect(cbor.status).toBe(json.status);
        expect(cbor.body).toEqual(json.body);
        expect(inCbor.takeNotices()).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('keeps what was put the fast way, keys, bytes and all', () => {
    const service = serviceWith([{ name: 's', shards: 1 }]);
    const Records = Array.from({ length: 40 }, (_, i) => ({
      Data: Buffer.alloc(i, i),
      PartitionKey: `key-${i}`,
    }));
    const put = answer(service, 'PutRecords', { Records, StreamName: 's' });
    expect(put.body.FailedRecordCount).toBe(0);
    const { ShardIterator } = answer(service, 'GetShardIterator', {
      StreamName: 's',
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }).body;
    const read = answer(service, 'GetRecords', { ShardIterator }).body.Records as (typeof Records)[number][];
    expect(read.map(({ Data, PartitionKey }) => ({ Data, PartitionKey }))).toEqual(Records);
  });

  it('says in CBOR which records were throttled', () => {
    const service = serviceWith([{ name: 's', shards: 1 }]);
    const Records = Array.from({ length: 500 }, () => ({ Data: Buffer.from('x'), PartitionKey: 'k' }));
    const counts = [1, 2, 3].map(() => answer(service, 'PutRecords', { StreamName: 's', Records }).body);
    expect(counts.map((body) => body.FailedRecordCount as number)).toEqual([0, 0, 500]);
    expect((counts[2].Records as object[])[0]).toEqual({
      ErrorCode: 'ProvisionedThroughputExceededException',
      ErrorMessage: 'Rate exceeded for shard shardId-000000000000 in stream s under account 000000000000.',
    });
  });

  it.each<[string, unknown]>([
    ['text where bytes belong', { StreamName: 's', Data: 'YQ==', PartitionKey: 'k' }],
    ['bytes where text belongs', { StreamName: 's', Data: Buffer.from('a'), PartitionKey: Buffer.from('k') }],
    ['no map', ['s']],
    ['a number where text belongs', { StreamName: 1, Data: Buffer.from('a'), PartitionKey: 'k' }],
  ])('refuses %s as a SerializationException', (_, input) => {
    const service = serviceWith(ONE);
    expect(answer(service, 'PutRecord', input)).toMatchObject({
      status: 400,
      error: 'SerializationException',
      body: { __type: 'SerializationException' },
    });
  });

  it.each([NaN, Infinity, -Infinity])('refuses %s for an integer', (ShardCount) => {
    expect(answer(serviceWith(ONE), 'CreateStream', { StreamName: 't', ShardCount }).error).toBe(
      'SerializationException',
    );
  });

  it('refuses a truncated request wherever it ends, and serves the whole one', () => {
    const service = serviceWith(ONE);
    const body = encodeCbor({ StreamName: 's', Records: [{ Data: Buffer.from('abc'), PartitionKey: 'k' }] });
    for (let end = 0; end < body.length; end++) {
      const reply = ask(service, 'PutRecords', body.subarray(0, end));
      expect(decodeCbor(reply.body)).toMatchObject({ __type: 'SerializationException' });
    }
    expect(ask(service, 'PutRecords', body).status).toBe(200);
  });

  it('takes an empty body that is not called JSON for CBOR, as AWS does', () => {
    const service = serviceWith(ONE);
    const headers = { 'x-amz-target': 'Kinesis_20131202.ListStreams' };
    const none = service.handle({ method: 'POST', path: '/', headers, body: Buffer.alloc(0) }, START_US);
    expect([none.headers['content-type'], decodeCbor(none.body)]).toEqual([
      CBOR,
      { __type: 'SerializationException' },
    ]);
    const unknown = service.handle(
      { method: 'POST', path: '/', headers: {}, body: Buffer.alloc(0) },
      START_US,
    );
    expect(decodeCbor(unknown.body)).toEqual({ __type: 'UnknownOperationException' });
  });
});
