import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashKeyOf, fromWords } from '../../src/model/hash-key.ts';
import { CountFile } from '../../src/traffic/count-file.ts';
import { readRates, readSizes } from '../../src/traffic/csv-columns.ts';
import type { WeightedNames } from '../../src/traffic/weighted-names.ts';
import { refusalOf } from './refusal-of.ts';

/** Reads a text in pieces of some size. */
function tableOf(text: string | Uint8Array, piece = 1 << 20): WeightedNames {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const file = new CountFile('counts.csv');
  for (let at = 0; at < bytes.length; at += piece) file.feed(bytes.subarray(at, at + piece));
  return file.finish();
}

function rowsOf(table: WeightedNames): [string, number][] {
  return Array.from({ length: table.count }, (_, n) => [table.nameAt(n), table.weights[n]]);
}

const name = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => !/[\r\n]/.test(text)),
  fc.nat(30).map((n) => `key-${n}`),
);
const rows = fc
  .array(fc.tuple(name, fc.nat(1e9)), { minLength: 1, maxLength: 200 })
  .filter((all) => all.some(([, count]) => count > 0));

/** Oracle: counts added up by name, in order of appearance. */
function sumsOf(all: readonly (readonly [string, number])[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const [key, count] of all) if (count > 0) sums.set(key, (sums.get(key) ?? 0) + count);
  return [...sums];
}

describe('a file of keys and counts', () => {
  it('is the same as CSV and as JSON lines, however it is cut into pieces, keys that return being added up', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 40 }), fc.constantFrom('\n', '\r\n'), (all, piece, end) => {
        const csv = all.map(([key, count]) => `"${key.replaceAll('"', '""')}",${count}`).join(end);
        const json = all.map(([key, count]) => JSON.stringify({ key, count })).join(end);
        expect(rowsOf(tableOf(csv, piece))).toEqual(sumsOf(all));
        expect(rowsOf(tableOf(json + end, piece))).toEqual(sumsOf(all));
      }),
    );
  });

  it('knows its names, their lengths and their hash keys', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const table = tableOf(all.map(([key, count]) => JSON.stringify({ key, count })).join('\n'));
        const words = new Uint32Array(4);
        sumsOf(all).forEach(([key], n) => {
          expect(table.find(key)).toBe(n);
          expect(table.bytesAt(n)).toBe(Buffer.byteLength(key));
          table.hashAt(n, words);
          expect(fromWords(words)).toBe(hashKeyOf(key));
        });
        expect(table.find('not there')).toBe(-1);
      }),
    );
  });

  it('takes a heading, a byte order mark, empty lines, commas in keys and counts in other forms', () => {
    expect(rowsOf(tableOf('\uFEFFkey,count\r\n\r\na,1\n b,c,2\nd,1.5\ne,2e3\n\nf, 7\nzero,0'))).toEqual([
      ['a', 1],
      [' b,c', 2],
      ['d', 1.5],
      ['e', 2000],
      ['f', 7],
    ]);
    expect(rowsOf(tableOf('"key","count"\n"a",3'))).toEqual([['a', 3]]);
  });

  it.each([
    ['an empty file', '', 'counts.csv: the file is empty.'],
    ['empty lines only', '\n\n', 'counts.csv: there is no key with a count above 0.'],
    ['a heading only', 'key,count\n', 'counts.csv: there is no key with a count above 0.'],
    ['counts of 0 only', 'a,0\nb,0\n', 'counts.csv: there is no key with a count above 0.'],
    ['a negative count', 'a,1\nb,-2\n', 'counts.csv, line 2: the count -2 is negative.'],
    ['a negative count in JSON', '{"key":"a","count":-2}', 'counts.csv, line 1: the count -2 is negative.'],
    ['a second heading', 'a,1\nkey,count\n', 'counts.csv, line 2: "count" is no count.'],
    [
      'a line without a comma',
      'a,1\n\nb\n',
      'counts.csv, line 3: there is no comma between a key and its count.',
    ],
    ['a line without a count', 'a,1\nb,\n', 'counts.csv, line 2: "" is no count.'],
    ['a line without a key', 'a,1\n,3\n', 'counts.csv, line 2: the key is empty.'],
    ['an infinite count', 'a,1\nb,1e999\n', 'counts.csv, line 2: "1e999" is no count.'],
    ['an open quote', 'a,1\n"b,3\n', 'counts.csv, line 2: this is no key in quotes, a comma and a count.'],
    [
      'a key that is too long',
      `${'x'.repeat(257)},1`,
      'counts.csv, line 1: the key has more than 256 characters.',
    ],
    ['broken JSON', '{"key":"a","count":1}\n{"key"', 'counts.csv, line 2: this is not valid JSON.'],
    ['JSON without a key', '{"count":1}', 'counts.csv, line 1: there is no text "key".'],
    ['JSON without a count', '{"key":"a","count":"1"}', 'counts.csv, line 1: there is no number "count".'],
    ['JSON that turns into CSV', '{"key":"a","count":1}\na,1', 'counts.csv, line 2: this is not valid JSON.'],
    [
      'bytes that are no text',
      Buffer.from([0x61, 0xff, 0x2c, 0x31]),
      'counts.csv, line 1: this is not UTF-8 text.',
    ],
    [
      'a line without end',
      'x'.repeat(40_000),
      'counts.csv, line 1: the line is too long for a key and a count.',
    ],
  ])('refuses %s', (_, text, what) => {
    expect(refusalOf(() => tableOf(text, 9000)).what).toBe(what);
  });

  it('takes 256 characters of four bytes for a key', () => {
    const key = '\u{1F511}'.repeat(256);
    expect(rowsOf(tableOf(`${key},1`))).toEqual([[key, 1]]);
  });

  it('adds up a million keys within seconds and finds each again', () => {
    const file = new CountFile('counts.csv');
    for (let from = 0; from < 1_000_000; from += 10_000)
      file.feed(
        Buffer.from(Array.from({ length: 10_000 }, (_, i) => `tenant-${from + i},${i % 7}\n`).join('')),
      );
    const table = file.finish();
    expect(table.count).toBe(1_000_000 - 142_900);
    expect(table.weights[table.find('tenant-123457')]).toBe(3457 % 7);
  });
});

