import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LAST_MOMENT,
  parseSequenceNumber,
  sequenceNumber,
  sequencePrefix,
  MOMENT_DIGITS,
  writeDigits,
} from '../../src/local/sequence-number.ts';
import { START_US } from './client.ts';

const counter = fc.integer({ min: 0, max: 900_000_000_000 });
const moment = fc.integer({ min: 0, max: LAST_MOMENT });

describe('a sequence number', () => {
  it('has 56 digits, begins with 49, and carries its parts', () => {
    fc.assert(
      fc.property(fc.nat(19_999), counter, moment, (shard, n, m) => {
        const text = sequenceNumber(sequencePrefix(START_US, shard), n, m);
        expect(text).toMatch(/^49\d{54}$/);
        expect(parseSequenceNumber(text)).toEqual({ createdUs: START_US, shard, counter: n, moment: m });
      }),
    );
  });

  it('grows as a number with every record of its shard', () => {
    const prefix = sequencePrefix(START_US, 3);
    fc.assert(
      fc.property(counter, counter, (a, b) => {
        expect(BigInt(sequenceNumber(prefix, a)) < BigInt(sequenceNumber(prefix, b))).toBe(a < b);
      }),
    );
  });

  it('has moments behind it and before the next record', () => {
    const prefix = sequencePrefix(START_US, 3);
    fc.assert(
      fc.property(counter, fc.integer({ min: 1, max: LAST_MOMENT }), (n, m) => {
        const number = BigInt(sequenceNumber(prefix, n, m));
        expect(BigInt(sequenceNumber(prefix, n)) < number).toBe(true);
        expect(number < BigInt(sequenceNumber(prefix, n + 1))).toBe(true);
      }),
    );
  });

  it('is written in bytes as in text', () => {
    fc.assert(
      fc.property(counter, (n) => {
        const bytes = Buffer.from(`xx${'0'.repeat(16)}xx`);
        writeDigits(n, bytes, 18 - MOMENT_DIGITS);
        expect(bytes.toString()).toBe(`xx${n.toString().padStart(12, '0')}0000xx`);
      }),
    );
  });

  it('is not just any number', () => {
    for (const text of ['', '0', '49', '5'.repeat(56), `49${'0'.repeat(55)}`])
      expect(parseSequenceNumber(text)).toBeUndefined();
  });
});
