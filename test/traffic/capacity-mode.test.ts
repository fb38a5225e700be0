import { describe, expect, it } from 'vitest';
import { ON_DEMAND_RULES } from '../../src/model/on-demand.ts';
import { refusalOf } from './refusal-of.ts';
import { read } from './scenario-text.ts';

describe('a stream in on-demand mode', () => {
  it('begins with four shards and the published rules', () => {
    expect(read({ stream: '{ mode: on-demand }' }).stream).toMatchObject({
      shards: 4,
      onDemand: { rules: ON_DEMAND_RULES, recordDistribution: 'userPartitionKey' },
    });
  });

  it('may have the shards of a stream that was provisioned before, even more than it grows to', () => {
    expect(read({ stream: '{ mode: on-demand, shards: 1 }' }).stream.shards).toBe(1);
    const many = read({ stream: '{ mode: on-demand, shards: 20000 }' }).stream;
    expect([many.shards, many.onDemand?.rules.mostShards]).toEqual([20_000, 20_000]);
  });

  it.each([
    ['1MiB/s', 4],
    ['100MiB/s', 100],
    ['25.5MiB/s', 26],
    ['10GiB/s', 10_240],
  ])('of a warm throughput of %s begins with %d shards', (warm, shards) => {
    const { stream } = read({ stream: `{ mode: on-demand, warmThroughput: ${warm} }` });
    expect(stream.shards).toBe(shards);
  });

  it('takes its rules from the scenario', () => {
    const stream =
      '{ mode: on-demand, onDemand: { splitAbove: 600KiB/s, splitAboveRecords: 700/s, within: 5m, mostShards: 9 } }';
    expect(read({ stream }).stream.onDemand?.rules).toEqual({
      splitAboveBytesPerSec: 600 * 1024,
      splitAboveRecordsPerSec: 700,
      withinUs: 300_000_000,
      mostShards: 9,
    });
  });

  it('is provisioned where nothing is said, and has no rules then', () => {
    expect(read().stream).not.toHaveProperty('onDemand');
    expect(read({ stream: '{ shards: 4, recordDistribution: userPartitionKey }' }).stream.shards).toBe(4);
  });
});

