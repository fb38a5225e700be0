/**
 * Diagnoses as `diagnose` writes them, of streams with a planted truth.
 */
import { diagnose } from '../../../src/advice/diagnosis/diagnose.ts';
import { evidenceInfoOf } from '../../../src/results/evidence/evidence-info.ts';
import type { DiagnosisDocument } from '../../../src/results/diagnosis-document.ts';
import type { StreamEvidence } from '../../../src/results/evidence/stream-evidence.ts';
import {
  evidenceOf,
  idOf,
  sampleOf,
  shardSample,
  steady,
  withoutShardMetrics,
} from '../../advice/diagnosis/streams.ts';

export function documentOf(evidence: StreamEvidence): DiagnosisDocument {
  return {
    schemaVersion: 1,
    kind: 'diagnosis',
    tool: { name: 'shardwise', version: '1.0.0' },
    startedAt: '2026-11-20T03:00:00.000Z',
    durationMs: 1234,
    partial: false,
    target: {
      kind: 'aws',
      stream: evidence.stream.name,
      region: evidence.region,
      endpoint: evidence.endpoint,
      transport: 'sdk',
      shards: evidence.stream.shards,
    },
    evidence: evidenceInfoOf(evidence),
    ...diagnose(evidence),
  };
}

/** One shard with a key at three times the limit, another with two warm keys that a cut parts. */
export function hotKeyAndWarmKeys(): StreamEvidence {
  const base = evidenceOf([
    { minutes: steady(300) },
    { minutes: [...steady(400, 20), ...steady(3250, 40)] },
    { minutes: steady(300) },
    { minutes: [...steady(400, 30), ...steady(1400, 30)] },
  ]);
  const sample = sampleOf(base, [
    shardSample(base, idOf(1), [{ key: 'tenant-7', at: 0.3, part: 3000 / 3250 }]),
    shardSample(base, idOf(3), [
      { key: 'warm-a', at: 0.2, part: 0.5 },
      { key: 'warm-b', at: 0.7, part: 0.48 },
    ]),
  ]);
  return { ...base, sample };
}

/** Throttled as a whole, and nothing of single shards to be seen. */
export function monitoringOff(): StreamEvidence {
  const evidence = withoutShardMetrics(
    evidenceOf([
      { minutes: steady(300) },
      { minutes: [...steady(400, 20), ...steady(1500, 40)] },
      { minutes: steady(300) },
    ]),
  );
  return {
    ...evidence,
    missing: [
      {
        what: 'shard-metrics',
        why: 'off',
        command:
          'aws kinesis enable-enhanced-monitoring --stream-name orders --region us-east-1 --shard-level-metrics ' +
          'IncomingBytes IncomingRecords WriteProvisionedThroughputExceeded',
        usdPerHour: 0.00375,
        formula: '3 metrics x 3 shards x $0.30 / 720 h',
      },
      {
        what: 'records',
        why: 'not-asked',
        command: 'shardwise diagnose --stream orders --region us-east-1 --sample --yes',
        usdPerHour: 0,
      },
    ],
  };
}

export const DIAGNOSES: Readonly<Record<string, () => DiagnosisDocument>> = {
  'a hot key and two warm ones': () => documentOf(hotKeyAndWarmKeys()),
  'monitoring off': () => documentOf(monitoringOff()),
  calm: () => documentOf(evidenceOf([{ minutes: steady(600) }, { minutes: steady(600) }])),
};
