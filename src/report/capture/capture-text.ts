/**
 * What `capture` prints: what went into the scenario, what is assumed, and shard by shard what was measured.
 */
import type { Capture, CapturedShard } from '../../advice/capture/capture.ts';
import { formatBytes, formatNumber, formatPercent } from '../../model/quantity.ts';
import { inkFor } from '../ink.ts';
import { showName } from '../name.ts';
import { finish, labelled, pageWidth } from '../paragraph.ts';
import { tableLines, type Column } from '../table.ts';
import { captureNotes } from './capture-notes.ts';

const INDENT = 10;
/** Rows: the busiest shards. */
const MOST_ROWS = 10;

const COLUMNS: readonly Column[] = [
  { title: 'Shard' },
  { title: 'Accepted/s', align: 'right' },
  { title: 'Throttled/s', align: 'right' },
  { title: 'In the file/s', align: 'right' },
  { title: 'Part', align: 'right' },
  { title: 'Mean size', align: 'right' },
];

export function captureText(
  capture: Capture,
  file: string,
  style: { readonly columns: number; readonly color: boolean },
): string {
  const width = pageWidth(style.columns);
  const ink = inkFor(style);
  const notes = captureNotes(capture).flatMap(({ label, text, isLoud }) => {
    const lines = labelled(label, text, INDENT, width);
    return isLoud === true ? lines.map((line) => ink('yellow', line)) : lines;
  });
  return finish([
    `Captured stream ${capture.stream.name} in ${showName(file)}`,
    '',
    ...notes,
    '',
    ...shardLines(capture, style),
    '',
    `Next: shardwise simulate ${showName(file)}`,
  ]);
}

function shardLines({ shards }: Capture, style: { readonly color: boolean }): string[] {
  const total = shards.reduce((sum, shard) => sum + shard.offeredPerSec, 0);
  const busiest = [...shards].sort((a, b) => b.offeredPerSec - a.offeredPerSec).slice(0, MOST_ROWS);
  const row = (shard: CapturedShard): string[] => [
    shard.shardId,
    formatNumber(shard.acceptedPerSec),
    formatNumber(shard.throttledPerSec),
    formatNumber(shard.offeredPerSec),
    formatPercent(total > 0 ? shard.offeredPerSec / total : 0),
    shard.meanBytes === null ? '-' : formatBytes(shard.meanBytes),
  ];
  const left = shards.length - busiest.length;
  return [
    'Records per second, mean of the window:',
    ...tableLines(COLUMNS, busiest.map(row), inkFor(style)),
    ...(left > 0 ? [`  … and ${left} more shards`] : []),
  ];
}
