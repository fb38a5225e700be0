/** Files of records and logs, as users have them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { uniformRanges } from '../../../src/model/hash-range.ts';
import { readLog } from '../../../src/run/observe/log-file.ts';
import { readRecordFile } from '../../../src/run/observe/record-file.ts';
import { packAggregate } from '../../results/sample/kpl-writer.ts';
import { keysOf, SHARD_0, SHARD_1 } from './sampled-stream.ts';

const folder = mkdtempSync(join(tmpdir(), 'shardwise-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SHARDS = uniformRanges(2).map((range, i) => ({ shardId: [SHARD_0, SHARD_1][i], range }));

function file(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const AT = '2026-11-20T03:00:00.000Z';
const AT_MS = Date.parse(AT);

describe('a file of records', () => {
  it('is a GetRecords reply, each record on the shard of its key', async () => {
    const reply = (key: string, seconds: number): object => ({
      SequenceNumber: '1',
      ApproximateArrivalTimestamp: AT_MS / 1000 + seconds,
      Data: Buffer.alloc(10).toString('base64'),
      PartitionKey: key,
    });
    const Records = [reply('s-41', 0), reply('s-90', 1), reply('s-41', 2.5)];
    const path = file('reply.json', JSON.stringify({ Records, MillisBehindLatest: 0 }, null, 4));
    const sample = await readRecordFile(path, SHARDS);
    expect(keysOf(sample)).toEqual({ 's-41': 2, 's-90': 1 });
    expect(sample.slices).toEqual([
      { shardId: SHARD_0, fromMs: AT_MS, toMs: AT_MS + 2500, records: 2, bytes: 28, isWhole: true },
      { shardId: SHARD_1, fromMs: AT_MS + 1000, toMs: AT_MS + 1000, records: 1, bytes: 14, isWhole: true },
    ]);
    expect(sample.file).toEqual({
      ...{ name: path, format: 'json', unread: 0, firstUnreadLine: null, withoutTime: 0, withoutSize: 0 },
    });
  });

  it('has aggregates on the shard of their first user record, which is where the KPL sends them', async () => {
    const data = packAggregate([
      { key: 's-90', data: Buffer.alloc(5) },
      { key: 's-90', data: Buffer.alloc(5) },
    ]);
    const path = file('kpl.ndjson', JSON.stringify({ PartitionKey: 'a', Data: data.toString('base64') }));
    const { shards, slices, file: about } = await readRecordFile(path, SHARDS);
    expect(shards).toMatchObject([{ shardId: SHARD_1, records: 1, userRecords: 2 }]);
    expect(slices).toMatchObject([{ fromMs: 0, toMs: 0, isWhole: false }]);
    expect(about?.withoutTime).toBe(1);
  });

  it('is a table, with lines that are none counted', async () => {
    const rows = [
      'partitionKey,bytes,timestamp,explicitHashKey,other',
      `s-41,100,${AT},,x`,
      `"s,41",100,${AT_MS},0,x`,
      's-41,many,,,x',
      's-41,1',
      ',1,,,x',
      's-41,,,,x',
    ];
    const sample = await readRecordFile(file('t.csv', `\ufeff${rows.join('\r\n')}\r\n`), SHARDS);
    expect(sample.file).toMatchObject({
      format: 'csv',
      unread: 3,
      firstUnreadLine: 4,
      withoutTime: 1,
      withoutSize: 1,
    });
    expect(keysOf(sample)).toEqual({ 's-41': 2, 's,41': 1 });
    expect(sample.shards).toMatchObject([{ shardId: SHARD_0, records: 3, bytes: 104 + 104 + 4 }]);
    expect(sample.shards[0].keys.map(({ key, hashKey }) => [key, hashKey.length > 1])).toEqual([
      ['s-41', true],
      ['s,41', false],
    ]);
  });

  it.each([
    ['nothing', '', /has no records/],
    ['blank lines', '\n\n  \n', /has no records/],
    ['prose', 'it was\na dark night\n', /line 1 names no column partitionKey/],
    ['JSON without records', '{"a":1}\n{"b":2}\n', /line 1 is no record, nor is anything else/],
    ['only a header', 'partitionKey,bytes\n', /has no records/],
    ['rows that are all bad', 'partitionKey,bytes\na,b\n', /line 2 is no record/],
  ])('is refused where it has %s', async (_, text, message) => {
    await expect(readRecordFile(file('bad', text), SHARDS)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message) as string,
    });
  });
});

const told = (shard: number, stream = 'orders'): string =>
  `Rate exceeded for shard shardId-00000000000${shard} in stream ${stream} under account 000000000000.`;

describe('a log', () => {
  it('names throttled shards, in whatever the message is wrapped, and when', async () => {
    const nested = JSON.stringify({
      msg: JSON.stringify({ Records: [told(1), told(0)].map((ErrorMessage) => ({ ErrorMessage })) }),
    });
    const lines = [
      `2026-11-20T03:00:00.500Z ERROR ${told(1)}`,
      `[2026-11-20 03:00:09,250] WARN ${told(1)}`,
      'all is well',
      `1795143610 ${told(0)}`,
      nested,
      `2026-11-20T05:00:01+02:00 ${told(3, 'payments')}`,
    ];
    expect(await readLog(file('app.log', `${lines.join('\n')}\n`), 'orders')).toEqual({
      ...{ file: join(folder, 'app.log'), lines: 6, matches: 4, otherStreams: 1 },
      shards: [
        { shardId: SHARD_1, records: 3, firstMs: AT_MS + 500, lastMs: AT_MS + 9250 },
        { shardId: SHARD_0, records: 2, firstMs: 1_795_143_610_000, lastMs: 1_795_143_610_000 },
      ],
    });
  });

  it.each([
    ['packed', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0])],
    ['UTF-16', Buffer.from('\ufeffpartitionKey\nk', 'utf16le')],
    ['of bytes that are no text', Buffer.from([0x9d, 0xe1, 0x41, 0x0a])],
  ])('is no text where it is %s, of records too', async (_, bytes) => {
    await expect(readRecordFile(file('records.bin', bytes), SHARDS)).rejects.toMatchObject({
      ...{ exitCode: 2, what: `--records ${join(folder, 'records.bin')} is not a text file.` },
    });
  });

  it('is refused where it is packed', async () => {
    const packed = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
    await expect(readLog(file('app.log.gz', packed), 'orders')).rejects.toMatchObject({ exitCode: 2 });
  });

  it('is read however long its lines are', async () => {
    const path = file('long.log', `${'x'.repeat(9_000_000)}\n${told(0)}`);
    expect(await readLog(path, 'orders')).toMatchObject({ lines: 2, matches: 1 });
  });
});
