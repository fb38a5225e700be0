import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '../../src/model/outcome.ts';
import { Tally } from '../../src/results/tally.ts';
import { RecentLoad } from '../../src/simulate/recent-load.ts';
import { TallySink } from '../../src/simulate/tally-sink.ts';
import { OfferColumns } from '../../src/traffic/offer.ts';
import { Producer, type ProducerSink } from '../../src/traffic/producer.ts';
import type { ProducerSpec, Retry } from '../../src/traffic/scenario.ts';
import { specOf } from '../traffic/producer-story.ts';

const SHARDS = 3;
const WARMUP_US = 200_000;

interface Entering {
  readonly gapUs: number;
  readonly key: number;
  readonly bytes: number;
  /** What replies say to its first attempts, in turn. */
  readonly outcomes: readonly AttemptOutcome[];
}

/** All that was counted of records that enter one by one, or in runs, and are told of one by one, or together. */
function counted(entering: readonly Entering[], spec: ProducerSpec, isTogether: boolean): unknown {
  const tally = new Tally({ shards: SHARDS, durationUs: 60_000_000, z: 3, keyPlaces: 8 });
  const sink = new TallySink(tally, WARMUP_US, new RecentLoad());
  const oneByOne: ProducerSink = {
    attempted: (slot, outcome, nowUs) => sink.attempted(slot, outcome, nowUs),
    finished: (slot, outcome, nowUs) => sink.finished(slot, outcome, nowUs),
  };
  const producer = new Producer(spec, isTogether ? sink : oneByOne, 7, 1);
  sink.attach(producer.records);
  const columns = columnsOf(entering);
  const settle = (nowUs: number): void => {
    for (let batch = producer.nextBatch(nowUs); batch; batch = producer.nextBatch(nowUs)) {
      const { k, attempts } = producer.records;
      const outcomes = Array.from(batch.slots, (slot) => entering[k[slot]].outcomes[attempts[slot] % 3]);
      producer.settle(batch, outcomes, nowUs + 5000);
    }
  };
  for (let from = 0; from < entering.length;) {
    const to = isTogether ? from + producer.quietRun(columns, from, Infinity) : from + 1;
    const first = Math.min(
      to,
      Math.max(
        from,
        columns.dueUs.findIndex((dueUs) => dueUs >= WARMUP_US),
      ),
    );
    const start = columns.dueUs[to - 1] < WARMUP_US ? to : first;
    tally.offerRun(columns, start, to, WARMUP_US);
    producer.records.takeRun(columns, from, to);
    sink.offered(columns.slot, columns.place, start, to);
    if (isTogether) producer.enterRun(columns, from, to);
    else producer.enter(columns.slot[from], columns.dueUs[from]);
    settle(columns.dueUs[to - 1]);
    from = to;
  }
  producer.flush();
  while (!producer.idle) settle(Math.max(columns.dueUs[entering.length - 1], ...wakes(producer)));
  const places = tally.sketch.held();
  return {
    accepted: sink.accepted,
    shards: Array.from({ length: SHARDS }, (_, shard) => tally.shards.row(shard)),
    keys: Array.from(places, (place) => [tally.sketch.keys[place], tally.keys.row(place)]),
    response: tally.response.summary(),
    series: tally.series.until(60_000_000, ['a', 'b', 'c']),
  };
}

function wakes(producer: Producer): number[] {
  return [producer.nextWakeUs()].filter(Number.isFinite);
}

function columnsOf(entering: readonly Entering[]): OfferColumns {
  const columns = new OfferColumns(entering.length);
  columns.length = entering.length;
  let dueUs = 0;
  entering.forEach(({ gapUs, key, bytes }, i) => {
    columns.dueUs[i] = dueUs += gapUs;
    columns.k[i] = i;
    columns.key[i] = key;
    columns.shard[i] = key % SHARDS;
    columns.dataBytes[i] = bytes;
    columns.keyBytes[i] = 5;
    columns.bytes[i] = bytes + 5;
  });
  return columns;
}

describe('records that end together', () => {
  const outcome = fc.constantFrom<AttemptOutcome>(0, 0, 1, 1, 2, 3);
  const entering: fc.Arbitrary<Entering> = fc.record({
    gapUs: fc.nat(20_000),
    key: fc.nat(30),
    bytes: fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.constant(4_000_000)),
    outcomes: fc.tuple(outcome, outcome, outcome),
  });
  const retry = fc.constantFrom<Retry>(
    { policy: 'none' },
    { policy: 'backoff', maxAttempts: 3, baseUs: 1000, maxUs: 9000 },
  );

  it('are counted as one by one: warm-up left out, places of keys freed meanwhile, retries told apart', () => {
    fc.assert(
      fc.property(
        fc.array(entering, { minLength: 1, maxLength: 120 }),
        fc.constantFrom(1, 3, 40),
        retry,
        (records, batch, policy) => {
          const spec = { ...specOf({ batch, lingerUs: 20_000, inFlight: 100 }), retry: policy };
          expect(counted(records, spec, true)).toEqual(counted(records, spec, false));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('are dropped one by one where the queue in front of the producer is full', () => {
    const record = { gapUs: 1, key: 1, bytes: 4_000_000, outcomes: [0, 0, 0] } as const;
    const producer = new Producer(specOf({ inFlight: 1 }), { attempted: () => 0, finished: () => 0 }, 7, 1);
    const columns = columnsOf(new Array<Entering>(20).fill(record));
    producer.records.takeRun(columns, 0, 20);
    producer.enterRun(columns, 0, 20, 50);
    expect(producer.records.size).toBe(16); // 64 MiB hold 16 of them
  });
});
