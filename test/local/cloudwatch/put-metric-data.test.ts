import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeCbor } from '../../../src/local/cbor-writer.ts';
import type { LocalReply } from '../../../src/local/local-service.ts';
import { serviceWith, SIGNED, START_US } from '../client.ts';
import { ask, MINUTE_US } from './metric-client.ts';

const METRICS = { Namespace: 'mine', MetricData: [{ MetricName: 'm', Value: 1 }] };
const FORM = new URLSearchParams({
  Action: 'PutMetricData',
  Version: '2010-08-01',
  Namespace: 'mine',
  'MetricData.member.1.MetricName': 'm',
  'MetricData.member.1.Value': '1',
}).toString();

/** How each protocol puts it: path, headers, body. */
const REQUESTS: readonly (readonly [string, string, Readonly<Record<string, string>>, Buffer])[] = [
  [
    'JSON',
    '/',
    {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'GraniteServiceVersion20100801.PutMetricData',
    },
    Buffer.from(JSON.stringify(METRICS)),
  ],
  [
    'RPC v2 CBOR',
    '/service/GraniteServiceVersion20100801/operation/PutMetricData',
    { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' },
    encodeCbor(METRICS),
  ],
  [
    'the Query protocol',
    '/',
    { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    Buffer.from(FORM),
  ],
];
const authorization = SIGNED.authorization.replace('/kinesis/', '/monitoring/');

describe('metrics that clients publish themselves', () => {
  it.each(REQUESTS)('are taken and forgotten, plain and compressed: %s', (protocol, path, headers, plain) => {
    const service = serviceWith([{ name: 's', shards: 1 }]);
    const put = (more: object, body: Buffer): LocalReply =>
      service.handle(
        { method: 'POST', path, headers: { ...SIGNED, authorization, ...headers, ...more }, body },
        START_US,
      );
    for (const reply of [put({}, plain), put({ 'content-encoding': 'gzip' }, gzipSync(plain))]) {
      expect([reply.status, reply.about?.operation]).toEqual([200, 'PutMetricData']);
      if (protocol !== 'the Query protocol') {
        expect(reply.body.length).toBe(0);
        continue;
      }
      expect(reply.body.toString()).toBe(
        '<PutMetricDataResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">\n' +
          `  <ResponseMetadata><RequestId>${reply.headers['x-amzn-requestid']}</RequestId></ResponseMetadata>\n` +
          '</PutMetricDataResponse>\n',
      );
    }
    expect(ask(service, 'ListMetrics', {}, START_US + 5 * MINUTE_US).body.Metrics).toEqual([]);
  });

  it.each(REQUESTS)('want a signature all the same: %s', (_, path, headers, body) => {
    const reply = serviceWith([]).handle({ method: 'POST', path, headers, body }, START_US);
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.about?.error).toBe('MissingAuthenticationTokenException');
  });
});
