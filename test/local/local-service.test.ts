import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../src/local/operations.ts';
import { base64, call, read, record, send, serviceWith, SIGNED, START_US } from './client.ts';

const ONE = [{ name: 's', shards: 1 }];

interface Refused {
  readonly operation: string;
  readonly input: unknown;
  readonly type: string;
  readonly message: string | RegExp;
}

const REFUSALS: Refused[] = [
  {
    operation: 'PutRecords',
    input: {},
    type: 'ValidationException',
    message:
      "1 validation error detected: Value null at 'records' failed to satisfy constraint: Member must not be null",
  },
  {
    operation: 'PutRecords',
    input: { StreamName: '', Records: [] },
    type: 'ValidationException',
    message:
      "3 validation errors detected: Value '[]' at 'records' failed to satisfy constraint: " +
      "Member must have length greater than or equal to 1; Value '' at 'streamName' failed to satisfy constraint: " +
      "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value '' at 'streamName' failed to satisfy " +
      'constraint: Member must have length greater than or equal to 1',
  },
  {
    operation: 'PutRecords',
    input: { StreamName: 's', Records: Array(501).fill(record('k')) },
    type: 'ValidationException',
    message: /at 'records' failed to satisfy constraint: Member must have length less than or equal to 500$/,
  },
  {
    operation: 'PutRecords',
    input: { StreamName: 's', Records: [record('k'), record('x'.repeat(257))] },
    type: 'ValidationException',
    message:
      /at 'records.2.member.partitionKey' failed .* Member must have length less than or equal to 256$/,
  },
  {
    operation: 'PutRecords',
    input: { StreamName: 's', Records: [{ PartitionKey: 'k' }, null] },
    type: 'ValidationException',
    message: /Value null at 'records.1.member.data' .* Value null at 'records.2.member' failed/,
  },
  {
    operation: 'PutRecords',
    input: { StreamName: 's', Records: [{ Data: 'YQ', PartitionKey: 'k' }] },
    type: 'SerializationException',
    message:
      "'YQ' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 2",
  },
  {
    operation: 'PutRecords',
    input: { StreamName: 's', Records: [{ Data: 'YQ-=', PartitionKey: 'k' }] },
    type: 'SerializationException',
    message: "'YQ-=' can not be converted to a Blob: Invalid Base64 character: '-'",
  },
  {
    operation: 'PutRecords',
    input: { StreamName: 's', Records: 'no' },
    type: 'SerializationException',
    message: 'Expected list or null',
  },
  {
    operation: 'PutRecords',
    input: { Records: [record('k')] },
    type: 'InvalidArgumentException',
    message: 'Either StreamName or StreamARN must be provided.',
  },
  {
    operation: 'PutRecord',
    input: { StreamName: 's', ...record('k'), ExplicitHashKey: '340282366920938463463374607431768211456' },
    type: 'InvalidArgumentException',
    message:
      'Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. ' +
      'Specified value was 340282366920938463463374607431768211456',
  },
  {
    operation: 'PutRecord',
    input: { StreamName: 's', Data: Buffer.alloc(1_048_577).toString('base64'), PartitionKey: 'k' },
    type: 'ValidationException',
    message:
      "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=1048577 cap=1048577]' at 'data' failed " +
      'to satisfy constraint: Member must have length less than or equal to 1048576',
  },
  {
    operation: 'PutRecord',
    input: { StreamName: 's', Data: Buffer.alloc(1_048_576).toString('base64'), PartitionKey: 'k' },
    type: 'InvalidArgumentException',
    message: 'The data and partition key of the record are 1048577 bytes together, more than 1048576',
  },
  {
    operation: 'PutRecords',
    input: {
      StreamName: 's',
      Records: [record('k'), { Data: Buffer.alloc(1_048_576).toString('base64'), PartitionKey: 'k' }],
    },
    type: 'InvalidArgumentException',
    message: "The data and partition key of 'records.2.member' are 1048577 bytes together, more than 1048576",
  },
  {
    operation: 'PutRecord',
    input: { StreamName: 'other', ...record('k') },
    type: 'ResourceNotFoundException',
    message: 'Stream other under account 000000000000 not found.',
  },
  {
    operation: 'PutRecord',
    input: { StreamARN: 'arn:aws:kinesis:us-east-1:111111111111:stream/s', ...record('k') },
    type: 'ResourceNotFoundException',
    message: 'Stream s under account 111111111111 not found.',
  },
  {
    operation: 'PutRecord',
    input: { StreamName: 's', ...record('k'), DryRun: true },
    type: 'DryRunOperationException',
    message: /would have succeeded/,
  },
  {
    operation: 'CreateStream',
    input: { StreamName: 's', ShardCount: 1 },
    type: 'ResourceInUseException',
    message: 'Stream s under account 000000000000 already exists.',
  },
  {
    operation: 'CreateStream',
    input: { StreamName: 't' },
    type: 'ValidationException',
    message: /Value null at 'shardCount'/,
  },
  {
    operation: 'CreateStream',
    input: { StreamName: 't', ShardCount: 20_000 },
    type: 'LimitExceededException',
    message: /Current shard count for the account: 1\. Limit: 20000\./,
  },
  {
    operation: 'CreateStream',
    input: { StreamName: 't', ShardCount: 1, MaxRecordSizeInKiB: 1023 },
    type: 'ValidationException',
    message: /Value '1023' at 'maxRecordSizeInKiB' .* Member must have value greater than or equal to 1024$/,
  },
  {
    operation: 'DescribeStream',
    input: { StreamName: 's', Limit: 'ten' },
    type: 'SerializationException',
    message: 'class java.lang.String can not be converted to an Integer',
  },
  {
    operation: 'ListShards',
    input: {},
    type: 'InvalidArgumentException',
    message: 'Either NextToken or StreamName should be provided.',
  },
  {
    operation: 'GetRecords',
    input: { ShardIterator: 'AAAA' },
    type: 'InvalidArgumentException',
    message: 'Invalid ShardIterator.',
  },
];

