import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CborError, decodeCbor } from '../../src/local/cbor.ts';
import { CborTime, encodeCbor } from '../../src/local/cbor-writer.ts';

/** RFC 8949, appendix A, as far as AWS speaks it: diagnostic value and bytes in hexadecimal. */
const EXAMPLES: readonly (readonly [unknown, string])[] = [
  [0, '00'],
  [1, '01'],
  [10, '0a'],
  [23, '17'],
  [24, '1818'],
  [25, '1819'],
  [100, '1864'],
  [1000, '1903e8'],
  [1000000, '1a000f4240'],
  [1000000000000, '1b000000e8d4a51000'],
  [2 ** 64, '1bffffffffffffffff'],
  [-18446744073709551616, '3bffffffffffffffff'],
  [-1, '20'],
  [-10, '29'],
  [-100, '3863'],
  [-1000, '3903e7'],
  [0, 'f90000'],
  [-0, 'f98000'],
  [1, 'f93c00'],
  [1.1, 'fb3ff199999999999a'],
  [1.5, 'f93e00'],
  [65504, 'f97bff'],
  [100000, 'fa47c35000'],
  [3.4028234663852886e38, 'fa7f7fffff'],
  [1e300, 'fb7e37e43c8800759c'],
  [5.960464477539063e-8, 'f90001'],
  [0.00006103515625, 'f90400'],
  [-4, 'f9c400'],
  [-4.1, 'fbc010666666666666'],
  [Infinity, 'f97c00'],
  [NaN, 'f97e00'],
  [-Infinity, 'f9fc00'],
  [Infinity, 'fa7f800000'],
  [NaN, 'fa7fc00000'],
  [-Infinity, 'faff800000'],
  [Infinity, 'fb7ff0000000000000'],
  [NaN, 'fb7ff8000000000000'],
  [false, 'f4'],
  [true, 'f5'],
  [null, 'f6'],
  [undefined, 'f7'],
  ['2013-03-21T20:04:00Z', 'c074323031332d30332d32315432303a30343a30305a'],
  [1363896240, 'c11a514b67b0'],
  [1363896240.5, 'c1fb41d452d9ec200000'],
  [Buffer.from('01020304', 'hex'), 'd74401020304'],
  [Buffer.from('6449455446', 'hex'), 'd818456449455446'],
  ['http://www.example.com', 'd82076687474703a2f2f7777772e6578616d706c652e636f6d'],
  [Buffer.alloc(0), '40'],
  [Buffer.from('01020304', 'hex'), '4401020304'],
  ['', '60'],
  ['a', '6161'],
  ['IETF', '6449455446'],
  ['"\\', '62225c'],
  ['ü', '62c3bc'],
  ['水', '63e6b0b4'],
  ['𐅑', '64f0908591'],
  [[], '80'],
  [[1, 2, 3], '83010203'],
  [[1, [2, 3], [4, 5]], '8301820203820405'],
  [Array.from({ length: 25 }, (_, i) => i + 1), '98190102030405060708090a0b0c0d0e0f101112131415161718181819'],
  [{}, 'a0'],
  [{ a: 1, b: [2, 3] }, 'a26161016162820203'],
  [['a', { b: 'c' }], '826161a161626163'],
  [{ a: 'A', b: 'B', c: 'C', d: 'D', e: 'E' }, 'a56161614161626142616361436164614461656145'],
  [Buffer.from('0102030405', 'hex'), '5f42010243030405ff'],
  ['streaming', '7f657374726561646d696e67ff'],
  [[], '9fff'],
  [[1, [2, 3], [4, 5]], '9f018202039f0405ffff'],
  [[1, [2, 3], [4, 5]], '9f01820203820405ff'],
  [[1, [2, 3], [4, 5]], '83018202039f0405ff'],
  [[1, [2, 3], [4, 5]], '83019f0203ff820405'],
  [{ a: 1, b: [2, 3] }, 'bf61610161629f0203ffff'],
  [['a', { b: 'c' }], '826161bf61626163ff'],
  [{ Fun: true, Amt: -2 }, 'bf6346756ef563416d7421ff'],
];

