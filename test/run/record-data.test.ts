import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { RecordData } from '../../src/run/send/record-data.ts';
import { LineTable } from '../../src/traffic/line-table.ts';
import { readHeader } from '../../src/traffic/payload.ts';
import { textLengthOf } from '../../src/traffic/payload-text.ts';
import { RecordSlab } from '../../src/traffic/record-slab.ts';
import type { Source } from '../../src/traffic/scenario.ts';
import { sourceAt } from '../traffic/scenarios.ts';

/** Data of record `k`, due after two seconds, of a source with 0 … sources. */
function dataOf(source: Source, bytes: number, k = 12): Buffer {
  const records = new RecordSlab();
  const slot = records.take();
  records.dataBytes[slot] = bytes;
  records.k[slot] = k;
  records.key[slot] = 3;
  records.dueUs[slot] = 2_000_000;
  const data = new RecordData(new Uint8Array(16), 1_000, [source], (key) => `schlüssel-${key}`);
  return Buffer.from(data.of(Uint32Array.of(slot), records)[0]);
}

describe('the data of a record', () => {
  it.each([0, 0.25, 0.7, 1])('loses the part %d of itself to compression', (compressibility) => {
    const data = dataOf(sourceAt(1, 1, { compressibility }), 100_000);
    expect(readHeader(data)).toMatchObject({ k: 12, dueUs: 2_001_000 });
    expect(Math.abs(deflateRawSync(data).length / 100_000 - (1 - compressibility))).toBeLessThan(0.01);
  });

  it('is a template filled in, as long as its length said, without a header', () => {
    const template = '{"n":{n},"k":"{key}","at":{due},"also":{n},"fixed":"{x} 日"}';
    const bytes = textLengthOf(template)(12, Buffer.byteLength('schlüssel-3'), 2_000_000);
    const data = dataOf(sourceAt(1, 1, { size: { kind: 'template', template } }), bytes);
    expect(data.toString()).toBe('{"n":12,"k":"schlüssel-3","at":2000000,"also":12,"fixed":"{x} 日"}');
  });

  it('is a line of a file, in turn, without ends of lines or empty lines', () => {
    const lines = new LineTable(Buffer.from('one\r\n\nlonger\n\n\nlast'));
    expect([lines.count, lines.longest, lines.total]).toEqual([3, 6, 13]);
    const texts = [0, 1, 2, 3].map((k) =>
      dataOf(sourceAt(1, 1, { size: { kind: 'lines', lines } }), lines.bytesOf(k), k).toString(),
    );
    expect(texts).toEqual(['one', 'longer', 'last', 'one']);
  });
});
