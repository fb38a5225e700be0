import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PutBody } from '../../../src/run/send/put-body.ts';
import { entriesOf } from '../../../src/run/send/put-entries.ts';
import { RecordData } from '../../../src/run/send/record-data.ts';
import { KeyDictionary } from '../../../src/traffic/key-dictionary.ts';
import { LineTable } from '../../../src/traffic/line-table.ts';
import { readHeader } from '../../../src/traffic/payload.ts';
import { RecordSlab } from '../../../src/traffic/record-slab.ts';
import type { Keys, Source } from '../../../src/traffic/scenario.ts';
import { sourceAt, uniformKeys } from '../../traffic/scenarios.ts';

const RUN_ID = Uint8Array.from({ length: 16 }, (_, i) => 240 + i);
const START_US = 1_790_000_000_123_456;

interface Sent {
  readonly Data: string;
  readonly PartitionKey: string;
  readonly ExplicitHashKey?: string;
}

interface Bench {
  readonly records: RecordSlab;
  readonly slots: Uint32Array;
  readonly dictionary: KeyDictionary;
  readonly data: RecordData;
  readonly body: PutBody;
}

/** Records of these sizes of one source, key k modulo the number of keys. */
function bench(sizes: readonly number[], rest: Partial<Source>, keys: Keys = uniformKeys(5)): Bench {
  const records = new RecordSlab();
  const slots = Uint32Array.from(sizes, () => records.take());
  const dictionary = new KeyDictionary([keys]);
  sizes.forEach((bytes, i) => {
    records.dataBytes[slots[i]] = bytes;
    records.key[slots[i]] = i % dictionary.size;
    records.k[slots[i]] = 2 ** 40 + i;
    records.dueUs[slots[i]] = 1000 * i;
    records.attempts[slots[i]] = i % 3;
  });
  const source = sourceAt(1, 1, { ...rest, keys });
  const data = new RecordData(RUN_ID, START_US, [source], (key) => dictionary.nameOf(key), 70_000);
  const body = new PutBody({ stream: { StreamName: 'a.stream_1' }, data, keys: dictionary });
  return { records, slots, dictionary, data, body };
}

function sent({ body, records, slots }: Bench): Sent[] {
  const bytes = body.write({ slots, sentUs: 0, queueUs: 0 }, records);
  const { Records, ...rest } = JSON.parse(bytes.toString()) as { Records: Sent[] };
  body.giveBack(bytes);
  expect(rest).toEqual({ StreamName: 'a.stream_1' });
  return Records;
}

/** Decoded, and refused where it is not the one text for its bytes. */
function decoded(text: string): Buffer {
  const data = Buffer.from(text, 'base64');
  expect(data.toString('base64')).toBe(text);
  return data;
}

describe('the body of a request', () => {
  it('holds every record with its key, as long as it is to be, behind its header', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 60 }), fc.nat(3000)), { minLength: 1, maxLength: 40 }),
        (sizes) => {
          const these = bench(sizes, {});
          // Twice: the second time with keys that are known, in a buffer that was used.
          for (let round = 0; round < 2; round++) {
            sent(these).forEach(({ Data, PartitionKey, ...more }, i) => {
              const data = decoded(Data);
              expect([data.length, PartitionKey, more]).toEqual([sizes[i], `key-${i % 5}`, {}]);
              if (sizes[i] < 48) return;
              expect(readHeader(new Uint8Array(data))).toEqual({
                ...{ worker: 70_000, runId: RUN_ID, source: 0, attempt: (i % 3) + 1 },
                ...{ k: 2 ** 40 + i, dueUs: START_US + 1000 * i },
              });
            });
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('writes keys as JSON does, whatever is in them', () => {
    const names = ['plain', '"quoted\\"', 'zeile\n\t\u0001', 'schlüssel 日本 🙂', 'a'.repeat(256), ' '];
    const keys: Keys = { kind: 'weights', names, weights: names.map(() => 1) };
    const records = sent(
      bench(
        names.map(() => 100),
        {},
        keys,
      ),
    );
    expect(records.map(({ PartitionKey }) => PartitionKey)).toEqual(names);
  });

  it('writes explicit hash keys', () => {
    const hashKeys = [0n, 2n ** 128n - 1n];
    const keys: Keys = { kind: 'hashKeys', hashKeys, keyBytes: [5, 6], weights: [1, 1] };
    const records = sent(bench([10, 100], {}, keys));
    expect(records.map(({ ExplicitHashKey }) => ExplicitHashKey)).toEqual(hashKeys.map(String));
    expect(records.map(({ PartitionKey }) => PartitionKey.length)).toEqual([5, 6]);
  });

  it('writes keys that are too many to be remembered', () => {
    const these = bench([100, 100, 7], {}, uniformKeys(2_000_000));
    these.records.key[these.slots[1]] = 1_999_999;
    expect(sent(these).map(({ PartitionKey }) => PartitionKey)).toEqual(['key-0', 'key-1999999', 'key-2']);
  });

  it('writes lines, templates and data that compresses as the record data has them', () => {
    const lines = new LineTable(Buffer.from('one\ntwo words'));
    const template = '{"n":{n},"key":"{key}"}';
    const text = sent(
      bench([lines.bytesOf(2 ** 40), lines.bytesOf(2 ** 40 + 1)], { size: { kind: 'lines', lines } }),
    );
    expect(text.map(({ Data }) => decoded(Data).toString())).toEqual(['one', 'two words']);
    const filled = `{"n":${2 ** 40},"key":"key-0"}`;
    const [record] = sent(bench([filled.length], { size: { kind: 'template', template } }));
    expect(decoded(record.Data).toString()).toBe(filled);
    const [half] = sent(bench([1000], { compressibility: 0.5 }));
    expect(decoded(half.Data).subarray(500)).toEqual(Buffer.alloc(500));
  });

  it('never sends the same random data twice in a row', () => {
    const these = bench([200, 200], {});
    const seen = [sent(these), sent(these)].flat().map(({ Data }) => Data.slice(80, 160));
    expect(new Set(seen).size).toBe(4);
  });

  it('holds packed records as the KPL packs them', () => {
    const these = bench([100, 120, 140], { compressibility: 1 });
    const { body, data, records, slots, dictionary } = these;
    const parcels = { ends: Uint32Array.of(2, 3), bytes: Uint32Array.of(300, 150) };
    const batch = { slots, parcels, sentUs: 0, queueUs: 0 };
    const { Records } = JSON.parse(body.write(batch, records).toString()) as { Records: Sent[] };
    const expected = entriesOf(batch, data.of(slots, records), records, dictionary);
    expect(Records).toEqual(
      expected.map((entry) => ({ ...entry, Data: Buffer.from(entry.Data).toString('base64') })),
    );
  });
});
