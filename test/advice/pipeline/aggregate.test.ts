import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kinesisRecordBytes, recordsThatFit } from '../../../src/advice/pipeline/aggregate.ts';
import { encodeAggregate } from '../../../src/model/kpl-codec.ts';

/** The bytes that the KPL's format really has, every record with a key of its own. */
function encodedBytes(count: number, dataBytes: number, keyBytes: number): number {
  const keys = Array.from({ length: count }, (_, i) => String(i).padStart(keyBytes, 'k'));
  const data = keys.map(() => new Uint8Array(dataBytes));
  return encodeAggregate(
    keys,
    keys.map((_, i) => i),
    data,
  ).length;
}

describe('the bytes of an aggregate', () => {
  it.each([
    [2, 512, 16],
    [50, 512, 16],
    [127, 1, 3],
    [128, 1, 3],
    [129, 1, 3],
    [300, 127, 8],
    [300, 128, 200],
    [16_500, 3, 5],
  ])('of %i records are those of the format itself', (count, dataBytes, keyBytes) => {
    expect(kinesisRecordBytes(count, { dataBytes, keyBytes })).toBe(
      encodedBytes(count, dataBytes, keyBytes) + 'a'.length,
    );
  });

  it('of one record are its own, because it is sent unwrapped', () => {
    expect(kinesisRecordBytes(1, { dataBytes: 900, keyBytes: 16 })).toBe(916);
  });

  it('stay within the size with as many records as fit, and not with one more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 64, max: 200_000 }),
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: 256 }),
        (maxBytes, dataBytes, keyBytes) => {
          const record = { dataBytes, keyBytes };
          const count = recordsThatFit({ maxBytes, maxCount: 4_294_967_295 }, record);
          if (count > 1) expect(kinesisRecordBytes(count, record) - 1).toBeLessThanOrEqual(maxBytes);
          expect(kinesisRecordBytes(count + 1, record) - 1).toBeGreaterThan(maxBytes);
        },
      ),
    );
  });

  it('never has more records than its maximum count, nor fewer than one', () => {
    expect(recordsThatFit({ maxBytes: 51_200, maxCount: 7 }, { dataBytes: 10, keyBytes: 4 })).toBe(7);
    expect(recordsThatFit({ maxBytes: 64, maxCount: 7 }, { dataBytes: 10_000, keyBytes: 4 })).toBe(1);
  });
});
