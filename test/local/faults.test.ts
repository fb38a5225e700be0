import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFaults } from '../../src/local/faults/fault-file.ts';
import type { Latency } from '../../src/local/faults/fault-rule.ts';
import { delayAt } from '../../src/local/faults/latency.ts';
import type { LocalReply, LocalService } from '../../src/local/local-service.ts';
import { record, serviceWith, SIGNED, START_US } from './client.ts';

const TWO = [
  { name: 's', shards: 4 },
  { name: 'other', shards: 1 },
];
/** Not those of how often one may call, which would answer before the faults do. */
const LIMITS = ['write', 'read'] as const;
const COMMENT = '# without faults\n';

function faulty(text: string): LocalService {
  return serviceWith(TWO, { limits: LIMITS, faults: parseFaults(text, 'faults.yaml') });
}

function ask(service: LocalService, operation: string, input: object, nowUs = START_US): LocalReply {
  const headers = { ...SIGNED, 'x-amz-target': `Kinesis_20131202.${operation}` };
  return service.handle(
    { method: 'POST', path: '/', headers, body: Buffer.from(JSON.stringify(input)) },
    nowUs,
  );
}

/** What became of each of many calls, in a word. */
function outcomes(
  service: LocalService,
  calls: number,
  operation = 'ListStreams',
  input: object = {},
): string[] {
  return Array.from({ length: calls }, (_, i) => {
    const reply = ask(service, operation, input, START_US + i * 1000);
    return reply.hangUp === true
      ? `dropped ${reply.status}`
      : (reply.about?.error ?? `ok ${reply.delayUs ?? 0}`);
  });
}

function share(all: readonly string[], wanted: string): number {
  return all.filter((outcome) => outcome === wanted).length / all.length;
}

/** Records of one stream as they are stored. */
function stored(service: LocalService, stream: string, shard: number): number {
  const { ShardIterator } = JSON.parse(
    ask(service, 'GetShardIterator', {
      StreamName: stream,
      ShardId: String(shard),
      ShardIteratorType: 'TRIM_HORIZON',
    }).body.toString(),
  ) as { ShardIterator: string };
  return (JSON.parse(ask(service, 'GetRecords', { ShardIterator }).body.toString()) as { Records: object[] })
    .Records.length;
}

