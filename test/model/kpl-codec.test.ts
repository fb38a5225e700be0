import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AGGREGATE_FRAME_BYTES,
  decodeAggregate,
  encodeAggregate,
  keyEntryBytes,
  recordEntryBytes,
} from '../../src/model/kpl-codec.ts';
import { unpackAggregate } from './protobuf-reader.ts';

const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

/** A message with its frame, by hand. */
function framed(message: Buffer): Buffer {
  return Buffer.concat([bytesOf('f3899ac2'), message, createHash('md5').update(message).digest()]);
}

/** Keys "a" and "bc"; records bc:[1, 2, 3], a:[] and bc:[255]. Every byte worked out from the format's description. */
const BY_HAND = framed(bytesOf('0a0161 0a026263  1a07 0801 1a03010203  1a04 0800 1a00  1a05 0801 1a01ff'));

const batch = fc
  .uniqueArray(fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }), {
    minLength: 1,
    maxLength: 200,
  })
  .chain((keys) =>
    fc.record({
      keys: fc.constant(keys),
      records: fc.array(fc.tuple(fc.nat(keys.length - 1), fc.uint8Array({ maxLength: 300 })), {
        minLength: 1,
        maxLength: 300,
      }),
    }),
  );

describe("the KPL's aggregates", () => {
  it('are written as by hand', () => {
    const data = [[1, 2, 3], [], [255]].map((bytes) => Uint8Array.from(bytes));
    expect(Buffer.from(encodeAggregate(['a', 'bc'], [1, 0, 1], data)).toString('hex')).toBe(
      BY_HAND.toString('hex'),
    );
  });

  it('are read as by hand', () => {
    expect(decodeAggregate(BY_HAND)).toEqual([
      { partitionKey: 'bc', data: bytesOf('010203') },
      { partitionKey: 'a', data: bytesOf('') },
      { partitionKey: 'bc', data: bytesOf('ff') },
    ]);
  });

  it('of other producers are read too: explicit hash keys are given, tags and unknown fields are passed over', () => {
    // Field 4 of the record are tags; field 5 of the message nobody knows.
    const message = (key: string) => bytesOf(`0a0161 12023432 1a0d 08${key} 1000 1a0107 220408010802 2a0101`);
    expect(decodeAggregate(framed(message('00')))).toEqual([
      { partitionKey: 'a', explicitHashKey: '42', data: bytesOf('07') },
    ]);
    // The key table has no second key.
    expect(decodeAggregate(framed(message('01')))).toBeUndefined();
  });

  it('are read by an independent reader as they were packed, and their length is known before', () => {
    fc.assert(
      fc.property(batch, ({ keys, records }) => {
        const data = records.map(([, bytes]) => bytes);
        const blob = encodeAggregate(
          keys,
          records.map(([key]) => key),
          data,
        );
        const expected = records.map(([key, bytes]) => ({ key: keys[key], data: Buffer.from(bytes) }));
        expect(unpackAggregate(blob)).toEqual(expected);
        expect(
          decodeAggregate(blob)?.map((r) => ({ key: r.partitionKey, data: Buffer.from(r.data) })),
        ).toEqual(expected);
        const keyBytes = keys.reduce((sum, key) => sum + keyEntryBytes(Buffer.byteLength(key)), 0);
        const recordBytes = records.reduce(
          (sum, [key, { length }]) => sum + recordEntryBytes(key, length),
          0,
        );
        expect(blob.length).toBe(AGGREGATE_FRAME_BYTES + keyBytes + recordBytes);
      }),
      { numRuns: 100 },
    );
  });

  it('with a byte changed or missing are none, and so is everything else', () => {
    fc.assert(
      fc.property(fc.nat(BY_HAND.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(BY_HAND);
        damaged[at] ^= change;
        expect(decodeAggregate(damaged)).toBeUndefined();
        expect(decodeAggregate(BY_HAND.subarray(0, at))).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (message) => {
        // A valid digest over nonsense must not throw, whatever it reads.
        decodeAggregate(framed(Buffer.from(message)));
        expect(decodeAggregate(message)).toBeUndefined();
      }),
    );
  });
});
