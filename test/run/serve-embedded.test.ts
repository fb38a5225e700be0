import { describe, expect, it } from 'vitest';
import { parseFaults } from '../../src/local/faults/fault-file.ts';
import { startEmbedded } from '../../src/run/serve/embedded.ts';

async function ask(url: string, operation: string): Promise<unknown> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `Kinesis_20131202.${operation}`,
      'x-amz-date': 'd',
      authorization: 'AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c',
    },
    body: JSON.stringify({ StreamName: 's' }),
  });
  return reply.json();
}

describe('the embedded endpoint', () => {
  it('runs on a thread of its own with its streams ACTIVE, and stops', async () => {
    const embedded = await startEmbedded({ streams: [{ name: 's', shards: 3, maxRecordBytes: 2_097_152 }] });
    expect(embedded.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await ask(embedded.url, 'DescribeStreamSummary')).toMatchObject({
      StreamDescriptionSummary: { StreamStatus: 'ACTIVE', OpenShardCount: 3, MaxRecordSizeInKiB: 2048 },
    });
    await embedded.close();
    await expect(ask(embedded.url, 'ListShards')).rejects.toThrow();
  });

  it('takes faults and credentials with it', async () => {
    const faults = parseFaults(
      'faults: [{ operations: [ListStreams], error: InternalFailure }]',
      'faults.yaml',
    );
    const embedded = await startEmbedded({ streams: [], faults });
    expect(await ask(embedded.url, 'ListStreams')).toMatchObject({ __type: 'InternalFailure' });
    await embedded.close();
    const strict = await startEmbedded({
      streams: [],
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    });
    expect(await ask(strict.url, 'ListStreams')).toMatchObject({ __type: 'IncompleteSignatureException' });
    await strict.close();
  });

  it('says why it cannot start', async () => {
    await expect(startEmbedded({ streams: [{ name: 's', shards: 0 }] })).rejects.toThrow(/shard count/);
  });
});
