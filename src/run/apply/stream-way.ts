/**
 * A stream on the way from one layout to another: how many of the steps it shows as done.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { badInput, worldFailure } from '../../model/refusal.ts';
import type { Shard } from '../../model/shard-map.ts';
import type { LayoutTrail } from '../../results/layout-trail.ts';
import { PassingTrouble } from '../aws/aws-trouble.ts';
import type { AwsConnection } from '../aws/connection.ts';
import { call, readFacts, waitUntilActive, type Wait } from '../aws/stream-facts.ts';
import { listShards } from '../read/shard-list.ts';
import { openShardsOf } from './step-order.ts';

/** A stream, and the layouts that it may have. */
export interface Way {
  /** Name or ARN. */
  readonly stream: string;
  readonly trail: LayoutTrail;
}

/** The stream that steps were made for. */
export interface KnownStream {
  readonly arn?: string | undefined;
  /** Milliseconds since 1970. */
  readonly createdMs?: number | undefined;
}

/** What a stream shows. */
export interface Sight {
  /** Open ones, in ascending order of hash key. */
  readonly shards: readonly Shard[];
  /** Steps that are done. */
  readonly position: number;
}

/** So long a network that is gone, or a control plane that gives no answer, is waited for once the steps have begun. */
const PATIENCE_MS = 5 * 60_000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 10_000;

/** How the stream is waited for. */
export interface LookOptions {
  /** Ends the wait for an answer. Not the wait for ACTIVE: it is seconds, and the journal is right. */
  readonly signal: AbortSignal;
  /** Told of the state that is waited in, or of what keeps an answer away. */
  readonly onState: (status: string) => void;
}

/**
 * What the stream shows once it is ACTIVE, whatever happens to the network meanwhile.
 * @throws Refusal where its layout is none of the way; PassingTrouble where 5 minutes brought no answer, or the signal came
 */
export async function look(connection: AwsConnection, way: Way, options: LookOptions): Promise<Sight> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
    try {
      await waitUntilActive(connection, way.stream, { signal: NEVER, onState: options.onState });
      return await sightOf(connection, way);
    } catch (error) {
      if (!(error instanceof PassingTrouble) || options.signal.aborted || performance.now() > deadlineMs)
        throw error;
      options.onState('no answer');
    }
    await sleep(waitMs, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

const NEVER = new AbortController().signal;

async function sightOf(connection: AwsConnection, { stream, trail }: Way): Promise<Sight> {
  const listed = await call(connection, 'ListShards', `stream ${stream}`, () =>
    listShards(connection.control, stream, 'AT_LATEST'),
  );
  const shards = openShardsOf(listed);
  const position = trail.positionOf(shards.map(({ range }) => range.start));
  if (position === undefined) throw leftTheWay(stream);
  return { shards, position };
}

/** Somebody else took back what was done. */
export function wentBack(stream: string, position: number): Error {
  return worldFailure(
    `The layout of ${stream} went back to that after step ${position}: somebody else undoes the steps.`,
    'Nothing more is done. Stop what else changes the shards (an autoscaler, a template), then apply again.',
  );
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
 * @param known what the steps know the stream by: another one, also of the same name, is refused
 * @returns undefined where the signal came while the stream was not ACTIVE
 * @throws Refusal where the stream cannot be resharded by hand, or has left the way of the steps
 */
export async function inspectStream(
  connection: AwsConnection,
  way: Way,
  { arn, createdMs }: KnownStream,
  wait: Wait,
): Promise<number | undefined> {
  const { stream } = way;
  const facts = await readFacts(connection, stream);
  if (arn !== undefined && facts.arn !== arn)
    throw badInput(
      `The steps are for ${arn}, and ${facts.arn} answers.`,
      'Check --profile and --endpoint-url.',
    );
  if (createdMs !== undefined && facts.createdMs !== undefined && createdMs !== facts.createdMs) {
    throw badInput(
      `${facts.name} was deleted and made again since the steps were made: it is another stream now.`,
      'Make a new recommendation.',
    );
  }
  if (facts.mode === 'on-demand') {
    throw badInput(
      `${facts.name} is an on-demand stream: it splits and merges its shards by itself.`,
      'Make a new recommendation: it says what can be done there.',
    );
  }
  const { status } = await waitUntilActive(connection, stream, wait);
  return status === 'ACTIVE' ? (await sightOf(connection, way)).position : undefined;
}
