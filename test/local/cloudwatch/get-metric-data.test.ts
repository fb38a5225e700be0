import { describe, expect, it } from 'vitest';
import type { LocalService } from '../../../src/local/local-service.ts';
import { call, record, serviceWith, START_US } from '../client.ts';
import { ask, dimensions, getData, MINUTE_US, query, START_SEC } from './metric-client.ts';

const S = dimensions('s');

/** A stream that took n records in minute n, from 1 on. */
function counted(minutes: number): LocalService {
  const service = serviceWith([{ name: 's', shards: 1 }]);
  for (let n = 1; n <= minutes; n++) {
    const Records = Array.from({ length: n }, () => record('k'));
    call(service, 'PutRecords', { StreamName: 's', Records }, START_US + n * MINUTE_US);
  }
  return service;
}

const minute = (n: number): number => START_SEC + n * 60;
const later = START_US + 100 * MINUTE_US;
const range = (from: number, to: number) => ({ StartTime: minute(from), EndTime: minute(to) });
const incoming = (rest: object = {}) => query('m', 'IncomingRecords', S, rest);

function values(service: LocalService, input: object, rest: object = {}): [number, number][] {
  const result = getData(service, { MetricDataQueries: [incoming(rest)], ...input }, later).get('m');
  return (result?.Timestamps ?? []).map((sec, i) => [(sec - START_SEC) / 60, result?.Values[i] ?? NaN]);
}

