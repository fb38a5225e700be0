import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { httpDate, isoTime, parseIsoTime } from '../../../src/local/cloudwatch/iso-time.ts';
import type { LocalService } from '../../../src/local/local-service.ts';
import { call, record, serviceWith, SIGNED, START_US } from '../client.ts';
import { ask, askForm, MINUTE_US, START_SEC } from './metric-client.ts';

/** A stream with an awkward metric history: two minutes of puts. */
function counted(): LocalService {
  const service = serviceWith([{ name: 's', shards: 1 }]);
  for (const [n, minute] of [
    [3, 0],
    [4, 1],
  ]) {
    const Records = Array.from({ length: n }, () => record('k'));
    call(service, 'PutRecords', { StreamName: 's', Records }, START_US + minute * MINUTE_US);
  }
  return service;
}

const later = START_US + 10 * MINUTE_US;

/** As botocore 1.29 (AWS CLI 2.9, boto3 1.26) wrote it. */
const DATA_FORM = {
  'MetricDataQueries.member.1.Id': 'm1',
  'MetricDataQueries.member.1.MetricStat.Metric.Namespace': 'AWS/Kinesis',
  'MetricDataQueries.member.1.MetricStat.Metric.MetricName': 'IncomingRecords',
  'MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Name': 'StreamName',
  'MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Value': 's',
  'MetricDataQueries.member.1.MetricStat.Period': '60',
  'MetricDataQueries.member.1.MetricStat.Stat': 'Sum',
  'MetricDataQueries.member.1.ReturnData': 'true',
  StartTime: '2027-01-15T08:00:00Z',
  EndTime: '2027-01-15T09:00:00Z',
  ScanBy: 'TimestampAscending',
};

