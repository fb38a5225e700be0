/**
 * The heat map in a terminal: one row per band of the hash space, one sign per span of time, to be read without colour.
 */
import { HASH_SPACE } from '../../model/hash-key.ts';
import type { HeatBand, HeatMap } from '../../results/diagnosis-document.ts';
import { amountOf, duration, NBSP } from '../figure.ts';
import type { Ink } from '../ink.ts';
import { showName } from '../name.ts';
import { wrap } from '../paragraph.ts';
import { clockText } from './diagnosis-words.ts';

/** More rows are no picture any more: the hottest are shown. */
const MOST_ROWS = 16;
const LABEL = 17;

/** Signs from light to heavy, up to which part of the limit each stands. */
const SHADES: readonly (readonly [upTo: number, sign: string])[] = [
  [0.1, '.'],
  [0.5, '░'],
  [0.8, '▒'],
  [0.95, '▓'],
  [Infinity, '█'],
];
const UNKNOWN = ' ';
const THROTTLED_BELOW = 'x';
const THROTTLED_FULL = 'X';

export function heatMapLines(map: HeatMap, ink: Ink, columns: number): string[] {
  const shown = hottest(map.bands);
  const cells = Math.min(map.columns, columns - LABEL - 2);
  const perCell = Math.ceil(map.columns / cells);
  const rows = shown.map((band) => `  ${labelOf(band).padEnd(LABEL)}${rowOf(band, perCell, ink)}`);
  const drawn = Math.ceil(map.columns / perCell);
  const hidden = map.bands.length - shown.length;
  const note = (text: string): string[] => wrap(text, columns - 2).map((line) => `  ${ink('dim', line)}`);
  return [
    ...rows,
    `  ${''.padEnd(LABEL)}${ink('dim', axisOf(map, drawn, perCell))}`,
    ...note(
      `Each sign: ${duration(map.columnMs * perCell)}. . under 10${NBSP}%  ░ under 50${NBSP}%  ▒ under 80${NBSP}%  ▓ under ` +
        `95${NBSP}%  █ at the limit  X throttled at it  x throttled below it; blank: nothing known.`,
    ),
    ...(hidden > 0
      ? note(
          `The ${shown.length} hottest of ${map.bands.length} bands; ${amountOf(hidden, 'cooler one')} left out.`,
        )
      : []),
  ];
}

/** The hottest, in the order of the hash space. */
function hottest(bands: readonly HeatBand[]): readonly HeatBand[] {
  if (bands.length <= MOST_ROWS) return bands;
  const heatOf = ({ utilization, throttled }: HeatBand): number =>
    utilization.reduce((most: number, value) => Math.max(most, value ?? 0), 0) +
    (throttled.some((value) => value > 0) ? 10 : 0);
  const ranked = bands
    .map((band, i) => ({ i, heat: heatOf(band) }))
    .sort((a, b) => b.heat - a.heat || a.i - b.i);
  const kept = new Set(ranked.slice(0, MOST_ROWS).map(({ i }) => i));
  return bands.filter((_, i) => kept.has(i));
}

/** `…000000000012`, or where in the hash space a band of several shards begins: `25–50 % (4)`. */
function labelOf({ shardId, shards, startingHashKey, endingHashKey }: HeatBand): string {
  if (shardId !== undefined) return showName(shardId.replace(/^shardId-0*(?=\d)/, 'shard '), LABEL - 1);
  const part = (key: string): string => ((Number(BigInt(key)) / Number(HASH_SPACE)) * 100).toFixed(1);
  return `${part(startingHashKey)}–${part(endingHashKey)} % ×${shards}`.slice(0, LABEL - 1);
}

function rowOf({ utilization, throttled }: HeatBand, perCell: number, ink: Ink): string {
  let row = '';
  for (let from = 0; from < utilization.length; from += perCell) {
    const loads = utilization.slice(from, from + perCell).filter((value) => value !== null);
    const refused = throttled.slice(from, from + perCell).some((value) => value > 0);
    const load = loads.length === 0 ? null : Math.max(...loads);
    row += signOf(load, refused, ink);
  }
  return row;
}

function signOf(load: number | null, refused: boolean, ink: Ink): string {
  if (refused) return ink('red', (load ?? 0) >= 0.95 ? THROTTLED_FULL : THROTTLED_BELOW);
  if (load === null) return UNKNOWN;
  const sign = SHADES.find(([upTo]) => load < upTo)?.[1] ?? '█';
  return load >= 0.95 ? ink('red', sign) : load >= 0.8 ? ink('yellow', sign) : sign;
}

/** Times of the first and the last sign. */
function axisOf({ fromMs, columnMs }: HeatMap, drawn: number, perCell: number): string {
  const endMs = fromMs + drawn * perCell * columnMs;
  const last = clockText(fromMs + (drawn - 1) * perCell * columnMs, endMs);
  const first = clockText(fromMs, endMs);
  return first.length + last.length + 2 > drawn ? `${first} …` : first + last.padStart(drawn - first.length);
}
