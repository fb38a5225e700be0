/**
 * The shards of now beside those to be, where they differ: which range, whose, and how full.
 */
import { HASH_SPACE } from '../../model/hash-key.ts';
import type { LayoutRange, RecommendationDocument } from '../../results/recommendation-document.ts';
import { count } from '../figure.ts';
import type { Ink } from '../ink.ts';
import { tableLines } from '../table.ts';
import { loadText } from './reason-words.ts';

/** Rows that a terminal is given; --details has all. */
const MOST_ROWS = 24;

/** A stretch of the hash space that has the same ends in both layouts, and none within. */
interface Stretch {
  readonly now: readonly LayoutRange[];
  readonly next: readonly LayoutRange[];
}

/** @param details all rows, also of shards that stay as they are */
export function layoutChangeLines(
  { layout, targetLayout }: Pick<RecommendationDocument, 'layout' | 'targetLayout'>,
  ink: Ink,
  details: boolean,
): string[] {
  const all = stretchesOf(layout, targetLayout);
  const changed = all.filter(({ now, next }) => now.length > 1 || next.length > 1);
  const shown = details || all.length <= MOST_ROWS / 2 ? all : changed.length > 0 ? changed : hottest(all);
  const rows = shown.flatMap(rowsOf);
  const cut = details ? rows : rows.slice(0, MOST_ROWS);
  const kept = all.length - shown.length;
  const columns = [
    { title: 'Hash keys' },
    { title: 'Now (shardId-)' },
    { title: 'Load', align: 'right' },
    { title: 'After' },
    { title: 'Load', align: 'right' },
  ] as const;
  return [
    ...tableLines(columns, cut, ink),
    ...(cut.length < rows.length ? [`  … ${count(rows.length - cut.length)} more rows: --details`] : []),
    ...(kept > 0 ? [`  ${count(kept)} more shards stay as they are.`] : []),
  ];
}

function hottest(all: readonly Stretch[]): Stretch[] {
  const load = ({ now }: Stretch): number => now[0].utilization?.upper ?? 0;
  return [...all].sort((a, b) => load(b) - load(a)).slice(0, MOST_ROWS / 4);
}

function stretchesOf(now: readonly LayoutRange[], next: readonly LayoutRange[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (let i = 0, j = 0; i < now.length && j < next.length;) {
    const [firstNow, firstNext] = [i, j];
    while (now[i].endingHashKey !== next[j].endingHashKey)
      if (BigInt(now[i].endingHashKey) < BigInt(next[j].endingHashKey)) i++;
      else j++;
    stretches.push({ now: now.slice(firstNow, ++i), next: next.slice(firstNext, ++j) });
  }
  return stretches;
}

function rowsOf({ now, next }: Stretch): string[][] {
  const isSame = now.length === 1 && next.length === 1;
  return Array.from({ length: Math.max(now.length, next.length) }, (_, i) => [
    i === 0 ? shareText(now[0].startingHashKey, now[now.length - 1].endingHashKey) : '',
    i < now.length ? shortName(now[i].shardId) : '',
    i < now.length ? cellText(now[i]) : '',
    isSame ? 'stays' : i < next.length ? shortName(next[i].shardId) : '',
    isSame ? '' : i < next.length ? cellText(next[i]) : '',
  ]);
}

function shortName(shardId: string): string {
  return shardId.replace(/^shardId-/, '');
}

/** Two of these stand side by side in 80 columns. */
function cellText(range: LayoutRange): string {
  return loadText(range).replace('at most ', '≤');
}

/** Where a range lies in the hash space, in percent of it. */
function shareText(start: string, end: string): string {
  const at = (key: bigint): string => {
    const thousandths = Number((key * 100_000n) / HASH_SPACE);
    return (thousandths / 1000).toFixed(thousandths % 1000 === 0 ? 0 : 2);
  };
  return `${at(BigInt(start))}–${at(BigInt(end) + 1n)} %`;
}
