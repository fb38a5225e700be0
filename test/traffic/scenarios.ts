/** Small scenarios for tests, complete but for what a test is about. */
import {
  DEFAULT_TEMPLATE,
  type ConsumerSpec,
  type DrawnKeys,
  type Scenario,
  type Source,
} from '../../src/traffic/scenario.ts';

const MIB = 1024 * 1024;

export function uniformKeys(count: number): DrawnKeys {
  return { kind: 'uniform', count, template: DEFAULT_TEMPLATE };
}

/** A source at a constant rate, even arrivals, one hundred keys of 100 bytes unless said otherwise. */
export function sourceAt(ratePerSec: number, durationSec: number, rest: Partial<Source> = {}): Source {
  return {
    name: '0',
    stages: [{ durationUs: durationSec * 1_000_000, from: ratePerSec, to: ratePerSec }],
    arrivals: { kind: 'even' },
    keys: uniformKeys(100),
    size: { kind: 'fixed', bytes: 100 },
    ...rest,
  };
}

export function scenarioOf(traffic: readonly Source[], rest: Partial<Scenario> = {}): Scenario {
  return {
    stream: { shards: 4, maxRecordBytes: MIB, retentionHours: 24, initialFill: 1 },
    warmupUs: 0,
    durationUs: traffic[0].stages.reduce((sum, stage) => sum + stage.durationUs, 0),
    seed: 1,
    traffic,
    producer: {
      api: 'PutRecords',
      batch: 500,
      lingerUs: 100_000,
      inFlight: 16,
      retry: { policy: 'none' },
    },
    consumers: [],
    thresholds: [],
    ...rest,
  };
}

/** A consumer that polls once a second and needs no time for what it reads, unless said otherwise. */
export function consumerOf(rest: Partial<ConsumerSpec> = {}): ConsumerSpec {
  const everyUs = rest.everyUs ?? 1_000_000;
  return {
    name: 'reader',
    kind: 'polling',
    everyUs,
    idleUs: everyUs,
    throttledUs: everyUs,
    limit: 10_000,
    batch: 10_000,
    perBatchUs: 0,
    perRecordUs: 0,
    parallel: 1,
    outages: [],
    ...rest,
  };
}
