/**
 * The heaviest keys of a diagnosis: those sampled, and those that a run counted.
 */
import type { DiagnosedKey } from '../../results/diagnosis-document.ts';
import { keyLoadsOf } from './key-load.ts';
import type { StreamView } from './stream-view.ts';

const MOST_KEYS = 50;

/** Heaviest first, by the lower end of their load; those of a run before the others. */
export function diagnosedKeysOf(view: StreamView): DiagnosedKey[] {
  if (view.evidence.stream.ignoresKeys) return [];
  const ofRun = keysOfRun(view);
  const named = new Set(ofRun.map(({ key }) => key));
  const sampled = [...view.samples.keys()]
    .flatMap((shardId) => [...keysOfSample(view, shardId)])
    .filter(({ key }) => !named.has(key))
    .sort(byLoad);
  return [...ofRun, ...sampled].slice(0, MOST_KEYS);
}

function byLoad(a: DiagnosedKey, b: DiagnosedKey): number {
  const of = (key: DiagnosedKey): number => key.utilization?.lower ?? 0;
  return of(b) - of(a) || b.share.lower - a.share.lower || (a.key < b.key ? -1 : 1);
}

function keysOfSample(view: StreamView, shardId: string): DiagnosedKey[] {
  const loads = keyLoadsOf(view, shardId);
  if (loads.length > 0)
    return loads.map(({ sampled, share, load, perSec }) => ({
      key: sampled.key,
      hashKey: sampled.hashKey,
      shardId,
      source: 'sample',
      share: share[load.dimension],
      recordsPerSec: perSec.records,
      bytesPerSec: perSec.bytes,
      utilization: load.utilization,
    }));
  const sample = view.samples.get(shardId);
  const total = Math.max(1, sample?.userRecords ?? 1);
  return (sample?.keys ?? []).map(({ key, hashKey, atLeast, atMost }) => ({
    ...{ key, hashKey, shardId },
    source: 'sample',
    share: { lower: atLeast.records / total, upper: Math.min(1, atMost.records / total) },
    ...{ recordsPerSec: null, bytesPerSec: null, utilization: null },
  }));
}

function keysOfRun({ evidence: { run } }: StreamView): DiagnosedKey[] {
  return (run?.keys ?? [])
    .filter(
      ({ shardId, throttled, utilization }) =>
        shardId !== undefined && (throttled > 0 || (utilization ?? 0) > 0.5),
    )
    .map(({ key, hashKey, shardId = '', records, error, share, utilization, throttledAttempts }) => ({
      ...{ key, hashKey, shardId },
      source: 'run' as const,
      share: { lower: records > 0 ? (share * (records - error)) / records : 0, upper: share },
      ...{ recordsPerSec: null, bytesPerSec: null },
      utilization: utilization === undefined ? null : { lower: utilization, upper: utilization },
      throttled: throttledAttempts,
    }));
}
