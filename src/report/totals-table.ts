/**
 * What became of the records, as a sum that the reader can check, with the attempts beside it.
 */
import type { Partiality, Totals } from '../results/report-document.ts';
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

/** @param isUnfinished written while the load went on: some records had no reply because it was still to come */
export function totalsLines(totals: Totals, ink: Ink, isUnfinished = false): string[] {
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
  const unknown = `  Of the failed, ${amountOf(totals.unknown, 'record')} had no reply${isUnfinished ? ' yet' : ''} and may have been stored.`;
  return [...lines, ink('dim', volume), ...packed, ink('dim', unknown)];
}

/**
 * What became of records that were not accepted, in the words of a sentence; nothing where all were. Of a load that went on
 * those without a reply are told apart: they need not have failed.
 */
export function lossTexts(
  { throttled, failed, unknown, dropped }: Totals,
  partial: Partiality,
  words: Readonly<Record<'throttled' | 'failed' | 'dropped', string>>,
): string[] {
  const open = partial === 'unfinished' ? unknown : 0;
  const losses: [number, string][] = [
    [throttled, words.throttled],
    [failed - open, words.failed],
    [open, 'had no reply yet'],
    [dropped, words.dropped],
  ];
  return losses.filter(([records]) => records > 0).map(([records, what]) => `${count(records)} ${what}`);
}
