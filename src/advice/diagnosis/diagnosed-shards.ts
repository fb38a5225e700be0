/**
 * The shards of a diagnosis, one row each: open ones by hash range, then closed ones.
 */
import { formatHashKey } from '../../model/hash-key.ts';
import type { DiagnosedShard } from '../../results/diagnosis-document.ts';
import { timeOf, type StreamView } from './stream-view.ts';

/** A closed shard has a row where it carried something in the window. */
export function diagnosedShardsOf(view: StreamView): DiagnosedShard[] {
  const closed = view.evidence.shards
    .filter(({ open, shardId }) => !open && (view.loads.get(shardId)?.incomingRecords ?? 0) > 0)
    .toSorted((a, b) => (a.shardId < b.shardId ? -1 : 1));
  return [...view.open, ...closed].map(({ shardId, range, open }) => {
    const load = view.loads.get(shardId);
    const isCounted = load?.source === 'metrics';
    return {
      shardId,
      startingHashKey: formatHashKey(range.start),
      endingHashKey: formatHashKey(range.end),
      open,
      utilization: load?.worst.utilization ?? null,
      worstStepMs: load === undefined || load.worstStep === null ? null : timeOf(view, load.worstStep),
      incomingRecords: isCounted ? load.incomingRecords : null,
      incomingBytes: isCounted ? load.incomingBytes : null,
      throttledAttempts: isCounted ? load.throttled : null,
      lastThrottledMs:
        load === undefined || load.lastThrottled === null ? null : timeOf(view, load.lastThrottled),
    };
  });
}
