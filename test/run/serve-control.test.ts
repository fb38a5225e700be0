/** The real AWS SDK through every operation of the control plane, over a socket. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type * as Sdk from '@aws-sdk/client-kinesis';
import { LocalService } from '../../src/local/local-service.ts';
import { epochClock } from '../../src/run/clock.ts';
import { startServer, type RunningServer } from '../../src/run/serve/server.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const kinesis = await import('@aws-sdk/client-kinesis');

const AT_ONCE = { createMs: 0, deleteMs: 0, reshardMs: 0 };
const servers: RunningServer[] = [];
let client: Sdk.Kinesis;
/** Its streams are UPDATING for an hour, and its rates are kept. */
let slow: Sdk.Kinesis;

async function serve(options: object, streams: readonly string[]): Promise<Sdk.Kinesis> {
  const service = new LocalService(options);
  for (const name of streams) service.createStream({ name, shards: 2 }, epochClock());
  const server = await startServer({ host: '127.0.0.1', port: 0, service, nowUs: epochClock });
  servers.push(server);
  return new kinesis.Kinesis({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  });
}

beforeAll(async () => {
  client = await serve({ ...AT_ONCE, limits: ['write'] }, ['reshard', 'settings', 'consumers']);
  slow = await serve({ ...AT_ONCE, reshardMs: 3_600_000 }, ['busy']);
});

afterAll(async () => {
  for (const server of servers) await server.close();
});