describe('a histogram of sizes', () => {
  it('adds sizes up that return', () => {
    expect(readSizes('bytes,count\n100,1\n200,5\n100,2\n9,0\n', 's.csv')).toEqual({
      bytes: [100, 200],
      counts: [3, 5],
    });
  });

  it.each([
    ['', 's.csv: the file is empty.'],
    ['1,0', 's.csv: there is no size with a count above 0.'],
    ['1,2\n3,-1', 's.csv, line 2: the count -1 is negative.'],
    ['1.5,2', 's.csv, line 1: "1.5" is no number of bytes that a record can have.'],
    ['99999999,2', 's.csv, line 1: "99999999" is no number of bytes that a record can have.'],
    ['1,2\n\n3', 's.csv, line 3: this is not two values with a comma between them.'],
  ])('refuses %j', (text, what) => {
    expect(refusalOf(() => readSizes(text, 's.csv')).what).toBe(what);
  });
});

describe('a measured series', () => {
  it.each([
    '2026-03-01T00:00:00Z',
    '2024-02-29 23:59:59.25Z',
    '2000-12-31T12:30+05:30',
    '1969-07-20T20:17:40-0400',
    '2100-03-01',
  ])('reads %s as the calendar does', (time) => {
    const [point] = readRates(`time,rate\n${time},5\n2200-01-01,6/s`, 'r.csv');
    const iso = time.replace(' ', 'T').replace(/([+-]\d\d)(\d\d)$/, '$1:$2');
    expect(point).toEqual({ timeUs: Date.parse(iso) * 1000, rate: 5 });
  });

  it.each([
    ['', 'r.csv: the file is empty.'],
    ['0,5', 'r.csv: a series needs at least two times.'],
    ['0,5\n60,-1', 'r.csv, line 2: the rate -1 is negative.'],
    ['0,5\n0,6', 'r.csv, line 2: 0 is not after the time before it.'],
    ['0,5\n2023-02-29,6', 'r.csv, line 2: "2023-02-29" is no time.'],
    ['0,5\n60,5MiB/s', 'r.csv, line 2: "5MiB/s" is no rate in records.'],
  ])('refuses %j', (text, what) => {
    expect(refusalOf(() => readRates(text, 'r.csv')).what).toBe(what);
  });
});