describe('the Query protocol', () => {
  it('answers GetMetricData in XML', () => {
    const { status, headers, xml } = askForm(counted(), 'GetMetricData', DATA_FORM, later);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/xml');
    expect(xml).toContain(
      '<GetMetricDataResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">\n' +
        '  <GetMetricDataResult><MetricDataResults><member><Id>m1</Id><Label>IncomingRecords</Label>' +
        '<Timestamps><member>2027-01-15T08:00:00Z</member><member>2027-01-15T08:01:00Z</member></Timestamps>' +
        '<Values><member>3</member><member>4</member></Values><StatusCode>Complete</StatusCode>' +
        '</member></MetricDataResults><Messages></Messages></GetMetricDataResult>',
    );
    expect(xml).toContain(`<RequestId>${headers['x-amzn-requestid']}</RequestId>`);
  });

  it('answers GetMetricStatistics and ListMetrics in XML', () => {
    const service = counted();
    const form = {
      Namespace: 'AWS/Kinesis',
      MetricName: 'IncomingBytes',
      'Dimensions.member.1.Name': 'StreamName',
      'Dimensions.member.1.Value': 's',
      StartTime: START_SEC.toString(),
      EndTime: '2027-01-15T08:01:00+00:00',
      Period: '60',
      'Statistics.member.1': 'Average',
      'Statistics.member.2': 'Sum',
    };
    expect(askForm(service, 'GetMetricStatistics', form, later).xml).toContain(
      '<GetMetricStatisticsResult><Label>IncomingBytes</Label><Datapoints><member>' +
        '<Timestamp>2027-01-15T08:00:00Z</Timestamp><Average>6</Average><Sum>6</Sum><Unit>Bytes</Unit>' +
        '</member></Datapoints></GetMetricStatisticsResult>',
    );
    const filter = { 'Dimensions.member.1.Name': 'StreamName', MetricName: 'IncomingBytes' };
    expect(askForm(service, 'ListMetrics', filter, later).xml).toContain(
      '<Metrics><member><Namespace>AWS/Kinesis</Namespace><MetricName>IncomingBytes</MetricName>' +
        '<Dimensions><member><Name>StreamName</Name><Value>s</Value></member></Dimensions></member></Metrics>',
    );
    expect(askForm(service, 'ListMetrics', { Dimensions: '' }, later).status).toBe(200);
  });

  it('reads lists by number, beyond nine and in any order', () => {
    const form: Record<string, string> = { StartTime: DATA_FORM.StartTime, EndTime: DATA_FORM.EndTime };
    for (const n of [12, 2, 1, 9, 10, 11, 3]) {
      for (const [name, text] of Object.entries(DATA_FORM)) {
        if (name.startsWith('Metric')) form[name.replace('member.1', `member.${n}`)] = text;
      }
      form[`MetricDataQueries.member.${n}.Id`] = `m${n}`;
    }
    const { xml } = askForm(counted(), 'GetMetricData', form, later);
    expect([...xml.matchAll(/<Id>(\w+)</g)].map((match) => match[1])).toEqual([
      'm1',
      'm2',
      'm3',
      'm9',
      'm10',
      'm11',
      'm12',
    ]);
  });

  it('takes GET with the same in the address', () => {
    const path = `/?${new URLSearchParams({ Action: 'ListMetrics', Version: '2010-08-01' }).toString()}`;
    const headers = { ...SIGNED, 'content-type': '' };
    const reply = counted().handle({ method: 'GET', path, headers, body: Buffer.alloc(0) }, later);
    expect(reply.status).toBe(200);
    expect(reply.body.toString()).toContain('<ListMetricsResult>');
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['an unknown operation', 'PutDashboard', {}, 'InvalidAction'],
    ['a missing parameter', 'GetMetricStatistics', {}, 'MissingParameter'],
    [
      'a period of text',
      'GetMetricData',
      { 'MetricDataQueries.member.1.MetricStat.Period': 'x' },
      'MalformedInput',
    ],
    ['a date that is none', 'GetMetricData', { StartTime: '2027-02-30T00:00:00Z' }, 'MalformedInput'],
    ['a list without numbers', 'GetMetricData', { 'MetricDataQueries.member.x.Id': 'm2' }, 'MalformedInput'],
    ['an unknown order', 'GetMetricData', { ScanBy: '<&>' }, 'ValidationError'],
    ['another token', 'GetMetricData', { NextToken: 'x' }, 'InvalidNextToken'],
  ])('refuses %s under the code of old', (_, operation, more, code) => {
    const form = operation === 'GetMetricData' ? { ...DATA_FORM, ...more } : more;
    const { status, xml, headers } = askForm(counted(), operation, form, later);
    expect(status).toBe(400);
    expect(xml).toContain(`<Type>Sender</Type><Code>${code}</Code>`);
    expect(xml).toContain(`<RequestId>${headers['x-amzn-requestid']}</RequestId>`);
    expect(xml).not.toContain('<&>');
  });

  it('leaves forms for others to Kinesis', () => {
    const headers = { ...SIGNED, 'content-type': 'application/x-www-form-urlencoded' };
    const body = Buffer.from('Action=ListTopics&Version=2010-03-31');
    const reply = counted().handle({ method: 'POST', path: '/', headers, body }, later);
    expect(reply.status).toBe(403);
  });

  it('refuses a form of a million names without reading it', () => {
    const body = Buffer.from(`Action=ListMetrics&Version=2010-08-01${'&a=1'.repeat(1_000_000)}`);
    const headers = { ...SIGNED, 'content-type': 'application/x-www-form-urlencoded' };
    expect(counted().handle({ method: 'POST', path: '/', headers, body }, later).status).toBe(403);
  });
});

