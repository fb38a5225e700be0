import { describe, expect, it } from 'vitest';
import { isPlain, producerOf, retrySentence } from '../../src/report/producer-text.ts';
import type { ProducerInfo, RetrySummary } from '../../src/results/report-document.ts';

const plain: ProducerInfo = {
  api: 'PutRecords',
  batch: 500,
  batchBytes: 10_485_760,
  lingerMs: 100,
  inFlight: 16,
  aggregate: 'none',
  retry: { policy: 'none' },
};
const words = (text: string | undefined): string | undefined => text?.replaceAll('\u00a0', ' ');

describe('the producer in a report', () => {
  it('is not mentioned where it does nothing special', () => {
    expect([isPlain(undefined), isPlain(plain), isPlain({ ...plain, preset: 'sdk' })]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('is told with what it packs and how it retries', () => {
    const kpl: ProducerInfo = {
      ...plain,
      preset: 'kpl',
      aggregate: 'kpl',
      aggregateMaxBytes: 51_200,
      retry: { policy: 'kpl', ttlMs: 30_000, rateLimit: 1.5 },
    };
    expect(words(producerOf(kpl))).toBe(
      "preset kpl, KPL aggregates of at most 50 KiB, batches of 500 after at most 100 ms, 16 requests in flight, retries at once for 30 s (kpl), at most 150 % of a shard's limit",
    );
    expect(words(producerOf({ ...plain, retry: { policy: 'backoff', maxAttempts: 3 } }))).toContain(
      'at most 3 tries',
    );
    expect(words(producerOf({ ...plain, retry: { policy: 'sdk', maxAttempts: 3 } }))).toContain(
      '(sdk), 3 tries',
    );
  });
});

describe('the line about retries', () => {
  const at = { spikeStartMs: 20_000, spikeEndMs: 25_000, drainMs: 10_000, calmMs: 9000 };
  const say = (state: RetrySummary['state']): string | undefined =>
    words(retrySentence({ amplification: 2.804, state, ...at }, 5));

  it('is missing where nothing was retried', () => {
    expect(retrySentence({ amplification: 1, state: 'calm' }, 0)).toBeUndefined();
  });

  it('says how much they added and whether the load came to rest', () => {
    expect(say('recovered')).toBe(
      '2.80 attempts for each record offered; the load recovered 9 s after the spike that ended at 25 s.',
    );
    expect(say('collapsed')).toBe(
      '2.80 attempts for each record offered; the load DID NOT recover from the spike that ended at 25 s: what it left ' +
        'could be worked off in 10 s, but retries went on for 9 s.',
    );
    const never = retrySentence(
      { amplification: 2, state: 'collapsed', spikeEndMs: 25_000, drainMs: 1000 },
      5,
    );
    expect(words(never)).toContain('retries went on to the end.');
    expect(say('overloaded')).toContain('stayed above what the stream takes from 20 s to the end');
    expect(say('undecided')).toContain('too short');
    expect(say('unsettled')).toMatch(
      /no calm \(10.s with at most 1.01 attempts for each record\) before the spike/,
    );
    expect(say('calm')).toContain('calm throughout');
  });
});
