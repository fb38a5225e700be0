/**
 * A producer's settings as a report says them.
 */
import { LIMITS } from '../model/limits.ts';
import type { ProducerInfo } from '../results/report-document.ts';
import type { ProducerSpec, Retry } from '../traffic/scenario.ts';

export function producerInfoOf(spec: ProducerSpec): ProducerInfo {
  const { preset, api, batch, batchBytes, lingerUs, inFlight, loop, aggregate, retry } = spec;
  return {
    ...(preset === undefined ? {} : { preset }),
    api,
    batch,
    batchBytes: batchBytes ?? LIMITS.bytesPerPutRecords.value,
    lingerMs: lingerUs / 1000,
    inFlight,
    ...(loop === undefined ? {} : { loop }),
    ...(aggregate === undefined
      ? { aggregate: 'none' }
      : { aggregate: 'kpl', aggregateMaxBytes: aggregate.maxBytes, aggregateMaxCount: aggregate.maxCount }),
    retry: retryInfoOf(retry),
  };
}

function retryInfoOf(retry: Retry): ProducerInfo['retry'] {
  switch (retry.policy) {
    case 'none':
      return { policy: 'none' };
    case 'kpl':
      return { policy: 'kpl', ttlMs: retry.ttlUs / 1000, rateLimit: retry.rateLimit };
    default: {
      const { policy, maxAttempts, baseUs, maxUs } = retry;
      return { policy, maxAttempts, baseMs: baseUs / 1000, maxMs: maxUs / 1000 };
    }
  }
}
