import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeAggregate } from '../../src/model/kpl-codec.ts';
import { ATTEMPT, OUTCOME, type AttemptOutcome, type RecordOutcome } from '../../src/model/outcome.ts';
import { KplProducer } from '../../src/traffic/kpl-producer.ts';
import { PRESETS, RETRY_DEFAULTS } from '../../src/traffic/producer-presets.ts';
import { QUEUE_BYTES, type Batch } from '../../src/traffic/producer.ts';
import type { ProducerSpec } from '../../src/traffic/scenario.ts';

const KIB = 1024;
const MIB = 1024 * 1024;
const MS = 1000;
/** Packs as the KPL does; nothing is held back, nothing tried again. */
const PACKING: ProducerSpec = { ...PRESETS.kpl, retry: { policy: 'none' } };
const LONE: ProducerSpec = { ...PRESETS.kpl, aggregate: undefined };

interface Rec {
  readonly shard?: number;
  readonly key?: number;
  readonly bytes?: number;
}

/** A producer with its books: what was sent, what became of each record, what was told as packed. */
class Bench {
  readonly producer: KplProducer;
  readonly batches: Batch[] = [];
  readonly ends: [slot: number, outcome: RecordOutcome, nowUs: number][] = [];
  readonly packedParts: number[] = [];
  packedBytes = 0;

  constructor(spec: ProducerSpec) {
    const sink = {
      attempted: () => undefined,
      finished: (slot: number, outcome: RecordOutcome, nowUs: number) =>
        void this.ends.push([slot, outcome, nowUs]),
      packed: (slot: number, part: number, bytes: number) => {
        this.packedParts[slot] = (this.packedParts[slot] ?? 0) + part;
        this.packedBytes += bytes;
      },
    };
    this.producer = new KplProducer(spec, sink, 1, 1);
  }

  /** Records enter; keys have 10 bytes, `bytes` counts them in. */
  enter(nowUs: number, count: number, { shard = 0, key = 0, bytes = 110 }: Rec = {}): number[] {
    return Array.from({ length: count }, () => {
      const { records } = this.producer;
      const slot = records.take();
      records.shard[slot] = shard;
      records.key[slot] = key;
      records.keyBytes[slot] = 10;
      records.dataBytes[slot] = bytes - 10;
      records.source[slot] = 0;
      this.producer.enter(slot, nowUs);
      return slot;
    });
  }

  /** Everything that goes out now, as the numbers of records in the Kinesis records of each request. */
  send(nowUs: number): number[][] {
    const out: number[][] = [];
    for (let batch = this.producer.nextBatch(nowUs); batch; batch = this.producer.nextBatch(nowUs)) {
      this.batches.push(batch);
      out.push(sizesOf(batch));
    }
    return out;
  }

  reply(batch: number, outcome: AttemptOutcome, nowUs: number): void {
    const { parcels } = this.batches[batch];
    this.producer.settle(this.batches[batch], new Array(parcels?.ends.length).fill(outcome), nowUs);
  }
}

function sizesOf({ parcels }: Batch): number[] {
  const ends = Array.from(parcels?.ends ?? []);
  return ends.map((end, i) => end - (i === 0 ? 0 : ends[i - 1]));
}