describe('the AWS SDK', () => {
  it('splits, merges and resizes, and walks from parents to children', async () => {
    const StreamName = 'reshard';
    const sent = Array.from({ length: 60 }, (_, i) => `${i}`);
    const put = async (texts: string[]): Promise<void> => {
      await client.putRecords({
        StreamName,
        Records: texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: `key-${text}` })),
      });
    };
    await put(sent.slice(0, 20));
    await client.splitShard({
      StreamName,
      ShardToSplit: 'shardId-000000000000',
      NewStartingHashKey: '5000000000000000000000000000000000000',
    });
    await put(sent.slice(20, 40));
    await client.mergeShards({
      StreamName,
      ShardToMerge: 'shardId-000000000002',
      AdjacentShardToMerge: 'shardId-000000000003',
    });
    const resized = await client.updateShardCount({
      StreamName,
      TargetShardCount: 3,
      ScalingType: 'UNIFORM_SCALING',
    });
    expect([resized.CurrentShardCount, resized.TargetShardCount]).toEqual([2, 3]);
    await put(sent.slice(40));
    const { Shards: open } = await client.listShards({ StreamName, ShardFilter: { Type: 'AT_LATEST' } });
    expect(open).toHaveLength(3);
    const found: string[] = [];
    const waiting = ['shardId-000000000000', 'shardId-000000000001'];
    const seen = new Set(waiting);
    for (let ShardId = waiting.shift(); ShardId !== undefined; ShardId = waiting.shift()) {
      const start = await client.getShardIterator({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
      const page = await client.getRecords({ ShardIterator: start.ShardIterator });
      found.push(...(page.Records ?? []).map(({ Data }) => Buffer.from(Data ?? []).toString()));
      const isOpen = open?.some((shard) => shard.ShardId === ShardId) ?? false;
      expect([typeof page.NextShardIterator !== 'string', page.ChildShards === undefined]).toEqual([!isOpen, isOpen]);
      for (const { ShardId: child } of page.ChildShards ?? []) {
        if (child !== undefined && !seen.has(child)) waiting.push(child);
        seen.add(child ?? '');
      }
    }
    expect(found.sort((a, b) => Number(a) - Number(b))).toEqual(sent);
  });

  it('changes every setting of a stream', async () => {
    const StreamName = 'settings';
    const summary = async (): Promise<Sdk.StreamDescriptionSummary> => {
      const { StreamDescriptionSummary } = await client.describeStreamSummary({ StreamName });
      if (StreamDescriptionSummary === undefined) throw new Error('no summary');
      return StreamDescriptionSummary;
    };
    const { StreamARN } = await summary();
    await client.increaseStreamRetentionPeriod({ StreamName, RetentionPeriodHours: 72 });
    await client.decreaseStreamRetentionPeriod({ StreamARN, RetentionPeriodHours: 48 });
    await client.updateMaxRecordSize({ StreamARN, MaxRecordSizeInKiB: 2048 });
    const metrics = await client.enableEnhancedMonitoring({ StreamName, ShardLevelMetrics: ['ALL'] });
    expect([metrics.CurrentShardLevelMetrics?.length, metrics.DesiredShardLevelMetrics?.length]).toEqual([
      0, 7,
    ]);
    await client.disableEnhancedMonitoring({ StreamName, ShardLevelMetrics: ['IncomingBytes'] });
    await client.startStreamEncryption({ StreamName, EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' });
    const put = await client.putRecord({ StreamName, Data: Buffer.from('x'), PartitionKey: 'k' });
    expect(put.EncryptionType).toBe('KMS');
    await client.updateStreamMode({ StreamARN, StreamModeDetails: { StreamMode: 'ON_DEMAND' } });
    await client.updateStreamRecordDistributionStrategy({ StreamARN, RecordDistributionStrategy: 'AUTO' });
    const keyless = await client.putRecords({ StreamName, Records: [{ Data: Buffer.from('x') }] });
    expect(keyless.FailedRecordCount).toBe(0);
    const account = await client.updateAccountSettings({
      MinimumThroughputBillingCommitment: { Status: 'ENABLED' },
    });
    expect(account.MinimumThroughputBillingCommitment?.EarliestAllowedEndAt).toBeInstanceOf(Date);
    expect(await client.describeAccountSettings({})).toMatchObject({
      MinimumThroughputBillingCommitment: { Status: 'ENABLED' },
    });
    await client.updateStreamWarmThroughput({ StreamName, WarmThroughputMiBps: 20 });
    expect(await summary()).toMatchObject({
      StreamStatus: 'ACTIVE',
      RetentionPeriodHours: 48,
      MaxRecordSizeInKiB: 2048,
      EncryptionType: 'KMS',
      KeyId: 'alias/aws/kinesis',
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      RecordDistributionStrategy: 'AUTO',
      WarmThroughput: { TargetMiBps: 20, CurrentMiBps: 20 },
    });
    await client.stopStreamEncryption({ StreamName, EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' });
    expect((await client.describeStream({ StreamName })).StreamDescription?.EncryptionType).toBe('NONE');
    expect(await client.describeLimits({})).toMatchObject({ OnDemandStreamCount: 1 });
    await client.putResourcePolicy({ ResourceARN: StreamARN, Policy: '{"Version":"2012-10-17"}' });
    expect((await client.getResourcePolicy({ ResourceARN: StreamARN })).Policy).toContain('2012');
    await client.deleteResourcePolicy({ ResourceARN: StreamARN });
  });

  it('tags, and registers consumers', async () => {
    const StreamName = 'consumers';
    const { StreamDescriptionSummary } = await client.describeStreamSummary({ StreamName });
    const StreamARN = StreamDescriptionSummary?.StreamARN;
    await client.addTagsToStream({ StreamName, Tags: { team: 'payments', stage: 'test' } });
    await client.tagResource({ ResourceARN: StreamARN, Tags: { more: '' } });
    await client.removeTagsFromStream({ StreamName, TagKeys: ['stage'] });
    await client.untagResource({ ResourceARN: StreamARN, TagKeys: ['nothing'] });
    const tags = [
      { Key: 'more', Value: '' },
      { Key: 'team', Value: 'payments' },
    ];
    expect((await client.listTagsForStream({ StreamName })).Tags).toEqual(tags);
    expect((await client.listTagsForResource({ ResourceARN: StreamARN })).Tags).toEqual(tags);
    const { Consumer } = await client.registerStreamConsumer({
      StreamARN,
      ConsumerName: 'c',
      Tags: { a: 'b' },
    });
    expect(Consumer?.ConsumerCreationTimestamp).toBeInstanceOf(Date);
    const { ConsumerDescription } = await client.describeStreamConsumer({
      ConsumerARN: Consumer?.ConsumerARN,
    });
    expect(ConsumerDescription).toMatchObject({ ConsumerName: 'c', ConsumerStatus: 'ACTIVE', StreamARN });
    expect((await client.listStreamConsumers({ StreamARN })).Consumers).toHaveLength(1);
    await client.deregisterStreamConsumer({ StreamARN, ConsumerName: 'c' });
    expect((await client.listStreamConsumers({ StreamARN })).Consumers).toEqual([]);
  });

  it('knows the errors by their types', async () => {
    const StreamName = 'busy';
    const split = { StreamName, ShardToSplit: 'shardId-000000000000', NewStartingHashKey: '99' };
    await slow.splitShard(split);
    await expect(slow.splitShard(split)).rejects.toBeInstanceOf(kinesis.ResourceInUseException);
    await expect(slow.splitShard({ ...split, StreamName: 'none' })).rejects.toBeInstanceOf(
      kinesis.ResourceNotFoundException,
    );
    await expect(
      client.splitShard({ ...split, StreamName: 'consumers', NewStartingHashKey: '1' }),
    ).rejects.toBeInstanceOf(kinesis.InvalidArgumentException);
    await expect(
      client.updateShardCount({
        StreamName: 'consumers',
        TargetShardCount: 9,
        ScalingType: 'UNIFORM_SCALING',
      }),
    ).rejects.toBeInstanceOf(kinesis.LimitExceededException);
    const { StreamDescriptionSummary } = await slow.describeStreamSummary({ StreamName });
    expect(StreamDescriptionSummary).toMatchObject({ StreamStatus: 'UPDATING', OpenShardCount: 2 });
    await slow.putRecord({ StreamName, Data: Buffer.from('x'), PartitionKey: 'k' });
    const describes = await Promise.allSettled(
      Array.from({ length: 60 }, () => slow.describeStream({ StreamName })),
    );
    const refused = describes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(kinesis.LimitExceededException);
  });
});
