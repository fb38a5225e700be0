import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as Sdk from '@aws-sdk/client-kinesis';
import { LocalService } from '../../src/local/local-service.ts';
import { epochClock } from '../../src/run/clock.ts';
import { startServer, type RunningServer } from '../../src/run/serve/server.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListChannelsCommand,
  ListShardsCommand,
  ListStreamsCommand,
  PutRecordCommand,
  PutRecordsCommand,
} = await import('@aws-sdk/client-kinesis');

let server: RunningServer;

beforeAll(async () => {
  const service = new LocalService({ createMs: 0, deleteMs: 0, limits: ['write', 'read'] });
  for (const name of ['default', 'http1']) service.createStream({ name, shards: 2 }, epochClock());
  for (const name of ['flood-default', 'flood-http1', 'emoji'])
    service.createStream({ name, shards: 1 }, epochClock());
  for (const name of ['large-default', 'large-http1'])
    service.createStream({ name, shards: 1, maxRecordBytes: 10 * 1_048_576 }, epochClock());
  server = await startServer({ host: '127.0.0.1', port: 0, service, nowUs: epochClock });
});

afterAll(async () => {
  await server.close();
});

function clientOf(transport: string): Sdk.KinesisClient {
  return new KinesisClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    ...(transport === 'http1' ? { requestHandler: new NodeHttpHandler() } : {}),
  });
}

/** Sends a call and gives its reply with the time the endpoint used. */
async function putTimed(
  client: Sdk.KinesisClient,
  input: Sdk.PutRecordsCommandInput,
): Promise<{ nowUs: number; output: Sdk.PutRecordsCommandOutput }> {
  let nowUs = NaN;
  const command = new PutRecordsCommand(input);
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers: Record<string, string> };
      nowUs = Number(headers['x-shardwise-now-us']);
      return result;
    },
    { step: 'deserialize' },
  );
  return { output: await client.send(command), nowUs };
}