describe('aggregation', () => {
  it('packs the records of each shard apart and sends them when the first has lingered', () => {
    const bench = new Bench(PACKING);
    bench.enter(0, 3, { shard: 0 });
    bench.enter(10 * MS, 2, { shard: 7 });
    expect(bench.send(99 * MS)).toEqual([]);
    expect(bench.producer.nextWakeUs()).toBe(100 * MS);
    expect(bench.send(100 * MS)).toEqual([[3]]);
    expect(bench.producer.nextWakeUs()).toBe(110 * MS);
    expect(bench.send(110 * MS)).toEqual([[2]]);
  });

  it('sends a lone record unwrapped: its bytes are its own', () => {
    const bench = new Bench(PACKING);
    bench.enter(0, 1, { bytes: 500 });
    bench.send(100 * MS);
    expect(Array.from(bench.batches[0].parcels?.bytes ?? [])).toEqual([500]);
  });

  it('closes an aggregate at its most records', () => {
    const bench = new Bench({ ...PACKING, aggregate: { maxBytes: 50 * KIB, maxCount: 4 } });
    bench.enter(0, 10);
    expect(bench.send(100 * MS)).toEqual([[4, 4, 2]]);
  });

  it('fills aggregates to 51,200 bytes and no further: 1,000 records of 512 bytes are some 10 Kinesis records', () => {
    const bench = new Bench({ ...PACKING, lingerUs: 10_000 * MS });
    for (let i = 0; i < 1000; i++) bench.enter(i, 1, { bytes: 522, key: i % 50 });
    bench.producer.flush();
    bench.send(1000);
    const bytes = bench.batches.flatMap(({ parcels }) => Array.from(parcels?.bytes ?? []));
    // KPL documentation, key concepts: ten of 50 KB, with names and frames eleven.
    expect(bytes).toHaveLength(11);
    for (const aggregate of bytes.slice(0, -1)) expect(aggregate).toBeGreaterThan(51_200 - 600);
    for (const aggregate of bytes) expect(aggregate).toBeLessThanOrEqual(51_200 + 1);
  });

  it('knows the bytes of every aggregate that it does not write, keeps shards apart and loses nothing', () => {
    const record = fc.record({
      shard: fc.nat(3),
      key: fc.nat(300),
      bytes: fc.integer({ min: 10, max: 3000 }),
    });
    const limits = fc.record({
      maxBytes: fc.integer({ min: 64, max: 20_000 }),
      maxCount: fc.integer({ min: 1, max: 50 }),
    });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 300 }), limits, (records, aggregate) => {
        const bench = new Bench({ ...PACKING, aggregate, inFlight: 1000 });
        records.forEach((row) => bench.enter(0, 1, row));
        bench.send(100 * MS);
        const slab = bench.producer.records;
        const sent: number[] = [];
        for (const { slots, parcels } of bench.batches) {
          parcels?.ends.forEach((end, i) => {
            const own = Array.from(slots.subarray(i === 0 ? 0 : parcels.ends[i - 1], end));
            sent.push(...own);
            expect(new Set(own.map((slot) => slab.shard[slot])).size).toBe(1);
            expect(own.length).toBeLessThanOrEqual(aggregate.maxCount);
            if (own.length === 1) expect(parcels.bytes[i]).toBe(slab.dataBytes[own[0]] + 10);
            else {
              const names = [...new Set(own.map((slot) => slab.key[slot]))];
              const blob = encodeAggregate(
                names.map((key) => String(key).padStart(10, '0')),
                own.map((slot) => names.indexOf(slab.key[slot])),
                own.map((slot) => new Uint8Array(slab.dataBytes[slot])),
              );
              expect(parcels.bytes[i]).toBe(blob.length + 1);
              expect(blob.length).toBeLessThanOrEqual(aggregate.maxBytes);
            }
          });
        }
        expect(sent.toSorted((a, b) => a - b)).toEqual(records.map((_, slot) => slot));
        const bytes = bench.batches.flatMap(({ parcels }) => Array.from(parcels?.bytes ?? []));
        expect(bench.packedParts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(bytes.length, 6);
        expect(bench.packedBytes).toBeCloseTo(
          bytes.reduce((sum, b) => sum + b, 0),
          3,
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe('collection', () => {
  it('closes a request once one shard has 256 KiB in it', () => {
    const bench = new Bench(PACKING);
    // Records of 60,000 bytes go alone; the fifth of a shard brings it to 300,000, above 262,144.
    for (let i = 0; i < 4; i++) bench.enter(0, 1, { shard: 0, bytes: 60_000 });
    for (let i = 0; i < 4; i++) bench.enter(0, 1, { shard: 1, bytes: 60_000 });
    expect(bench.send(0)).toEqual([]);
    bench.enter(0, 1, { shard: 1, bytes: 60_000 });
    expect(bench.send(0)).toEqual([[1, 1, 1, 1, 1, 1, 1, 1, 1]]);
    expect(bench.send(99 * MS)).toEqual([]);
  });

  it('closes a request at 500 Kinesis records and at 5 MiB', () => {
    const many = new Bench(PACKING);
    for (let i = 0; i < 501; i++) many.enter(0, 1, { shard: i, bytes: 100 });
    many.producer.flush();
    expect(many.send(0).map((sizes) => sizes.length)).toEqual([500, 1]);
    const large = new Bench(PACKING);
    for (let i = 0; i < 30; i++) large.enter(0, 1, { shard: i, bytes: 200 * KIB });
    large.producer.flush();
    expect(large.send(0).map((sizes) => sizes.length)).toEqual([25, 5]);
  });

  it('has no more requests on their way than connections, and tells how long a request waited for one', () => {
    const bench = new Bench({ ...PACKING, inFlight: 1 });
    bench.enter(0, 1);
    bench.enter(20 * MS, 1, { shard: 1 });
    expect(bench.send(100 * MS)).toEqual([[1]]);
    expect(bench.send(120 * MS)).toEqual([]);
    bench.reply(0, ATTEMPT.accepted, 150 * MS);
    expect(bench.send(150 * MS)).toEqual([[1]]);
    expect(bench.batches[1].queueUs).toBe(30 * MS);
  });
});

describe('the rate limiter', () => {
  it('starts empty and lets 150 % of 1,000 records a second pass, every 25 ms', () => {
    const bench = new Bench({ ...LONE, inFlight: 1000 });
    bench.enter(0, 1000);
    bench.send(0);
    const passed: number[] = [];
    for (let ms = 1; ms <= 200; ms++) {
      const before = bench.batches.length;
      bench.send(ms * MS);
      const count = bench.batches.slice(before).reduce((sum, batch) => sum + batch.slots.length, 0);
      if (count > 0) passed.push(ms, count);
    }
    // 37.5 tokens a drain; a request is closed when its records have lingered, at 100 ms from their entering.
    expect(passed).toEqual([100, 150, 125, 37, 150, 38, 175, 37, 200, 38]);
  });

  it('lets 1.5 MiB a second pass', () => {
    const bench = new Bench({ ...LONE, inFlight: 1000, lingerUs: 0 });
    for (let i = 0; i < 100; i++) bench.enter(0, 1, { bytes: 64 * KIB });
    for (let ms = 0; ms <= 1000; ms += 25) bench.send(ms * MS);
    const bytes = bench.batches.reduce((sum, { slots }) => sum + slots.length * 64 * KIB, 0);
    expect(bytes).toBe(1.5 * MIB);
  });

  it('saves up at most 1,000 records of a silent shard', () => {
    const bench = new Bench({ ...LONE, inFlight: 1000, lingerUs: 0 });
    bench.enter(0, 1);
    bench.send(0);
    bench.enter(60_000 * MS, 3000);
    // The first still waits for its token: the limiter is not looked at before.
    bench.send(60_000 * MS);
    expect(bench.batches.reduce((sum, { slots }) => sum + slots.length, 0)).toBe(1000);
  });
});

describe('retries of the KPL', () => {
  const spec: ProducerSpec = { ...PRESETS.kpl, retry: { policy: 'kpl', ttlUs: 30_000 * MS, rateLimit: 100 } };

  it('go back at once, are packed anew with fresh records, and wait half of the linger at most', () => {
    const bench = new Bench(spec);
    bench.enter(0, 2);
    // The limiter meets the shard at 100 ms, with empty buckets.
    expect(bench.send(100 * MS)).toEqual([]);
    expect(bench.send(125 * MS)).toEqual([[2]]);
    bench.reply(0, ATTEMPT.throttled, 145 * MS);
    bench.enter(150 * MS, 3);
    bench.send(150 * MS);
    expect(bench.producer.nextWakeUs()).toBe(195 * MS);
    expect(bench.send(195 * MS)).toEqual([]);
    expect(bench.send(200 * MS)).toEqual([[5]]);
    bench.reply(1, ATTEMPT.accepted, 220 * MS);
    expect(bench.ends.map(([, outcome]) => outcome)).toEqual(new Array(5).fill(OUTCOME.accepted));
    expect(Array.from(bench.producer.records.attempts.subarray(0, 5))).toEqual([2, 2, 1, 1, 1]);
    expect(bench.packedParts.every((part) => part <= 1)).toBe(true);
  });

  it('end when the time to live is over, as the last attempt did', () => {
    const bench = new Bench(spec);
    bench.enter(0, 1);
    let nowUs = 0;
    for (; bench.ends.length === 0; nowUs += 5 * MS) {
      const before = bench.batches.length;
      bench.send(nowUs);
      for (let i = before; i < bench.batches.length; i++) bench.reply(i, ATTEMPT.throttled, nowUs);
    }
    expect(bench.ends[0].slice(1)).toEqual([OUTCOME.throttled, expect.any(Number)]);
    expect(bench.ends[0][2]).toBeGreaterThan(30_000 * MS);
    expect(bench.ends[0][2]).toBeLessThan(30_060 * MS);
    // A try at 125 ms, after the linger and the limiter's first drain, then one every 50 ms up to 29,975 ms.
    expect(bench.batches.length).toBe(598);
  });

  it('drop what was never sent when its time is over', () => {
    const bench = new Bench({ ...LONE, lingerUs: 0 });
    bench.enter(0, 60_000);
    for (let ms = 0; ms <= 30_025; ms += 25) {
      const before = bench.batches.length;
      bench.send(ms * MS);
      for (let i = before; i < bench.batches.length; i++) bench.reply(i, ATTEMPT.accepted, ms * MS);
    }
    const count = (outcome: RecordOutcome): number => bench.ends.filter((end) => end[1] === outcome).length;
    expect(count(OUTCOME.accepted)).toBe(45_000);
    expect(count(OUTCOME.dropped)).toBe(15_000);
    expect(bench.producer.idle).toBe(true);
    expect(bench.producer.nextWakeUs()).toBe(Infinity);
  });
});

describe("the KPL's producer under random replies", () => {
  it('ends every record once, whatever it was told, and keeps nothing', () => {
    const retry = fc.constantFrom<ProducerSpec['retry']>(
      { policy: 'none' },
      RETRY_DEFAULTS.sdk,
      { policy: 'backoff', maxAttempts: 4, baseUs: 1000, maxUs: 50_000 },
      { policy: 'kpl', ttlUs: 500 * MS, rateLimit: 1.5 },
    );
    const entry = fc.record({
      gapUs: fc.nat(30_000),
      shard: fc.nat(2),
      key: fc.nat(5),
      bytes: fc.integer({ min: 10, max: 40_000 }),
    });
    const draws = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
    fc.assert(
      fc.property(
        retry,
        fc.boolean(),
        fc.array(entry, { maxLength: 100 }),
        draws,
        fc.boolean(),
        (policy, packs, entries, stream, gaveUp) => {
          const next = (): number => stream.next().value as number;
          const bench = new Bench({
            ...PACKING,
            ...(packs ? {} : { aggregate: undefined }),
            inFlight: 2,
            batch: 5,
            retry: policy,
          });
          const open: { batch: Batch; atUs: number }[] = [];
          let nowUs = 0;
          for (let entered = 0; entered < entries.length || !bench.producer.idle;) {
            if (entered === entries.length) bench.producer.flush();
            const enterUs = entered < entries.length ? nowUs + entries[entered].gapUs : Infinity;
            const replyUs = Math.min(Infinity, ...open.map(({ atUs }) => atUs));
            nowUs = Math.max(nowUs, Math.min(enterUs, replyUs, bench.producer.nextWakeUs()));
            expect(Number.isFinite(nowUs)).toBe(true);
            if (enterUs <= nowUs) bench.enter(nowUs, 1, entries[entered++]);
            else if (replyUs <= nowUs) {
              const [{ batch }] = open.splice(
                open.findIndex(({ atUs }) => atUs === replyUs),
                1,
              );
              const isWhole = next() < 0.3;
              const whole = Math.floor(next() * 4) as AttemptOutcome;
              const outcomes = Array.from(
                batch.parcels?.ends ?? [],
                () => (isWhole ? whole : Math.floor(next() * 4)) as AttemptOutcome,
              );
              bench.producer.settle(
                batch,
                outcomes,
                nowUs,
                next() < 0.9,
                isWhole && whole !== ATTEMPT.accepted,
              );
            }
            if (gaveUp && entered === entries.length) bench.producer.abandon(nowUs);
            const before = bench.batches.length;
            bench.send(nowUs);
            for (const batch of bench.batches.slice(before)) {
              expect(sizesOf(batch).length).toBeLessThanOrEqual(5);
              open.push({ batch, atUs: nowUs + Math.floor(next() * 50_000) });
            }
          }
          // An SDK request that waits keeps its slot without being on its way.
          expect(bench.producer.inFlight).toBe(0);
          expect(bench.ends).toHaveLength(entries.length);
          expect(bench.producer.nextWakeUs()).toBe(Infinity);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('holds 64 MiB at most', () => {
    const bench = new Bench({ ...PACKING, inFlight: 1, lingerUs: 0 });
    bench.enter(0, QUEUE_BYTES / (40 * KIB) + 10, { bytes: 40 * KIB });
    expect(bench.ends.every(([, outcome]) => outcome === OUTCOME.dropped)).toBe(true);
    expect(bench.ends).toHaveLength(10);
  });
});
