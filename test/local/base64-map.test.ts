import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Base64Map, MOST_MAPPED_BYTES } from '../../src/local/base64-map.ts';

const ways = [
  ['with vectors', new Base64Map()],
  ['the plain way', new Base64Map(true)],
] as const;

/** Where the base64 ends, by the regular expression of the alphabet. */
function endOf(body: Buffer, at: number): number {
  return at + (/^[A-Za-z0-9+/]*/.exec(body.toString('latin1', at))?.[0].length ?? 0);
}

test.each(ways)('%s, every byte is told apart at every place of a lane', (_, map) => {
  for (let byte = 0; byte < 256; byte++) {
    for (let at = 0; at < 48; at++) {
      const body = Buffer.alloc(64, 'A');
      body[at] = byte;
      map.look(body);
      expect([byte, at, map.endFrom(0)]).toEqual([byte, at, endOf(body, 0)]);
    }
  }
});

test.each(ways)('%s, a search ends at the first other byte or at the end of the body', (_, map) => {
  const text = fc.stringMatching(/^[A-Za-z0-9+/]{0,90}$/);
  const parts = fc.array(fc.oneof(text, fc.constantFrom('"', '=', '-', '_', ' ', '\u00e9', ',"Data":"')));
  fc.assert(
    fc.property(parts, fc.nat(), (texts, from) => {
      const body = Buffer.from(texts.join(''), 'latin1');
      map.look(body);
      const at = from % (body.length + 1);
      expect(map.endFrom(at)).toBe(endOf(body, at));
    }),
  );
});

test.each(ways)('%s, a body of any length ends at its length, whatever was looked at before', (_, map) => {
  for (const length of [0, 1, 15, 16, 17, 16_383, 16_384, 16_385, 32_768, 1_000_003, MOST_MAPPED_BYTES]) {
    map.look(Buffer.alloc(length + 64 <= MOST_MAPPED_BYTES ? length + 64 : length, 'z'));
    map.look(Buffer.alloc(length, 'z'));
    expect(map.endFrom(0)).toBe(length);
    expect(map.endFrom(length)).toBe(length);
    expect(map.endFrom(length >> 1)).toBe(length);
  }
});
