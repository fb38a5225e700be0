/** ListShards. */
import type { Shard } from '../model/shard-map.ts';
import type { Account } from './account.ts';
import { shardDescriptionOf, shardsAfter } from './describe-stream.ts';
import { requireFresh } from './list-streams.ts';
import { operation, type OperationResult } from './operation.ts';
import { decodeToken, encodeToken } from './page-token.ts';
import { inUse, invalidArgument, streamNotFound } from './service-error.ts';
import { SHARD_ID, STREAM_REFERENCE, type InputOf } from './shape.ts';
import type { Stream } from './stream.ts';

/** Default and largest page (source: SDK comments). */
const PAGE = 1000;

const FILTERS = [
  'AFTER_SHARD_ID',
  'AT_TRIM_HORIZON',
  'FROM_TRIM_HORIZON',
  'AT_LATEST',
  'AT_TIMESTAMP',
  'FROM_TIMESTAMP',
] as const;

const FIELDS = {
  ExclusiveStartShardId: SHARD_ID,
  MaxResults: { type: 'Integer', min: 1, max: 10_000 },
  NextToken: { type: 'String', min: 1, max: 1_048_576 },
  StreamCreationTimestamp: { type: 'Timestamp' },
  ShardFilter: {
    type: 'Structure',
    fields: {
      Type: { type: 'String', values: FILTERS, required: true },
      ShardId: SHARD_ID,
      Timestamp: { type: 'Timestamp' },
    },
  },
  ...STREAM_REFERENCE,
} as const;

type ListShardsInput = InputOf<typeof FIELDS>;

/** Where a list stands: the stream, the filter, and the shard behind which it goes on. */
interface Cursor {
  readonly stream: Stream;
  readonly filter: string;
  readonly after: string | undefined;
}

export const LIST_SHARDS = operation(FIELDS, listShards);

function listShards(account: Account, input: ListShardsInput, nowUs: number): OperationResult {
  const cursor =
    input.NextToken === undefined ? startOf(account, input, nowUs) : resume(account, input, nowUs);
  const { stream, filter } = cursor;
  const status = stream.statusAt(nowUs);
  if (status !== 'ACTIVE') {
    throw inUse(`Stream ${stream.name} under account ${account.id} not ACTIVE, instead in state ${status}`);
  }
  const rest = shardsAfter(stream, nowUs, cursor.after).filter((shard) => passes(filter, shard));
  const page = rest.slice(0, Math.min(input.MaxResults ?? PAGE, PAGE));
  const last = page.at(-1)?.shardId ?? '';
  return {
    Shards: page.map((shard) => shardDescriptionOf(stream, shard)),
    ...(rest.length > page.length
      ? { NextToken: encodeToken('shards', [stream.name, stream.createdUs, filter, last, nowUs]) }
      : {}),
  };
}

function startOf(account: Account, input: ListShardsInput, nowUs: number): Cursor {
  if (input.StreamName === undefined && input.StreamARN === undefined) {
    throw invalidArgument('Either NextToken or StreamName should be provided.');
  }
  const filter = input.ShardFilter?.Type ?? 'FROM_TRIM_HORIZON';
  const filterShard = input.ShardFilter?.ShardId;
  if ((filter === 'AFTER_SHARD_ID') !== (filterShard !== undefined)) {
    throw invalidArgument(
      'ShardId must be provided with the ShardFilter type AFTER_SHARD_ID, and with no other.',
    );
  }
  if (filter.endsWith('_TIMESTAMP') !== (input.ShardFilter?.Timestamp !== undefined)) {
    throw invalidArgument(
      'Timestamp must be provided with the ShardFilter types AT_TIMESTAMP and FROM_TIMESTAMP, and with no other.',
    );
  }
  const stream = account.find(input, nowUs);
  requireCreatedAt(stream, input.StreamCreationTimestamp);
  const starts = [input.ExclusiveStartShardId, filterShard].filter((id) => id !== undefined).sort();
  return { stream, filter, after: starts.at(-1) };
}

function resume(account: Account, input: ListShardsInput, nowUs: number): Cursor {
  const beside = [
    'StreamName',
    'StreamARN',
    'ExclusiveStartShardId',
    'StreamCreationTimestamp',
    'ShardFilter',
  ] as const;
  const other = beside.find((name) => input[name] !== undefined);
  if (other !== undefined) throw invalidArgument(`NextToken and ${other} cannot be provided together.`);
  const types = ['string', 'number', 'string', 'string', 'number'] as const;
  const fields = decodeToken('shards', types, input.NextToken ?? '');
  if (!fields) throw invalidArgument('Invalid NextToken.');
  const [name, createdUs, filter, after, issuedUs] = fields;
  requireFresh(issuedUs, nowUs);
  const stream = account.find({ StreamName: name }, nowUs);
  if (stream.createdUs !== createdUs) throw streamNotFound(name, account.id);
  return { stream, filter, after };
}

/** A stream of the same name but another birth is another stream. */
function requireCreatedAt(stream: Stream, timestamp: number | undefined): void {
  if (timestamp !== undefined && Math.floor(timestamp) !== Math.floor(stream.createdUs / 1e6)) {
    throw streamNotFound(stream.name, stream.accountId);
  }
}

/**
 * Whether a shard passes a filter. No operation here closes shards, so every shard has been open since the
 * stream began and all filters by time pass all shards; AFTER_SHARD_ID has become the start of the list.
 */
function passes(filter: string, shard: Shard): boolean {
  return filter !== 'AT_LATEST' || shard.open;
}