describe('faults', () => {
  it('are none by default: no error, no delay, nothing dropped', () => {
    expect(new Set(outcomes(serviceWith(TWO, { limits: LIMITS }), 100))).toEqual(new Set(['ok 0']));
    expect(new Set(outcomes(faulty('faults: []'), 100))).toEqual(new Set(['ok 0']));
  });

  it('are the same for the same calls and the same seed, and others for another', () => {
    const text =
      'faults: [{ percentage: 30%, error: InternalFailure }, { percentage: 10%, drop: before }, { latency: { uniform: { min: 1ms, max: 9ms } } }]';
    const first = outcomes(faulty(`seed: 7\n${text}`), 500);
    expect(outcomes(faulty(`seed: 7\n${text}`), 500)).toEqual(first);
    expect(outcomes(faulty(`seed: 8\n${text}`), 500)).not.toEqual(first);
    const service = faulty(`seed: 7\n${text}`);
    outcomes(service, 123);
    service.setFaults(parseFaults(`seed: 7\n${text}`, 'again'));
    expect(outcomes(service, 500)).toEqual(first);
  });

  it.each([
    ['ThrottlingException', 400],
    ['InternalFailure', 500],
    ['ServiceUnavailable', 503],
    ['LimitExceededException', 400],
    ['KMSThrottlingException', 400],
  ])('answer %s with status %i, as often as they say', (error, status) => {
    const service = faulty(`faults: [{ percentage: 20%, error: ${error} }]`);
    const all = outcomes(service, 4000);
    // Six standard deviations of a binomial share.
    expect(Math.abs(share(all, error) - 0.2)).toBeLessThan(6 * Math.sqrt((0.2 * 0.8) / 4000));
    expect(share(all, error) + share(all, 'ok 0')).toBe(1);
    const always = ask(faulty(`faults: [{ error: ${error} }]`), 'ListStreams', {});
    expect([always.status, always.headers['x-amzn-errortype'], always.body.toString()]).toEqual([
      status,
      error,
      expect.stringMatching(`^{"__type":"${error}","message":".+"}$`) as string,
    ]);
  });

  it('strike only the operations, the stream and the time that they name', () => {
    const service = faulty(
      'faults: [{ operations: [DescribeStreamSummary], stream: s, after: 1s, duration: 2s, error: ThrottlingException }]',
    );
    const at = (sec: number, operation: string, StreamName: string): string | undefined =>
      ask(service, operation, { StreamName }, START_US + sec * 1e6).about?.error;
    expect(at(0, 'DescribeStreamSummary', 's')).toBeUndefined();
    expect(at(0.999999, 'DescribeStreamSummary', 's')).toBeUndefined();
    expect(at(1, 'DescribeStreamSummary', 's')).toBe('ThrottlingException');
    expect(at(1.5, 'DescribeStreamSummary', 'other')).toBeUndefined();
    expect(at(1.5, 'DescribeStream', 's')).toBeUndefined();
    const arn = { StreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/s' };
    expect(ask(service, 'DescribeStreamSummary', arn, START_US + 2e6).about?.error).toBe(
      'ThrottlingException',
    );
    expect(at(2.999999, 'DescribeStreamSummary', 's')).toBe('ThrottlingException');
    expect(at(3, 'DescribeStreamSummary', 's')).toBeUndefined();
  });

  it('let throughput and iterator errors only have the operations that can fail so', () => {
    const text =
      'faults: [{ error: ProvisionedThroughputExceededException }, { error: ExpiredIteratorException }]';
    const service = faulty(text);
    expect(ask(service, 'ListStreams', {}).status).toBe(200);
    expect(ask(service, 'PutRecord', { StreamName: 's', ...record('k') }).about?.error).toBe(
      'ProvisionedThroughputExceededException',
    );
    const expired = faulty('faults: [{ error: ExpiredIteratorException }]');
    expect(ask(expired, 'PutRecord', { StreamName: 's', ...record('k') }).status).toBe(200);
    expect(ask(expired, 'GetRecords', { ShardIterator: 'x' }).about?.error).toBe('ExpiredIteratorException');
  });

  it.each([COMMENT, 'json plain'])(
    'fail single records of PutRecords, which are neither stored nor charged (%s)',
    (way) => {
      const service = faulty('faults: [{ percentage: 25%, recordError: InternalFailure }]');
      const Records = Array.from({ length: 500 }, () => record('same'));
      let failed = 0;
      for (let call = 0; call < 8; call++) {
        // A member that the scanner does not know sends the request the plain way.
        const input = { StreamName: 'other', Records, ...(way === COMMENT ? {} : { Unknown: 1 }) };
        const body = JSON.parse(ask(service, 'PutRecords', input, START_US + call * 1e6).body.toString()) as {
          FailedRecordCount: number;
          Records: { ErrorCode?: string; ErrorMessage?: string }[];
        };
        const errors = body.Records.filter((entry) => entry.ErrorCode !== undefined);
        expect(errors).toHaveLength(body.FailedRecordCount);
        for (const entry of errors)
          expect(entry).toEqual({ ErrorCode: 'InternalFailure', ErrorMessage: 'Internal Service Failure' });
        failed += errors.length;
      }
      expect(Math.abs(failed / 4000 - 0.25)).toBeLessThan(6 * Math.sqrt((0.25 * 0.75) / 4000));
      service.setFaults(parseFaults('faults: []', 'none'));
      expect(stored(service, 'other', 0)).toBe(4000 - failed);
    },
  );

  it('make one shard throttle: its records, its puts and its reads, and no other', () => {
    const service = faulty(
      'faults: [{ shard: shardId-000000000002, percentage: 100%, error: ProvisionedThroughputExceededException }]',
    );
    const Records = Array.from({ length: 400 }, (_, i) => record(`key-${i}`));
    const { Records: results } = JSON.parse(
      ask(service, 'PutRecords', { StreamName: 's', Records }).body.toString(),
    ) as {
      Records: { ShardId?: string; ErrorMessage?: string }[];
    };
    const refused = results.filter((entry) => entry.ErrorMessage !== undefined);
    expect(refused.length).toBeGreaterThan(50);
    for (const entry of refused)
      expect(entry.ErrorMessage).toBe(
        'Rate exceeded for shard shardId-000000000002 in stream s under account 000000000000.',
      );
    expect(results.some((entry) => entry.ShardId === 'shardId-000000000002')).toBe(false);
    const key = Records[results.indexOf(refused[0])].PartitionKey;
    expect(ask(service, 'PutRecord', { StreamName: 's', ...record(key) }).about?.error).toBe(
      'ProvisionedThroughputExceededException',
    );
    const read = (shard: number): string | undefined => {
      const input = { StreamName: 's', ShardId: String(shard), ShardIteratorType: 'LATEST' };
      const { ShardIterator } = JSON.parse(ask(service, 'GetShardIterator', input).body.toString()) as {
        ShardIterator: string;
      };
      return ask(service, 'GetRecords', { ShardIterator }).about?.error;
    };
    expect([0, 1, 2, 3].map(read)).toEqual([
      undefined,
      undefined,
      'ProvisionedThroughputExceededException',
      undefined,
    ]);
  });

  it('drop connections before a call is carried out, or after', () => {
    const put = { StreamName: 'other', Records: [record('k')] };
    for (const [when, records] of [
      ['before', 0],
      ['after', 40],
    ] as const) {
      const service = faulty(`faults: [{ operations: [PutRecords], drop: ${when} }]`);
      const all = outcomes(service, 40, 'PutRecords', put);
      expect(new Set(all)).toEqual(new Set([when === 'before' ? 'dropped 0' : 'dropped 200']));
      expect(stored(service, 'other', 0)).toBe(records);
    }
  });

  it('stall for the last part of every period', () => {
    const service = faulty('faults: [{ stall: { every: 10s, for: 2s } }]');
    const delays = [0, 7.999999, 8, 9.5, 10, 17, 18.25, 20].map(
      (sec) => ask(service, 'ListStreams', {}, START_US + sec * 1e6).delayUs ?? 0,
    );
    expect(delays).toEqual([0, 0, 2e6, 0.5e6, 0, 0, 1.75e6, 0]);
  });

  it('add up their delays, and cut a connection only then', () => {
    const service = faulty(
      'faults: [{ latency: { fixed: 20ms } }, { latency: { fixed: 5ms } }, { drop: after }]',
    );
    expect(ask(service, 'ListStreams', {})).toMatchObject({ delayUs: 25_000, hangUp: true, status: 200 });
  });

  it('are put into the CBOR of who asks in CBOR', () => {
    const service = faulty('faults: [{ error: ServiceUnavailable }]');
    const headers = {
      ...SIGNED,
      'content-type': 'application/x-amz-cbor-1.1',
      'x-amz-target': 'Kinesis_20131202.ListStreams',
    };
    const reply = service.handle(
      { method: 'POST', path: '/', headers, body: Buffer.from('a0', 'hex') },
      START_US,
    );
    expect([reply.status, reply.headers['content-type']]).toEqual([503, 'application/x-amz-cbor-1.1']);
  });
});

describe('a latency', () => {
  const lognormal: Latency = { kind: 'lognormal', p50Us: 10_000, p99Us: 200_000 };

  it('has the median and the 99th percentile that it is given', () => {
    expect(delayAt(lognormal, 0.5)).toBe(10_000);
    expect(Math.abs(delayAt(lognormal, 0.99) - 200_000)).toBeLessThanOrEqual(1);
    // 97.72 % of a normal are below two standard deviations; sigma = ln 20 / 2.32635.
    expect(delayAt(lognormal, 0.9772498680518208) / 10_000).toBeCloseTo(
      Math.exp((2 * Math.log(20)) / 2.3263478740408408),
      3,
    );
    expect(delayAt({ kind: 'uniform', minUs: 10, maxUs: 30 }, 0.25)).toBe(15);
    expect(delayAt({ kind: 'fixed', us: 7 }, 0.9)).toBe(7);
  });

  it('is a whole number of microseconds up to ten minutes, longer for a larger quantile', () => {
    const p = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const us = fc.integer({ min: 1, max: 600_000_000 });
    fc.assert(
      fc.property(p, p, us, us, (a, b, x, y) => {
        const latency: Latency = { kind: 'lognormal', p50Us: Math.min(x, y), p99Us: Math.max(x, y) };
        const [low, high] = [delayAt(latency, Math.min(a, b)), delayAt(latency, Math.max(a, b))];
        expect(Number.isInteger(low) && low >= 0 && high <= 600_000_000).toBe(true);
        expect(low).toBeLessThanOrEqual(high);
      }),
    );
  });
});

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['', /^f\.yaml: the file is empty\. Write at least faults, as in docs\/local\.md\.$/],
  ['faults: 1', /^f\.yaml, line 1: faults: 1 is not a list\./],
  [
    'faults: [{}]',
    /faults\[0\]: nothing goes wrong\. Write exactly one of error, recordError, latency, drop, stall\.$/,
  ],
  ['faults: [{ drop: before, error: InternalFailure }]', /faults\[0\]: error and drop are given together\./],
  [
    'faults:\n  - errors: InternalFailure',
    /line 2: faults\[0\]\.errors: there is no such field\. Did you mean error /,
  ],
  [
    'faults: [{ error: Oops }]',
    /faults\[0\]\.error: "Oops" is not known here\. Write one of ThrottlingException/,
  ],
  ['faults: [{ error: InternalFailure, percentage: 20 }]', /percentage: 20 has no unit\. Write 20%\.$/],
  [
    'faults: [{ error: InternalFailure, percentage: 120% }]',
    /percentage: "120%" is not a percentage from 0% to 100%/,
  ],
  [
    'faults: [{ error: InternalFailure, operations: [PutRecrods] }]',
    /operations\[0\]: "PutRecrods" is not known here/,
  ],
  [
    'faults: [{ error: ExpiredIteratorException, operations: [GetRecords, PutRecord] }]',
    /operations\[1\]: PutRecord does not fail in this way\. Write GetRecords/,
  ],
  [
    'faults: [{ recordError: InternalFailure, operations: [GetRecords] }]',
    /GetRecords does not fail in this way/,
  ],
  ['faults: [{ drop: before, shard: shardId-000000000001 }]', /shard: this cannot happen to one shard/],
  [
    'faults: [{ error: InternalFailure, shard: 3 }]',
    /shard: 3 is not a shard\. Write its id, such as shardId-000000000002\.$/,
  ],
  ['faults: [{ latency: {} }]', /latency: this is not one distribution/],
  ['faults: [{ latency: { fixed: 0s } }]', /fixed: 0s is not above 0s\. Write more than 0s, up to 10m/],
  ['faults: [{ latency: { lognormal: { p50: 2s, p99: 1s } } }]', /lognormal: p50 is above p99/],
  ['faults: [{ latency: { uniform: { min: 2s, max: 1s } } }]', /uniform: min is above max/],
  ['faults: [{ stall: { every: 1s, for: 2s } }]', /stall\.for: a stall is longer/],
  ['seed: -1\nfaults: []', /seed: -1 is below 0/],
];

