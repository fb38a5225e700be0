import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestWords, MOST_DIGEST_BYTES } from '../../src/local/key-digest.ts';
import { hashWords } from '../../src/model/hash-key.ts';

describe('the short-key digest', () => {
  it('agrees with the model’s hash for every key of up to 55 bytes, wherever it stands', () => {
    const key = fc.string({ minLength: 1, maxLength: MOST_DIGEST_BYTES, unit: 'grapheme' });
    fc.assert(
      fc.property(key, fc.nat(9), (text, offset) => {
        const bytes = Buffer.concat([Buffer.alloc(offset, 'y'), Buffer.from(text), Buffer.from('z')]);
        const length = Buffer.byteLength(text);
        fc.pre(length <= MOST_DIGEST_BYTES);
        const [found, expected] = [new Uint32Array(4), new Uint32Array(4)];
        digestWords(bytes, offset, length, found);
        hashWords(Buffer.from(text).toString(), expected);
        expect(found).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('agrees at every length', () => {
    for (let length = 0; length <= MOST_DIGEST_BYTES; length++) {
      const [found, expected] = [new Uint32Array(4), new Uint32Array(4)];
      digestWords(Buffer.alloc(length, 'k'), 0, length, found);
      hashWords('k'.repeat(length), expected);
      expect(found).toEqual(expected);
    }
  });
});
