/**
 * The heaviest keys of a diagnosis: those sampled, and those that a run counted.
 */
import type { DiagnosedKey } from '../../results/diagnosis-document.ts';
import type { SampledKey } from '../../results/evidence/record-sample.ts';
import { keysStandingOut } from './standing-out.ts';
import { keyLoadsOf } from './key-load.ts';
import type { StreamView } from './stream-view.ts';

const MOST_KEYS = 50;
/** Part of a shard's limit from which on a key is worth a line however many records it has. */
const HEAVY = 0.1;

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
  const sample = view.samples.get(shardId);
  const heavy = sample === undefined ? new Set<SampledKey>() : keysStandingOut(sample);
  if (loads.length > 0)
    return loads.map(({ sampled, share, load, perSec }) => ({
      key: sampled.key,
      hashKey: sampled.hashKey,
      shardId,
      source: 'sample',
      share: share[load.dimension],
      // A heavy one by its bytes alone is one as well.
      standsOut: heavy.has(sampled) || load.utilization.lower >= HEAVY,
      recordsPerSec: perSec.records,
      bytesPerSec: perSec.bytes,
      utilization: load.utilization,
    }));
  const total = Math.max(1, sample?.userRecords ?? 1);
  return (sample?.keys ?? []).map((sampled) => ({
    ...{ key: sampled.key, hashKey: sampled.hashKey, shardId },
    source: 'sample',
    standsOut: heavy.has(sampled),
    share: {
      lower: sampled.atLeast.records / total,
      upper: Math.min(1, sampled.atMost.records / total),
    },
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
      standsOut: true,
      share: { lower: records > 0 ? (share * (records - error)) / records : 0, upper: share },
      ...{ recordsPerSec: null, bytesPerSec: null },
      utilization: utilization === undefined ? null : { lower: utilization, upper: utilization },
      throttled: throttledAttempts,
    }));
}