describe('GetMetricData', () => {
  const service = counted(10);

  it('gives the newest point first unless told otherwise', () => {
    expect(values(service, range(8, 100))).toEqual([
      [10, 10],
      [9, 9],
      [8, 8],
    ]);
    expect(values(service, { ...range(8, 100), ScanBy: 'TimestampAscending' })).toEqual([
      [8, 8],
      [9, 9],
      [10, 10],
    ]);
  });

  it('begins at the start’s minute and ends before the end', () => {
    const input = { StartTime: minute(4) + 59, EndTime: minute(6) };
    expect(values(service, input)).toEqual([
      [5, 5],
      [4, 4],
    ]);
    expect(values(service, { StartTime: minute(5), EndTime: minute(6) + 0.001 })).toHaveLength(2);
  });

  it('takes minutes together by period, counted from the start', () => {
    const input = { ...range(2, 100), ScanBy: 'TimestampAscending' };
    expect(values(service, input, { Period: 300 })).toEqual([
      [2, 2 + 3 + 4 + 5 + 6],
      [7, 7 + 8 + 9 + 10],
    ]);
    expect(values(service, input, { Period: 300, Stat: 'Average' })).toEqual([
      [2, 4],
      [7, 8.5],
    ]);
    expect(values(service, input, { Period: 300, Stat: 'Maximum' }).map(([, value]) => value)).toEqual([
      6, 10,
    ]);
    expect(values(service, input, { Period: 300, Stat: 'Minimum' }).map(([, value]) => value)).toEqual([
      2, 7,
    ]);
    expect(values(service, input, { Period: 300, Stat: 'SampleCount' })).toEqual([
      [2, 5],
      [7, 4],
    ]);
    expect(values(service, input, { Period: 10 })).toEqual(values(service, input));
  });

  it('has no points for what nobody measured: other names, namespaces, units, dimensions, percentiles', () => {
    const all = range(0, 100);
    expect(values(service, all, { Unit: 'Count' })).toHaveLength(10);
    expect(values(service, all, { Unit: 'Bytes' })).toEqual([]);
    expect(values(service, all, { Stat: 'p99' })).toEqual([]);
    expect(values(service, all, { Stat: 'TM(10%:90%)' })).toEqual([]);
    const stat = { Period: 60, Stat: 'Sum' };
    const metric = { Namespace: 'AWS/Kinesis', MetricName: 'IncomingRecords', Dimensions: S };
    const others = [
      { ...metric, Namespace: 'AWS/SQS' },
      { ...metric, MetricName: 'incomingRecords' },
      { ...metric, Dimensions: [] },
      { ...metric, Dimensions: dimensions('t') },
      { ...metric, Dimensions: dimensions('s', { ShardId: 'shardId-000000000000' }) },
      { ...metric, Dimensions: dimensions('__proto__') },
    ];
    const MetricDataQueries = others.map((Metric, i) => ({ Id: `q${i}`, MetricStat: { Metric, ...stat } }));
    for (const result of getData(service, { ...all, MetricDataQueries }, later).values()) {
      expect(result).toMatchObject({ Timestamps: [], Values: [], StatusCode: 'Complete' });
    }
  });

  it('labels with the name of the metric, or as asked, and leaves out what is not wanted', () => {
    const MetricDataQueries = [
      incoming(),
      { ...query('named', 'IncomingBytes', S), Label: 'bytes in' },
      { ...query('hidden', 'IncomingBytes', S), ReturnData: false },
    ];
    const { body } = ask(service, 'GetMetricData', { ...range(0, 9), MetricDataQueries }, later);
    expect(body.MetricDataResults.map(({ Id, Label }) => [Id, Label])).toEqual([
      ['m', 'IncomingRecords'],
      ['named', 'bytes in'],
    ]);
  });

  it('pages by points, the same ones in the same order, whatever the size of a page', () => {
    const MetricDataQueries = [
      'IncomingRecords',
      'PutRecord.Bytes',
      'IncomingBytes',
      'PutRecords.Success',
    ].map((name, i) => query(`q${i}`, name, S, { Period: i === 2 ? 180 : 60 }));
    for (const ScanBy of ['TimestampAscending', 'TimestampDescending']) {
      const input = { ...range(0, 50), ScanBy, MetricDataQueries };
      const whole = getData(service, input, later);
      for (const MaxDatapoints of [1, 2, 3, 7, 10, 11]) {
        expect(getData(service, { ...input, MaxDatapoints }, later)).toEqual(whole);
      }
    }
  });

  it('says PartialData of what a page has no room for, and Complete of the rest', () => {
    const MetricDataQueries = ['IncomingRecords', 'IncomingBytes', 'PutRecords.Success'].map((name, i) =>
      query(`q${i}`, name, S),
    );
    const input = { ...range(0, 50), MetricDataQueries, MaxDatapoints: 15 };
    const { body } = ask(service, 'GetMetricData', input, later);
    expect(body.MetricDataResults.map(({ StatusCode, Values }) => [StatusCode, Values.length])).toEqual([
      ['Complete', 10],
      ['PartialData', 5],
      ['PartialData', 0],
    ]);
  });

  it('does not mix into later pages what came after the first', () => {
    const own = counted(3);
    const input = {
      ...range(0, 50),
      MetricDataQueries: [incoming()],
      MaxDatapoints: 2,
      ScanBy: 'TimestampAscending',
    };
    const now = START_US + 4 * MINUTE_US;
    const { NextToken } = ask(own, 'GetMetricData', input, now).body;
    call(own, 'PutRecords', { StreamName: 's', Records: [record('k')] }, now);
    const { body } = ask(own, 'GetMetricData', { ...input, NextToken }, now + 5 * MINUTE_US);
    expect(body.MetricDataResults[0].Values).toEqual([3]);
    expect(body.NextToken).toBeUndefined();
  });

  it('refuses a token of another request, or of none', () => {
    const input = { ...range(0, 50), MetricDataQueries: [incoming()], MaxDatapoints: 2 };
    const { NextToken } = ask(service, 'GetMetricData', input, later).body;
    const forged = Buffer.from('["metric-data",0,0,0,1]').toString('base64');
    const attempts = [
      { ...input, NextToken, EndTime: minute(51) },
      { ...input, NextToken: 'x' },
      { ...input, NextToken: forged },
    ];
    for (const attempt of attempts) {
      const { status, body } = ask(service, 'GetMetricData', attempt, later);
      expect([status, body.__type]).toEqual([400, 'InvalidNextToken']);
    }
  });

  it('shows a minute once it is over, and not before', () => {
    const own = counted(1);
    const input = { ...range(0, 50), MetricDataQueries: [incoming()] };
    expect(getData(own, input, START_US + 2 * MINUTE_US - 1).get('m')?.Values).toEqual([]);
    expect(getData(own, input, START_US + 2 * MINUTE_US).get('m')?.Values).toEqual([1]);
  });

  it('has no minutes for a start more than 15 days ago, but periods of 5 minutes', () => {
    const input = { StartTime: minute(100) - 16 * 86_400, EndTime: minute(50) };
    expect(values(service, input)).toEqual([]);
    expect(values(service, input, { Period: 300 }).reduce((sum, [, value]) => sum + value, 0)).toBe(55);
    const older = { ...input, StartTime: minute(100) - 64 * 86_400 };
    expect(values(service, older, { Period: 300 })).toEqual([]);
    expect(values(service, older, { Period: 3600 }).map(([, value]) => value)).toEqual([55]);
  });

  it.each<[string, object, RegExp]>([
    ['no queries', { MetricDataQueries: [] }, /must not be empty/],
    [
      '501 queries',
      { MetricDataQueries: Array.from({ length: 501 }, (_, i) => query(`q${i}`, 'IncomingBytes', S)) },
      /must not have a size greater than 500/,
    ],
    ['an Id twice', { MetricDataQueries: [incoming(), incoming()] }, /not unique/],
    ['an Id with a capital', { MetricDataQueries: [query('Q', 'IncomingBytes', S)] }, /lower-case/],
    ['a shard id as Id', { MetricDataQueries: [query('shardId-0', 'IncomingBytes', S)] }, /letters, digits/],
    ['neither metric nor expression', { MetricDataQueries: [{ Id: 'm' }] }, /exactly one/],
    ['both', { MetricDataQueries: [{ ...incoming(), Expression: 'm / 2' }] }, /exactly one/],
    ['an expression', { MetricDataQueries: [{ Id: 'e', Expression: 'SUM(METRICS())' }] }, /expression 'e'/],
    ['a period of 90 s', { MetricDataQueries: [incoming({ Period: 90 })] }, /multiple of 60/],
    ['a period of 0', { MetricDataQueries: [incoming({ Period: 0 })] }, /metricStat\.period/],
    [
      'an unknown statistic',
      { MetricDataQueries: [incoming({ Stat: 'sum' })] },
      /value sum .* not supported/,
    ],
    ['a period of text', { MetricDataQueries: [incoming({ Period: '60' })] }, /Integer/],
    ['no time between', { MetricDataQueries: [incoming()], EndTime: minute(0) }, /must not equal/],
    [
      'an end before the start',
      { MetricDataQueries: [incoming()], EndTime: minute(-1) },
      /greater than StartTime/,
    ],
    ['no end', { MetricDataQueries: [incoming()], EndTime: undefined }, /EndTime is required/],
    ['too many points', { MetricDataQueries: [incoming()], MaxDatapoints: 100_801 }, /maxDatapoints/],
    ['another order', { MetricDataQueries: [incoming()], ScanBy: 'Random' }, /scanBy/],
  ])('refuses %s', (_, input, message) => {
    const { status, headers, body } = ask(service, 'GetMetricData', { ...range(0, 5), ...input }, later);
    expect(status).toBe(400);
    expect(body.message).toMatch(message);
    expect(headers['x-amzn-errortype']).toBe(body.__type);
    expect(headers['x-amzn-query-error']).toMatch(/^\w+;Sender$/);
  });
});