describe('the local service', () => {
  it.each(REFUSALS)(
    'refuses $operation with $type as AWS words it',
    ({ operation, input, type, message }) => {
      const { status, headers, body } = call(serviceWith(ONE), operation, input);
      expect(status).toBe(400);
      expect(headers['x-amzn-errortype']).toBe(type);
      expect(body.__type).toBe(type);
      expect(body.message ?? body.Message).toEqual(
        typeof message === 'string' ? message : expect.stringMatching(message),
      );
    },
  );

  it('answers an operation that it does not have with UnknownOperationException', () => {
    for (const operation of ['PutNothing', 'Nonsense', '']) {
      const { status, body } = call(serviceWith(ONE), operation, {});
      expect([status, body]).toEqual([400, { __type: 'UnknownOperationException' }]);
    }
  });

  it.each<[string, Record<string, string>, string]>([
    ['CreateChannel', { 'x-amz-target': 'Kinesis_20131202.CreateChannel' }, '{}'],
    ['DynamoDB_20120810.DescribeTable', { 'x-amz-target': 'DynamoDB_20120810.DescribeTable' }, '{}'],
    [
      'PutDashboard',
      {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'GraniteServiceVersion20100801.PutDashboard',
      },
      '{}',
    ],
    [
      'PutDashboard',
      { 'content-type': 'application/x-www-form-urlencoded' },
      'Action=PutDashboard&Version=2010-08-01',
    ],
    [
      'GetCallerIdentity',
      { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      'Version=2011-06-15&Action=GetCallerIdentity',
    ],
    ['k'.repeat(128), { 'x-amz-target': `Kinesis_20131202.${'k'.repeat(1000)}` }, '{}'],
    [
      'k'.repeat(128),
      { 'content-type': 'application/x-www-form-urlencoded' },
      `Action=${'k'.repeat(1000)}&Version=2010-08-01`,
    ],
    ['', {}, '{}'],
  ])('says which operation it was asked for, though it does not have it: %s', (name, headers, text) => {
    const request = {
      method: 'POST',
      path: '/',
      headers: { ...SIGNED, ...headers },
      body: Buffer.from(text),
    };
    const { status, about } = serviceWith(ONE).handle(request, START_US);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(about?.operation).toBe(name);
  });

  it('answers what is not JSON with SerializationException', () => {
    for (const text of ['', '{', 'hello', '[1,', '"x"', 'null', '{"Records":[{"Data":"']) {
      const { status, body } = send(serviceWith(ONE), 'PutRecords', Buffer.from(text));
      expect([status, body.__type]).toEqual([400, 'SerializationException']);
    }
  });

  it('refuses a request without a signature, and one with half of it', () => {
    const service = serviceWith(ONE);
    const ask = (headers: Record<string, string>, path = '/') =>
      read(
        service.handle(
          {
            method: 'POST',
            path,
            headers: {
              'content-type': 'application/x-amz-json-1.1',
              'x-amz-target': 'Kinesis_20131202.ListStreams',
              ...headers,
            },
            body: Buffer.from('{}'),
          },
          START_US,
        ),
      );
    expect(ask({})).toMatchObject({
      status: 400,
      body: { __type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' },
    });
    expect(ask({ authorization: 'AWS4- Signature=b,Credential=a', date: 'a' }).body).toEqual({
      __type: 'IncompleteSignatureException',
      message:
        "Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4- Signature=b,Credential=a",
    });
    expect(ask(SIGNED, '/?X-Amz-Algorithm').body).toMatchObject({ __type: 'InvalidSignatureException' });
    expect(ask(SIGNED).status).toBe(200);
  });

  it('refuses an unsigned put on the fast way too', () => {
    const service = serviceWith(ONE);
    const body = Buffer.from(JSON.stringify({ StreamName: 's', Records: [record('k')] }));
    const headers = { ...SIGNED, 'x-amz-target': 'Kinesis_20131202.PutRecords', authorization: '' };
    const reply = read(service.handle({ method: 'POST', path: '/', headers, body }, START_US));
    expect(reply.body).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  });

  it('answers a request that is no AWS JSON in XML', () => {
    const service = serviceWith(ONE);
    const get = service.handle({ method: 'GET', path: '/', headers: {}, body: Buffer.alloc(0) }, START_US);
    expect(get.status).toBe(403);
    expect(get.body.toString()).toContain('<MissingAuthenticationTokenException>');
  });

  it('gives every reply the time it used, never going back, and a request id of its own', () => {
    const service = serviceWith(ONE);
    const times = [START_US + 5, START_US + 3, START_US + 9].map((nowUs) =>
      call(service, 'ListStreams', {}, nowUs),
    );
    expect(times.map(({ headers }) => headers['x-shardwise-now-us'])).toEqual(
      [START_US + 5, START_US + 5, START_US + 9].map(String),
    );
    const ids = times.map(({ headers }) => headers['x-amzn-requestid']);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids)
      expect(id).toMatch(/^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$/);
  });

  it('never fails by itself, whatever JSON an operation is given', () => {
    const fields = [
      ...new Set([...OPERATIONS.values()].flatMap((operation) => Object.keys(operation.fields))),
    ];
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(
        's',
        'shardId-000000000000',
        'arn:aws:kinesis:us-east-1:000000000000:stream/s',
        'LATEST',
      ),
      fc.string(),
    );
    const input = fc.dictionary(fc.constantFrom(...fields), value);
    fc.assert(
      fc.property(
        fc.constantFrom(...OPERATIONS.keys()),
        fc.oneof(input, fc.jsonValue()),
        (operation, json) => {
          const service = serviceWith(ONE);
          const { status } = call(service, operation, json);
          expect([200, 400]).toContain(status);
          expect(service.takeNotices()).toEqual([]);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('answers a long or a repetitive ARN in a time that does not grow with its square', () => {
    const service = serviceWith(ONE);
    const piece = ':kinesis::000000000000';
    for (const times of [32_000, 92]) {
      const StreamARN = `arn:aws${piece.repeat(times)}`;
      const start = performance.now();
      for (const operation of ['DescribeStreamSummary', 'PutRecords', 'GetRecords']) {
        const { body } = call(service, operation, { StreamARN, Records: [record('k')], ShardIterator: 'x' });
        expect(body.__type).toBe('ValidationException');
      }
      // A quadratic pattern takes a minute.
      expect(performance.now() - start).toBeLessThan(3000);
    }
  });

  it('takes an ARN with more behind the stream’s name for another stream', () => {
    const service = serviceWith([{ name: 'orders', shards: 1 }]);
    const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/orders';
    for (const more of [':x', '/consumer/c:1', ':orders', '/']) {
      for (const operation of ['PutRecord', 'PutRecords', 'DescribeStreamSummary', 'DeleteStream']) {
        const input = { StreamARN: `${StreamARN}${more}`, Records: [record('k')], ...record('k') };
        expect(call(service, operation, input).body).toMatchObject({
          __type: 'ResourceNotFoundException',
          message: `Stream orders${more} under account 000000000000 not found.`,
        });
      }
    }
    expect(call(service, 'DescribeStreamSummary', { StreamARN }).status).toBe(200);
  });

  it('prints AWS’s own pattern for an ARN that is none', () => {
    const { body } = call(serviceWith(ONE), 'PutRecords', { StreamARN: 'arn:s', Records: [record('k')] });
    expect(body.message).toBe(
      "1 validation error detected: Value 'arn:s' at 'streamARN' failed to satisfy constraint: Member must " +
        'satisfy regular expression pattern: arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+',
    );
  });

  it('accepts the same put by name and by ARN', () => {
    const service = serviceWith(ONE);
    const entry = { Data: base64('x'), PartitionKey: 'k' };
    const arn = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
    for (const reference of [{ StreamName: 's' }, { StreamARN: arn }, { StreamName: 's', StreamARN: arn }]) {
      expect(call(service, 'PutRecord', { ...reference, ...entry }).status).toBe(200);
      expect(call(service, 'PutRecords', { ...reference, Records: [entry] }).body).toMatchObject({
        FailedRecordCount: 0,
        Records: [{ ShardId: 'shardId-000000000000' }],
      });
    }
  });
});
