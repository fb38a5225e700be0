import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as Sdk from '@aws-sdk/client-cloudwatch';
import { LocalService } from '../../src/local/local-service.ts';
import { epochClock } from '../../src/run/clock.ts';
import { startServer, type RunningServer } from '../../src/run/serve/server.ts';
import { record, SIGNED, START_US } from '../local/client.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  paginateGetMetricData,
  paginateListMetrics,
  PutDashboardCommand,
  PutMetricDataCommand,
} = await import('@aws-sdk/client-cloudwatch');

const { AwsSmithyRpcV2CborProtocol } = await import('@aws-sdk/core/protocols');

const MINUTE_US = 60_000_000;
const MINUTES = 30;
let server: RunningServer;
/** The endpoint's clock, which the test moves. */
let nowUs = START_US;

/** One stream with 4 shards; n records in minute n. */
beforeAll(async () => {
  const service = new LocalService({ limits: ['write', 'read'] });
  service.createStream({ name: 'orders', shards: 4 }, nowUs);
  server = await startServer({ host: '127.0.0.1', port: 0, service, nowUs: () => nowUs });
  for (let n = 1; n <= MINUTES; n++) {
    nowUs = START_US + n * MINUTE_US;
    const Records = Array.from({ length: n }, (_, i) => record(`k${i}`));
    await fetch(server.url, {
      method: 'POST',
      headers: { ...SIGNED, 'x-amz-target': 'Kinesis_20131202.PutRecords' },
      body: JSON.stringify({ StreamName: 'orders', Records }),
    });
  }
  nowUs += MINUTE_US;
});

afterAll(async () => {
  await server.close();
});

function clientOf(transport: string): Sdk.CloudWatchClient {
  return new CloudWatchClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    ...(transport === 'http1' ? { requestHandler: new NodeHttpHandler() } : {}),
    ...(transport === 'CBOR' ? { protocol: AwsSmithyRpcV2CborProtocol } : {}),
  });
}

const at = (minute: number): Date => new Date(START_US / 1000 + minute * 60_000);
const DIMENSIONS = [{ Name: 'StreamName', Value: 'orders' }];
const query = (Id: string, MetricName: string, Stat = 'Sum'): Sdk.MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: { Namespace: 'AWS/Kinesis', MetricName, Dimensions: DIMENSIONS },
    Period: 60,
    Stat,
  },
});

