/** The event stream encoding, against Smithy's decoder and against a CRC32 that was computed bit by bit. */
import { EventStreamCodec } from '@smithy/core/event-streams';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32, encodeMessage } from '../../src/local/event-stream.ts';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (text) => Buffer.from(text),
);

/** Long division by the polynomial, one bit at a time. */
function slowCrc(bytes: Uint8Array): number {
  let crc = 0xffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1n) ^ ((crc & 1n) * 0xedb88320n);
  }
  return Number(crc ^ 0xffffffffn);
}

describe('an event stream message', () => {
  it('is read back by an independent decoder, whatever is in it', () => {
    // The decoder puts headers on an object, which has no room for one of this name.
    const name = fc
      .string({ minLength: 1, maxLength: 60, unit: 'grapheme-ascii' })
      .filter((text) => text !== '__proto__');
    const headers = fc.dictionary(name, fc.string({ maxLength: 300, unit: 'binary' }), { maxKeys: 8 });
    fc.assert(
      fc.property(headers, fc.uint8Array({ maxLength: 2000 }), (given, payload) => {
        // Texts that are not whole characters cannot be sent as UTF-8.
        const whole = Object.entries(given).filter(([, value]) => Buffer.from(value).toString() === value);
        const message = encodeMessage(Object.fromEntries(whole), payload);
        const decoded = codec.decode(message);
        expect(Buffer.from(decoded.body)).toEqual(Buffer.from(payload));
        const found = Object.entries(decoded.headers).map(([key, { value }]) => [key, value]);
        expect(new Map(found as [string, string][])).toEqual(new Map(whole));
      }),
    );
  });

  it('is the one that the specification gives as bytes', () => {
    // Empty headers, empty payload: 16 bytes (Smithy's own test vector "empty_message").
    expect(encodeMessage({}, Buffer.alloc(0)).toString('hex')).toBe('000000100000000005c248eb7d98c8ff');
  });

  it('is noticed by the decoder where a single bit is wrong', () => {
    const message = encodeMessage({ ':event-type': 'x' }, Buffer.from('{"a":1}'));
    for (let bit = 0; bit < message.length * 8; bit++) {
      const broken = Buffer.from(message);
      broken[bit >> 3] ^= 1 << (bit & 7);
      expect(() => codec.decode(broken)).toThrow();
    }
  });
});

describe('crc32', () => {
  it('agrees with division by hand', () => {
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(crc32(bytes)).toBe(slowCrc(bytes));
      }),
    );
  });
});
