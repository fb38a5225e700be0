/**
 * Consumers with enhanced fan-out are registered with the stream for a run and deregistered after it. They carry a tag
 * that says when they are nobody's any more.
 */
import {
  DeregisterStreamConsumerCommand,
  DescribeStreamConsumerCommand,
  RegisterStreamConsumerCommand,
  type KinesisClient,
} from '@aws-sdk/client-kinesis';
import { worldFailure } from '../../model/refusal.ts';
import { ownTags, thisProcess } from '../aws/ownership.ts';
import { epochClock } from '../clock.ts';
import { readTroubleOf } from './read-error.ts';
import type { Alarm } from './alarm.ts';

/** Five calls a second are allowed, of DescribeStreamConsumer twenty. */
const CALL_MS = 250;
const MOST_TRIES = 240;

export interface Registration {
  readonly streamArn: string;
  /** Unique: it holds the run's id. */
  readonly name: string;
  readonly runId: string;
  /** Microseconds since 1970. */
  readonly expiresUs: number;
}

/**
 * Registers a consumer and waits until it is ACTIVE.
 * @param signal gives up; what is registered by then is deregistered
 * @returns its ARN
 */
export async function registerConsumer(
  client: KinesisClient,
  { streamArn, name, runId, expiresUs }: Registration,
  alarm: Alarm,
  signal?: AbortSignal,
): Promise<string> {
  const command = new RegisterStreamConsumerCommand({
    StreamARN: streamArn,
    ConsumerName: name,
    Tags: ownTags({ runId, createdUs: epochClock(), expiresUs, process: thisProcess() }),
  });
  let arn: string;
  for (let tries = 1; ; tries++) {
    try {
      const { Consumer } = await client.send(command);
      arn = Consumer?.ConsumerARN ?? '';
      break;
    } catch (error) {
      const { kind, code, message } = readTroubleOf(error);
      if (kind !== 'throttled' || tries >= MOST_TRIES || signal?.aborted === true)
        throw worldFailure(
          `The consumer ${name} cannot be registered: ${code}: ${message}.`,
          'Deregister consumers that are not needed, or let this one poll (kind: polling).',
        );
      await alarm.sleep(CALL_MS);
    }
  }
  try {
    return await activeArn(client, arn, alarm, signal);
  } catch (error) {
    await deregisterConsumer(client, arn);
    throw error;
  }
}

async function activeArn(
  client: KinesisClient,
  arn: string,
  alarm: Alarm,
  signal?: AbortSignal,
): Promise<string> {
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    signal?.throwIfAborted();
    try {
      const described = await client.send(new DescribeStreamConsumerCommand({ ConsumerARN: arn }));
      if (described.ConsumerDescription?.ConsumerStatus === 'ACTIVE') return arn;
    } catch (error) {
      const { kind, code, message } = readTroubleOf(error);
      if (kind !== 'throttled')
        throw worldFailure(`The consumer ${arn} cannot be described: ${code}: ${message}.`, 'Try again.');
    }
    await alarm.sleep(CALL_MS);
  }
  throw worldFailure(`The consumer ${arn} did not become ACTIVE within a minute.`, 'Try again.');
}

/** Deregisters; what is gone already is no failure. @returns what went wrong, where something did */
export async function deregisterConsumer(client: KinesisClient, arn: string): Promise<string | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      await client.send(new DeregisterStreamConsumerCommand({ ConsumerARN: arn }));
      return undefined;
    } catch (error) {
      const { kind, code, message } = readTroubleOf(error);
      if (code === 'ResourceNotFoundException') return undefined;
      if ((kind !== 'throttled' && kind !== 'inUse') || tries >= 20)
        return `${arn} could not be deregistered: ${code}: ${message}`;
      await new Promise((resolve) => setTimeout(resolve, CALL_MS));
    }
  }
}
