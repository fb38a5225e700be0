/** What a request is about, whatever its operation: the stream and the shard that it names. */
import { decodeIterator } from './shard-iterator.ts';

export interface Subject {
  /** A name, also where the request has an ARN or an iterator. */
  readonly stream: string | undefined;
  /** Number of the shard that it reads. */
  readonly shard: number | undefined;
}

/** Reads a request's members as they came, good or not. */
export function subjectOf(input: object): Subject {
  const { StreamName: name, ShardIterator: token, ...rest } = input as Record<string, unknown>;
  const arn = rest.StreamARN ?? rest.ConsumerARN ?? rest.ResourceARN;
  const iterator = typeof token === 'string' ? decodeIterator(token) : undefined;
  if (iterator) return { stream: iterator.stream, shard: iterator.shard };
  if (typeof name === 'string') return { stream: name, shard: undefined };
  if (typeof arn === 'string') return { stream: streamOfArn(arn), shard: undefined };
  return { stream: undefined, shard: undefined };
}

/** `orders` of `arn:aws:kinesis:us-east-1:000000000000:stream/orders`, and of a consumer's ARN below it. */
function streamOfArn(arn: string): string | undefined {
  return /:stream\/([^/]+)/.exec(arn)?.[1];
}