/** Not well-formed (RFC 8949, appendix F), or not what AWS would take. */
const REFUSED: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['an argument that ends too early', '19ff'],
  ['a byte string that ends too early', '5affffffff00'],
  ['a byte string of nearly 2^64 bytes', '5bffffffffffffffff'],
  ['a text that ends too early', '6161616261'.slice(0, 2)],
  ['a list of nearly 2^64 items', '9bffffffffffffffff'],
  ['a list that ends too early', '8201'],
  ['a list without its break', '9f01'],
  ['a map without a value', 'bf6161ff'],
  ['a map that ends too early', 'a16161'],
  ['a map with more entries than bytes', 'ba00ffffff6161'],
  ['a break alone', 'ff'],
  ['a break for an item of a definite list', '81ff'],
  ['a reserved length', '1c'],
  ['a reserved length of a list', '9e'],
  ['an indefinite integer', '1f'],
  ['an indefinite tag', 'df00'],
  ['a tag of nothing', 'c1'],
  ['an unknown simple value', 'e0'],
  ['a simple value in two bytes', 'f818'],
  ['pieces of another type', '5f6161ff'],
  ['pieces in pieces', '5f5f4100ffff'],
  ['two values', '0000'],
  ['a name that is no text', 'a10102'],
  ['a name that is there twice', 'a2616101616102'],
  ['the name __proto__', 'a1695f5f70726f746f5f5f01'],
  ['lists too deep in each other', `${'81'.repeat(40)}00`],
  ['tags too deep in each other', `${'c1'.repeat(40)}00`],
];

/** Encodes with definite lengths, as the writer does not. */
function definite(value: unknown): Buffer {
  const head = (type: number, n: number): Buffer => {
    const long = Buffer.alloc(9);
    long[0] = (type << 5) | 27;
    long.writeBigUInt64BE(BigInt(n), 1);
    return long;
  };
  if (typeof value === 'number') {
    const double = Buffer.alloc(9, 0xfb);
    double.writeDoubleBE(value, 1);
    return double;
  }
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === 'boolean') return Buffer.from([value ? 0xf5 : 0xf4]);
  if (value === null) return Buffer.from([0xf6]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(definite)]);
  const entries = Object.entries(value as object);
  return Buffer.concat([
    head(5, entries.length),
    ...entries.flatMap(([name, member]) => [definite(name), definite(member)]),
  ]);
}

const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.double(),
    fc.maxSafeInteger(),
    fc.string({ unit: 'binary' }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.array(tie('value')),
    fc
      .dictionary(
        fc.string().filter((name) => name !== '__proto__'),
        tie('value'),
      )
      .map((map) => ({ ...map })),
  ),
}));

describe('CBOR', () => {
  it.each(EXAMPLES)('%s is read from %s', (value, hex) => {
    expect(decodeCbor(Buffer.from(hex, 'hex'))).toEqual(value);
  });

  it.each(REFUSED)('with %s is refused', (_, hex) => {
    expect(() => decodeCbor(Buffer.from(hex, 'hex'))).toThrow(CborError);
  });

  it('is read as it was written, in definite and indefinite lengths', () => {
    fc.assert(
      fc.property(anything.value, (value) => {
        expect(decodeCbor(encodeCbor(value))).toEqual(value);
        expect(decodeCbor(definite(value))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it('never does more than refuse, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeCbor(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(CborError);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('is written with integers in the fewest bytes and times behind tag 1', () => {
    const shortest = EXAMPLES.filter(
      ([value, hex]) => Number.isSafeInteger(value) && Number.parseInt(hex.slice(0, 2), 16) < 0x40,
    );
    expect(shortest.length).toBeGreaterThan(12);
    for (const [value, hex] of shortest) expect(encodeCbor(value).toString('hex')).toBe(hex);
    expect(encodeCbor(new CborTime(1363896240000)).toString('hex')).toBe('c11b0000013d8e8d0780');
    expect(encodeCbor({ __type: 'UnknownOperationException' }).toString('hex')).toBe(
      `bf66${Buffer.from('__type').toString('hex')}7819${Buffer.from('UnknownOperationException').toString('hex')}ff`,
    );
  });
});
