/**
 * A shard that has more than its part of the load because it has more than its part of the hash space, as after splits of
 * other shards. Never said of one that opened within the window: its load has only begun.
 */
import { formatHashKey } from '../../model/hash-key.ts';
import { midpointOf, shareOf } from '../../model/hash-range.ts';
import type { DiagnosisFindingOf } from '../../results/diagnosis-finding.ts';
import type { ShardLoad } from './shard-load.ts';
import { spanOf, type StreamView } from './stream-view.ts';

/** Times its even part that a shard's range must be. */
const WIDE = 1.5;
/** Load per width may differ from the stream's by so much and still be explained by the width. */
const FOLLOWS = 1.33;
/** Part of its limit from which on it matters. */
const WORTH_SAYING = 0.7;

type Found = DiagnosisFindingOf<'UNEVEN_RANGES'>;

export function findUnevenRanges(view: StreamView): Found[] {
  const { open, loads, openWithMetrics } = view;
  if (view.isOnDemand || open.length < 2 || openWithMetrics < open.length) return [];
  if (open.some(({ openedBeforeMs }) => openedBeforeMs !== undefined)) return [];
  const rows = open.flatMap((shard) => loads.get(shard.shardId) ?? []);
  const total = { records: 0, bytes: 0 };
  for (const load of rows) {
    total.records += load.incomingRecords;
    total.bytes += load.incomingBytes;
  }
  return rows
    .flatMap((load) => foundOf(view, load, total))
    .sort(
      (a, b) =>
        b.evidence.rangeShare - a.evidence.rangeShare || ((a.shardId ?? '') < (b.shardId ?? '') ? -1 : 1),
    );
}

function foundOf(
  view: StreamView,
  load: ShardLoad,
  total: { readonly records: number; readonly bytes: number },
): Found[] {
  const { shard, worst } = load;
  const rangeShare = shareOf(shard.range);
  const evenShare = 1 / view.open.length;
  const own = worst.dimension === 'records' ? load.incomingRecords : load.incomingBytes;
  const loadShare = total[worst.dimension] > 0 ? own / total[worst.dimension] : 0;
  const isWide = rangeShare >= WIDE * evenShare && worst.utilization.lower >= WORTH_SAYING;
  // A saturated shard shows less than it is offered: its load may fall behind its width, never run ahead of it.
  const follows =
    loadShare <= FOLLOWS * rangeShare && loadShare >= rangeShare / FOLLOWS / (load.throttled > 0 ? 1.5 : 1);
  if (!isWide || !follows || !othersFollow(view, load, total)) return [];
  return [
    {
      code: 'UNEVEN_RANGES',
      severity: 'warning',
      confidence: 'medium',
      splitHelps: 'yes',
      shardId: shard.shardId,
      ...spanOf(view, load),
      evidence: {
        load: worst,
        rangeShare,
        loadShare,
        evenShare,
        newStartingHashKey: formatHashKey(midpointOf(shard.range) + 1n),
      },
    },
  ];
}

/** Whether the load of all the others together has the same density: else it is keys that make the difference. */
function othersFollow(
  { open, loads }: StreamView,
  wide: ShardLoad,
  total: { readonly records: number; readonly bytes: number },
): boolean {
  const { dimension } = wide.worst;
  const densities = open.flatMap(({ shardId, range }) => {
    const load = loads.get(shardId);
    if (load === undefined || load === wide) return [];
    const own = dimension === 'records' ? load.incomingRecords : load.incomingBytes;
    return [own / total[dimension] / shareOf(range)];
  });
  const most = Math.max(...densities);
  const least = Math.min(...densities);
  return least > 0 && most / least <= FOLLOWS * FOLLOWS;
}
