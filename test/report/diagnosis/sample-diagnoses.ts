/**
 * Diagnoses as `diagnose` writes them, of streams with a planted truth.
 */
import { diagnose } from '../../../src/advice/diagnosis/diagnose.ts';
import { evidenceInfoOf } from '../../../src/results/evidence/evidence-info.ts';
import type { DiagnosisDocument } from '../../../src/results/diagnosis-document.ts';
import type { DiagnosisFinding } from '../../../src/results/diagnosis-finding.ts';
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

/** Reads that are throttled and late, with their metrics made up. */
function troubledReaders(): StreamEvidence {
  const base = evidenceOf([{ minutes: steady(600) }, { minutes: steady(600) }]);
  if (base.metrics === null) return base;
  const column = (at: (step: number) => number): Float64Array =>
    Float64Array.from({ length: 60 }, (_, i) => at(i));
  const stream = {
    ...base.metrics.stream,
    'GetRecords.Bytes': column(() => 3.9 * 1024 * 1024 * 60),
    'GetRecords.Success': column(() => 500),
    ReadProvisionedThroughputExceeded: column((step) => (step > 40 ? 12 : 0)),
    'GetRecords.IteratorAgeMilliseconds': column((step) => 3_600_000 * 8 + step * 30_000),
  };
  const fanOut = new Map([
    ['billing', { 'SubscribeToShardEvent.MillisBehindLatest': column((step) => 90_000 + step * 6000) }],
  ]);
  return { ...base, metrics: { ...base.metrics, stream, fanOut } };
}

/** A storm, a burst, a range that is too wide, and large records from few keys. */
function stormAndBursts(): StreamEvidence {
  const rising = Array.from({ length: 40 }, (_, i) => ({ offered: 1000, attempts: 1500 + 120 * i }));
  const base = evidenceOf([
    { minutes: [...steady(800, 20), ...rising] },
    { minutes: Array.from({ length: 60 }, () => ({ offered: 400, burst: 30 })) },
    { minutes: steady(300) },
  ]);
  const mib = 1024 * 1024;
  const sizes = {
    mean: 9000,
    p50: 900,
    p99: 4000,
    max: 5 * mib,
    upTo: [1024, mib, 5 * mib],
    counts: [29_000, 100, 900],
  };
  const few = { distinctKeys: { estimate: 2, error: 0 }, sizes };
  const keys = [{ key: 'de', at: 0.4, part: 0.5 }];
  const sample = sampleOf(
    base,
    [0, 1, 2].map((i) => shardSample(base, idOf(i), keys, 30_000, few)),
  );
  return { ...base, sample, stream: { ...base.stream, mode: 'on-demand' } };
}

function wideRange(): StreamEvidence {
  const half = 1n << 127n;
  const whole = { start: 0n, end: half - 1n };
  return evidenceOf([
    { range: whole, minutes: steady(800) },
    { range: { start: half, end: half + half / 2n - 1n }, minutes: steady(400) },
    { range: { start: half + half / 2n, end: 2n * half - 1n }, minutes: steady(400) },
  ]);
}

export const DIAGNOSES: Readonly<Record<string, () => DiagnosisDocument>> = {
  'a hot key and two warm ones': () => documentOf(hotKeyAndWarmKeys()),
  'monitoring off': () => documentOf(monitoringOff()),
  'troubled readers': () => documentOf(troubledReaders()),
  'storm and bursts': () => documentOf(stormAndBursts()),
  'a wide range': () => documentOf(wideRange()),
  'too few shards': () => documentOf(evidenceOf([{ minutes: steady(1500) }, { minutes: steady(1400) }])),
  'too many shards, keys ignored': () => {
    const four = evidenceOf(Array.from({ length: 4 }, () => ({ minutes: steady(100) })));
    return documentOf({ ...four, stream: { ...four.stream, ignoresKeys: true } });
  },
  'nothing known': () => documentOf({ ...evidenceOf([{ minutes: steady(1) }]), metrics: null }),
  calm: () => documentOf(evidenceOf([{ minutes: steady(600) }, { minutes: steady(600) }])),
};

/** At least one finding of every code. */
export function everyFinding(): readonly DiagnosisFinding[] {
  return Object.values(DIAGNOSES).flatMap((document) => document().findings);
}