describe.each(['default', 'http1'])('the AWS SDK with its %s handler', (transport) => {
  it('goes through the life of a stream', async () => {
    const client = clientOf(transport);
    const StreamName = `life-${transport}`;
    await client.send(new CreateStreamCommand({ StreamName, ShardCount: 3 }));
    const { StreamDescription: stream } = await client.send(new DescribeStreamCommand({ StreamName }));
    expect([stream?.StreamStatus, stream?.Shards?.length]).toEqual(['ACTIVE', 3]);
    expect(Math.abs(Number(stream?.StreamCreationTimestamp) - Date.now())).toBeLessThan(60_000);
    const summary = await client.send(new DescribeStreamSummaryCommand({ StreamName }));
    expect(summary.StreamDescriptionSummary?.OpenShardCount).toBe(3);
    expect((await client.send(new ListStreamsCommand({}))).StreamNames).toContain(StreamName);
    expect((await client.send(new ListShardsCommand({ StreamName }))).Shards).toHaveLength(3);
    await client.send(new DeleteStreamCommand({ StreamName }));
    await expect(client.send(new DescribeStreamCommand({ StreamName }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Stream ${StreamName} under account 000000000000 not found.`,
    });
    client.destroy();
  });

  it('reads back what it wrote', async () => {
    const client = clientOf(transport);
    const Records = Array.from({ length: 50 }, (_, i) => ({
      Data: Buffer.from([i, 0, 255]),
      PartitionKey: `key-${i}`,
    }));
    const written = await client.send(new PutRecordsCommand({ StreamName: transport, Records }));
    expect(written.FailedRecordCount).toBe(0);
    const single = await client.send(
      new PutRecordCommand({ StreamName: transport, Data: Buffer.from('ü'), PartitionKey: 'Zürich "1"' }),
    );
    const read: Sdk._Record[] = [];
    for (const ShardId of ['shardId-000000000000', 'shardId-000000000001']) {
      const { ShardIterator } = await client.send(
        new GetShardIteratorCommand({ StreamName: transport, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
      );
      const page = await client.send(new GetRecordsCommand({ ShardIterator }));
      expect(page.MillisBehindLatest).toBe(0);
      read.push(...(page.Records ?? []));
    }
    const bySequence = new Map(read.map((record) => [record.SequenceNumber, record]));
    for (const [i, result] of (written.Records ?? []).entries()) {
      const record = bySequence.get(result.SequenceNumber);
      expect(record?.PartitionKey).toBe(`key-${i}`);
      expect([...(record?.Data ?? [])]).toEqual([i, 0, 255]);
    }
    expect(bySequence.get(single.SequenceNumber)?.PartitionKey).toBe('Zürich "1"');
    expect(read).toHaveLength(51);
    client.destroy();
  });

  it('throttles 3,000 records at once into one shard exactly as a bucket of 1,000 and 1,000/s does', async () => {
    const client = clientOf(transport);
    const StreamName = `flood-${transport}`;
    const Records = Array.from({ length: 250 }, () => ({ Data: Buffer.alloc(20), PartitionKey: 'one' }));
    const calls = await Promise.all(
      Array.from({ length: 12 }, () => putTimed(client, { StreamName, Records })),
    );
    calls.sort((a, b) => a.nowUs - b.nowUs);
    let level = 1_000_000_000n;
    let last = BigInt(calls[0].nowUs);
    for (const { nowUs, output } of calls) {
      level += (BigInt(nowUs) - last) * 1000n;
      if (level > 1_000_000_000n) level = 1_000_000_000n;
      last = BigInt(nowUs);
      const room = Number(level / 1_000_000n);
      const accepted = Math.min(250, room);
      level -= BigInt(accepted) * 1_000_000n;
      expect(output.FailedRecordCount).toBe(250 - accepted);
      const codes = output.Records?.map((record) => record.ErrorCode);
      expect(codes).toEqual([
        ...Array<undefined>(accepted).fill(undefined),
        ...Array<string>(250 - accepted).fill('ProvisionedThroughputExceededException'),
      ]);
    }
    expect(calls.reduce((sum, { output }) => sum + (output.FailedRecordCount ?? 0), 0)).toBeGreaterThan(1000);
    client.destroy();
  });

  it.each([13, 20, 40])('hears that a body of %i MiB is too large, every time', async (mib) => {
    const client = clientOf(transport);
    const Records = Array.from({ length: mib }, () => ({
      Data: Buffer.alloc(1_000_000),
      PartitionKey: 'k',
    }));
    for (let time = 0; time < 4; time++) {
      await expect(
        client.send(new PutRecordsCommand({ StreamName: transport, Records })),
      ).rejects.toMatchObject({
        name: 'RequestEntityTooLargeException',
        $metadata: { httpStatusCode: 413 },
      });
      expect((await client.send(new ListStreamsCommand({}))).StreamNames).toContain(transport);
    }
    client.destroy();
  });

  it('takes keys of up to 256 Unicode characters, emoji too', async () => {
    const client = clientOf(transport);
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName: 'emoji', ShardId: '0', ShardIteratorType: 'LATEST' }),
    );
    const keys = [129, 256].map((count) => '🚀'.repeat(count));
    const Records = keys.map((PartitionKey) => ({ Data: Buffer.from('x'), PartitionKey }));
    const written = await client.send(new PutRecordsCommand({ StreamName: 'emoji', Records }));
    expect(written.FailedRecordCount).toBe(0);
    const page = await client.send(new GetRecordsCommand({ ShardIterator }));
    expect(page.Records?.map((record) => record.PartitionKey)).toEqual(keys);
    for (const PartitionKey of ['🚀'.repeat(257), `${'🚀'.repeat(256)}a`, 'a'.repeat(257)]) {
      await expect(
        client.send(new PutRecordCommand({ StreamName: 'emoji', Data: Buffer.from('x'), PartitionKey })),
      ).rejects.toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining('length less than or equal to 256') as string,
      });
    }
    client.destroy();
  });

  it('raises AWS’s exceptions by name', async () => {
    const client = clientOf(transport);
    const StreamName = transport;
    const entry = { Data: Buffer.from('x'), PartitionKey: 'k' };
    await expect(client.send(new ListChannelsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(
      client.send(new PutRecordsCommand({ StreamName, Records: Array<typeof entry>(501).fill(entry) })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(
      client.send(new PutRecordCommand({ StreamName, ...entry, Data: Buffer.alloc(1_048_577) })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(client.send(new GetRecordsCommand({ ShardIterator: 'x' }))).rejects.toMatchObject({
      name: 'InvalidArgumentException',
      message: 'Invalid ShardIterator.',
    });
    client.destroy();
  });

  it('carries a call of 10 MiB there and back', async () => {
    const client = clientOf(transport);
    const Data = Buffer.alloc(10 * 1_048_576 - 1, 7);
    const StreamName = `large-${transport}`;
    const { nowUs, output } = await putTimed(client, { StreamName, Records: [{ Data, PartitionKey: 'k' }] });
    expect(nowUs).toBeGreaterThan(0);
    expect(output.FailedRecordCount).toBe(0);
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName, ShardId: '0', ShardIteratorType: 'TRIM_HORIZON' }),
    );
    const { Records } = await client.send(new GetRecordsCommand({ ShardIterator }));
    expect(Records?.[0].Data?.length).toBe(Data.length);
    client.destroy();
  });
});
