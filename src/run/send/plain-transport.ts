/**
 * PutRecords, or PutRecord, through the AWS SDK with its own serializer and deserializer: what an application does.
 */
import { PutRecordCommand, PutRecordsCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import type { AcknowledgedRecords } from '../read/acknowledged-records.ts';
import type { Batch } from '../../traffic/producer.ts';
import type { RecordSlab } from '../../traffic/record-slab.ts';
import type { PutApi } from '../../traffic/scenario.ts';
import type { StreamRef } from './put-body.ts';
import { entriesOf, type WireKeys } from './put-entries.ts';
import type { RecordData } from './record-data.ts';
import { failedReply, ReplyReader } from './reply-reader.ts';
import type { PutReply, Transport } from './transport.ts';

export interface PlainTransportOptions {
  readonly client: KinesisClient;
  readonly stream: StreamRef;
  /** Default: PutRecords. */
  readonly api?: PutApi;
  readonly data: RecordData;
  readonly keys: WireKeys;
  /** Shard ids by number, to check our routing against the replies. */
  readonly shardIds: readonly string[];
  /** Where consumers are to be told what was acknowledged. */
  readonly acknowledged?: AcknowledgedRecords | undefined;
}

export class PlainTransport implements Transport {
  readonly name = 'sdk-plain';
  readonly #options: PlainTransportOptions;
  readonly #reader: ReplyReader;

  constructor(options: PlainTransportOptions) {
    this.#options = options;
    this.#reader = new ReplyReader(options.shardIds, options.acknowledged);
  }

  async put(batch: Batch, records: RecordSlab): Promise<PutReply> {
    const { client, stream, api, data, keys } = this.#options;
    const entries = entriesOf(batch, data.of(batch.slots, records), records, keys);
    try {
      if (api === 'PutRecord') {
        const result = await client.send(new PutRecordCommand({ ...stream, ...entries[0] }));
        return this.#reader.results([result], batch, records);
      }
      const reply = await client.send(new PutRecordsCommand({ ...stream, Records: entries }));
      return this.#reader.results(reply.Records ?? [], batch, records);
    } catch (error) {
      return failedReply(error, batch);
    }
  }

  close(): void {
    this.#options.client.destroy();
  }
}
