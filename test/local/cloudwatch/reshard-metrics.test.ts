import { describe, expect, it } from 'vitest';
import type { LocalService } from '../../../src/local/local-service.ts';
import { call, record, serviceWith, START_US } from '../client.ts';
import { ask, dimensions, getData, MINUTE_US, query, START_SEC } from './metric-client.ts';

const at = (minute: number): number => START_US + minute * MINUTE_US;
const ID = (shard: number): string => `shardId-${shard.toString().padStart(12, '0')}`;

/** Sums of a shard-level metric as [minute, value]. */
function sums(service: LocalService, shard: number, name: string, nowUs: number): [number, number][] {
  const input = { StartTime: START_SEC, EndTime: START_SEC + 86_400, ScanBy: 'TimestampAscending' };
  const queries = [query('m', name, dimensions('s', { ShardId: ID(shard) }))];
  const result = getData(service, { ...input, MetricDataQueries: queries }, nowUs).get('m');
  return (result?.Timestamps ?? []).map((sec, i) => [(sec - START_SEC) / 60, result?.Values[i] ?? NaN]);
}

describe('shard-level metrics through the API', () => {
  it('begin with EnableEnhancedMonitoring, follow a split, stay with the closed parent, and end when switched off', () => {
    const service = serviceWith([{ name: 's', shards: 1 }], { reshardMs: 0 });
    const put = (minute: number) =>
      call(
        service,
        'PutRecords',
        { StreamName: 's', Records: Array.from({ length: 20 }, (_, i) => record(`k${i}`)) },
        at(minute),
      );
    const monitor = (operation: string, minute: number) =>
      call(service, operation, { StreamName: 's', ShardLevelMetrics: ['ALL'] }, at(minute)).status;
    put(0);
    expect(monitor('EnableEnhancedMonitoring', 1)).toBe(200);
    put(1);
    const split = { StreamName: 's', ShardToSplit: ID(0), NewStartingHashKey: (2n ** 127n).toString() };
    expect(call(service, 'SplitShard', split, at(2)).status).toBe(200);
    const { body } = put(3);
    const started = { StreamName: 's', ShardId: ID(0), ShardIteratorType: 'TRIM_HORIZON' };
    const { ShardIterator } = call(service, 'GetShardIterator', started, at(4)).body;
    call(service, 'GetRecords', { ShardIterator }, at(4));
    expect(monitor('DisableEnhancedMonitoring', 5)).toBe(200);
    put(5);
    const now = at(6);
    const placed = (shard: number) => body.Records.filter((entry) => entry.ShardId === ID(shard)).length;
    expect(placed(1) + placed(2)).toBe(20);
    expect(sums(service, 0, 'IncomingRecords', now)).toEqual([[1, 20]]);
    expect(sums(service, 1, 'IncomingRecords', now)).toEqual([[3, placed(1)]]);
    expect(sums(service, 2, 'IncomingRecords', now)).toEqual([[3, placed(2)]]);
    expect(sums(service, 0, 'OutgoingRecords', now)).toEqual([[4, 40]]);
    const parent = { Dimensions: dimensions('s', { ShardId: ID(0) }), MetricName: 'IncomingRecords' };
    expect(ask(service, 'ListMetrics', parent, now).body.Metrics).toHaveLength(1);
  });

  it('count reads that were throttled', () => {
    const service = serviceWith([{ name: 's', shards: 1 }]);
    call(service, 'EnableEnhancedMonitoring', { StreamName: 's', ShardLevelMetrics: ['ALL'] });
    const started = { StreamName: 's', ShardId: ID(0), ShardIteratorType: 'TRIM_HORIZON' };
    const { ShardIterator } = call(service, 'GetShardIterator', started).body;
    const statuses = Array.from({ length: 12 }, () => call(service, 'GetRecords', { ShardIterator }).status);
    const throttled = statuses.filter((status) => status !== 200).length;
    expect(throttled).toBeGreaterThan(0);
    expect(sums(service, 0, 'ReadProvisionedThroughputExceeded', at(1))).toEqual([[0, throttled]]);
    expect(sums(service, 0, 'OutgoingRecords', at(1))).toEqual([[0, 0]]);
  });
});
