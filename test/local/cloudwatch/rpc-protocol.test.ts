import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCbor } from '../../../src/local/cbor.ts';
import { CborTime, encodeCbor } from '../../../src/local/cbor-writer.ts';
import type { LocalReply, LocalService } from '../../../src/local/local-service.ts';
import { call, record, serviceWith, SIGNED, START_US } from '../client.ts';
import { ask, dimensions, MINUTE_US, query, START_SEC } from './metric-client.ts';

const later = START_US + 10 * MINUTE_US;

function counted(): LocalService {
  const service = serviceWith([{ name: 's', shards: 1 }]);
  call(service, 'PutRecords', { StreamName: 's', Records: [record('k'), record('l')] });
  return service;
}

function send(service: LocalService, operation: string, body: Buffer): LocalReply {
  const headers = { ...SIGNED, 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };
  const path = `/service/GraniteServiceVersion20100801/operation/${operation}`;
  return service.handle({ method: 'POST', path, headers, body }, later);
}

function errorOf(reply: LocalReply): unknown {
  expect(reply.status).toBe(400);
  expect(reply.headers['content-type']).toBe('application/cbor');
  return (decodeCbor(reply.body) as { __type?: unknown }).__type;
}

const TIMES = { StartTime: START_SEC - 3600, EndTime: START_SEC + 3600 };
const TAGGED = { StartTime: new CborTime(TIMES.StartTime), EndTime: new CborTime(TIMES.EndTime) };
const STATISTICS = {
  Namespace: 'AWS/Kinesis',
  MetricName: 'IncomingRecords',
  Dimensions: dimensions('s'),
  Period: 60,
  Statistics: ['Sum', 'Average'],
};
const QUERIES = { MetricDataQueries: [query('m', 'IncomingRecords', dimensions('s'))] };

describe('RPC v2 CBOR', () => {
  it.each([
    ['GetMetricData', { ...QUERIES, ...TIMES }, { ...QUERIES, ...TAGGED }],
    ['GetMetricStatistics', { ...STATISTICS, ...TIMES }, { ...STATISTICS, ...TAGGED }],
    ['ListMetrics', { Namespace: 'AWS/Kinesis' }, { Namespace: 'AWS/Kinesis' }],
  ])('answers %s as JSON does, with times behind tag 1', (operation, json, cbor) => {
    const service = counted();
    const reply = send(service, operation, encodeCbor(cbor));
    expect([reply.status, reply.headers['smithy-protocol']]).toEqual([200, 'rpc-v2-cbor']);
    expect(decodeCbor(reply.body)).toEqual(ask(service, operation, json, later).body);
    const time = Buffer.from([0xc1, 0x1a, 0, 0, 0, 0]);
    time.writeUInt32BE(START_SEC, 2);
    expect(reply.body.includes(time)).toBe(operation !== 'ListMetrics');
  });

  it('writes values as doubles, also whole ones', () => {
    const { body } = send(counted(), 'GetMetricData', encodeCbor({ ...QUERIES, ...TAGGED }));
    expect(body.includes(Buffer.from('Values'))).toBe(true);
    expect(body.includes(Buffer.from([0xfb, 0x40, 0, 0, 0, 0, 0, 0, 0]))).toBe(true);
  });

  it('takes no body for an empty input, and refuses under the names of CloudWatch what it cannot read', () => {
    const service = counted();
    expect(send(service, 'ListMetrics', Buffer.alloc(0)).status).toBe(200);
    expect(errorOf(send(service, 'GetMetricData', Buffer.alloc(0)))).toBe(
      'MissingRequiredParameterException',
    );
    expect(errorOf(send(service, 'ListMetrics', Buffer.from([0xff])))).toBe('SerializationException');
    for (const wrong of [NaN, Infinity, Buffer.from('x')]) {
      const input = { ...QUERIES, ...TAGGED, StartTime: wrong };
      expect(errorOf(send(service, 'GetMetricData', encodeCbor(input)))).toBe('SerializationException');
    }
    const unknown = send(service, 'PutDashboard', encodeCbor({}));
    expect(errorOf(unknown)).toBe('UnknownOperationException');
    expect(unknown.headers['x-amzn-query-error']).toBe('UnknownOperationException;Sender');
  });

  it('never makes the endpoint fail, whatever the body', () => {
    const service = counted();
    const good = encodeCbor({ ...QUERIES, ...TAGGED });
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
        const body = Buffer.from(cut ? good.subarray(0, at) : good);
        if (!cut) body[at] = byte;
        expect([200, 400]).toContain(send(service, 'GetMetricData', body).status);
        expect(service.takeNotices()).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});
