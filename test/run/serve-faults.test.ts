import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type * as Sdk from '@aws-sdk/client-kinesis';
import { LocalService } from '../../src/local/local-service.ts';
import { epochClock } from '../../src/run/clock.ts';
import {
  openRequestLog,
  requestLogTo,
  type RequestEntry,
  type RequestLog,
} from '../../src/run/serve/request-log.ts';
import { startServer, type RunningServer } from '../../src/run/serve/server.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListStreamsCommand,
  PutRecordCommand,
  PutRecordsCommand,
} = await import('@aws-sdk/client-kinesis');

let server: RunningServer;
let log: RequestLog;
let lines: RequestEntry[];

beforeEach(async () => {
  const own: RequestEntry[] = [];
  lines = own;
  log = requestLogTo((text) => {
    for (const line of text.trimEnd().split('\n')) own.push(JSON.parse(line) as RequestEntry);
  });
  const service = new LocalService();
  service.createStream({ name: 's', shards: 2 }, epochClock());
  server = await startServer({
    host: '127.0.0.1',
    port: 0,
    service,
    nowUs: epochClock,
    version: '1.2.3',
    log,
  });
});

afterEach(async () => {
  await server.close();
});

function clientOf(transport = 'http1', maxAttempts = 1): Sdk.KinesisClient {
  return new KinesisClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts,
    ...(transport === 'http1' ? { requestHandler: new NodeHttpHandler() } : {}),
  });
}

async function control(
  method: string,
  path: string,
  body?: unknown,
): Promise<[number, Record<string, unknown>]> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const reply = await fetch(`${server.url}${path}`, { method, body: text });
  return [reply.status, (await reply.json()) as Record<string, unknown>];
}

async function setFaults(...faults: object[]): Promise<void> {
  expect((await control('PUT', '/shardwise/faults', { faults }))[0]).toBe(200);
}

describe('/health', () => {
  it('says that all is well, which version it is, and what it holds', async () => {
    expect(await control('GET', '/health')).toEqual([
      200,
      {
        status: 'ok',
        version: '1.2.3',
        uptimeMs: expect.any(Number) as number,
        streams: 1,
        requests: 0,
        memory: {
          recordBytes: 0,
          metricBytes: expect.any(Number) as number,
          residentBytes: expect.any(Number) as number,
        },
      },
    ]);
    const client = clientOf();
    await client.send(new PutRecordCommand({ StreamName: 's', Data: Buffer.alloc(3000), PartitionKey: 'k' }));
    const [, after] = await control('GET', '/health?verbose');
    expect(after.requests).toBe(1);
    expect((after.memory as { recordBytes: number }).recordBytes).toBeGreaterThan(4000);
    expect((await control('POST', '/health'))[0]).toBe(405);
    client.destroy();
  });
});

describe('/shardwise/faults', () => {
  it('is put, read and deleted', async () => {
    expect(await control('GET', '/shardwise/faults')).toEqual([200, { seed: 1, faults: [] }]);
    const rules = {
      seed: 4,
      faults: [{ operations: ['ListStreams'], percentage: '100%', error: 'ServiceUnavailable' }],
    };
    expect(await control('PUT', '/shardwise/faults', rules)).toEqual([200, rules]);
    expect(await control('GET', '/shardwise/faults')).toEqual([200, rules]);
    const client = clientOf();
    const list = () => client.send(new ListStreamsCommand({}));
    await expect(list()).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      $metadata: { httpStatusCode: 503 },
    });
    expect(await control('DELETE', '/shardwise/faults')).toEqual([200, { seed: 1, faults: [] }]);
    expect((await list()).StreamNames).toEqual(['s']);
    client.destroy();
  });

  it('refuses what it cannot read in two sentences, and keeps what it has', async () => {
    await setFaults({ error: 'InternalFailure' });
    expect(
      await control('PUT', '/shardwise/faults', { faults: [{ error: 'InternalFailure', percentage: 5 }] }),
    ).toEqual([400, { error: 'body, line 1: faults[0].percentage: 5 has no unit.', fix: 'Write 5%.' }]);
    expect((await control('PUT', '/shardwise/faults', '{'))[0]).toBe(400);
    expect((await control('PUT', '/shardwise/faults', '[]'))[0]).toBe(400);
    expect((await control('PUT', '/shardwise/faults', ''))[0]).toBe(400);
    expect((await control('PUT', '/shardwise/faults', ' '.repeat(70_000)))[0]).toBe(413);
    expect((await control('POST', '/shardwise/faults', {}))[0]).toBe(405);
    expect((await control('GET', '/shardwise/other'))[0]).toBe(404);
    expect((await control('GET', '/shardwise/faults'))[1]).toEqual({
      seed: 1,
      faults: [{ error: 'InternalFailure' }],
    });
  });
});