describe('a file of faults', () => {
  it.each(REFUSED)('that is wrong is refused in two sentences: %s', (text, message) => {
    expect(() => parseFaults(text, 'f.yaml')).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) as string }),
    );
  });

  it.each(['README.md', 'docs/local.md'])('reads as %s shows it', (file) => {
    const examples = [...readFileSync(file, 'utf8').matchAll(/```yaml\n([^`]*)```/g)].map(([, text]) => text);
    const faults = examples.filter((text) => /^faults:/m.test(text));
    expect(faults).toHaveLength(1);
    expect(parseFaults(faults[0], file).rules.length).toBeGreaterThan(3);
  });

  it('that holds too many rules is refused by their number, whatever they are', () => {
    const json = (rules: number): string => JSON.stringify({ faults: Array(rules).fill({}) });
    const yaml = `seed: 2\nfaults:\n${'- { drop: never }\n'.repeat(101)}`;
    for (const [text, line] of [
      [json(4000), 1],
      [json(101), 1],
      [`\n${json(101)}`, 2],
      [yaml, 2],
    ] as const) {
      expect(() => parseFaults(text, 'f')).toThrow(
        `f, line ${line}: faults: the list has more than 100 items. Write 0 to 100 items.`,
      );
    }
    expect(() => parseFaults(json(100), 'f')).toThrow('f, line 1: faults[0]: nothing goes wrong.');
  });

  it('may as well be JSON', () => {
    const rules = { seed: 2, faults: [{ error: 'InternalFailure', percentage: '5%' }] };
    expect(parseFaults(JSON.stringify(rules), 'f.json')).toMatchObject({
      seed: 2,
      document: rules,
      rules: [{ percentage: 0.05 }],
    });
  });
});
