import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PutBatch } from '../../src/local/put-batch.ts';
import { PutScanner } from '../../src/local/put-scanner.ts';
import { PUT_RECORDS } from '../../src/local/put-records.ts';
import { checkInput } from '../../src/local/validation.ts';

interface Read {
  readonly StreamName: string | undefined;
  readonly StreamARN: string | undefined;
  readonly records: { data: string; bytes: number; key: string; hashKey: string | undefined }[];
}

/** The scanner's reading, or undefined where it gives up. */
function scan(text: string): Read | undefined {
  const batch = new PutBatch();
  const found = new PutScanner().scan(bufferOf(text), batch);
  return found && { ...found, records: recordsOf(batch) };
}

/** The oracle: JSON.parse and the declared checks. */
function parse(text: string): Read | undefined {
  try {
    const input = checkInput(PUT_RECORDS.fields, JSON.parse(text)) as unknown as Record<string, never> & {
      Records: { Data: string; PartitionKey: string; ExplicitHashKey?: string }[];
    };
    const records = input.Records.map((entry) => ({
      data: entry.Data,
      bytes: Buffer.from(entry.Data, 'base64').length,
      key: entry.PartitionKey,
      hashKey: entry.ExplicitHashKey,
    }));
    return { StreamName: input.StreamName, StreamARN: input.StreamARN, records };
  } catch {
    return undefined;
  }
}

function recordsOf(batch: PutBatch): Read['records'] {
  return Array.from({ length: batch.count }, (_, i) => ({
    data: batch.body.toString('latin1', batch.dataStart[i], batch.dataStart[i] + batch.dataLength[i]),
    bytes: batch.dataBytes[i],
    key: batch.keyOf(i),
    hashKey: batch.hashKeys.get(i),
  }));
}

function bufferOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  const buffer = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(buffer);
  return buffer;
}

const space = fc.stringMatching(/^[ \n\r\t]{0,2}$/);
const asciiKey = fc.stringMatching(/^[ !#-[\]-~]{1,256}$/);
const data = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64'));
const hashKey = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map(String);
const name = fc.stringMatching(/^[a-zA-Z0-9_.-]{1,128}$/);

/** Fields in any order with any white space between the tokens. */
function object(fields: Record<string, fc.Arbitrary<string | undefined>>): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.record(fields),
      fc.shuffledSubarray(Object.keys(fields), { minLength: Object.keys(fields).length }),
      space,
      space,
    )
    .map(([values, order, s, t]) => {
      const members = order
        .filter((field) => values[field] !== undefined)
        .map((field) => `${s}"${field}"${t}:${s}${values[field] ?? ''}${t}`);
      return `{${members.join(',')}${s}}`;
    });
}

const quoted = (text: fc.Arbitrary<string>): fc.Arbitrary<string> => text.map((value) => `"${value}"`);
const plainRecord = object({
  Data: quoted(data),
  PartitionKey: quoted(asciiKey),
  ExplicitHashKey: fc.option(quoted(hashKey), { nil: undefined }),
});
const plainRequest = object({
  StreamName: quoted(name),
  Records: fc
    .tuple(fc.array(plainRecord, { minLength: 1, maxLength: 8 }), space)
    .map(([r, s]) => `[${r.join(`${s},`)}${s}]`),
});

/** Things that make a request unusual, or wrong. */
const oddKey = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('x'.repeat(257)));
const oddData = fc.oneof(
  data,
  fc.stringMatching(/^[A-Za-z0-9+/=_-]{0,9}$/),
  fc.string(),
  fc.constantFrom('AB==', 'AA==', 'AAB=', 'AAA=', '====', 'A===', 'AA=A', 'AAAAA', 'AAAA====', 'a\\/aa'),
);
const oddMember = fc.oneof(
  fc.tuple(fc.constant('Data'), oddData),
  fc.tuple(fc.constant('PartitionKey'), oddKey),
  fc.tuple(fc.constantFrom('ExplicitHashKey', 'Other', 'data', ''), fc.oneof(hashKey, fc.string())),
  fc.tuple(
    fc.constantFrom('Data', 'PartitionKey', 'DryRun'),
    fc.oneof(fc.integer(), fc.constant(null), fc.boolean()),
  ),
);
const oddRecord = fc
  .array(oddMember, { maxLength: 4 })
  .map((members) => `{${members.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join(',')}}`);
const oddRequest = fc
  .tuple(
    fc.array(fc.oneof(plainRecord, oddRecord), { maxLength: 4 }),
    fc.oneof(name, fc.string()),
    fc.constantFrom('', ',', '}', ' x'),
  )
  .map(
    ([records, stream, tail]) =>
      `{"Records":[${records.join(',')}],"StreamName":${JSON.stringify(stream)}}${tail}`,
  );

describe('the PutRecords scanner', () => {
  it('reads a plain request in any order and spacing as JSON.parse does', () => {
    fc.assert(
      fc.property(plainRequest, (text) => {
        expect(scan(text)).toEqual(parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('never reads what the plain way refuses, and never reads it differently', () => {
    fc.assert(
      fc.property(oddRequest, (text) => {
        const scanned = scan(text);
        if (scanned !== undefined) expect(scanned).toEqual(parse(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('survives every change of one byte of a request without misreading it', () => {
    const text =
      '{"Records":[{"Data":"YWJjZA==","PartitionKey":"key-1"},{"PartitionKey":"b","Data":""}],"StreamName":"s"}';
    fc.assert(
      fc.property(fc.nat(text.length), fc.integer({ min: 0, max: 126 }), fc.boolean(), (at, code, insert) => {
        const changed = text.slice(0, at) + String.fromCharCode(code) + text.slice(insert ? at : at + 1);
        const scanned = scan(changed);
        if (scanned !== undefined) expect(scanned).toEqual(parse(changed));
      }),
      { numRuns: 3000 },
    );
  });

  it('gives up on a request that ends early', () => {
    const text = '{"Records":[{"Data":"YWJjZA==","PartitionKey":"key-1"}],"StreamName":"s"}';
    for (let length = 0; length < text.length; length++) expect(scan(text.slice(0, length))).toBeUndefined();
  });

  it('takes 500 records and gives up on 501', () => {
    const request = (count: number): string =>
      JSON.stringify({ Records: Array(count).fill({ Data: 'YQ==', PartitionKey: 'k' }), StreamName: 's' });
    expect(scan(request(500))?.records).toHaveLength(500);
    expect(scan(request(501))).toBeUndefined();
  });
});
