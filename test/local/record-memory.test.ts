/** Many streams in one bounded memory. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PutBatch } from '../../src/local/put-batch.ts';
import { RecordLog } from '../../src/local/record-log.ts';
import { RecordMemory } from '../../src/local/record-memory.ts';
import { ACCEPTED } from '../../src/model/throttle.ts';
import { base64, call, record, serviceWith, START_US } from './client.ts';

const DAY_MS = 86_400_000;
const MIB = 1_048_576;

function append(log: RecordLog, bytes: number, nowMs: number): void {
  const batch = new PutBatch();
  batch.fill([{ Data: base64('x'.repeat(bytes)), PartitionKey: 'k' }]);
  batch.verdict[0] = ACCEPTED;
  log.append(batch, nowMs);
}

const writes = fc.array(
  fc.record({ log: fc.nat(7), bytes: fc.oneof(fc.nat(200), fc.nat(60_000)), ms: fc.nat(3000) }),
  { maxLength: 80 },
);

describe('the memory that all streams share', () => {
  it('is never exceeded but by the record written last', () => {
    fc.assert(
      fc.property(writes, fc.integer({ min: 20_000, max: 400_000 }), (puts, budget) => {
        const memory = new RecordMemory(budget);
        const logs = Array.from({ length: 8 }, () => new RecordLog(1, memory, DAY_MS));
        let nowMs = 0;
        for (const { log, bytes, ms } of puts) {
          nowMs += ms;
          append(logs[log], bytes, nowMs);
          expect(memory.bytes).toBe(logs.reduce((sum, each) => sum + each.bytes, 0));
          expect(logs[log].next(0) - logs[log].first(0)).toBeGreaterThan(0);
          if (memory.bytes > budget) expect(logs.filter((each) => each.bytes > 0)).toEqual([logs[log]]);
        }
        logs.forEach((each) => each.clear());
        expect(memory.bytes).toBe(0);
      }),
    );
  });

  it('spares small streams while a large one has something to forget', () => {
    const memory = new RecordMemory(1_000_000);
    const [large, small] = [new RecordLog(1, memory, DAY_MS), new RecordLog(1, memory, DAY_MS)];
    append(small, 1000, 0);
    for (let ms = 0; ms < 500; ms++) append(large, 20_000, ms);
    expect(small.first(0)).toBe(1);
    expect(large.first(0)).toBeGreaterThan(400);
    for (let ms = 0; ms < 500; ms++) append(small, 20_000, ms);
    const held = [large, small].map((log) => log.bytes);
    expect(Math.abs(held[0] - held[1])).toBeLessThan(200_000);
    expect(memory.bytes).toBeLessThanOrEqual(1_000_000);
  });

  it('holds however many streams are filled, metrics included, and a deleted stream gives its part back', () => {
    const memoryBytes = 16 * MIB;
    const names = Array.from({ length: 300 }, (_, i) => `s${i}`);
    const service = serviceWith(
      names.map((name) => ({ name, shards: 1 })),
      { memoryBytes, limits: [] },
    );
    const held = (nowUs: number): number => {
      const { recordBytes, metricBytes } = service.health(nowUs);
      return recordBytes + metricBytes;
    };
    let nowUs = START_US;
    for (let round = 0; round < 12; round++) {
      names.forEach((StreamName, i) => {
        nowUs += 100_000;
        const size = i % 3 === 0 ? 40_000 : 300;
        call(service, 'PutRecords', { StreamName, Records: [record('k', 'x'.repeat(size))] }, nowUs);
        expect(held(nowUs)).toBeLessThanOrEqual(memoryBytes);
      });
    }
    expect(held(nowUs)).toBeGreaterThan(memoryBytes / 2);
    expect(service.takeNotices()).toContainEqual(
      expect.objectContaining({ kind: 'trimmed', records: expect.any(Number) as number }),
    );
    for (const StreamName of names) call(service, 'DeleteStream', { StreamName }, nowUs);
    expect(service.health(nowUs).recordBytes).toBe(0);
  });
});
