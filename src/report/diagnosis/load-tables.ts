/**
 * The shards and the keys of a diagnosis as tables: loads as intervals, for nobody saw what was offered.
 */
import type { DiagnosedKey, DiagnosedShard } from '../../results/diagnosis-document.ts';
import type { LoadInterval } from '../../results/load-interval.ts';
import { shortShard } from '../change-table.ts';
import { amountOf, count, percent } from '../figure.ts';
import type { Ink } from '../ink.ts';
import { cellName } from '../name.ts';
import { type Column, tableLines } from '../table.ts';
import { clockText, percentBetween } from './diagnosis-words.ts';

const MOST_SHARDS = 12;
const MOST_KEYS = 10;
const ID_COLUMNS = 20;
const KEY_COLUMNS = 26;
const NONE = '–';

const SHARD_COLUMNS: readonly Column[] = [
  { title: 'shard' },
  { title: 'load', align: 'right' },
  { title: 'worst at', align: 'right' },
  { title: 'accepted', align: 'right' },
  { title: 'throttled', align: 'right' },
];

/** Hottest first; those of which nothing is known last. */
export function diagnosedShardLines(shards: readonly DiagnosedShard[], toMs: number, ink: Ink): string[] {
  const known = shards.filter(({ utilization }) => utilization !== null);
  const sorted = known.toSorted(
    (a, b) =>
      endOf(b, 'lower') - endOf(a, 'lower') ||
      endOf(b, 'upper') - endOf(a, 'upper') ||
      order(a.shardId, b.shardId),
  );
  const shown = sorted.slice(0, MOST_SHARDS);
  const rest = sorted.length - shown.length;
  const unknown = shards.length - known.length;
  const notes = [
    ...(rest > 0
      ? [
          `… and ${amountOf(rest, 'more shard')}, none above ${percent(endOf(sorted[MOST_SHARDS], 'lower'))} for certain.`,
        ]
      : []),
    ...(unknown > 0 ? [`Of ${amountOf(unknown, 'shard')} nothing is known.`] : []),
  ];
  const rows = shown.map((shard) => [
    cellName(shard.shardId, ID_COLUMNS) + (shard.open ? '' : ' closed'),
    loadOf(shard.utilization),
    shard.worstStepMs === null ? NONE : clockText(shard.worstStepMs, toMs).replace(/.UTC$/, ''),
    shard.incomingRecords === null ? NONE : count(shard.incomingRecords),
    shard.throttledAttempts === null ? NONE : count(shard.throttledAttempts),
  ]);
  return [
    ...(rows.length === 0 ? [] : tableLines(SHARD_COLUMNS, rows, ink)),
    ...notes.map((note) => `  ${ink('dim', note)}`),
  ];
}

/** Heaviest first, as the document has them. */
export function diagnosedKeyLines(keys: readonly DiagnosedKey[], ink: Ink): string[] {
  const heavy = keys.filter(({ standsOut }) => standsOut);
  const shown = heavy.slice(0, MOST_KEYS);
  const hasThrottled = shown.some(({ throttled }) => throttled !== undefined);
  const columns: Column[] = [
    { title: 'key' },
    { title: 'shard', align: 'right' },
    { title: 'share', align: 'right' },
    { title: 'load alone', align: 'right' },
    ...(hasThrottled ? [{ title: 'throttled', align: 'right' as const }] : []),
  ];
  const rows = shown.map((key) => [
    cellName(key.key, KEY_COLUMNS),
    shortShard(key.shardId),
    percentBetween(key.share),
    loadOf(key.utilization),
    ...(hasThrottled ? [key.throttled === undefined ? NONE : count(key.throttled)] : []),
  ]);
  const more = heavy.length - shown.length;
  const others = keys.length - heavy.length;
  const alike = shown.length === 0 ? 'keys are all alike' : 'others are alike';
  return [
    ...(rows.length === 0 ? [] : tableLines(columns, rows, ink)),
    ...(more > 0 ? [`  ${ink('dim', `… and ${amountOf(more, 'lighter key')} in the JSON report.`)}`] : []),
    ...(others > 0
      ? [
          `  ${ink('dim', `The ${alike}: ${amountOf(others, 'key')} in the JSON report, none heavier than`)}`,
          `  ${ink('dim', 'chance among equal keys makes one.')}`,
        ]
      : []),
  ];
}

function loadOf(utilization: LoadInterval | null): string {
  return utilization === null ? NONE : percentBetween(utilization);
}

function endOf({ utilization }: DiagnosedShard, end: 'lower' | 'upper'): number {
  return utilization?.[end] ?? 0;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
