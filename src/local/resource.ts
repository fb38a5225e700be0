/** What an ARN names: a stream, or a consumer registered with one. */
import type { Account } from './account.ts';
import type { Consumer } from './consumer-registry.ts';
import { consumerNotFound } from './service-error.ts';
import type { Stream } from './stream.ts';
import type { TagSet } from './tag-set.ts';

export interface Resource {
  readonly stream: Stream;
  /** Undefined where the stream itself is meant. */
  readonly consumer: Consumer | undefined;
}

/** What of a resource can be set: its tags and its policy. */
export function settingsOf({ stream, consumer }: Resource): {
  readonly tags: TagSet;
  policy: string | undefined;
} {
  return consumer ?? stream.settings;
}

/**
 * @param arn in the form of RESOURCE_ARN
 * @throws ServiceError ResourceNotFoundException
 */
export function findResource(account: Account, arn: string, nowUs: number): Resource {
  const [streamArn, consumerPart] = arn.split('/consumer/', 2) as [string, string | undefined];
  const stream = account.find({ StreamARN: streamArn }, nowUs);
  if (consumerPart === undefined) return { stream, consumer: undefined };
  const consumer = stream.consumers.list(nowUs).find((candidate) => candidate.arn === arn);
  if (consumer === undefined) throw consumerNotFound(consumerPart.split(':')[0], account.id);
  return { stream, consumer };
}
