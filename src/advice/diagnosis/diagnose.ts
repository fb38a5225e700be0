/**
 * What is wrong with a stream, judged from whatever is known of it.
 *
 * Two truths are built into every verdict: sampled records are only the accepted ones, so that on a shard that throttles a
 * key's part is a lower bound; and the offered load lies between what was accepted and that with what was throttled, for
 * retries are counted again. What the two ends of an interval do not agree on is not claimed.
 */
import type { DiagnosedKey, DiagnosedShard, HeatMap } from '../../results/diagnosis-document.ts';
import type { DiagnosisFinding } from '../../results/diagnosis-finding.ts';
import type { StreamEvidence } from '../../results/evidence/stream-evidence.ts';
import { diagnosedKeysOf } from './diagnosed-keys.ts';
import { diagnosedShardsOf } from './diagnosed-shards.ts';
import { findFewKeys } from './few-keys.ts';
import { findHiddenBursts } from './hidden-bursts.ts';
import { findHotKeys } from './hot-keys.ts';
import { findHotShards } from './hot-shards.ts';
import { findKeysIgnored } from './keys-ignored.ts';
import { findLaggingConsumers } from './lagging-consumers.ts';
import { findLargeRecords } from './large-records.ts';
import { findMonitoringOff } from './monitoring-off.ts';
import { findOverProvisioned } from './over-provisioned.ts';
import { findReadBound } from './read-bound.ts';
import { findReadBudget } from './read-budget.ts';
import { findRetryStorm } from './retry-storm.ts';
import { viewOf } from './stream-view.ts';
import { findUnderProvisioned } from './under-provisioned.ts';
import { findUnevenRanges } from './uneven-ranges.ts';

export interface Diagnosis {
  /** Worst first: critical ones before warnings, and of these in the order of `findings of writing, of reading, of the stream`. */
  readonly findings: DiagnosisFinding[];
  readonly shards: DiagnosedShard[];
  readonly keys: DiagnosedKey[];
  /** Absent where no shard has metrics. */
  readonly heatMap?: HeatMap;
}

export function diagnose(evidence: StreamEvidence): Diagnosis {
  const view = viewOf(evidence);
  const storm = findRetryStorm(view);
  const underProvisioned = findUnderProvisioned(view);
  const hotKeys = findHotKeys(view, storm.length > 0);
  // Where the whole is too small, every shard is too hot, and no cut helps.
  const isTooSmall = underProvisioned.length > 0;
  const hotShards = isTooSmall ? [] : findHotShards(view, hotKeys);
  const findings: DiagnosisFinding[] = [
    ...underProvisioned,
    ...hotKeys,
    ...hotShards,
    ...(isTooSmall ? [] : findUnevenRanges(view)),
    ...findHiddenBursts(view),
    ...storm,
    ...findFewKeys(view),
    ...findLargeRecords(view),
    ...findLaggingConsumers(view),
    ...findReadBudget(view),
    ...findReadBound(view),
    ...findMonitoringOff(view, [...hotKeys, ...hotShards]),
    ...findKeysIgnored(view),
    ...findOverProvisioned(view),
  ];
  return {
    findings: [
      ...findings.filter(({ severity }) => severity === 'critical'),
      ...findings.filter(({ severity }) => severity === 'warning'),
    ],
    shards: diagnosedShardsOf(view),
    keys: diagnosedKeysOf(view),
    ...(view.heat === null ? {} : { heatMap: view.heat.read() }),
  };
}
