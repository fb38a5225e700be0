/** Records found in JSON that comes in pieces, against JSON.parse of the whole. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvFields } from '../../../src/results/sample/csv-records.ts';
import { recordOfJson } from '../../../src/results/sample/file-record.ts';
import { JsonObjects } from '../../../src/results/sample/json-objects.ts';

/** Objects and broken lines of a text that comes in pieces of so many characters. */
function found(text: string, piece = text.length): { objects: unknown[]; lines: number[]; broken: number[] } {
  const objects: unknown[] = [];
  const lines: number[] = [];
  const broken: number[] = [];
  const reader = new JsonObjects({
    object: (part, line) => {
      objects.push(JSON.parse(part));
      lines.push(line);
    },
    broken: (line) => broken.push(line),
  });
  for (let at = 0; at < text.length; at += piece) reader.push(text.slice(at, at + piece));
  reader.end();
  return { objects, lines, broken };
}

const record = fc.record({
  PartitionKey: fc.string({ minLength: 1 }),
  Data: fc.base64String(),
  Nested: fc.option(fc.object({ maxDepth: 2 })),
});

describe('records in JSON', () => {
  it('are found in every way of writing them down, however the text is cut', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 6 }), fc.integer({ min: 1, max: 40 }), (records, piece) => {
        const expected = JSON.parse(JSON.stringify(records)) as unknown[];
        const reply = { ChildShards: [{ a: [1] }], Records: records, Next: '"Records":[{', More: [{ b: 1 }] };
        const ways = [
          records.map((one) => JSON.stringify(one)).join('\n'),
          JSON.stringify(records),
          JSON.stringify(records, null, 4),
          JSON.stringify(reply),
          `\ufeff${JSON.stringify(reply, null, 4)}\n`,
          records.map((one) => JSON.stringify({ Records: [one] }, null, 2)).join('\n'),
        ];
        for (const way of ways) expect(found(way, piece)).toMatchObject({ objects: expected, broken: [] });
      }),
      { numRuns: 60 },
    );
  });

  it('are found after lines that are broken, each of which is counted', () => {
    const text = '{"a":1}\n{"b":\n{"c":"open\n{"d":4}\nnothing {"x":1}\n}\n{"e":5}';
    const { objects, lines, broken } = found(text);
    expect(objects).toEqual([{ a: 1 }, { d: 4 }, { e: 5 }]);
    expect(lines).toEqual([1, 4, 7]);
    expect(broken).toEqual([2, 3, 5, 6]);
  });

  it.each([
    ['{"PartitionKey":"k","Data":"YWI="}', { key: 'k', data: Buffer.from('ab') }],
    [
      '{"PartitionKey":"k","ApproximateArrivalTimestamp":1700000000.25}',
      { key: 'k', atMs: 1_700_000_000_250 },
    ],
    [
      '{"PartitionKey":"k","ApproximateArrivalTimestamp":"2023-11-14T22:13:20+00:00"}',
      { key: 'k', atMs: 1_700_000_000_000 },
    ],
    [
      '{"kinesis":{"partitionKey":"k","data":"YQ==","approximateArrivalTimestamp":1700000000}}',
      { key: 'k', data: Buffer.from('a'), atMs: 1_700_000_000_000 },
    ],
    [
      '{"partitionKey":"k","explicitHashKey":"7","bytes":12}',
      { key: 'k', explicitHashKey: '7', dataBytes: 12 },
    ],
    ['{"Data":"YQ=="}', { key: undefined, data: Buffer.from('a') }],
    ['{"PartitionKey":""}', undefined],
    ['{"PartitionKey":7}', undefined],
    ['{"PartitionKey":"k","Data":"not base64"}', undefined],
    ['{"PartitionKey":"k","ExplicitHashKey":"340282366920938463463374607431768211456"}', undefined],
    ['{"message":"hello"}', undefined],
    ['{', undefined],
  ])('%s is read for what it is', (text, expected) => {
    expect(recordOfJson(text)).toEqual(expected);
  });
});

describe('fields of a row', () => {
  it.each([
    ['a,b,', ['a', 'b', '']],
    ['"a,b",c', ['a,b', 'c']],
    ['"say ""hi""",', ['say "hi"', '']],
    ['"open,b', undefined],
    ['a"b,c', undefined],
  ])('of %s', (row, fields) => {
    expect(csvFields(row)).toEqual(fields);
  });
});