describe.each(['http1', 'default'])('faults over the wire, with the %s handler', (transport) => {
  it('hold one answer back while others overtake it', async () => {
    await setFaults({ operations: ['ListStreams'], latency: { fixed: '400ms' } });
    const client = clientOf(transport);
    const order: string[] = [];
    const slow = client.send(new ListStreamsCommand({})).then(() => order.push('slow'));
    await client.send(new PutRecordCommand({ StreamName: 's', Data: Buffer.from('x'), PartitionKey: 'k' }));
    order.push('quick');
    await slow;
    expect(order).toEqual(['quick', 'slow']);
    log.close();
    const entry = lines.find(({ operation }) => operation === 'ListStreams');
    expect(entry?.durationUs).toBeGreaterThanOrEqual(390_000);
    client.destroy();
  });

  it('cut the connection before or after the record was stored', async () => {
    const client = clientOf(transport);
    const put = (PartitionKey: string) =>
      client.send(
        new PutRecordCommand({ StreamName: 's', Data: Buffer.from('x'), PartitionKey, ExplicitHashKey: '0' }),
      );
    await setFaults({ operations: ['PutRecord'], drop: 'before' });
    await expect(put('before')).rejects.toThrow();
    await setFaults({ operations: ['PutRecord'], drop: 'after' });
    await expect(put('after')).rejects.toThrow();
    await control('DELETE', '/shardwise/faults');
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName: 's', ShardId: '0', ShardIteratorType: 'TRIM_HORIZON' }),
    );
    const { Records } = await client.send(new GetRecordsCommand({ ShardIterator }));
    expect(Records?.map((record) => record.PartitionKey)).toEqual(['after']);
    log.close();
    expect(lines.filter(({ operation }) => operation === 'PutRecord')).toMatchObject([
      { stream: 's', status: 0, dropped: true, bytesOut: 0 },
      { stream: 's', status: 200, dropped: true, bytesOut: 0 },
    ]);
    client.destroy();
  });

  it('are overcome by the retries of the SDK', async () => {
    await setFaults(
      { operations: ['PutRecords'], percentage: '50%', drop: 'before' },
      { percentage: '30%', error: 'InternalFailure' },
    );
    const client = clientOf(transport, 10);
    const Records = [{ Data: Buffer.from('x'), PartitionKey: 'k' }];
    for (let i = 0; i < 10; i++) {
      expect((await client.send(new PutRecordsCommand({ StreamName: 's', Records }))).FailedRecordCount).toBe(
        0,
      );
    }
    client.destroy();
  });
});

describe('the endpoint when it stops', () => {
  it('lets an answer that is held back be given first', async () => {
    await setFaults({ latency: { fixed: '300ms' } });
    const client = clientOf();
    const held = client.send(new ListStreamsCommand({}));
    // The request has arrived once the log of another, later one is there.
    await control('GET', '/health');
    await server.close();
    expect((await held).StreamNames).toEqual(['s']);
    client.destroy();
  });
});

describe('the request log', () => {
  it('has a line per request: operation, stream, status, error, bytes', async () => {
    const client = clientOf();
    const Records = [{ Data: Buffer.from('x'), PartitionKey: 'k' }];
    await client.send(new PutRecordsCommand({ StreamName: 's', Records }));
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName: 's', ShardId: '0', ShardIteratorType: 'LATEST' }),
    );
    await client.send(new GetRecordsCommand({ ShardIterator }));
    await client.send(new PutRecordsCommand({ StreamName: 'none', Records })).catch(() => undefined);
    await fetch(server.url);
    await control('GET', '/health');
    log.close();
    expect(lines).toMatchObject([
      {
        operation: 'PutRecords',
        stream: 's',
        status: 200,
        bytesIn: 65,
        bytesOut: expect.any(Number) as number,
      },
      { operation: 'GetShardIterator', stream: 's', status: 200 },
      { operation: 'GetRecords', stream: 's', status: 200 },
      { operation: 'PutRecords', stream: 'none', status: 400, error: 'ResourceNotFoundException' },
      { operation: '', status: 403, error: 'MissingAuthenticationTokenException' },
      { operation: 'GET /health', status: 200 },
    ]);
    for (const { time, durationUs } of lines) {
      expect(new Date(time).toISOString()).toBe(time);
      expect(Number.isInteger(durationUs) && durationUs >= 0).toBe(true);
    }
    client.destroy();
  });

  it('is added to a file, and refused where there can be none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'shardwise-test-'));
    const path = join(folder, 'requests.ndjson');
    const entry = {
      time: 't',
      operation: 'ListStreams',
      stream: undefined,
      status: 200,
      error: undefined,
      dropped: undefined,
      bytesIn: 2,
      bytesOut: 3,
      durationUs: 4,
    };
    for (let i = 0; i < 2; i++) {
      const file = openRequestLog(path, () => undefined);
      for (let n = 0; n < 2000; n++) file.write({ ...entry, durationUs: n });
      file.close();
    }
    const written = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(written.map((line) => (JSON.parse(line) as RequestEntry).durationUs)).toEqual(
      [...Array(2).keys()].flatMap(() => [...Array(2000).keys()]),
    );
    rmSync(folder, { recursive: true });
    expect(() => openRequestLog(path, () => undefined)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});
