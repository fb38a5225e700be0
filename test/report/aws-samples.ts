/** What a run on AWS has in its report besides what every run has. */
import type { ReportDocument } from '../../src/results/report-document.ts';
import type { CountPair } from '../../src/results/reconciliation.ts';

type AwsPart = Required<Pick<ReportDocument, 'target' | 'preflight' | 'reconciliation'>>;

const pair = (ours: number, theirs: number): CountPair => ({ ours, theirs, difference: theirs - ours });

/** A stream that was made for the test; all counters agree. */
export function onAws(): AwsPart {
  const endpoint = 'https://123456789012.control-kinesis.eu-west-1.amazonaws.com';
  return {
    target: {
      kind: 'aws',
      stream: 'shardwise-0123456789ab',
      region: 'eu-west-1',
      endpoint,
      transport: 'sdk',
      shards: 4,
    },
    preflight: {
      region: 'eu-west-1',
      endpoint,
      create: {
        name: 'shardwise-0123456789ab',
        mode: 'on-demand',
        shards: 4,
        maxRecordBytes: 1_048_576,
        warmMiBps: 100,
      },
      load: {
        records: 144_000,
        bytes: 144_000_000,
        durationMs: 60_000,
        peakRecordsPerSec: 2400,
        peakBytesPerSec: 2_400_000,
      },
      cost: null,
      differences: [{ field: 'retentionHours', scenario: 168, stream: 24 }],
    },
    reconciliation: {
      verdict: 'matches',
      from: '2026-11-20T10:00:00.000Z',
      to: '2026-11-20T10:02:00.000Z',
      waitedMs: 95_000,
      records: pair(144_000, 144_000),
      bytes: pair(144_000_000, 143_000_000),
      keyBytes: 1_000_000,
      throttled: pair(0, 0),
      unknown: 0,
    },
  };
}

/** Somebody else writes to the stream; shard-level metrics are on, two of the three. */
export function countersOfOthers(): AwsPart {
  const shards = Array.from({ length: 25 }, (_, i) => ({
    shardId: `shardId-${String(i).padStart(12, '0')}`,
    records: pair(5760, 5760 + i * 1000),
    throttled: pair(3, i === 7 ? 1 : 3),
  }));
  return {
    ...onAws(),
    reconciliation: {
      verdict: 'others',
      from: '2026-11-20T10:00:00.000Z',
      to: '2026-11-20T10:02:00.000Z',
      waitedMs: 180_000,
      records: pair(144_000, 444_000),
      bytes: pair(144_000_000, 9_144_000_000),
      keyBytes: 1_000_000,
      throttled: pair(75, 1075),
      unknown: 12,
      shards,
    },
  };
}
