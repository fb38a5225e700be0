import { describe, expect, it } from 'vitest';
import { renderPreflight } from '../../src/report/preflight-text.ts';
import { columnsOf } from '../../src/report/name.ts';
import type { Preflight } from '../../src/results/preflight.ts';

const MIB = 2 ** 20;
const BUSY: Preflight = {
  region: 'eu-west-1',
  endpoint: 'https://123456789012.control-kinesis.eu-west-1.amazonaws.com',
  stream: {
    name: 'orders',
    arn: 'arn:aws:kinesis:eu-west-1:123456789012:stream/orders',
    account: '123456789012',
    status: 'UPDATING',
    mode: 'provisioned',
    shards: 4,
    retentionHours: 168,
    consumers: 2,
    maxRecordBytes: 2 * MIB,
    encryption: 'KMS',
    ignoresKeys: false,
    shardMetrics: [],
  },
  consumers: ['billing', 'search'],
  permission: 'allowed',
  traffic: {
    minutes: 10,
    recordsInPerSec: 1200,
    bytesInPerSec: MIB / 2,
    throttledPerSec: 3.5,
    recordsReadPerSec: 2400,
    readCallsPerSec: 8,
  },
  allowedBy: 'tag',
  load: {
    records: 180_000,
    bytes: 100 * MIB,
    durationMs: 60_000,
    peakRecordsPerSec: 3000,
    peakBytesPerSec: MIB,
  },
  cost: null,
  differences: [
    { field: 'shards', scenario: 2, stream: 4 },
    { field: 'ranges', widestShare: 0.5, evenShare: 0.25 },
  ],
};

/** The page as one line, for sentences that are broken over several. */
function flat(preflight: Preflight): string {
  return renderPreflight(preflight, 80).replaceAll(/\s+/g, ' ');
}

describe('what a run on AWS is about to do', () => {
  it('says where, to whom, how much and at what cost, in 80 columns', () => {
    expect(renderPreflight(BUSY, 80)).toBe(`\
Where        account 123456789012, region eu-west-1,
             https://123456789012.control-kinesis.eu-west-1.amazonaws.com
Stream       orders, provisioned, 4 open shards, retention 168 h, 2 fan-out
             consumers, records up to 2 MiB, encrypted (KMS). It is UPDATING:
             the run will wait until it is ACTIVE
Allowed      the stream is tagged shardwise:load-test=allowed
Writing      permitted, as a DryRun says
In use       fan-out consumers billing, search; written by others:
             1,200 records/s, 0.5 MiB/s, 3.5 throttled/s; polled: 8 calls/s,
             2,400 records/s (in the last 10 minutes, busiest minute)
Spare        2,800 records/s of 4,000, 3.5 MiB/s of 4 MiB/s: LESS than the load,
             others on the stream would be throttled too
Differs      shards: 2 in the scenario, 4 here
             its shards are not even: the widest has 50 % of the hash keys, not
             25 %
Load         about 180,000 records and 100 MiB in 60 s, at most 3,000 records/s
             and 1 MiB/s
Cost         not known: we have no prices of eu-west-1; --max-bytes is required
`);
  });

  it('stays in the width whatever a stream is called', () => {
    const named = {
      ...BUSY,
      consumers: Array.from({ length: 20 }, (_, i) => `consumer-${i}-${'x'.repeat(100)}`),
    };
    for (const line of renderPreflight(named, 80).split('\n'))
      expect(columnsOf(line)).toBeLessThanOrEqual(80);
    expect(flat(named)).toContain('and 15 more');
  });

  it('says what it could not find out', () => {
    const blind = flat({ ...BUSY, consumers: null, traffic: null, permission: 'unknown-endpoint' });
    expect(blind).toContain('fan-out consumers could not be listed (kinesis:ListStreamConsumers)');
    expect(blind).toContain('CloudWatch could not be asked (cloudwatch:GetMetricData)');
    expect(blind).toContain('Writing not checked');
  });

  it('shows cost line by line with its price list', () => {
    const cost = {
      usd: 7.5,
      asOf: '2026-09',
      lines: [
        { usd: 0.0001, formula: '180,000 PUT units' },
        { usd: 7.5, formula: '500 shards for 1h' },
      ],
    };
    expect(flat({ ...BUSY, cost })).toContain(
      'Cost about $7.50 at the list prices of 2026-09 less than $0.01: 180,000 PUT units about $7.50: 500 shards for 1h',
    );
  });
});