describe.each(['default', 'http1', 'CBOR'])('the CloudWatch SDK, %s', (transport) => {
  it('reads metric data, page by page', async () => {
    const client = clientOf(transport);
    const input = {
      MetricDataQueries: [query('records', 'IncomingRecords'), query('calls', 'PutRecords.Success')],
      StartTime: at(0),
      EndTime: at(100),
      ScanBy: 'TimestampAscending' as const,
      MaxDatapoints: 7,
    };
    const sums = new Map<string, number>();
    let pages = 0;
    for await (const page of paginateGetMetricData({ client }, input)) {
      pages++;
      for (const { Id, Values, Timestamps } of page.MetricDataResults ?? []) {
        expect(Timestamps?.length).toBe(Values?.length);
        sums.set(
          Id ?? '',
          (Values ?? []).reduce((sum, value) => sum + value, sums.get(Id ?? '') ?? 0),
        );
      }
    }
    expect([...sums]).toEqual([
      ['records', (MINUTES * (MINUTES + 1)) / 2],
      ['calls', MINUTES],
    ]);
    expect(pages).toBe(Math.ceil((2 * MINUTES) / 7));
  });

  it('reads statistics and lists metrics', async () => {
    const client = clientOf(transport);
    const { Datapoints, Label } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/Kinesis',
        MetricName: 'IncomingBytes',
        Dimensions: DIMENSIONS,
        StartTime: at(2),
        EndTime: at(3),
        Period: 60,
        Statistics: ['Sum', 'Average'],
      }),
    );
    // Two records of one byte with keys of two.
    const point = { Timestamp: at(2), Sum: 6, Average: 6, Unit: 'Bytes' };
    expect([Label, Datapoints]).toEqual(['IncomingBytes', [point]]);
    const names: (string | undefined)[] = [];
    for await (const page of paginateListMetrics({ client }, { Dimensions: DIMENSIONS })) {
      names.push(...(page.Metrics ?? []).map((metric) => metric.MetricName));
    }
    expect(names).toContain('WriteProvisionedThroughputExceeded');
    expect(names).toContain('PutRecords.Latency');
    expect(names).not.toContain('GetRecords.Bytes');
  });

  it('hears errors by their names', async () => {
    const client = clientOf(transport);
    const range = { StartTime: at(0), EndTime: at(100) };
    const data = (input: object) =>
      client.send(
        new GetMetricDataCommand({ ...range, MetricDataQueries: [query('m', 'IncomingBytes')], ...input }),
      );
    await expect(data({ NextToken: 'x' })).rejects.toMatchObject({ name: 'InvalidNextToken' });
    await expect(data({ MetricDataQueries: [query('M', 'IncomingBytes')] })).rejects.toMatchObject({
      name: 'ValidationException',
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
    });
    await expect(
      client.send(
        new GetMetricStatisticsCommand({
          ...range,
          Namespace: 'AWS/Kinesis',
          MetricName: 'IncomingBytes',
          Period: 1,
          Statistics: ['Sum'],
        }),
      ),
    ).rejects.toMatchObject({
      name: 'InvalidParameterCombinationException',
      message: expect.stringContaining('exceeds the limit of 1440') as string,
    });
    await expect(client.send(new ListMetricsCommand({ NextToken: 'x' }))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
    const dashboard = new PutDashboardCommand({ DashboardName: 'd', DashboardBody: '{}' });
    await expect(client.send(dashboard)).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });

  // The SDK compresses requests of more than 10 KiB; in CBOR it announces the length that they had before.
  const counts = transport === 'CBOR' ? [1] : [1, 1000];
  it.each(counts)('gives away %s metrics of its own, which are forgotten', async (count) => {
    const client = clientOf(transport);
    const MetricData = Array.from({ length: count }, (_, i) => ({ MetricName: `m${i}`, Value: i }));
    const { $metadata } = await client.send(new PutMetricDataCommand({ Namespace: 'mine', MetricData }));
    expect($metadata.httpStatusCode).toBe(200);
    const { Metrics } = await client.send(new ListMetricsCommand({ Namespace: 'mine' }));
    expect(Metrics ?? []).toEqual([]);
  });
});

describe('a form over the socket', () => {
  it('is answered in XML with the virtual date', async () => {
    const reply = await fetch(server.url, {
      method: 'POST',
      headers: { ...SIGNED, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: 'Action=ListMetrics&Version=2010-08-01&MetricName=IncomingBytes',
    });
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/xml']);
    expect(reply.headers.get('date')).toBe(new Date(nowUs / 1000).toUTCString());
    expect(await reply.text()).toContain('<Value>orders</Value>');
  });
});

describe('signatures of CloudWatch requests', () => {
  it('are verified but for their time where the metric clock runs ahead, as SDKs follow its date', async () => {
    const originUs = epochClock() - 3_600_000_000;
    const credentials = { accessKeyId: 'local', secretAccessKey: 's3cret' };
    const service = new LocalService({ credentials, metrics: { clockFactor: 60, originUs } });
    const ahead = await startServer({ host: '127.0.0.1', port: 0, service, nowUs: epochClock });
    const clientWith = (secretAccessKey: string) =>
      new CloudWatchClient({
        endpoint: ahead.url,
        region: 'us-east-1',
        credentials: { ...credentials, secretAccessKey },
        maxAttempts: 1,
      });
    const [right, wrong] = [clientWith('s3cret'), clientWith('another')];
    try {
      for (let i = 0; i < 3; i++) {
        const { Metrics, $metadata } = await right.send(new ListMetricsCommand({}));
        expect([Metrics, $metadata.httpStatusCode]).toEqual([[], 200]);
      }
      // The clock is more than two days ahead by now, and the client with it.
      expect(Math.abs(right.config.systemClockOffset)).toBeGreaterThan(2 * 86_400_000);
      await expect(wrong.send(new ListMetricsCommand({}))).rejects.toThrow(/does not match the signature/);
    } finally {
      right.destroy();
      wrong.destroy();
      await ahead.close();
    }
  });
});
