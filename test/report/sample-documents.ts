/**
 * Report documents as real runs write them, small and consistent, for the tests of everything that reads reports.
 */
import { countersOfOthers, onAws } from './aws-samples.ts';
import { formatHashKey, hashKeyOf } from '../../src/model/hash-key.ts';
import { contains, uniformRanges } from '../../src/model/hash-range.ts';
import type {
  Finding,
  KeyRow,
  LatencySummary,
  ReportDocument,
  Series,
  ShardRow,
} from '../../src/results/report-document.ts';

export type Run = ReportDocument & Required<Pick<ReportDocument, 'totals' | 'shards' | 'keys' | 'series'>>;

interface Load {
  readonly shards: number;
  readonly seconds: number;
  /** Records per second of each key, the heaviest first. */
  readonly keys: readonly (readonly [key: string, perSec: number])[];
}

const RECORD_BYTES = 916;

/** A run without retries in which each shard takes 1,000 records/s and throttles the rest, evenly over its keys. */
export function runOf(load: Load, findings: readonly Finding[] = []): Run {
  const ranges = uniformRanges(load.shards);
  const placed = load.keys.map(([key, perSec]) => {
    const hashKey = hashKeyOf(key);
    return { key, perSec, hashKey, shard: ranges.findIndex((range) => contains(range, hashKey)) };
  });
  const offeredPerSec = ranges.map((_, i) => sum(placed.filter((k) => k.shard === i).map((k) => k.perSec)));
  const shards = ranges.map((range, i): ShardRow => ({
    shardId: shardIdOf(i),
    startingHashKey: formatHashKey(range.start),
    endingHashKey: formatHashKey(range.end),
    offered: Math.round(offeredPerSec[i] * load.seconds),
    ...outcomesOf(offeredPerSec[i] * load.seconds, Math.min(1, 1000 / offeredPerSec[i])),
    bytes: Math.round(offeredPerSec[i] * load.seconds) * RECORD_BYTES,
    utilization: offeredPerSec[i] / 1000,
    peakSecond: { records: Math.ceil(offeredPerSec[i]), bytes: Math.ceil(offeredPerSec[i]) * RECORD_BYTES },
  }));
  const total = (column: 'offered' | 'accepted' | 'throttled'): number =>
    sum(shards.map((row) => row[column]));
  const keys = placed.slice(0, 20).map(({ key, perSec, hashKey, shard }): KeyRow => ({
    key,
    hashKey: formatHashKey(hashKey),
    shardId: shardIdOf(shard),
    records: Math.round(perSec * load.seconds),
    bytes: Math.round(perSec * load.seconds) * RECORD_BYTES,
    share: (perSec * load.seconds) / total('offered'),
    error: 0,
    utilization: perSec / 1000,
    ...outcomesOf(perSec * load.seconds, Math.min(1, 1000 / offeredPerSec[shard])),
  }));
  return {
    schemaVersion: 1,
    kind: 'run',
    tool: { name: 'shardwise', version: '0.1.0' },
    startedAt: '2026-11-20T03:00:00.000Z',
    durationMs: load.seconds * 1000,
    seed: 42,
    partial: false,
    target: {
      kind: 'local',
      stream: 'shardwise-run',
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:43121',
      transport: 'http1',
      shards: load.shards,
    },
    scenario: {
      file: 'scenarios/hot-key.yaml',
      description: 'One tenant sends 40 % of the traffic.',
      durationMs: load.seconds * 1000,
      warmupMs: 2000,
      ratePerSec: sum(load.keys.map(([, perSec]) => perSec)),
      peakRatePerSec: sum(load.keys.map(([, perSec]) => perSec)),
    },
    totals: {
      offered: total('offered'),
      offeredDigest: '14209881230998123345',
      accepted: total('accepted'),
      throttled: total('throttled'),
      failed: 0,
      unknown: 0,
      dropped: 0,
      attempts: total('offered'),
      retries: 0,
      throttledAttempts: total('throttled'),
      failedAttempts: 0,
      bytesOffered: total('offered') * RECORD_BYTES,
      bytesAccepted: total('accepted') * RECORD_BYTES,
      requests: load.seconds * 10,
    },
    latencyBasis: 'measured-local',
    latencyMs: {
      response: latency(total('accepted'), [54.2, 99.1, 104, 108.4, 131.7, 55.9]),
      service: latency(total('accepted'), [2.91, 4.4, 7.82, 12.05, 29.3, 3.1]),
      queue: latency(total('offered'), [0.02, 0.04, 0.11, 1.9, 4.2, 0.03]),
    },
    shards,
    keys,
    series: seriesOf(load.seconds, total('offered'), total('throttled')),
    findings,
    thresholds: [],
    generator: {
      valid: true,
      lagMs: { p50: 0.6, p99: 2.4, max: 9.8 },
      dispatched: 1,
      workers: 1,
      cpu: 0.38,
      eventLoopUtilization: 0.31,
      misrouted: 0,
    },
  };
}

