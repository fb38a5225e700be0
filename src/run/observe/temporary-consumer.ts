/**
 * A consumer with enhanced fan-out for one sample: registered under a name of its own with tags that say until when it is
 * meant to be there, and deregistered whatever happens.
 */
import { DeregisterStreamConsumerCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { randomBytes } from 'node:crypto';
import { errorName, isDenied } from '../aws/aws-trouble.ts';
import { guardCrash } from '../aws/crash-guard.ts';
import { ownName } from '../aws/ownership.ts';
import { epochClock } from '../clock.ts';
import { Alarm } from '../read/alarm.ts';
import { deregisterConsumer, registerConsumer } from '../read/fan-out-consumer.ts';
import { addMissing, type SampleResult } from './sample-result.ts';

/** Long enough for any sample; `cleanup` takes it for left over from then on. */
const LIFE_US = 3_600_000_000;

/**
 * Registers, lets `work` read, and deregisters. What goes wrong on the way is told in `result`.
 * @param work is given the consumer's ARN
 */
export async function withTemporaryConsumer(
  client: KinesisClient,
  streamArn: string,
  signal: AbortSignal,
  result: SampleResult,
  work: (consumerArn: string) => Promise<void>,
): Promise<void> {
  const runId = randomBytes(16).toString('hex');
  const name = ownName(runId);
  const alarm = new Alarm();
  const wake = (): void => alarm.ring();
  signal.addEventListener('abort', wake);
  const release = guardCrash(async () => {
    await deregisterByName(client, streamArn, name);
  });
  try {
    const registration = { streamArn, name, runId, expiresUs: epochClock() + LIFE_US };
    const arn = await registerOrSay(client, registration, alarm, signal, result);
    if (arn === undefined) return;
    try {
      await work(arn);
    } finally {
      const trouble = await deregisterConsumer(client, arn);
      if (trouble !== undefined) result.left.push(`${trouble}. "shardwise cleanup" lists it.`);
    }
  } finally {
    signal.removeEventListener('abort', wake);
    release();
  }
}

/** @returns the ARN of the consumer that is ACTIVE; undefined where there is none, and no call has left one behind */
async function registerOrSay(
  client: KinesisClient,
  registration: Parameters<typeof registerConsumer>[1],
  alarm: Alarm,
  signal: AbortSignal,
  result: SampleResult,
): Promise<string | undefined> {
  if (signal.aborted) return undefined;
  try {
    return await registerConsumer(client, registration, alarm, signal);
  } catch (error) {
    if (!isStopped(signal)) addMissing(result, missingOf(error));
    // A call without an answer may have registered it all the same.
    const trouble = await deregisterByName(client, registration.streamArn, registration.name);
    if (trouble !== undefined) result.left.push(trouble);
    return undefined;
  }
}

/** Asked anew: it may have been stopped meanwhile. */
function isStopped(signal: AbortSignal): boolean {
  return signal.aborted;
}

function missingOf(error: unknown): SampleResult['missing'][number] {
  const { message } = error as Error;
  if (isDenied(error) || /AccessDenied/.test(message)) {
    const permission = /described/.test(message)
      ? 'kinesis:DescribeStreamConsumer'
      : 'kinesis:RegisterStreamConsumer';
    return { what: 'records', why: 'denied', permission };
  }
  return { what: 'records', why: 'failed', detail: message };
}

/** @returns what went wrong; nothing where there is no such consumer */
async function deregisterByName(
  client: KinesisClient,
  streamArn: string,
  name: string,
): Promise<string | undefined> {
  try {
    await client.send(new DeregisterStreamConsumerCommand({ StreamARN: streamArn, ConsumerName: name }));
    return undefined;
  } catch (error) {
    if (errorName(error) === 'ResourceNotFoundException' || isDenied(error)) return undefined;
    return `Consumer ${name} may be left behind (${errorName(error)}): "shardwise cleanup" lists it.`;
  }
}
