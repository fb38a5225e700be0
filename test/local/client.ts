/** A client without a socket: calls an operation of a LocalService as a signed request would. */
import {
  LocalService,
  type LocalOptions,
  type LocalReply,
  type StreamSpec,
} from '../../src/local/local-service.ts';

/** A time to start from, in microseconds. */
export const START_US = 1_800_000_000_000_000;

export const SIGNED = {
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-date': '20270115T080000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20270115/us-east-1/kinesis/aws4_request, SignedHeaders=host;x-amz-date, Signature=00',
};

export interface Answered {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: ReplyBody;
}

export interface ShownShard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  readonly AdjacentParentShardId?: string;
  readonly HashKeyRange: { readonly StartingHashKey: string; readonly EndingHashKey: string };
  readonly SequenceNumberRange: {
    readonly StartingSequenceNumber: string;
    readonly EndingSequenceNumber?: string;
  };
}

/** A written or a read record, or why it was refused. */
export interface ShownRecord {
  readonly SequenceNumber: string;
  readonly ShardId?: string;
  readonly ErrorCode?: string;
  readonly ErrorMessage?: string;
  readonly Data: string;
  readonly PartitionKey: string;
  readonly ApproximateArrivalTimestamp: number;
}

/** What the operations answer, errors and all. Each answers only a few of these. */
export interface ReplyBody {
  readonly __type?: string;
  readonly message?: string;
  readonly Message?: string;
  readonly SequenceNumber: string;
  readonly ShardId?: string;
  readonly FailedRecordCount: number;
  readonly Records: readonly ShownRecord[];
  readonly ShardIterator?: string;
  readonly NextShardIterator: string | null;
  readonly ChildShards?: readonly { readonly ShardId: string; readonly ParentShards: readonly string[] }[];
  readonly MillisBehindLatest: number;
  readonly Shards: readonly ShownShard[];
  readonly NextToken?: string;
  readonly StreamNames: readonly string[];
  readonly StreamSummaries: readonly object[];
  readonly HasMoreStreams: boolean;
  readonly StreamDescription: { readonly Shards: readonly ShownShard[]; readonly HasMoreShards: boolean };
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
  readonly HasMoreTags: boolean;
  readonly Consumer: { readonly ConsumerARN: string; readonly ConsumerStatus: string };
  readonly ConsumerDescription: { readonly ConsumerARN: string; readonly ConsumerStatus: string };
  readonly Consumers: readonly { readonly ConsumerName: string; readonly ConsumerStatus: string }[];
  readonly DesiredShardLevelMetrics: readonly string[];
  readonly EncryptionType?: string;
  readonly Policy: string;
  readonly StreamDescriptionSummary?: { readonly StreamStatus: string; readonly OpenShardCount: number };
}

export function serviceWith(streams: readonly StreamSpec[], options: LocalOptions = {}): LocalService {
  const service = new LocalService(options);
  for (const stream of streams) service.createStream(stream, START_US);
  return service;
}

export function call(service: LocalService, operation: string, input: unknown, nowUs = START_US): Answered {
  return send(service, operation, Buffer.from(JSON.stringify(input)), nowUs);
}

export function send(service: LocalService, operation: string, body: Buffer, nowUs = START_US): Answered {
  const headers = { ...SIGNED, 'x-amz-target': `Kinesis_20131202.${operation}` };
  return read(service.handle({ method: 'POST', path: '/', headers, body }, nowUs));
}

export function read(reply: LocalReply): Answered {
  const text = reply.body.toString();
  const isJson = text !== '' && reply.headers['content-type'].includes('json');
  return { ...reply, body: (isJson ? JSON.parse(text) : {}) as ReplyBody };
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

export function record(key: string, data = 'x'): { Data: string; PartitionKey: string } {
  return { Data: base64(data), PartitionKey: key };
}
