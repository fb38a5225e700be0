/**
 * What must hold between the fields of a scenario's producer.
 */
import { AGGREGATE_KEY } from '../model/kpl-codec.ts';
import { formatBytes, parseDuration } from '../model/quantity.ts';
import { PRESETS } from './producer-presets.ts';
import type { Path } from './scenario-complaint.ts';
import type { ProducerInput, RetryInput } from './scenario-schema.ts';
import type { Scenario } from './scenario.ts';

type Add = (path: Path, what: string, fix: string) => void;

/** What each retry policy can be told. */
const SETTINGS: Readonly<Record<RetryInput['policy'], readonly (keyof RetryInput)[]>> = {
  none: [],
  sdk: ['maxAttempts', 'base', 'max'],
  backoff: ['maxAttempts', 'base', 'max'],
  kpl: ['ttl', 'rateLimit'],
};

/** Complains about fields that contradict each other, in what a user wrote. */
export function checkProducer(producer: ProducerInput, add: Add): void {
  if (producer.retry !== undefined) checkRetry(producer.retry, add);
  const isPreset = producer.preset !== undefined && PRESETS[producer.preset].aggregate !== undefined;
  const packs = producer.aggregate === undefined ? isPreset : producer.aggregate === 'kpl';
  const extra = (['aggregateMaxSize', 'aggregateMaxCount'] as const).find(
    (name) => producer[name] !== undefined,
  );
  if (!packs && extra !== undefined)
    add(['producer', extra], 'records are not aggregated.', 'Remove it, or write aggregate: kpl.');
}

function checkRetry(retry: RetryInput, add: Add): void {
  const path = ['producer', 'retry'];
  const { policy, base, max } = retry;
  const known = ['policy', ...SETTINGS[policy]];
  const extra = Object.keys(retry).find((name) => !known.includes(name));
  if (extra !== undefined && policy === 'none')
    add([...path, extra], 'without retries there is nothing to set.', 'Remove it, or write policy: backoff.');
  else if (extra !== undefined)
    add(
      [...path, extra],
      `the policy ${policy} has no such setting.`,
      `Remove it, or use one of: ${SETTINGS[policy].join(', ')}.`,
    );
  if (base !== undefined && max !== undefined && usOf(base) > usOf(max))
    add([...path, 'base'], `${base} is above max.`, `Write at most ${max}.`);
}

/** An aggregate is a record of the stream. */
export function checkAggregate({ producer, stream, traffic }: Scenario, add: Add): void {
  if (producer.aggregate === undefined) return;
  const explicit = traffic.findIndex(
    ({ keys }) => keys.kind === 'hashKeys' || keys.kind === 'explicitHashKey',
  );
  if (explicit >= 0) {
    add(
      ['traffic', explicit, 'keys'],
      'records with hash keys of their own are not aggregated here.',
      'Write aggregate: none, or keys with names.',
    );
  }
  const most = stream.maxRecordBytes - AGGREGATE_KEY.length;
  if (producer.aggregate.maxBytes <= most) return;
  add(
    ['producer', 'aggregateMaxSize'],
    `${formatBytes(producer.aggregate.maxBytes)} and a key are more than this stream takes in a record, ` +
      `${formatBytes(stream.maxRecordBytes)}.`,
    `Write less, at most ${most}B.`,
  );
}

const usOf = (text: string): number => parseDuration(text) ?? NaN;
