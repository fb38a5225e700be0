import { expect, it } from 'vitest';
import { deliveryLines, deliverySentences, headerSentences } from '../../src/report/delivery-text.ts';
import { explain } from '../../src/report/catalogue.ts';
import { inkFor } from '../../src/report/ink.ts';
import { lostRecordsOf } from '../../src/advice/lost-records.ts';
import type { ConsumerRow, DeliveryInfo } from '../../src/results/report-document.ts';
import { LatencyHistogram } from '../../src/results/latency.ts';

const whole: DeliveryInfo = {
  ...{ acknowledged: 12_000, seen: 12_000, lost: 0, unread: 0, unacknowledged: 0, duplicates: 0 },
  ...{ withoutHeader: 0, others: 0 },
};

function rowOf(name: string, delivery?: Partial<DeliveryInfo>): ConsumerRow {
  return {
    ...{
      name,
      kind: 'efo',
      calls: 1,
      throttledCalls: 0,
      emptyCalls: 0,
      records: 1,
      bytes: 1,
      lostRecords: 0,
    },
    iteratorAgeMs: { max: 0, atEnd: 0 },
    backlog: { maxRecords: 0, atEndRecords: 0 },
    drain: { state: 'keptUp', ms: null },
    endToEndMs: new LatencyHistogram().summary(),
    share: { callsPerSec: 0, callsLimitPerSec: null, bytesPerSec: 0, bytesLimitPerSec: 1 },
    ...(delivery && { delivery: { ...whole, ...delivery } }),
  };
}

const ink = inkFor({ color: false });
/** No-break spaces as spaces. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

it('the table has those who were held against what was acknowledged, within 80 columns', () => {
  const rows = [
    rowOf('fan', { seen: 11_990, lost: 30, unread: 5, unacknowledged: 25, duplicates: 20 }),
    rowOf('a name that is much too long for its column', { lost: 7_654_321, isAtLeast: true }),
    rowOf('joined'),
  ];
  const lines = deliveryLines(rows, ink, 80);
  expect(lines.every((line) => line.length <= 80)).toBe(true);
  const text = plain(lines.join('\n'));
  expect(text).toMatch(/fan +12,000 +11,990 +30 +5 +25 +20$/m);
  expect(text).toContain('≥ 7,654,321');
  expect(text).not.toContain('joined');
  expect(deliveryLines([rowOf('joined')], ink, 80)).toEqual([]);
});

it('what needs no words has none, and what was read besides is explained', () => {
  expect(deliverySentences(rowOf('fan', {}))).toEqual([]);
  const besides = { unread: 2, unacknowledged: 3, duplicates: 1, others: 40 };
  const text = plain(deliverySentences(rowOf('fan', besides)).join('\n'));
  expect(text).toContain('"fan" could not read 2 acknowledged records in time');
  expect(text).toContain('3 Kinesis records that no reply had acknowledged');
  expect(text).toContain('1 record twice');
  expect(text).toContain('40 records of other producers');
  const failing = { ...rowOf('fan'), failedCalls: 3, firstError: { code: 'Oh', message: 'no' } };
  expect(deliverySentences(failing).map(plain)).toEqual(['3 calls of "fan" failed; the first with Oh: no.']);
});

it('that records have no header is said once', () => {
  const rows = [rowOf('a', { withoutHeader: 641 }), rowOf('b', { withoutHeader: 640 }), rowOf('c')];
  expect(headerSentences(rows)).toHaveLength(1);
  expect(plain(headerSentences(rows)[0])).toMatch(/^641 records had no header \(less than 48 bytes/);
  expect(headerSentences([rowOf('c')])).toEqual([]);
});

it('LOST_RECORDS of a run says that they were acknowledged, of a simulation that they were too old', () => {
  const loss = { consumer: 'fan', records: 3, shards: 1, worstShard: 2, firstMs: 1000 };
  const [old] = lostRecordsOf([loss], 24);
  const [missing] = lostRecordsOf([{ ...loss, isMissing: true, isAtLeast: true }], 24);
  expect(plain(explain(old).headline)).toBe('"fan" never read 3 records: they left the stream after 24 h.');
  expect(plain(explain(missing).headline)).toBe(
    '"fan" never found at least 3 records that the stream had acknowledged.',
  );
  expect(missing.shardId).toBe('shardId-000000000002');
});
