/**
 * How our count and the service's own compare, in words and, where they differ or shards are counted, as a table.
 */
import type { CountPair, Reconciliation } from '../results/reconciliation.ts';
import { amountOf, bytes, count, duration, NBSP } from './figure.ts';
import type { Ink } from './ink.ts';
import { showProse } from './name.ts';
import { labelled, wrap } from './paragraph.ts';
import { tableLines } from './table.ts';

type Compared = Extract<Reconciliation, { readonly records: CountPair }>;

/** Shards listed at most: those that differ most. */
const MOST_SHARDS = 20;

/** One sentence for the end of the report. */
export function reconciliationSentence(reconciliation: Reconciliation): string {
  if (!('records' in reconciliation)) return `not done: ${showProse(reconciliation.reason)}.`;
  const { records, bytes: sizes, throttled } = reconciliation;
  switch (reconciliation.verdict) {
    case 'matches':
      return (
        `the stream counted what we did: ${amountOf(records.ours, 'Kinesis record')} (${bytes(sizes.theirs)}) accepted and ` +
        `${count(throttled.ours)} throttled, warm-up included.`
      );
    case 'unknown':
      return (
        `the stream counted ${more(records, throttled)} than was answered to us: ${amountOf(reconciliation.unknown, 'record')} ` +
        `had no reply, which explains it.`
      );
    case 'others':
      return `the stream counted ${more(records, throttled)} than we sent: somebody else writes to it, too.`;
    case 'missing':
      return (
        `the stream counted LESS than was acknowledged to us (${differences(reconciliation)}): the metrics are late, the ` +
        'layout changed, or records were lost.'
      );
    case 'incomplete':
      return 'the metrics were not complete when the waiting ended.';
  }
}

/** Nothing where the sentence has said it all. */
export function reconciliationLines(reconciliation: Reconciliation, ink: Ink, columns: number): string[] {
  if (!('records' in reconciliation)) return [];
  const isPlain = reconciliation.verdict === 'matches' && reconciliation.shards === undefined;
  if (isPlain) return [];
  return [
    ...totalLines(reconciliation, ink),
    ...shardLines(reconciliation, ink),
    ...notes(reconciliation, columns),
  ];
}

/** For the heading: the minutes that were read. */
export function reconciliationNote(reconciliation: Reconciliation): string {
  if (!('records' in reconciliation)) return '';
  const { from, to, waitedMs } = reconciliation;
  const waited = waitedMs >= 1000 ? `, waited ${duration(waitedMs)}` : '';
  return `minutes ${from.slice(11, 16)} to ${to.slice(11, 16)} UTC, warm-up included${waited}`;
}

function totalLines({ records, bytes: sizes, throttled }: Compared, ink: Ink): string[] {
  const row = (name: string, pair: CountPair): string[] => [
    name,
    count(pair.ours),
    count(pair.theirs),
    signed(pair.difference),
  ];
  return tableLines(
    [
      { title: '' },
      { title: 'ours', align: 'right' },
      { title: 'the stream', align: 'right' },
      { title: 'difference', align: 'right' },
    ],
    [row('records accepted', records), row('bytes accepted', sizes), row('attempts throttled', throttled)],
    ink,
  );
}

function shardLines({ shards = [] }: Compared, ink: Ink): string[] {
  if (shards.length === 0) return [];
  const weight = (pair: CountPair | undefined): number => Math.abs(pair?.difference ?? 0);
  const most = [...shards]
    .sort((a, b) => weight(b.records) + weight(b.throttled) - weight(a.records) - weight(a.throttled))
    .slice(0, MOST_SHARDS);
  const more = (pair: CountPair | undefined): string => (pair === undefined ? '–' : signed(pair.difference));
  return [
    '',
    ...tableLines(
      [
        { title: 'shard' },
        { title: 'our records', align: 'right' },
        { title: 'difference', align: 'right' },
        { title: 'in bytes', align: 'right' },
        { title: 'throttled', align: 'right' },
      ],
      most.map(({ shardId, records, bytes: sizes, throttled }) => [
        shardId,
        records === undefined ? '–' : count(records.ours),
        more(records),
        sizes === undefined ? '–' : signedBytes(sizes.difference),
        more(throttled),
      ]),
      ink,
    ),
    ...(shards.length > most.length ? [`  and ${amountOf(shards.length - most.length, 'more shard')}`] : []),
  ];
}

function notes({ verdict, unknown, keyBytes, bytes: sizes }: Compared, columns: number): string[] {
  const texts = [
    ...(verdict === 'others'
      ? [
          'The first and the last of these minutes are only partly ours: what others wrote in all of them is in the difference.',
        ]
      : []),
    ...(unknown > 0
      ? [
          `${amountOf(unknown, 'record')} of ours had no reply and may have been stored: they are not in our count.`,
        ]
      : []),
    ...(keyBytes > 0 && sizes.difference === -keyBytes
      ? [
          `Without partition keys (${bytes(keyBytes)}) the bytes are the same: the stream does not count them.`,
        ]
      : []),
  ];
  return texts.flatMap((text) => wrap(text, columns - 2).map((line) => `  ${line}`));
}

function more(records: CountPair, throttled: CountPair): string {
  const parts = [
    ...(records.difference > 0 ? [`${count(records.difference)} accepted`] : []),
    ...(throttled.difference > 0 ? [`${count(throttled.difference)} throttled`] : []),
  ];
  return `${parts.join(' and ')} more`;
}

function differences({ records, bytes: sizes, throttled }: Compared): string {
  const parts: (readonly [string, CountPair])[] = [
    ['records', records],
    ['bytes', sizes],
    ['throttled', throttled],
  ];
  return parts
    .filter(([, { difference }]) => difference !== 0)
    .map(([name, { difference }]) => `${signed(difference)}${NBSP}${name}`)
    .join(', ');
}

function signed(difference: number): string {
  if (difference === 0) return '0';
  return `${difference > 0 ? '+' : '−'}${count(Math.abs(difference))}`;
}

function signedBytes(difference: number): string {
  if (difference === 0) return '0';
  return `${difference > 0 ? '+' : '−'}${bytes(Math.abs(difference))}`;
}

/** The sentence with its label, for the foot of a report. */
export function reconciliationFoot(reconciliation: Reconciliation, columns: number): string[] {
  return labelled('Counters', reconciliationSentence(reconciliation), 11, columns);
}