describe('both protocols', () => {
  it('want a signature', () => {
    const request = { method: 'POST', path: '/', body: Buffer.from('{}') };
    const service = counted();
    const json = service.handle(
      { ...request, headers: { 'x-amz-target': 'GraniteServiceVersion20100801.ListMetrics' } },
      later,
    );
    expect(json.status).toBe(400);
    expect(json.body.toString()).toContain('MissingAuthenticationToken');
    expect(json.headers['x-amzn-query-error']).toBe('MissingAuthenticationToken;Sender');
  });

  it('tell the clock: its factor, its origin and the virtual time', () => {
    const metrics = { clockFactor: 60, originUs: START_US };
    const service = serviceWith([{ name: 's', shards: 1 }], { metrics });
    for (const { headers } of [
      ask(service, 'ListMetrics', {}, START_US + MINUTE_US),
      askForm(service, 'ListMetrics', {}, START_US + MINUTE_US),
    ]) {
      expect(headers).toMatchObject({
        date: 'Fri, 15 Jan 2027 09:00:00 GMT',
        'x-shardwise-metrics-clock': '60',
        'x-shardwise-metrics-origin-us': START_US.toString(),
      });
    }
  });

  it('refuse unknown operations and what is no JSON', () => {
    const service = counted();
    expect(ask(service, 'PutDashboard', {}, later).body.__type).toBe('UnknownOperationException');
    for (const text of ['', '{', '[]', '1', 'null']) {
      const headers = { ...SIGNED, 'x-amz-target': 'GraniteServiceVersion20100801.ListMetrics' };
      const reply = service.handle({ method: 'POST', path: '/', headers, body: Buffer.from(text) }, later);
      expect([reply.status, reply.headers['x-amzn-errortype']]).toEqual([400, 'SerializationException']);
    }
  });

  it('never fail by themselves, whatever they are given', () => {
    const service = counted();
    const operations = fc.constantFrom('GetMetricData', 'GetMetricStatistics', 'ListMetrics');
    const member = fc.constantFrom(
      ...['MetricDataQueries', 'StartTime', 'EndTime', 'NextToken', 'ScanBy', 'MaxDatapoints', 'Dimensions'],
      ...['Namespace', 'MetricName', 'Period', 'Statistics', 'ExtendedStatistics', 'Unit', 'LabelOptions'],
    );
    fc.assert(
      fc.property(operations, fc.dictionary(member, fc.jsonValue()), (operation, input) => {
        expect(ask(service, operation, input, later).status).toBeLessThan(500);
      }),
      { numRuns: 500 },
    );
    const path = fc
      .array(fc.oneof(member, fc.constantFrom('member', '1', '2', 'Id', 'MetricStat', 'Metric', '')), {
        minLength: 1,
        maxLength: 12,
      })
      .map((parts) => parts.join('.'));
    fc.assert(
      fc.property(operations, fc.dictionary(path, fc.string()), (operation, form) => {
        expect(askForm(service, operation, { ...DATA_FORM, ...form }, later).status).toBeLessThan(500);
      }),
      { numRuns: 500 },
    );
    expect(service.takeNotices()).toEqual([]);
  });
});

describe('times in text', () => {
  it('go there and back as JavaScript’s own dates do', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7_000_000_000 }), (sec) => {
        const date = new Date(sec * 1000);
        expect(isoTime(sec)).toBe(date.toISOString().replace('.000', ''));
        expect(httpDate(sec)).toBe(date.toUTCString());
        expect(parseIsoTime(isoTime(sec))).toBe(sec);
      }),
      { numRuns: 1000 },
    );
  });

  it.each<[string, number | undefined]>([
    ['1970-01-01', 0],
    ['1970-01-01T01:00:00+01:00', 0],
    ['1969-12-31T19:00-0500', 0],
    ['1970-01-01T00:00:01.5Z', 1.5],
    ['2000-02-29T00:00:00Z', 951_782_400],
    ['1800000000', 1_800_000_000],
    ['-1.5', -1.5],
    ['2001-02-29', undefined],
    ['2001-13-01', undefined],
    ['2001-01-01T24:00:00Z', undefined],
    ['yesterday', undefined],
    ['', undefined],
    ['1e9', undefined],
  ])('%s is %s seconds', (text, sec) => {
    expect(parseIsoTime(text)).toBe(sec);
  });
});
