/**
 * Reading at the limit of bandwidth: 2 MiB/s per shard for all that poll together, and as much for each fan-out consumer.
 */
import { LIMITS } from '../../model/limits.ts';
import type { DiagnosisFindingOf } from '../../results/diagnosis-finding.ts';
import type { Column } from '../../results/evidence/minute-series.ts';
import { ABOVE, BELOW, CLEAR, lastEpisode } from './episode.ts';
import { openInSteps } from './whole-load.ts';
import { timeOf, type StreamView } from './stream-view.ts';

type Found = DiagnosisFindingOf<'READ_BOUND'>;

export function findReadBound(view: StreamView): Found[] {
  const shared = sharedBound(view);
  return [...shared, ...fanOutBound(view), ...(shared.length > 0 ? [] : givenBound(view))];
}

/** Consumers that poll, where the user said; null else. */
export function pollersOf({ evidence: { givenConsumers } }: StreamView): number | null {
  if (givenConsumers === null) return null;
  return givenConsumers.reduce((sum, { kind, count }) => sum + (kind === 'efo' ? 0 : count), 0);
}

function sharedBound(view: StreamView): Found[] {
  const { metrics, fanOutConsumers } = view.evidence;
  if (metrics === null) return [];
  const limit = LIMITS.readBytesPerSec.value;
  // OutgoingBytes has what is pushed to fan-out consumers too: only without them is it what polling reads.
  if (fanOutConsumers?.length === 0) {
    const found = view.open.flatMap(({ shardId }) => {
      const column = metrics.shards.get(shardId)?.OutgoingBytes;
      return column === undefined ? [] : boundOf(view, column, () => limit, 'shared', null, shardId);
    });
    if (found.length > 0) return found.sort(byUtilization).slice(0, 5);
  }
  const column = metrics.stream['GetRecords.Bytes'];
  if (column === undefined) return [];
  const open = openInSteps(view.evidence.shards, metrics);
  return boundOf(view, column, (step) => limit * Math.max(1, open[step]), 'shared', null);
}

function fanOutBound(view: StreamView): Found[] {
  const { metrics } = view.evidence;
  if (metrics === null) return [];
  const open = openInSteps(view.evidence.shards, metrics);
  const limit = LIMITS.fanOutBytesPerSec.value;
  return [...metrics.fanOut].flatMap(([consumer, columns]) => {
    const column = columns['SubscribeToShardEvent.Bytes'];
    return column === undefined
      ? []
      : boundOf(view, column, (step) => limit * Math.max(1, open[step]), 'fan-out', consumer);
  });
}

function boundOf(
  view: StreamView,
  column: Column,
  limitAt: (step: number) => number,
  of: 'shared' | 'fan-out',
  consumer: string | null,
  shardId?: string,
): Found[] {
  const { metrics } = view.evidence;
  if (metrics === null) return [];
  const levels = new Uint8Array(metrics.count);
  let worst = -1;
  const at = (step: number): number =>
    Number.isNaN(column[step]) ? 0 : column[step] / metrics.secPerStep / limitAt(step);
  for (let step = 0; step < metrics.count; step++) {
    levels[step] = at(step) >= CLEAR ? ABOVE : BELOW;
    if (worst < 0 || at(step) > at(worst)) worst = step;
  }
  const episode = lastEpisode(levels, metrics.complete);
  if (episode?.isLasting !== true) return [];
  return [
    {
      code: 'READ_BOUND',
      severity: 'warning',
      confidence: 'high',
      splitHelps: 'partly',
      ...(shardId === undefined ? {} : { shardId }),
      sinceMs: timeOf(view, episode.firstStep),
      untilMs: timeOf(view, episode.lastStep),
      evidence: {
        of,
        consumer,
        bytesPerSec: at(worst) * limitAt(worst),
        limitPerSec: limitAt(worst),
        utilization: at(worst),
        stepsAbove: episode.stepsAbove,
        steps: metrics.count,
        isMean: shardId === undefined,
        readers: of === 'shared' ? pollersOf(view) : null,
      },
    },
  ];
}

/** What the given consumers need to keep up: each of them reads all that the fullest shard accepts. */
function givenBound(view: StreamView): Found[] {
  const readers = pollersOf(view);
  if (readers === null || readers === 0) return [];
  const limit = LIMITS.readBytesPerSec.value;
  const needs = view.open
    .flatMap(({ shardId }) => {
      const load = view.loads.get(shardId);
      return load === undefined ? [] : [{ shardId, bytes: load.accepted.bytes * readers }];
    })
    .sort((a, b) => b.bytes - a.bytes || (a.shardId < b.shardId ? -1 : 1));
  const most = needs.at(0);
  if (most === undefined || most.bytes <= limit) return [];
  return [
    {
      code: 'READ_BOUND',
      severity: 'warning',
      confidence: 'medium',
      splitHelps: 'partly',
      shardId: most.shardId,
      evidence: {
        of: 'given',
        consumer: null,
        bytesPerSec: most.bytes,
        limitPerSec: limit,
        utilization: most.bytes / limit,
        stepsAbove: 1,
        steps: view.evidence.metrics?.count ?? 1,
        isMean: false,
        readers,
      },
    },
  ];
}

function byUtilization(a: Found, b: Found): number {
  return b.evidence.utilization - a.evidence.utilization || ((a.shardId ?? '') < (b.shardId ?? '') ? -1 : 1);
}
