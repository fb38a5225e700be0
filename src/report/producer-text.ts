/**
 * What the producer was told to do, and what its retries did, in a sentence each.
 */
import type { ProducerInfo, RetrySummary } from '../results/report-document.ts';
import { amountOf, bytes, duration, NBSP, percent } from './figure.ts';

/** Whether a producer neither packs nor retries nor follows a preset: then nobody needs to be told. */
export function isPlain(producer: ProducerInfo | undefined): boolean {
  if (producer === undefined) return true;
  if (producer.api === 'PutRecord' || producer.loop === 'closed') return false;
  return producer.preset === undefined && producer.aggregate === 'none' && producer.retry.policy === 'none';
}

export function producerOf(producer: ProducerInfo | undefined): string {
  if (producer === undefined) return '';
  const { preset, aggregate, aggregateMaxBytes } = producer;
  const parts = [
    ...(preset === undefined ? [] : [`preset ${preset}`]),
    ...(aggregate === 'kpl' ? [`KPL aggregates of at most ${bytes(aggregateMaxBytes ?? 0)}`] : []),
    batchesOf(producer),
    producer.loop === 'closed'
      ? `closed loop of ${amountOf(producer.inFlight, 'slot')}, each sending when its last reply has come`
      : `${amountOf(producer.inFlight, 'request')} in flight`,
    retryOf(producer.retry),
  ];
  return parts.join(', ');
}

function batchesOf({ api, batch, lingerMs, loop }: ProducerInfo): string {
  if (api === 'PutRecord') return 'PutRecord, each record a request of its own';
  return `batches of ${batch}${loop === 'closed' ? '' : ` after at most ${duration(lingerMs)}`}`;
}

function retryOf({ policy, maxAttempts, ttlMs, rateLimit }: ProducerInfo['retry']): string {
  switch (policy) {
    case 'none':
      return 'no retries';
    case 'sdk':
      return `retries of failed requests only (sdk), ${maxAttempts}${NBSP}tries`;
    case 'backoff':
      return `retries with backoff, at most ${amountOf(maxAttempts ?? 0, 'try', 'tries')}`;
    case 'kpl':
      return `retries at once for ${duration(ttlMs ?? 0)} (kpl), at most ${percent(rateLimit ?? 0)} of a shard's limit`;
  }
}

/** Defined in `retry-recovery.ts`. */
const CALM = `10${NBSP}s with at most 1.01 attempts for each record`;

/** How much the retries added, and whether the load came to rest; nothing where nothing was retried. */
export function retrySentence(
  { amplification, state, ...at }: RetrySummary,
  retries: number,
): string | undefined {
  if (retries === 0) return undefined;
  const made = `${amplification.toFixed(2)} attempts for each record offered`;
  const what = at.spikeCause ?? 'spike';
  const ended = `the ${what} that ended at ${duration(at.spikeEndMs ?? 0)}`;
  switch (state) {
    case 'calm':
      return `${made}; calm throughout.`;
    case 'recovered':
      return `${made}; the load recovered ${duration(at.calmMs ?? 0)} after ${ended}.`;
    case 'collapsed':
      return (
        `${made}; the load DID NOT recover from ${ended}: what it left could be ` +
        `worked off in ${duration(at.drainMs ?? 0)}, but retries went on ` +
        `${at.calmMs === undefined ? 'to the end' : `for ${duration(at.calmMs)}`}.`
      );
    case 'overloaded':
      return at.spikeCause === undefined
        ? `${made}; the load stayed above what the stream takes from ${duration(at.spikeStartMs ?? 0)} to the end.`
        : `${made}; what the ${what} left had not begun to go away in the end.`;
    case 'undecided':
      return `${made}; the time after ${ended} was too short to tell whether the load recovers.`;
    case 'unsettled':
      return at.spikeEndMs === undefined
        ? `${made}; what they made up for came in bursts within seconds, not in a spike of the load.`
        : `${made}; there was no calm (${CALM}) before ${ended}, so they need not be its trace.`;
  }
}
