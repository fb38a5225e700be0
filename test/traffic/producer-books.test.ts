import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTEMPT, OUTCOME, type AttemptOutcome } from '../../src/model/outcome.ts';
import { Producer, type Batch } from '../../src/traffic/producer.ts';
import type { ProducerSpec, Retry } from '../../src/traffic/scenario.ts';
import { specOf } from './producer-story.ts';

const MIB = 1024 * 1024;

/** A record of our own books, beside the producer's. */
interface Book {
  attempts: number;
  throttled: number;
  failed: number;
  outcome?: number;
}

/** Drives a producer with a clock of its own and random replies until it is empty; checks its promises on the way. */
function drive(
  spec: ProducerSpec,
  sizes: readonly number[],
  gapsUs: readonly number[],
  next: () => number,
): Book[] {
  const books: Book[] = [];
  const bookOf: Book[] = [];
  const counted: Book[] = [];
  const producer = new Producer(
    spec,
    {
      attempted: (slot, outcome) => {
        const book = bookOf[slot];
        book.attempts++;
        if (outcome === ATTEMPT.throttled) book.throttled++;
        else if (outcome !== ATTEMPT.accepted) book.failed++;
      },
      finished: (slot, outcome) => {
        const { records } = producer;
        bookOf[slot].outcome = outcome;
        counted.push({
          attempts: records.attempts[slot],
          throttled: records.throttledAttempts[slot],
          failed: records.failedAttempts[slot],
          outcome,
        });
        expect(bookOf[slot]).toEqual(counted[counted.length - 1]);
      },
    },
    7,
    1,
  );
  const onTheWay: { batch: Batch; atUs: number }[] = [];
  const send = (nowUs: number): void => {
    for (let batch = producer.nextBatch(nowUs); batch; batch = producer.nextBatch(nowUs)) {
      const bytes = batch.slots.reduce((sum, slot) => sum + producer.records.dataBytes[slot], 0);
      expect(batch.slots.length).toBeGreaterThan(0);
      expect(batch.slots.length).toBeLessThanOrEqual(spec.batch);
      expect(bytes).toBeLessThanOrEqual(10 * MIB);
      expect(batch.queueUs).toBeGreaterThanOrEqual(0);
      onTheWay.push({ batch, atUs: nowUs + Math.floor(next() * 300_000) });
      expect(onTheWay.length).toBeLessThanOrEqual(spec.inFlight);
      expect(producer.inFlight).toBe(onTheWay.length);
    }
  };
  let nowUs = 0;
  let entered = 0;
  while (entered < sizes.length || !producer.idle) {
    if (entered === sizes.length) producer.flush();
    const enterUs = entered < sizes.length ? nowUs + gapsUs[entered % gapsUs.length] : Infinity;
    const replyUs = onTheWay.reduce((least, { atUs }) => Math.min(least, atUs), Infinity);
    const wakeUs = producer.nextWakeUs();
    const then = Math.max(nowUs, Math.min(enterUs, replyUs, wakeUs));
    expect(Number.isFinite(then)).toBe(true);
    nowUs = then;
    if (enterUs <= Math.min(replyUs, wakeUs)) {
      const slot = producer.records.take();
      const book: Book = { attempts: 0, throttled: 0, failed: 0 };
      books.push((bookOf[slot] = book));
      producer.records.dataBytes[slot] = sizes[entered];
      producer.records.k[slot] = entered++;
      producer.enter(slot, nowUs);
    } else if (replyUs <= wakeUs) {
      const at = onTheWay.findIndex(({ atUs }) => atUs === replyUs);
      const [{ batch }] = onTheWay.splice(at, 1);
      const outcomes = Array.from(batch.slots, () => Math.floor(next() * 4) as AttemptOutcome);
      producer.settle(batch, outcomes, nowUs, next() < 0.9);
    }
    send(nowUs);
  }
  expect(producer.records.size).toBe(0);
  expect(producer.inFlight).toBe(0);
  expect(producer.nextWakeUs()).toBe(Infinity);
  expect(counted).toHaveLength(sizes.length);
  return books;
}

