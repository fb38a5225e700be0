import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestWords, MOST_DIGEST_BYTES } from '../../src/model/key-digest.ts';
import { fromWords, hashKeyOf, hashWords } from '../../src/model/hash-key.ts';

describe('the short-key digest', () => {
  it('agrees with OpenSSL for every key of up to 55 bytes, wherever it stands', () => {
    const key = fc.string({ minLength: 1, maxLength: MOST_DIGEST_BYTES, unit: 'grapheme' });
    fc.assert(
      fc.property(key, fc.nat(9), (text, offset) => {
        const bytes = Buffer.concat([Buffer.alloc(offset, 'y'), Buffer.from(text), Buffer.from('z')]);
        const length = Buffer.byteLength(text);
        fc.pre(length <= MOST_DIGEST_BYTES);
        const found = new Uint32Array(4);
        digestWords(bytes, offset, length, found);
        expect(fromWords(found)).toBe(hashKeyOf(Buffer.from(text).toString()));
      }),
      { numRuns: 1000 },
    );
  });

  it('agrees at every length', () => {
    for (let length = 0; length <= MOST_DIGEST_BYTES; length++) {
      const found = new Uint32Array(4);
      digestWords(Buffer.alloc(length, 'k'), 0, length, found);
      expect(fromWords(found)).toBe(hashKeyOf('k'.repeat(length)));
    }
  });

  it('is what hashWords takes for short ASCII keys, and OpenSSL for all others', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80, unit: 'binary' }), fc.nat(3), (key, offset) => {
        const words = new Uint32Array(8);
        hashWords(key, words, offset);
        expect(fromWords(words, offset)).toBe(hashKeyOf(key));
      }),
      { numRuns: 2000 },
    );
  });
});
