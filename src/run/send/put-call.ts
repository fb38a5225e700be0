/**
 * The two calls that put records: how the AWS SDK is asked for one without records, so that a body of ours can take the
 * place of its own, and what a reply without results looks like.
 */
import {
  PutRecordCommand,
  PutRecordsCommand,
  type PutRecordCommandInput,
  type PutRecordsCommandInput,
} from '@aws-sdk/client-kinesis';
import type { PutApi } from '../../traffic/scenario.ts';
import type { StreamRef } from './put-body.ts';

/** A request of the SDK's with everything but its records; `extra` travels with its input. */
export function emptyCommand(
  api: PutApi,
  stream: StreamRef,
  extra: object = {},
): PutRecordCommand | PutRecordsCommand {
  if (api === 'PutRecords') {
    return new PutRecordsCommand({ ...stream, Records: [], ...extra } satisfies PutRecordsCommandInput);
  }
  const record = { Data: new Uint8Array(0), PartitionKey: '0' };
  return new PutRecordCommand({ ...stream, ...record, ...extra } satisfies PutRecordCommandInput);
}

/** What the SDK is given to understand where a request went well. */
export const EMPTY_REPLIES: Readonly<Record<PutApi, Buffer>> = {
  PutRecords: Buffer.from('{"FailedRecordCount":0,"Records":[]}'),
  PutRecord: Buffer.from('{"ShardId":"","SequenceNumber":""}'),
};