/** `others` keys that share `perSec` evenly. */
export function evenKeys(others: number, perSec: number, first = 1): [string, number][] {
  return Array.from({ length: others }, (_, i) => [`key-${i + first}`, perSec / others]);
}

export function calmRun(): Run {
  return runOf({ shards: 4, seconds: 60, keys: evenKeys(240, 2400, 0) });
}

export function hotKeyRun(): Run {
  return runOf({ shards: 4, seconds: 60, keys: [['key-0', 1420], ...evenKeys(150, 1500)] }, [
    {
      code: 'HOT_KEY',
      severity: 'critical',
      shardId: shardIdOf(2),
      key: 'key-0',
      evidence: {
        dimension: 'records',
        perSec: 1420,
        limitPerSec: 1000,
        utilization: 1.42,
        windowSec: 10,
        share: 1420 / 2920,
        splitHelps: false,
        headroom: 0.2,
        saltsRandom: 8,
        saltsChosen: 2,
      },
    },
  ]);
}

export function hotShardRun(): Run {
  const keys = evenKeys(8, 2400, 0);
  return runOf({ shards: 4, seconds: 60, keys }, [
    {
      code: 'HOT_SHARD',
      severity: 'critical',
      shardId: shardIdOf(2),
      evidence: {
        dimension: 'records',
        perSec: 1500,
        limitPerSec: 1000,
        utilization: 1.5,
        windowSec: 10,
        splitHelps: true,
        newStartingHashKey: '212676479325586539664609129644855132160',
        lowerUtilization: 0.6,
        upperUtilization: 0.9,
      },
    },
  ]);
}

export function underProvisionedRun(): Run {
  return runOf({ shards: 2, seconds: 60, keys: evenKeys(500, 2600, 0) }, [
    {
      code: 'UNDER_PROVISIONED',
      severity: 'critical',
      evidence: {
        dimension: 'records',
        perSec: 2600,
        limitPerSec: 2000,
        utilization: 1.3,
        windowSec: 10,
        shards: 2,
        shardsNeeded: 4,
        moreShards: 2,
        headroom: 0.2,
      },
    },
  ]);
}

export function lateRun(): Run {
  const run = runOf({ shards: 4, seconds: 20, keys: evenKeys(100, 3000, 0) }, [
    {
      code: 'GENERATOR_LATE',
      severity: 'warning',
      evidence: {
        lagP99Ms: 843.2,
        lagLimitMs: 100,
        dispatched: 0.912,
        dispatchedLimit: 0.99,
        eventLoopUtilization: 0.994,
        peakRatePerSec: 30_000,
      },
    },
  ]);
  const generator = {
    valid: false,
    lagMs: { p50: 210.4, p99: 843.2, max: 1204 },
    dispatched: 0.912,
    workers: 1,
    cpu: 1.02,
    eventLoopUtilization: 0.994,
    misrouted: 0,
  };
  return { ...run, generator };
}

export function partialRun(): Run {
  const run = runOf({ shards: 4, seconds: 12, keys: evenKeys(240, 2400, 0) });
  return {
    ...run,
    durationMs: 12_300,
    partial: 'interrupted',
    ...(run.scenario && { scenario: { ...run.scenario, durationMs: 60_000 } }),
  };
}

export function wideRun(): Run {
  return runOf({ shards: 200, seconds: 1500, keys: evenKeys(3000, 120_000, 0) });
}

/** Names that would wreck a terminal, a table, or both. */
export const UGLY_KEYS = [
  'tenant 7, Müller & Söhne "GmbH"',
  '\u001b[31mred\u001b[0m',
  'line\nbreak\tand tab',
  '日本語のキーはとても長いので切られるはずですよね',
  '🔥🔥 hot 👨‍👩‍👧 family 👍🏽',
  'مرحبا',
  '',
  ' ',
  'c'.repeat(256),
  'e\u0301\u0301\u0301 zalgo',
];

export function uglyRun(): Run {
  const run = runOf({ shards: 3, seconds: 30, keys: UGLY_KEYS.map((key, i) => [key, 200 - i]) });
  return {
    ...run,
    keys: run.keys.map((row, i) => ({ ...row, error: i * 11 })),
    ...(run.scenario && {
      scenario: { ...run.scenario, description: 'Two\nlines, \u0007a bell and \u202Ereversed.' },
    }),
  };
}