describe('the producer under random replies', () => {
  const retry: fc.Arbitrary<Retry> = fc.oneof(
    fc.constant<Retry>({ policy: 'none' }),
    fc.record({
      policy: fc.constant('backoff' as const),
      maxAttempts: fc.integer({ min: 1, max: 5 }),
      baseUs: fc.integer({ min: 1, max: 200_000 }),
      maxUs: fc.constant(400_000),
    }),
  );
  const spec: fc.Arbitrary<ProducerSpec> = fc.record({
    api: fc.constant('PutRecords' as const),
    batch: fc.constantFrom(1, 2, 7, 500),
    lingerUs: fc.constantFrom(0, 1000, 100_000),
    inFlight: fc.integer({ min: 1, max: 4 }),
    retry,
  });
  const size = fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 10 * MIB }));

  it('ends every record once: offered = accepted + throttled + failed + dropped, attempts add up, nothing is kept', () => {
    fc.assert(
      fc.property(
        spec,
        fc.array(size, { maxLength: 120 }),
        fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 10 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        (producerSpec, sizes, gapsUs, draws) => {
          const next = (): number => draws.next().value as number;
          const books = drive(producerSpec, sizes, gapsUs, next);
          const most = producerSpec.retry.policy === 'backoff' ? producerSpec.retry.maxAttempts : 1;
          for (const book of books) {
            const accepted = book.outcome === OUTCOME.accepted ? 1 : 0;
            expect(book.outcome).toBeDefined();
            expect(book.attempts).toBe(book.throttled + book.failed + accepted);
            expect(book.attempts).toBeLessThanOrEqual(most);
            expect(book.attempts === 0).toBe(book.outcome === OUTCOME.dropped);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('sends 500 records in a call at most, and every one of 10,000', () => {
    const books = drive(
      specOf({ batch: 500, inFlight: 16 }),
      new Array<number>(10_000).fill(1000),
      [10],
      () => 0,
    );
    expect(books.every((book) => book.outcome === OUTCOME.accepted)).toBe(true);
  });

  it('knows how many records enter before it has something to say', () => {
    const size = fc.oneof(fc.constant(1000), fc.integer({ min: 1, max: 4 * MIB }));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(size, fc.nat(30_000)), { minLength: 1, maxLength: 120 }),
        fc.record({
          batch: fc.constantFrom(1, 2, 7, 500),
          lingerUs: fc.constantFrom(0, 1000, 100_000),
          inFlight: fc.integer({ min: 1, max: 3 }),
        }),
        fc.integer({ min: 1, max: 40 }),
        (records, spec, settleEvery) => {
          let lastUs = 0;
          const dueUs = Float64Array.from(records, ([, gapUs]) => (lastUs += gapUs));
          const columns = {
            length: records.length,
            dueUs,
            bytes: Uint32Array.from(records, ([bytes]) => bytes),
            slot: new Uint32Array(records.length),
          };
          let said = 0;
          const sink = { attempted: () => said++, finished: () => said++ };
          const producer = new Producer(specOf(spec), sink, 7, 1);
          const onTheWay: Batch[] = [];
          const send = (nowUs: number): void => {
            for (let batch = producer.nextBatch(nowUs); batch; batch = producer.nextBatch(nowUs))
              onTheWay.push(batch);
          };
          for (let from = 0, runs = 0; from < records.length; runs++) {
            while (producer.nextWakeUs() <= dueUs[from]) send(producer.nextWakeUs());
            const batch = runs % settleEvery === 0 ? onTheWay.shift() : undefined;
            if (batch) producer.settle(batch, new Array<0>(batch.slots.length).fill(0), dueUs[from]);
            send(dueUs[from]);
            const to = from + producer.quietRun(columns, from, Infinity);
            expect(to).toBeGreaterThan(from);
            expect(to).toBeLessThanOrEqual(records.length);
            said = 0;
            for (let i = from; i < to; i++) {
              const slot = producer.records.take();
              producer.records.dataBytes[slot] = columns.bytes[i];
              expect(said).toBe(0);
              producer.enter(slot, dueUs[i]);
              if (i === to - 1) break;
              expect(producer.nextWakeUs()).toBeGreaterThan(dueUs[i + 1]);
              expect(producer.nextBatch(dueUs[i])).toBeUndefined();
            }
            send(dueUs[to - 1]);
            from = to;
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
