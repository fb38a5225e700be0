import { describe, expect, it } from 'vitest';
import { ATTEMPT, OUTCOME, type AttemptOutcome, type RecordOutcome } from '../../src/model/outcome.ts';
import { openProducer } from '../../src/traffic/open-producer.ts';
import { PRESETS } from '../../src/traffic/producer-presets.ts';
import type { Batch } from '../../src/traffic/producer.ts';
import type { ProducerSpec } from '../../src/traffic/scenario.ts';

const FAR_US = 60_000_000;
const PRODUCERS: readonly [string, ProducerSpec][] = [
  ['plain', { ...PRESETS.sdk, batch: 3 }],
  ['packing', { ...PRESETS.sdk, batch: 3, lingerUs: 0, aggregate: { maxBytes: 1000, maxCount: 1 } }],
];

describe.each(PRODUCERS)('the retries of the SDK, %s', (_, spec) => {
  function sent() {
    const ends: RecordOutcome[] = [];
    const sink = {
      attempted: () => undefined,
      finished: (_slot: number, outcome: RecordOutcome) => void ends.push(outcome),
    };
    const producer = openProducer(spec, sink, 3, 1);
    for (let k = 0; k < 6; k++) {
      const slot = producer.records.take();
      producer.records.k[slot] = k;
      producer.records.shard[slot] = k;
      producer.records.key[slot] = k;
      producer.records.keyBytes[slot] = 1;
      producer.records.dataBytes[slot] = 100;
      producer.records.source[slot] = 0;
      producer.enter(slot, 0);
    }
    const batch = producer.nextBatch(0) as Batch;
    expect(batch.slots).toHaveLength(3);
    return { producer, batch, ends };
  }

  const all = (outcome: AttemptOutcome): AttemptOutcome[] => [outcome, outcome, outcome];

  it('leave a partial failure as it is', () => {
    const { producer, batch, ends } = sent();
    producer.settle(batch, [ATTEMPT.accepted, ATTEMPT.throttled, ATTEMPT.failed], 10);
    expect(ends).toEqual([OUTCOME.accepted, OUTCOME.throttled, OUTCOME.failed]);
  });

  it.each([
    ['throttled', ATTEMPT.throttled, 1_000_000],
    ['failed', ATTEMPT.failed, 100_000],
  ] as const)(
    'send a request that %s as a whole again, as it is and in its slot, three times in all',
    (_name, outcome, baseUs) => {
      const { producer, batch, ends } = sent();
      let nowUs = 0;
      let last = batch;
      for (const factor of [1, 2]) {
        producer.settle(last, all(outcome), nowUs, true, true);
        // The only slot is taken: the other three records wait.
        expect(producer.nextBatch(nowUs)).toBeUndefined();
        expect(producer.inFlight).toBe(1);
        const waitUs = producer.nextWakeUs() - nowUs;
        expect(waitUs).toBeLessThan(baseUs * factor);
        nowUs += waitUs;
        last = producer.nextBatch(nowUs) as Batch;
        expect([Array.from(last.slots), last.sentUs, last.queueUs]).toEqual([
          Array.from(batch.slots),
          nowUs,
          0,
        ]);
      }
      expect(ends).toEqual([]);
      producer.settle(last, all(outcome), nowUs, true, true);
      expect(ends).toEqual(all(outcome));
      expect(producer.nextBatch(nowUs)?.slots).toHaveLength(3);
    },
  );

  it('are over where another try cannot help, and when the load is given up', () => {
    const first = sent();
    first.producer.settle(first.batch, all(ATTEMPT.failed), 0, false, true);
    expect(first.ends).toEqual(all(ATTEMPT.failed));
    const second = sent();
    second.producer.settle(second.batch, all(ATTEMPT.throttled), 0, true, true);
    second.producer.abandon(5);
    expect(second.ends.toSorted()).toEqual([
      ...all(ATTEMPT.throttled),
      OUTCOME.dropped,
      OUTCOME.dropped,
      OUTCOME.dropped,
    ]);
    expect([second.producer.inFlight, second.producer.idle]).toEqual([0, true]);
    expect(second.producer.nextBatch(FAR_US)).toBeUndefined();
  });
});
