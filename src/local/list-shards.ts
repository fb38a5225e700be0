/** ListShards. */
import { shardNumberOf } from '../model/shard-map.ts';
import type { Account } from './account.ts';
import { shardDescriptionOf, shardsAfter } from './describe-stream.ts';
import { requireFresh } from './list-streams.ts';
import { operation, type OperationResult } from './operation.ts';
import { decodeToken, encodeToken } from './page-token.ts';
import { invalidArgument, notActive, streamNotFound } from './service-error.ts';
import { checkFilter, filterOf, passes, SHARD_FILTERS, type ShardFilter } from './shard-filter.ts';
import { NEXT_TOKEN, SHARD_ID, STREAM_REFERENCE, type InputOf } from './shape.ts';
import type { Stream } from './stream.ts';

/** Default and largest page (source: SDK comments). */
const PAGE = 1000;

const FIELDS = {
  ExclusiveStartShardId: SHARD_ID,
  MaxResults: { type: 'Integer', min: 1, max: 10_000 },
  NextToken: NEXT_TOKEN,
  StreamCreationTimestamp: { type: 'Timestamp' },
  ShardFilter: {
    type: 'Structure',
    fields: {
      Type: { type: 'String', values: SHARD_FILTERS, required: true },
      ShardId: SHARD_ID,
      Timestamp: { type: 'Timestamp' },
    },
  },
  ...STREAM_REFERENCE,
} as const;

type ListShardsInput = InputOf<typeof FIELDS>;

/** Where a list stands: the stream, which of its shards are meant, and the shard behind which it goes on. */
interface Cursor {
  readonly stream: Stream;
  readonly filter: ShardFilter;
  readonly after: string | undefined;
}

export const LIST_SHARDS = operation(FIELDS, listShards);

function listShards(account: Account, input: ListShardsInput, nowUs: number): OperationResult {
  const cursor =
    input.NextToken === undefined ? startOf(account, input, nowUs) : resume(account, input, nowUs);
  const { stream, filter } = cursor;
  if (!stream.state.isOpen(nowUs)) throw notActive(stream.name, account.id, stream.statusAt(nowUs));
  const rest = shardsAfter(stream, nowUs, cursor.after).filter((shard) =>
    passes(filter, stream.layout, shardNumberOf(shard.shardId)),
  );
  const page = rest.slice(0, Math.min(input.MaxResults ?? PAGE, PAGE));
  const last = page.at(-1)?.shardId ?? '';
  const { createdUs, name } = stream;
  return {
    Shards: page.map((shard) => shardDescriptionOf(stream, shard)),
    ...(rest.length > page.length
      ? { NextToken: encodeToken('shards', [name, createdUs, filter.kind, filter.atUs, last, nowUs]) }
      : {}),
  };
}

function startOf(account: Account, input: ListShardsInput, nowUs: number): Cursor {
  if (input.StreamName === undefined && input.StreamARN === undefined) {
    throw invalidArgument('Either NextToken or StreamName should be provided.');
  }
  checkFilter(input.ShardFilter);
  const stream = account.find(input, nowUs);
  requireCreatedAt(stream, input.StreamCreationTimestamp);
  const filter = filterOf(input.ShardFilter, stream.retention.horizonUs(nowUs), nowUs);
  const starts = [input.ExclusiveStartShardId, input.ShardFilter?.ShardId].filter((id) => id !== undefined);
  return { stream, filter, after: starts.sort().at(-1) };
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
  const types = ['string', 'number', 'string', 'number', 'string', 'number'] as const;
  const fields = decodeToken('shards', types, input.NextToken ?? '');
  if (!fields) throw invalidArgument('Invalid NextToken.');
  const [name, createdUs, kind, atUs, after, issuedUs] = fields;
  requireFresh(issuedUs, nowUs);
  const stream = account.find({ StreamName: name }, nowUs);
  if (stream.createdUs !== createdUs) throw streamNotFound(name, account.id);
  return { stream, filter: { kind, atUs }, after };
}

/** A stream of the same name but another birth is another stream. */
export function requireCreatedAt(stream: Stream, timestamp: number | undefined): void {
  if (timestamp !== undefined && Math.floor(timestamp) !== Math.floor(stream.createdUs / 1e6)) {
    throw streamNotFound(stream.name, stream.accountId);
  }
}