const OD = 'mode: on-demand';
// prettier-ignore
const REFUSALS: [string, Parameters<typeof read>[0], string, string][] = [
  ['neither shards nor a mode', { stream: '{ initialFill: 1 }' }, 'stream.shards: this is missing.', 'Add a whole number from 1 to 20000, or mode: on-demand.'],
  ['an unknown mode', { stream: '{ shards: 4, mode: ondemand }' }, 'stream.mode: "ondemand" is not known here.', 'Write one of provisioned, on-demand.'],
  ['warm throughput without the mode', { stream: '{ shards: 4, warmThroughput: 100MiB/s }' }, 'stream.warmThroughput: there is no warm throughput of a provisioned stream.', 'Remove it, or write mode: on-demand.'],
  ['rules without the mode', { stream: '{ shards: 4, mode: provisioned, onDemand: { within: 5m } }' }, 'stream.onDemand: these are not rules of a provisioned stream.', 'Remove it, or write mode: on-demand.'],
  ['auto without the mode', { stream: '{ shards: 4, recordDistribution: auto }' }, 'stream.recordDistribution: there is no auto on a provisioned stream.', 'Remove it, or write mode: on-demand.'],
  ['shards and warm throughput', { stream: `{ ${OD}, shards: 4, warmThroughput: 100MiB/s }` }, 'stream.warmThroughput: shards and warmThroughput are both given', 'Write one of them.'],
  ['a warm throughput in records', { stream: `{ ${OD}, warmThroughput: 100/s }` }, 'stream.warmThroughput: 100/s is not a rate of bytes.', 'Write more than 0, up to 10 GiB/s.'],
  ['a warm throughput without a unit', { stream: `{ ${OD}, warmThroughput: 100 }` }, 'stream.warmThroughput: 100 has no unit.', 'Write 100/s for records per second, or 100B/s for bytes.'],
  ['a warm throughput beyond AWS', { stream: `{ ${OD}, warmThroughput: 11GiB/s }` }, 'stream.warmThroughput: 11GiB/s is above 10 GiB/s.', 'Write more than 0, up to 10 GiB/s.'],
  ['a warm throughput of nothing', { stream: `{ ${OD}, warmThroughput: 0MiB/s }` }, 'stream.warmThroughput: 0MiB/s is not above 0.', 'Write more than 0'],
  ['a split above what a shard takes', { stream: `{ ${OD}, onDemand: { splitAbove: 2MiB/s } }` }, 'stream.onDemand.splitAbove: 2MiB/s is above 1 MiB/s.', 'Write more than 0, up to 1 MiB/s.'],
  ['a split above records in bytes', { stream: `{ ${OD}, onDemand: { splitAboveRecords: 1KiB/s } }` }, 'stream.onDemand.splitAboveRecords: 1KiB/s is not a rate of records.', 'Write more than 0, up to 1,000/s.'],
  ['a wait that is no whole minutes', { stream: `{ ${OD}, onDemand: { within: 90s } }` }, 'stream.onDemand.within: 90s is not a whole number of minutes', 'Write for example 15m.'],
  ['a wait below a minute', { stream: `{ ${OD}, onDemand: { within: 30s } }` }, 'stream.onDemand.within: 30s is below 1m.', 'Write from 1m to 1d.'],
  ['fewer shards at most than at the start', { stream: `{ ${OD}, shards: 8, onDemand: { mostShards: 6 } }` }, 'stream.onDemand.mostShards: 6 is below the 8 shards that are open at the start.', 'Write at least 8.'],
  ['an unknown rule', { stream: `{ ${OD}, onDemand: { splitabove: 1KiB/s } }` }, 'stream.onDemand.splitabove: there is no such field.', 'Did you mean splitAbove'],
  ['AWS\'s spelling of auto', { stream: `{ ${OD}, recordDistribution: AUTO }` }, 'stream.recordDistribution: "AUTO" is not known here.', 'Write one of auto, userPartitionKey.'],
  ['auto with the KPL', { stream: `{ ${OD}, recordDistribution: auto }`, top: 'producer: { preset: kpl }' }, 'stream.recordDistribution: the producer is that of the KPL', 'Write another producer'],
  ['auto with aggregation alone', { stream: `{ ${OD}, recordDistribution: auto }`, top: 'producer: { aggregate: kpl }' }, 'stream.recordDistribution: the producer is that of the KPL', 'Write another producer'],
  ['a split of an on-demand stream', { stream: `{ ${OD} }`, top: 'timeline: [{ at: 10s, split: hottest }]' }, 'timeline[0].split: AWS refuses SplitShard on an on-demand stream', 'Remove the event, or write mode: provisioned.'],
  ['a merge of an on-demand stream', { stream: `{ ${OD} }`, top: 'timeline: [{ at: 10s, merge: coldest }]' }, 'timeline[0].merge: AWS refuses MergeShards on an on-demand stream', 'Remove the event'],
  ['a resize of an on-demand stream', { stream: `{ ${OD} }`, top: 'timeline: [{ at: 10s, resize: 8 }]' }, 'timeline[0].resize: AWS refuses UpdateShardCount on an on-demand stream', 'Remove the event'],
  ['a key for a shard beyond the first four', { stream: `{ ${OD} }`, keys: '{ explicitHashKey: { shard: 4 } }' }, 'traffic[0].keys.explicitHashKey.shard: there is no shard 4: the stream has 4.', 'Write from 0 to 3.'],
];

describe('capacity modes refuse', () => {
  it.each(REFUSALS)('%s', (_, fields, what, fix) => {
    const refusal = refusalOf(() => read(fields));
    expect(refusal.what).toContain(what);
    expect(refusal.fix).toContain(fix);
  });

  it('nothing of an outage', () => {
    const scenario = read({ stream: `{ ${OD} }`, top: 'timeline: [{ at: 10s, outage: 5s }]' });
    expect(scenario.timeline?.length).toBe(1);
  });
});
