/**
 * The parts of a report that are about the producer: what it was told, and what its retries did to the load.
 */

/** The producer's settings, defaults and presets resolved. */
export interface ProducerInfo {
  readonly preset?: 'sdk' | 'kpl' | 'agent';
  readonly api: 'PutRecords' | 'PutRecord';
  /** Whether each slot sends its next request when the reply to its last one has come. */
  readonly loop?: 'closed';
  readonly batch: number;
  readonly batchBytes: number;
  readonly lingerMs: number;
  readonly inFlight: number;
  readonly aggregate: 'none' | 'kpl';
  readonly aggregateMaxBytes?: number;
  readonly aggregateMaxCount?: number;
  readonly retry: {
    readonly policy: 'none' | 'sdk' | 'backoff' | 'kpl';
    readonly maxAttempts?: number;
    readonly baseMs?: number;
    readonly maxMs?: number;
    readonly ttlMs?: number;
    /** Part of a shard's limits, 1.5 is 150 %. */
    readonly rateLimit?: number;
  };
}

/** What a load came to after its worst spike; defined in `retry-recovery.ts`. */
export type RetryState = 'calm' | 'recovered' | 'collapsed' | 'overloaded' | 'undecided' | 'unsettled';

/** What retries did to the load; times from the start of the counted duration where nothing else is said. */
export interface RetrySummary {
  /** Attempts per offered record. */
  readonly amplification: number;
  readonly state: RetryState;
  /** When the offered load began and ceased to outrun what the stream takes. */
  readonly spikeStartMs?: number;
  readonly spikeEndMs?: number;
  /** Where an outage of the timeline made the spike. */
  readonly spikeCause?: 'outage';
  /** From the spike's end: how long its excess takes to be worked off; absent where the run ends before. */
  readonly drainMs?: number;
  /** From the spike's end to the beginning of calm. */
  readonly calmMs?: number;
}
