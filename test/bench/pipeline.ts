/**
 * Everything that a load test does to a record but send it: draw, route, batch, tally, histogram. The clock is
 * virtual and every reply comes at once.
 */
import { ATTEMPT } from '../../src/model/outcome.ts';
import { createShardMap } from '../../src/model/shard-map.ts';
import { Pipeline } from '../../src/simulate/pipeline.ts';
import type { Keys, Scenario, Source } from '../../src/traffic/scenario.ts';

const TICK_US = 5_000;
const SERVICE_US = 5_000;

/** Plays a scenario of `records` records through the pipeline and returns its digest, so that nobody can skip work. */
export function playPipeline(records: number, keys: Keys, rest: Partial<Source> = {}): string {
  const ratePerSec = 100_000;
  const durationUs = (records * 1_000_000) / ratePerSec;
  const scenario: Scenario = {
    stream: { shards: 128, maxRecordBytes: 1 << 20, retentionHours: 24, initialFill: 1 },
    warmupUs: 0,
    durationUs,
    seed: 1,
    traffic: [
      {
        name: 'bench',
        stages: [{ durationUs, from: ratePerSec, to: ratePerSec }],
        arrivals: { kind: 'even' },
        size: { kind: 'fixed', bytes: 100 },
        ...rest,
        keys,
      },
    ],
    producer: { api: 'PutRecords', batch: 500, lingerUs: 100_000, inFlight: 16, retry: { policy: 'none' } },
    consumers: [],
    thresholds: [],
  };
  const pipeline = new Pipeline(scenario, createShardMap(128), 4);
  const outcomes = new Uint8Array(500).fill(ATTEMPT.accepted) as unknown as ArrayLike<
    typeof ATTEMPT.accepted
  >;
  for (let nowUs = 0; pipeline.offer.nextDueUs < Infinity || !pipeline.producer.idle; nowUs += TICK_US) {
    pipeline.enterDue(nowUs);
    if (pipeline.offer.nextDueUs === Infinity) pipeline.producer.flush();
    for (let batch = pipeline.nextBatch(nowUs); batch; batch = pipeline.nextBatch(nowUs)) {
      pipeline.settle(batch, outcomes, nowUs + SERVICE_US);
    }
  }
  return pipeline.offer.digest;
}
