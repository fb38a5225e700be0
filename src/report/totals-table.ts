/**
 * What became of the records, as a sum that the reader can check, with the attempts beside it.
 */
import type { Totals } from '../results/report-document.ts';
import { amountOf, bytes, count, partOf } from './figure.ts';
import type { Ink } from './ink.ts';
import { type Column, tableLines } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: '' },
  { title: '', align: 'right' },
  { title: '', align: 'right' },
  { title: '' },
  { title: '' },
  { title: '', align: 'right' },
  { title: '', align: 'right' },
];

export function totalsLines(totals: Totals, ink: Ink): string[] {
  const part = (records: number): string => partOf(records, totals.offered);
  const tried = (attempts: number): string => partOf(attempts, totals.attempts);
  const { accepted, throttled, failed, dropped } = totals;
  const loss = (records: number): string => (records > 0 ? ink('red', count(records)) : '0');
  const lines = tableLines(
    COLUMNS,
    [
      ['  offered', count(totals.offered), '', '', 'requests', count(totals.requests), ''],
      ['= accepted', count(accepted), part(accepted), '', 'attempts', count(totals.attempts), ''],
      [
        '+ throttled',
        loss(throttled),
        part(throttled),
        '',
        '  throttled',
        count(totals.throttledAttempts),
        tried(totals.throttledAttempts),
      ],
      [
        '+ failed',
        loss(failed),
        part(failed),
        '',
        '  failed',
        count(totals.failedAttempts),
        tried(totals.failedAttempts),
      ],
      [
        '+ dropped',
        loss(dropped),
        part(dropped),
        '',
        '  retries',
        count(totals.retries),
        tried(totals.retries),
      ],
    ],
    ink,
  );
  const volume = `  Data and keys: ${bytes(totals.bytesOffered)} offered, ${bytes(totals.bytesAccepted)} accepted.`;
  const packed =
    totals.kinesisRecords === undefined || totals.kinesisRecords === totals.attempts
      ? []
      : [ink('dim', `  The attempts went out in ${amountOf(totals.kinesisRecords, 'Kinesis record')}.`)];
  if (totals.unknown === 0) return [...lines, ink('dim', volume), ...packed];
  const unknown = `  Of the failed, ${amountOf(totals.unknown, 'record')} had no reply and may have been stored.`;
  return [...lines, ink('dim', volume), ...packed, ink('dim', unknown)];
}
