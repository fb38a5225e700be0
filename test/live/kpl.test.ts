import { GetRecordsCommand, GetShardIteratorCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { describe, expect, it } from 'vitest';
import { hashKeyOf } from '../../src/model/hash-key.ts';
import { contains } from '../../src/model/hash-range.ts';
import type { Shard } from '../../src/model/shard-map.ts';
import { totalsOf } from '../../src/results/run-document.ts';
import { clockFrom, epochClock } from '../../src/run/clock.ts';
import { openLocalTarget } from '../../src/run/local-target.ts';
import { Load } from '../../src/run/send/load.ts';
import { RecordData } from '../../src/run/send/record-data.ts';
import { localClient } from '../../src/run/send/client.ts';
import { SdkTransport } from '../../src/run/send/sdk-transport.ts';
import { readHeader } from '../../src/traffic/payload.ts';
import { PRESETS } from '../../src/traffic/producer-presets.ts';
import { unpackAggregate, type Unpacked } from '../model/protobuf-reader.ts';
import { scenarioOf, sourceAt, uniformKeys } from '../traffic/scenarios.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const START_US = 1_700_000_000_000_000;

interface Stored extends Unpacked {
  /** Whether it came out of an aggregate. */
  readonly isPacked: boolean;
}

/** Every user record of a shard, and how many Kinesis records they came in. */
async function readShard(client: KinesisClient, stream: string, { shardId }: Shard) {
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamName: stream, ShardId: shardId, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  const stored: Stored[] = [];
  let kinesisRecords = 0;
  for (let iterator = ShardIterator; iterator !== undefined;) {
    const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
    for (const { Data = new Uint8Array(), PartitionKey = '' } of page.Records ?? []) {
      kinesisRecords++;
      if (PartitionKey === 'a')
        stored.push(...unpackAggregate(Data).map((row) => ({ ...row, isPacked: true })));
      else stored.push({ key: PartitionKey, data: Buffer.from(Data), isPacked: false });
    }
    iterator = page.Records?.length ? page.NextShardIterator : undefined;
  }
  return { stored, kinesisRecords };
}

describe('a load test with the producer of the KPL', () => {
  it('stores every accepted record once, in aggregates of its own shard that anybody can unpack', async () => {
    const scenario = scenarioOf(
      [sourceAt(2000, 2, { keys: uniformKeys(40), size: { kind: 'uniform', min: 48, max: 400 } })],
      {
        producer: PRESETS.kpl,
        stream: { shards: 3, maxRecordBytes: 1 << 20, retentionHours: 24, initialFill: 1 },
      },
    );
    const target = await openLocalTarget(scenario.stream);
    try {
      const { streamName, map } = target;
      const client = localClient(target.endpoint, 'us-east-1', 1);
      const shardIds = map.open.map((shard) => shard.shardId);
      const runId = Buffer.alloc(16, 7);
      const result = await new Load({
        scenario,
        map,
        z: 3,
        clock: clockFrom(epochClock()),
        signal: new AbortController().signal,
        transportOf: ({ dictionary }) => {
          const nameOf = (key: number): string => dictionary.nameOf(key);
          const data = new RecordData(runId, START_US, scenario.traffic, nameOf);
          const transport = new SdkTransport({
            client: localClient(target.endpoint, 'us-east-1', 16),
            ...{ stream: { StreamName: streamName }, data, shardIds, keys: dictionary },
          });
          return transport;
        },
      }).run();
      const totals = totalsOf(result.pipeline.tally, '0');
      expect(totals).toMatchObject({ offered: 4000, accepted: 4000, failed: 0, dropped: 0 });
      expect(result.misrouted).toBe(0);

      const seen = new Set<number>();
      let kinesisRecords = 0;
      for (const shard of map.open) {
        const read = await readShard(client, streamName, shard);
        kinesisRecords += read.kinesisRecords;
        expect(read.stored.some(({ isPacked }) => isPacked)).toBe(true);
        for (const { key, data: bytes } of read.stored) {
          expect(contains(shard.range, hashKeyOf(key))).toBe(true);
          const header = readHeader(bytes);
          expect(header?.source).toBe(0);
          seen.add(header?.k ?? -1);
        }
      }
      expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 4000 }, (_, k) => k));
      expect(totals.kinesisRecords).toBe(kinesisRecords);
      expect(kinesisRecords).toBeLessThan(200);
      client.destroy();
    } finally {
      await target.close();
    }
  });
});
