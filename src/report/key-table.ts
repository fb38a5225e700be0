/**
 * The heaviest keys of a run.
 */
import { LEAST_WEIGHT } from '../results/key-sketch.ts';
import type { KeyRow, KeySpread } from '../results/report-document.ts';
import { shortShard } from './change-table.ts';
import { amountOf, count, NBSP, percent } from './figure.ts';
import type { Ink } from './ink.ts';
import { cellName, quoteName } from './name.ts';
import { wrap } from './paragraph.ts';
import { type Column, tableLines, widthBeside } from './table.ts';

const MOST_ROWS = 10;
const WIDEST_KEY = 40;
const NARROWEST_KEY = 12;

/** @param spread what a key must have to stand out; a report of an older version does not tell */
export function keyLines(
  keys: readonly KeyRow[],
  spread: KeySpread | undefined,
  ink: Ink,
  columns: number,
): string[] {
  const note = (text: string): string[] => wrap(text, columns - 2).map((line) => `  ${ink('dim', line)}`);
  const certain = keys.filter((key) => isCertain(key) && standsOut(key, spread));
  if (certain.length === 0) return note(nothingSentence(keys, spread));
  const shown = certain.slice(0, MOST_ROWS);
  return [
    ...(isInOrder(shown) ? [] : note(ORDER)),
    ...rowLines(shown, ink, columns),
    ...hiddenSentences(keys.length - shown.length, certain.length > MOST_ROWS, spread).flatMap(note),
  ];
}

function rowLines(shown: readonly KeyRow[], ink: Ink, columns: number): string[] {
  const hasErrors = shown.some((key) => key.error > 0);
  const hasShards = shown.some((key) => key.shardId !== undefined);
  const table = headings(hasErrors, hasShards);
  const rows = shown.map((key) => cellsOf(key, hasErrors, hasShards));
  const room = columns - widthBeside(table, rows, 0);
  const keyColumns = Math.max(NARROWEST_KEY, Math.min(WIDEST_KEY, room));
  const named = rows.map((row, i) => row.with(0, cellName(shown[i].key, keyColumns)));
  return tableLines(table, named, ink);
}

/** How a key is weighed, for the table whose counts alone do not explain its order. */
const ORDER = `in order of weight: its bytes, of each record at least ${count(Math.ceil(LEAST_WEIGHT))}`;

function isInOrder(shown: readonly KeyRow[]): boolean {
  return shown.every(({ records }, i) => i === 0 || records <= shown[i - 1].records);
}

/** Heavier than chance makes it. Few keys are shown whatever they weigh: the table has all that there are. */
function standsOut({ records, error }: KeyRow, spread: KeySpread | undefined): boolean {
  if (spread === undefined || (spread.keys <= MOST_ROWS && spread.counted === undefined)) return true;
  return records - error > spread.byChance;
}

function nothingSentence(keys: readonly KeyRow[], spread: KeySpread | undefined): string {
  if (spread?.counted !== undefined) {
    return (
      `No key stands out: by chance alone one of ${count(spread.keys)} keys may have up to ` +
      `${amountOf(spread.byChance, 'record')}, and none of the ${count(spread.counted)} that were counted one by one ` +
      'has more.'
    );
  }
  if (keys.length > 0 && (spread === undefined || !keys.some(isCertain)))
    return 'No key stands out: the count of each is mostly its error bound. All are in the JSON report.';
  const heaviest = keys.toSorted((a, b) => b.records - b.error - (a.records - a.error)).at(0);
  if (heaviest === undefined || spread === undefined) return 'No key stands out.';
  const { key, records, error, utilization } = heaviest;
  const load = utilization === undefined ? '' : ` and comes to ${percent(utilization)} of a shard's limit`;
  return (
    `No key stands out: the heaviest, ${quoteName(key, WIDEST_KEY)}, has ` +
    `${error > 0 ? `at least${NBSP}` : ''}${amountOf(records - error, 'record')}${load}; by chance alone one of ` +
    `${count(spread.keys)} equal keys may have up to ${count(spread.byChance)}.`
  );
}

/** What the table leaves out, and what of the keys is not known. */
function hiddenSentences(hidden: number, hasMore: boolean, spread: KeySpread | undefined): string[] {
  const what = hasMore ? 'lighter key' : spread === undefined ? 'uncertain key' : 'key';
  const why = hasMore || spread === undefined ? '' : ', no heavier than chance or its error bound explains';
  return [
    ...(hidden === 0 ? [] : [`… and ${amountOf(hidden, what)} in the JSON report${why}.`]),
    ...(spread?.counted === undefined
      ? []
      : [
          `${amountOf(spread.counted, 'key')} of ${count(spread.keys)} were counted one by one; none of the others had ` +
            `more than ${amountOf(spread.othersAtMost ?? 0, 'record')} (99${NBSP}% sure).`,
        ]),
  ];
}

/** More of its count is known than guessed. */
function isCertain({ records, error }: KeyRow): boolean {
  return error <= records / 2;
}

/** Of all records, at least. */
function shareOf({ share, records, error }: KeyRow): string {
  if (error === 0) return percent(share);
  const least = percent((share * (records - error)) / records);
  return least.startsWith('<') ? least : `≥ ${least}`;
}

/** Where the stream spreads records by itself, a key has neither a shard nor a load of one. */
function headings(hasErrors: boolean, hasShards: boolean): Column[] {
  const ofShard: Column[] = [
    { title: 'shard', align: 'right' },
    { title: 'load', align: 'right' },
  ];
  return [
    { title: 'key' },
    ...(hasShards ? ofShard : []),
    { title: 'share', align: 'right' },
    { title: 'offered', align: 'right' },
    ...(hasErrors ? [{ title: '± error', align: 'left' as const }] : []),
    { title: 'throttled', align: 'right' },
  ];
}

function cellsOf(key: KeyRow, hasErrors: boolean, hasShards: boolean): string[] {
  const { shardId = '', utilization = 0 } = key;
  return [
    '',
    ...(hasShards ? [shortShard(shardId), percent(utilization)] : []),
    shareOf(key),
    count(key.records),
    ...(hasErrors ? [key.error > 0 ? `± ${count(key.error)}` : ''] : []),
    count(key.throttled),
  ];
}