describe('GetMetricStatistics', () => {
  const service = counted(10);
  const input = {
    Namespace: 'AWS/Kinesis',
    MetricName: 'IncomingRecords',
    Dimensions: S,
    Period: 60,
    ...range(0, 50),
  };

  it('gives all statistics asked for, with unit, in no order', () => {
    const { body } = ask(
      service,
      'GetMetricStatistics',
      { ...input, Statistics: ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'] },
      later,
    );
    const times = body.Datapoints.map((point) => point.Timestamp);
    expect(times).not.toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times)).toEqual(new Set(Array.from({ length: 10 }, (_, i) => minute(i + 1))));
    for (const point of body.Datapoints) {
      const n = (point.Timestamp - START_SEC) / 60;
      expect(point).toEqual({
        Timestamp: minute(n),
        Sum: n,
        Average: n,
        Minimum: n,
        Maximum: n,
        SampleCount: 1,
        Unit: 'Count',
      });
    }
  });

  it.each<[string, object, string]>([
    ['no statistic', {}, 'InvalidParameterCombinationException'],
    [
      'both kinds',
      { Statistics: ['Sum'], ExtendedStatistics: ['p99'] },
      'InvalidParameterCombinationException',
    ],
    ['an unknown one', { Statistics: ['Median'] }, 'ValidationException'],
    ['a percentile above 100', { ExtendedStatistics: ['p101'] }, 'InvalidParameterValueException'],
    ['1,441 points', { Statistics: ['Sum'], EndTime: minute(1441) }, 'InvalidParameterCombinationException'],
    ['a period of 61 s', { Statistics: ['Sum'], Period: 61 }, 'InvalidParameterValueException'],
    ['an end before the start', { Statistics: ['Sum'], EndTime: 5 }, 'InvalidParameterValueException'],
    ['no name', { Statistics: ['Sum'], MetricName: undefined }, 'MissingRequiredParameterException'],
  ])('refuses %s', (_, more, type) => {
    const { status, body } = ask(service, 'GetMetricStatistics', { ...input, ...more }, later);
    expect([status, body.__type]).toEqual([400, type]);
  });

  it('takes 1,440 points', () => {
    const exact = { ...input, Statistics: ['Sum'], EndTime: minute(1440) };
    expect(ask(service, 'GetMetricStatistics', exact, later).body.Datapoints).toHaveLength(10);
  });

  it('has no percentiles', () => {
    const asked = { ...input, ExtendedStatistics: ['p99.9'] };
    expect(ask(service, 'GetMetricStatistics', asked, later).body.Datapoints).toEqual([]);
  });
});

