/**
 * Producers as they come: what each does unless it is told otherwise. A scenario that names one may still set every
 * field; where the sources are silent, the defaults of a scenario stand.
 */
import { KIB, LIMITS, MIB } from '../model/limits.ts';
import type { AggregateSpec, PresetName, ProducerSpec, Retry } from './scenario.ts';

/** What the KPL aggregates with (source: KPL default_config.properties, AggregationMaxSize, AggregationMaxCount). */
export const KPL_AGGREGATE: AggregateSpec = { maxBytes: 50 * KIB, maxCount: 4_294_967_295 };

/** The most that the counter of a record's attempts holds: the Kinesis Agent never gives up. */
export const MOST_ATTEMPTS = 65_535;

/** What each retry policy is where a scenario names no more than the policy. */
export const RETRY_DEFAULTS = {
  none: { policy: 'none' },
  /** Three tries, waits from 100 ms doubling up to 20 s. */
  backoff: { policy: 'backoff', maxAttempts: 3, baseUs: 100_000, maxUs: 20_000_000 },
  /** @smithy/core 3.41: three tries of a whole request, after throttling from 1 s, at most 20 s. */
  sdk: { policy: 'sdk', maxAttempts: 3, baseUs: 1_000_000, maxUs: 20_000_000 },
  /** KPL default_config.properties: RecordTtl 30,000 ms, RateLimit 150 %. */
  kpl: { policy: 'kpl', ttlUs: 30_000_000, rateLimit: 1.5 },
} as const satisfies Record<Retry['policy'], Retry>;

/** Interface, scenario file. */
export const PLAIN_PRODUCER: ProducerSpec = {
  api: 'PutRecords',
  batch: LIMITS.recordsPerPutRecords.value,
  lingerUs: 100_000,
  inFlight: 16,
  retry: RETRY_DEFAULTS.none,
};

export const PRESETS: Readonly<Record<PresetName, ProducerSpec>> = {
  /** A loop over PutRecords: one call at a time, partial failures are final. */
  sdk: { ...PLAIN_PRODUCER, preset: 'sdk', inFlight: 1, retry: RETRY_DEFAULTS.sdk },
  /** KPL 1.0.7: CollectionMaxCount, CollectionMaxSize, RecordMaxBufferedTime, MaxConnections. */
  kpl: {
    ...PLAIN_PRODUCER,
    preset: 'kpl',
    batch: 500,
    batchBytes: 5 * MIB,
    lingerUs: 100_000,
    inFlight: 24,
    aggregate: KPL_AGGREGATE,
    retry: RETRY_DEFAULTS.kpl,
  },
  /** Kinesis Agent (Constants.java, KinesisConstants.java): buffers for 60 s, retries from 100 ms up to 10 s. */
  agent: {
    ...PLAIN_PRODUCER,
    preset: 'agent',
    batch: 500,
    batchBytes: 5 * MIB,
    lingerUs: 60_000_000,
    retry: { policy: 'backoff', maxAttempts: MOST_ATTEMPTS, baseUs: 100_000, maxUs: 10_000_000 },
  },
};
