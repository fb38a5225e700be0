import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/model/refusal.ts';
import type { Preflight, StreamFacts } from '../../../src/results/preflight.ts';
import { checkSafety, type SafetyLimits } from '../../../src/run/aws/safety.ts';

const FACTS: StreamFacts = {
  name: 'orders',
  arn: 'arn:aws:kinesis:us-east-1:123456789012:stream/orders',
  account: '123456789012',
  status: 'ACTIVE',
  mode: 'provisioned',
  shards: 4,
  retentionHours: 24,
  consumers: 0,
  maxRecordBytes: 1_048_576,
  encryption: 'NONE',
  ignoresKeys: false,
  shardMetrics: [],
};
const LIMITS: SafetyLimits = { maxCostUsd: 5, maxBytes: undefined, maxDurationMs: 3_600_000 };
const FINE: Preflight = {
  region: 'us-east-1',
  endpoint: 'https://kinesis.us-east-1.amazonaws.com',
  stream: FACTS,
  consumers: [],
  permission: 'allowed',
  traffic: null,
  allowedBy: 'tag',
  load: {
    records: 1000,
    bytes: 1_000_000,
    durationMs: 60_000,
    peakRecordsPerSec: 17,
    peakBytesPerSec: 17_000,
  },
  cost: { usd: 5, asOf: '2026-09', lines: [] },
  differences: [],
};

/** What it says, with its exit code; nothing where it lets the run pass. */
function refusalOf(change: Partial<Preflight>, limits: Partial<SafetyLimits> = {}): string {
  try {
    checkSafety({ ...FINE, ...change }, { ...LIMITS, ...limits });
    return '';
  } catch (error) {
    if (error instanceof Refusal) return `${error.exitCode}: ${error.what}`;
    throw error;
  }
}

describe('a load test on AWS', () => {
  it('runs at exactly its limits', () => {
    expect(refusalOf({}, { maxBytes: 1_000_000, maxDurationMs: 60_000 })).toBe('');
  });

  it('runs without prices where its bytes are bounded', () => {
    expect(refusalOf({ cost: null }, { maxBytes: 1_000_000 })).toBe('');
  });

  it.each<[string, Partial<Preflight>, Partial<SafetyLimits>, string]>([
    ['costs more', { cost: { usd: 5.01, asOf: '', lines: [] } }, {}, '2: The test costs about $5.01'],
    [
      'costs something and may cost nothing',
      { cost: { usd: 0.0004, asOf: '', lines: [] } },
      { maxCostUsd: 0 },
      '2: The test costs about $0.0004',
    ],
    ['sends more', {}, { maxBytes: 999_999 }, '2: The scenario sends about'],
    ['takes longer', {}, { maxDurationMs: 59_999 }, '2: The scenario takes 1m'],
    ['costs what nobody knows', { cost: null }, {}, '2: What the test costs is not known'],
    ['is on somebody’s stream', { allowedBy: 'nothing' }, {}, '2: Stream orders was not made by shardwise'],
    ['may not write', { permission: 'denied' }, {}, '1: kinesis:PutRecords is not allowed'],
    [
      'is on a stream without keys',
      { stream: { ...FACTS, ignoresKeys: true } },
      {},
      '2: Stream orders spreads',
    ],
    [
      'is on a stream that goes',
      { stream: { ...FACTS, status: 'DELETING' } },
      {},
      '2: Stream orders is being',
    ],
    [
      'has records that the stream does not take',
      { differences: [{ field: 'maxRecordBytes', scenario: 2_097_152, stream: 1_048_576 }] },
      {},
      '2: The scenario may send records of 2 MiB',
    ],
  ])('is refused where it %s', (_, change, limits, what) => {
    expect(refusalOf(change, limits)).toContain(what);
  });

  it('is not refused where the stream takes larger records than the scenario has', () => {
    expect(refusalOf({ differences: [{ field: 'maxRecordBytes', scenario: 1, stream: 2 }] })).toBe('');
  });
});
