/**
 * A stream on the way from one layout to another: how many of the steps it shows as done.
 */
import { badInput, worldFailure } from '../../model/refusal.ts';
import type { Shard } from '../../model/shard-map.ts';
import type { LayoutTrail } from '../../results/layout-trail.ts';
import type { AwsConnection } from '../aws/connection.ts';
import { call, readFacts, waitUntilActive } from '../aws/stream-facts.ts';
import { listShards } from '../read/shard-list.ts';
import { openShardsOf } from './step-order.ts';

/** A stream, and the layouts that it may have. */
export interface Way {
  /** Name or ARN. */
  readonly stream: string;
  readonly trail: LayoutTrail;
}

/** What a stream shows. */
export interface Sight {
  /** Open ones, in ascending order of hash key. */
  readonly shards: readonly Shard[];
  /** Steps that are done. */
  readonly position: number;
}

/**
 * What the stream shows once it is ACTIVE. That is waited for even after an interrupt: it is seconds, and the journal is right.
 * @throws Refusal where its layout is none of the way
 */
export async function look(
  connection: AwsConnection,
  { stream, trail }: Way,
  onState: (status: string) => void,
): Promise<Sight> {
  const patience = new AbortController();
  await waitUntilActive(connection, stream, {
    signal: patience.signal,
    onState,
  });
  const listed = await call(connection, 'ListShards', `stream ${stream}`, () =>
    listShards(connection.control, stream, 'AT_LATEST'),
  );
  const shards = openShardsOf(listed);
  const position = trail.positionOf(shards.map(({ range }) => range.start));
  if (position === undefined) throw leftTheWay(stream);
  return { shards, position };
}

/** Somebody else changed the layout. */
export function leftTheWay(stream: string): Error {
  return worldFailure(
    `The layout of ${stream} is none that these steps lead through: it was changed by somebody else, or since they were made.`,
    'Nothing more is done. Run shardwise recommend again; stop what else changes the shards (an autoscaler, a template).',
  );
}

/**
 * How many steps the stream shows as done, before anything is done.
 * @param arn where the steps name the stream by it: another stream of the same name is refused
 * @throws Refusal where the stream cannot be resharded by hand, or has left the way of the steps
 */
export async function inspectStream(
  connection: AwsConnection,
  { stream, trail }: Way,
  arn: string | undefined,
): Promise<number> {
  const facts = await readFacts(connection, stream);
  if (arn !== undefined && facts.arn !== arn)
    throw badInput(
      `The steps are for ${arn}, and ${facts.arn} answers.`,
      'Check --profile and --endpoint-url.',
    );
  if (facts.mode === 'on-demand') {
    throw badInput(
      `${facts.name} is an on-demand stream: it splits and merges its shards by itself.`,
      'Make a new recommendation: it says what can be done there.',
    );
  }
  const seen = await look(connection, { stream, trail }, () => undefined);
  return seen.position;
}