/** The stream was there, but every request failed. */
export function nothingAcceptedRun(): Run {
  const run = runOf({ shards: 2, seconds: 10, keys: evenKeys(20, 100, 0) });
  const lose = <T extends { offered: number }>(row: T): T => ({
    ...row,
    ...{ accepted: 0, throttled: 0, failed: row.offered, failedAttempts: row.offered },
  });
  const none = latency(0, [null, null, null, null, null, null]);
  return {
    ...run,
    totals: { ...lose(run.totals), unknown: 12, bytesAccepted: 0 },
    shards: run.shards.map(lose),
    keys: run.keys.map((row) => ({ ...row, accepted: 0, failed: row.records, failedAttempts: row.records })),
    latencyMs: { response: none, service: none, queue: none },
    errors: [
      { code: 'InternalFailure', attempts: 988, message: 'Internal Service Failure' },
      { code: 'ECONNRESET', attempts: 12, message: `socket hang up\n${'<p>\u001b[2J</p> '.repeat(40)}` },
    ],
  };
}

export function gatedRun(): Run {
  return {
    ...hotKeyRun(),
    thresholds: [
      { expression: 'latency.p99 < 200ms', ok: true, actual: 104, unit: 'ms' },
      { expression: 'throttledAttempts < 1%', ok: false, actual: 23.4, unit: '%' },
      { expression: 'utilization.max < 0.8', ok: false, actual: 1.79, unit: 'ratio' },
      { expression: 'accepted > 1000/s', ok: true, actual: 2241, unit: '/s' },
      { expression: 'latency.endToEnd.p99 < 1s', ok: null, actual: null, unit: 'ms' },
    ],
  };
}

/** The load fits over ten seconds and does not over one: throttled, retried, without a finding. */
export function burstyRun(): Run {
  const run = runOf({ shards: 2, seconds: 60, keys: evenKeys(100, 1200, 0) });
  const refuse = <T extends { attempts: number }>(row: T): T => ({
    ...row,
    ...{ attempts: row.attempts + 900, retries: 900, throttledAttempts: 900 },
  });
  return {
    ...run,
    totals: refuse(run.totals),
    shards: run.shards.map((row, i) =>
      i === 0 ? { ...refuse(row), peakSecond: { records: 2400, bytes: 2400 * RECORD_BYTES } } : row,
    ),
    series: { ...run.series, throttledAttempts: run.series.offered.map(() => 15) },
  };
}

/** One shard a little above its limit, by no more than noise explains. */
export function brinkRun(): Run {
  const run = runOf({ shards: 4, seconds: 60, keys: evenKeys(240, 2400, 0) });
  return { ...run, shards: run.shards.map((row, i) => (i === 1 ? { ...row, utilization: 1.018 } : row)) };
}

/** Every sample by name. */
export const SAMPLES: Readonly<Record<string, () => Run>> = {
  calm: calmRun,
  'hot key': hotKeyRun,
  'hot shard': hotShardRun,
  'under-provisioned': underProvisionedRun,
  late: lateRun,
  partial: partialRun,
  wide: wideRun,
  ugly: uglyRun,
  'nothing accepted': nothingAcceptedRun,
  gated: gatedRun,
  bursty: burstyRun,
  brink: brinkRun,
  'on AWS': () => ({ ...calmRun(), ...onAws() }),
  'counters of others': () => ({ ...calmRun(), ...countersOfOthers() }),
};

export function shardIdOf(index: number): string {
  return `shardId-${String(index).padStart(12, '0')}`;
}

function outcomesOf(records: number, acceptedPart: number) {
  const offered = Math.round(records);
  const accepted = Math.round(records * acceptedPart);
  return {
    ...{ accepted, throttled: offered - accepted, failed: 0, dropped: 0 },
    ...{ attempts: offered, retries: 0, throttledAttempts: offered - accepted, failedAttempts: 0 },
  };
}

function latency(count: number, figures: readonly (number | null)[]): LatencySummary {
  const [p50, p90, p99, p999, max, mean] = figures;
  return {
    p50,
    p90,
    p99,
    p999,
    max,
    mean,
    count,
    hdr: 'HISTFAAAAB542pNpmSzMwMDAxQABTBDKT4GBgdnNYMcCBvsPEBEOADC5AqQ=',
  };
}

function seriesOf(seconds: number, offered: number, throttled: number): Series {
  // At most 1,440 steps, as a report has.
  const stepSec = Math.ceil(seconds / 1440);
  const steps = Math.ceil(seconds / stepSec);
  const wave = (total: number): number[] =>
    Array.from({ length: steps }, (_, i) => Math.round((total / steps) * (1 + ((i * 7) % 5) / 50)));
  return {
    ...{ stepMs: stepSec * 1000, offered: wave(offered), accepted: wave(offered - throttled) },
    ...{ throttledAttempts: wave(throttled), bytes: wave(offered * RECORD_BYTES), shards: [] },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