describe('ListMetrics', () => {
  it('lists what had samples, filtered by name and dimensions, 500 at a time', () => {
    const names = Array.from({ length: 70 }, (_, i) => `s${i}`);
    const service = serviceWith(names.map((name) => ({ name, shards: 1 })));
    for (const name of names) call(service, 'PutRecords', { StreamName: name, Records: [record('k')] });
    const list = (input: object, nowUs = later) => ask(service, 'ListMetrics', input, nowUs).body;
    const first = list({ Namespace: 'AWS/Kinesis' });
    const second = list({ Namespace: 'AWS/Kinesis', NextToken: first.NextToken });
    expect([first.Metrics.length, second.Metrics.length, second.NextToken]).toEqual([500, 200, undefined]);
    const keys = [...first.Metrics, ...second.Metrics].map((metric) => JSON.stringify(metric));
    expect(new Set(keys).size).toBe(700);
    expect(list({ MetricName: 'IncomingBytes' }).Metrics).toHaveLength(70);
    expect(list({ Dimensions: [{ Name: 'StreamName' }], MetricName: 'IncomingBytes' }).Metrics).toHaveLength(
      70,
    );
    expect(list({ Dimensions: dimensions('s7'), MetricName: 'IncomingBytes' }).Metrics).toEqual([
      { Namespace: 'AWS/Kinesis', MetricName: 'IncomingBytes', Dimensions: dimensions('s7') },
    ]);
    expect(list({ Dimensions: [{ Name: 'ShardId' }] }).Metrics).toEqual([]);
    expect(list({ Namespace: 'AWS/SQS' }).Metrics).toEqual([]);
    expect(list({ NextToken: 'x' }).__type).toBe('InvalidParameterValueException');
  });

  it('forgets metrics that were silent for two weeks, and with RecentlyActive for three hours', () => {
    const service = serviceWith([{ name: 's', shards: 1 }]);
    call(service, 'PutRecords', { StreamName: 's', Records: [record('k')] });
    const count = (input: object, minutes: number) =>
      ask(service, 'ListMetrics', input, START_US + minutes * MINUTE_US).body.Metrics.length;
    expect([count({}, 0), count({}, 1), count({}, 14 * 1440), count({}, 14 * 1440 + 1)]).toEqual([
      0, 10, 10, 0,
    ]);
    const recent = { RecentlyActive: 'PT3H' };
    expect([count(recent, 180), count(recent, 181)]).toEqual([0, 0]);
    const other = serviceWith([{ name: 's', shards: 1 }]);
    call(other, 'PutRecords', { StreamName: 's', Records: [record('k')] });
    const recently = (minutes: number) =>
      ask(other, 'ListMetrics', recent, START_US + minutes * MINUTE_US).body.Metrics.length;
    expect([recently(180), recently(181)]).toEqual([10, 0]);
  });
});
