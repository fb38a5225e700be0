import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, roundUpToKiB, sizeOf, utf8Length } from '../../src/model/record.ts';

describe('what a record costs', () => {
  it('adds up over a call to the rounded sum of the call', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_048_576 }), { maxLength: 500 }), (sizes) => {
        let sum = 0;
        let cost = 0;
        for (const size of sizes) {
          cost += costOf(size, sum);
          sum += size;
        }
        expect(cost).toBe(Math.floor((sum + 1023) / 1024) * 1024);
      }),
    );
  });

  it('is whole KiB for a record alone: 1 → 1,024, 1,024 → 1,024, 1,025 → 2,048', () => {
    expect([1, 1024, 1025].map((bytes) => costOf(bytes, 0))).toEqual([1024, 1024, 2048]);
  });

  it('is nothing for a record that still fits into the KiB its call has begun', () => {
    expect(costOf(100, 900)).toBe(0);
    expect(costOf(125, 900)).toBe(1024);
    expect(roundUpToKiB(0)).toBe(0);
  });

  it('counts data and key', () => {
    expect(sizeOf(900, 16)).toBe(916);
  });
});

describe('the UTF-8 length of a text', () => {
  it('is that of its bytes, lone surrogates included', () => {
    const unit = fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0xd700, max: 0xe100 }),
      fc.integer({ min: 0, max: 0x900 }),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 30 }), (units) => {
        const text = String.fromCharCode(...units);
        expect(utf8Length(text)).toBe(Buffer.byteLength(text, 'utf8'));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['', 0],
    ['é', 2],
    ['€', 3],
    ['😀', 4],
    ['\ud83d', 3],
    ['\ude00\ud83d', 6],
  ])('of %j is %i', (text, bytes) => expect(utf8Length(text)).toBe(bytes));
});
