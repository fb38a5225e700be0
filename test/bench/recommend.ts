/** Decides for a stream of many shards over many minutes, as `npm run bench` times it and the suite tries it once. */
import { uniformRanges } from '../../src/model/hash-range.ts';
import { shardIdOf } from '../../src/model/shard-map.ts';
import { diagnose } from '../../src/advice/diagnosis/diagnose.ts';
import { evidenceInfoOf } from '../../src/results/evidence/evidence-info.ts';
import { recommend } from '../../src/advice/recommend/recommend.ts';
import { RECOMMEND_DEFAULTS } from '../../src/advice/recommend/recommend-options.ts';
import type { StreamEvidence } from '../../src/results/evidence/stream-evidence.ts';
import type { ShardMetric } from '../../src/results/evidence/minute-series.ts';

/** A daily cycle with noise on every shard; one in `hotEvery` carries too much at noon. */
export function manyShards(count: number, steps: number, hotEvery: number, mean = 300): StreamEvidence {
  const shards = new Map<string, Partial<Record<ShardMetric, Float32Array>>>();
  const total = { records: new Float64Array(steps), bytes: new Float64Array(steps) };
  let noise = 1;
  for (let shard = 0; shard < count; shard++) {
    const records = new Float32Array(steps);
    const bytes = new Float32Array(steps);
    const level = hotEvery > 0 && shard % hotEvery === 0 ? mean * 2.5 : mean * (0.5 + (shard % 7) / 7);
    for (let step = 0; step < steps; step++) {
      noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) >>> 0;
      const day = 1 - Math.abs(((step % 1440) - 720) / 1440);
      records[step] = Math.round(level * day * (0.8 + noise / 2 ** 32 / 2.5) * 60);
      bytes[step] = records[step] * 120;
      total.records[step] += records[step];
      total.bytes[step] += bytes[step];
    }
    shards.set(shardIdOf(shard), { IncomingRecords: records, IncomingBytes: bytes });
  }
  const arn = 'arn:aws:kinesis:us-east-1:123456789012:stream/many';
  const facts = { name: 'many', arn, account: '123456789012', status: 'ACTIVE', shards: count } as const;
  const peak = {
    recordsPerSec: total.records.reduce((a, b) => Math.max(a, b), 0) / 60,
    bytesPerSec: total.bytes.reduce((a, b) => Math.max(a, b), 0) / 60,
  };
  const past = { sinceMs: 0, stream: peak, shards: new Map() };
  return {
    stream: {
      ...facts,
      mode: 'provisioned',
      retentionHours: 24,
      consumers: 0,
      maxRecordBytes: 1024 * 1024,
      encryption: 'NONE',
      ignoresKeys: false,
      shardMetrics: ['IncomingBytes', 'IncomingRecords'],
    },
    region: 'us-east-1',
    endpoint: 'https://kinesis.us-east-1.amazonaws.com',
    isLocal: false,
    tags: null,
    fanOutConsumers: [],
    givenConsumers: null,
    shards: uniformRanges(count).map((range, i) => ({
      shardId: shardIdOf(i),
      range,
      open: true,
      parents: [],
    })),
    fromMs: 0,
    toMs: steps * 60_000,
    metrics: {
      startMs: 0,
      stepMs: 60_000,
      count: steps,
      complete: steps,
      secPerStep: 60,
      stream: {
        IncomingRecords: total.records,
        IncomingBytes: total.bytes,
        'GetRecords.IteratorAgeMilliseconds': new Float64Array(steps),
      },
      shards,
      fanOut: new Map(),
    },
    coarse: [
      { reach: '63d', stepSec: 300, ...past },
      { reach: '455d', stepSec: 3600, ...past },
    ],
    sample: null,
    log: null,
    run: null,
    missing: [],
    asked: { requests: 0, metrics: 0, usd: 0 },
  };
}

/** Seconds of CPU that the decision takes, and what it is. */
export function decide(evidence: StreamEvidence): { readonly cpuSec: number; readonly answer: string } {
  const before = process.cpuUsage();
  const { verdict, steps, after } = recommend(evidence, RECOMMEND_DEFAULTS);
  const { user, system } = process.cpuUsage(before);
  return {
    cpuSec: (user + system) / 1e6,
    answer: `${verdict}, ${after.shards} shards after ${steps.length} steps`,
  };
}

/** Seconds of CPU that a diagnosis takes, with what its report tells of the evidence. */
export function judge(evidence: StreamEvidence): { readonly cpuSec: number; readonly answer: string } {
  const before = process.cpuUsage();
  const { findings } = diagnose(evidence);
  evidenceInfoOf(evidence);
  const { user, system } = process.cpuUsage(before);
  return {
    cpuSec: (user + system) / 1e6,
    answer: `${[...new Set(findings.map(({ code }) => code))].join(', ')} (${findings.length} findings)`,
  };
}
