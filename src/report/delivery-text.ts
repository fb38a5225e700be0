/**
 * What consumers of a run saw of what was acknowledged: nothing lost, or how much, and what came besides.
 */
import { HEADER_BYTES } from '../traffic/payload.ts';
import type { ConsumerRow, DeliveryInfo } from '../results/report-document.ts';
import { amountOf, count } from './figure.ts';
import type { Ink } from './ink.ts';
import { cellName, quoteName, showProse } from './name.ts';
import { wrap } from './paragraph.ts';
import { type Column, tableLines } from './table.ts';

const NAME_COLUMNS = 12;
const SENTENCE_NAME = 30;

interface DeliveryColumn {
  readonly title: string;
  readonly of: Exclude<keyof DeliveryInfo, 'isAtLeast'>;
  /** Shown only where there is any. */
  readonly isRare?: boolean;
}

const COLUMNS: readonly DeliveryColumn[] = [
  { title: 'acknowledged', of: 'acknowledged' },
  { title: 'read', of: 'seen' },
  { title: 'lost', of: 'lost' },
  { title: 'unread', of: 'unread', isRare: true },
  { title: 'no reply', of: 'unacknowledged', isRare: true },
  { title: 'duplicates', of: 'duplicates' },
];

/** The table, where any consumer was held against what was acknowledged. */
export function deliveryLines(rows: readonly ConsumerRow[], ink: Ink, columns: number): string[] {
  const compared = rows.flatMap(({ name, delivery }) => (delivery === undefined ? [] : [{ name, delivery }]));
  if (compared.length === 0) return [];
  const isSeen = ({ isRare, of }: DeliveryColumn): boolean =>
    !isRare || compared.some(({ delivery }) => delivery[of] > 0);
  const shown = COLUMNS.filter(isSeen);
  const headings: Column[] = [
    { title: 'consumer' },
    ...shown.map(({ title }): Column => ({ title, align: 'right' })),
  ];
  const cells = compared.map(({ name, delivery }) => [
    cellName(name, NAME_COLUMNS),
    ...shown.map(({ of }) =>
      of === 'lost' && delivery.lost > 0 ? ink('red', lostText(delivery)) : count(delivery[of]),
    ),
  ]);
  const hasUntold = shown.some(({ of }) => of === 'unacknowledged');
  const note =
    'of the whole run, read on to its tip: acknowledged against read' +
    (hasUntold ? '; no reply: stored, though no reply had said so' : '');
  return [
    ...wrap(note, columns - 2).map((line) => `  ${ink('dim', line)}`),
    ...tableLines(headings, cells, ink),
    '',
  ];
}

function lostText({ lost, isAtLeast }: DeliveryInfo): string {
  return isAtLeast ? `≥ ${count(lost)}` : count(lost);
}

/** What the numbers do not say by themselves. */
export function deliverySentences(row: ConsumerRow): string[] {
  const who = quoteName(row.name, SENTENCE_NAME);
  const { delivery, failedCalls = 0, firstError } = row;
  const failed =
    failedCalls > 0 && firstError !== undefined
      ? [
          `${amountOf(failedCalls, 'call')} of ${who} failed; the first with ${showProse(firstError.code)}: ${showProse(firstError.message)}.`,
        ]
      : [];
  return [...failed, ...(delivery === undefined ? [] : besides(who, delivery))];
}

function besides(who: string, delivery: DeliveryInfo): string[] {
  const { unread, unacknowledged, duplicates, others } = delivery;
  const sentences: [number, () => string][] = [
    [
      unread,
      () =>
        `${who} could not read ${amountOf(unread, 'acknowledged record')} in time: their shards were not read to their end, so that they are not known to be lost.`,
    ],
    [
      unacknowledged,
      () =>
        `${who} read ${amountOf(unacknowledged, 'Kinesis record')} that no reply had acknowledged: puts that count as failed, or were sent again, and were stored all the same.`,
    ],
    [
      duplicates,
      () =>
        `${who} read ${amountOf(duplicates, 'record')} twice: put once without a reply, and again as a retry.`,
    ],
    [
      others,
      () =>
        `${who} read ${amountOf(others, 'record')} of other producers, which are in none of these numbers.`,
    ],
  ];
  return sentences.filter(([amount]) => amount > 0).map(([, text]) => text());
}

/** Said once for all: what cannot be told of records without a header. */
export function headerSentences(rows: readonly ConsumerRow[]): string[] {
  const most = rows.reduce((max, { delivery }) => Math.max(max, delivery?.withoutHeader ?? 0), 0);
  if (most === 0) return [];
  return [
    `${amountOf(most, 'record')} had no header (less than ${HEADER_BYTES} bytes of data, or a text): held against what was acknowledged, but neither their latency nor whether they came twice can be told.`,
  ];
}
