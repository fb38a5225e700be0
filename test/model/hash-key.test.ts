import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatHashKey,
  fromWords,
  hashKeyOf,
  hashWords,
  MAX_HASH_KEY,
  parseHashKey,
  toWords,
} from '../../src/model/hash-key.ts';

const hashKey = fc.bigInt({ min: 0n, max: MAX_HASH_KEY });

describe('the hash key of a partition key', () => {
  it('is the published one for s-41', () => {
    expect(hashKeyOf('s-41')).toBe(146346984511410755924369022194871133109n);
  });

  it('is MD5 of the UTF-8 bytes, read as a big-endian number', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const bytes = createHash('md5').update(Buffer.from(text, 'utf8')).digest();
        let value = 0n;
        for (const byte of bytes) value = value * 256n + BigInt(byte);
        expect(hashKeyOf(text)).toBe(value);
      }),
    );
  });

  it('is the same number in words, at any offset', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 5 }), (text, offset) => {
        const words = new Uint32Array(10);
        hashWords(text, words, offset);
        expect(fromWords(words, offset)).toBe(hashKeyOf(text));
      }),
    );
  });
});

describe('the three forms of a hash key', () => {
  it('turn into each other and back', () => {
    fc.assert(
      fc.property(hashKey, (value) => {
        const words = new Uint32Array(4);
        toWords(value, words);
        expect(fromWords(words)).toBe(value);
        expect(parseHashKey(formatHashKey(value))).toBe(value);
      }),
    );
  });

  it('keep the edges: 0, 2^32 - 1, 2^32, 2^128 - 1', () => {
    for (const value of [0n, 0xffff_ffffn, 1n << 32n, MAX_HASH_KEY]) {
      const words = new Uint32Array(4);
      toWords(value, words);
      expect(fromWords(words)).toBe(value);
    }
    expect(formatHashKey(MAX_HASH_KEY)).toBe('340282366920938463463374607431768211455');
  });

  it.each([
    '',
    '-1',
    '+1',
    '00',
    '01',
    '1.0',
    '1e3',
    ' 1',
    '1\n',
    '0x1',
    '٣',
    '340282366920938463463374607431768211456',
    '1'.repeat(40),
  ])('refuse %j as a hash key', (text) => expect(parseHashKey(text)).toBeUndefined());
});
