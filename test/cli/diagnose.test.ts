/** `diagnose` as a user runs it, against an endpoint of ours in this process. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DiagnosisDocument } from '../../src/results/diagnosis-document.ts';
import { readDocument } from '../../src/report/saved-document.ts';
import { startGuarded, type GuardedEndpoint } from '../run/observe/guarded-endpoint.ts';
import { fileOf, shardwise, type Outcome } from './outcome.ts';

let endpoint: GuardedEndpoint;

beforeAll(async () => {
  endpoint = await startGuarded({
    ...{ shards: 2, minutes: 8, monitored: true },
    keysAt: () => Array.from({ length: 20 }, (_, i) => `k${i}`),
  });
});
afterAll(() => endpoint.close());
beforeEach(() => endpoint.service.denied.clear());

function diagnose(...args: readonly string[]): Promise<Outcome> {
  const where = ['--stream', 'orders', '--endpoint-url', endpoint.url, '--region', 'us-east-1'];
  return shardwise('diagnose', ...where, ...args);
}

async function documentOf(...args: readonly string[]): Promise<DiagnosisDocument> {
  const { out } = await diagnose('--from', '-20m', '-f', 'json', ...args);
  return JSON.parse(out) as DiagnosisDocument;
}

describe('diagnose', () => {
  it('writes a report that is one, and can be rendered again', async () => {
    const document = await documentOf();
    expect(document).toMatchObject({
      ...{ kind: 'diagnosis', partial: false },
      target: { kind: 'local', stream: 'arn:aws:kinesis:us-east-1:000000000000:stream/orders', shards: 2 },
      evidence: { steps: 21, stepMs: 60_000, shardsWithMetrics: 2, shardsInWindow: 2, missing: [] },
    });
    const saved = fileOf(JSON.stringify(document), 'diagnosis.json');
    expect(readDocument(JSON.stringify(document), saved).kind).toBe('diagnosis');
    const { out } = await diagnose('--from', '-20m');
    const again = await shardwise('report', saved);
    expect(again.out.split('\n').length).toBe(out.split('\n').length);
  });

  it('says on stderr what it asks and what that costs; with --quiet nothing', async () => {
    expect((await diagnose()).err).toBe(
      'CloudWatch, the stream: 13 metrics in 1 call, $0.00013 (13 / 1,000 x $0.01).\n' +
        'CloudWatch, 2 shards: 14 metrics in 1 call, $0.00014 (14 / 1,000 x $0.01).\n',
    );
    expect((await diagnose('--quiet')).err).toBe('');
  });

  it('takes an ARN', async () => {
    const document = await documentOf('--stream', 'arn:aws:kinesis:us-east-1:000000000000:stream/orders');
    expect(document.shards.length).toBe(2);
  });

  it('ends in 0 where a gate holds, and in 4 where the data do not tell', async () => {
    expect((await diagnose('--fail-on', 'HOT_SHARD')).exit).toBe(0);
    const open = await diagnose('--fail-on', 'HOT_SHARD,FEW_KEYS');
    expect([open.exit, open.err]).toEqual([4, expect.stringContaining('the data do not tell of FEW_KEYS')]);
    endpoint.service.denied.add('cloudwatch:GetMetricData');
    const denied = await diagnose('--fail-on', 'HOT_SHARD');
    expect([denied.exit, denied.out]).toEqual([4, expect.stringContaining('cloudwatch:GetMetricData')]);
  });

  it('is refused what is no time, no stream and no run', async () => {
    const { out } = await diagnose('--from', '-20m', '-f', 'json');
    for (const args of [
      ['--from', '2h'],
      ['--from', '2100-01-01'],
      ['--from', '-900d'],
      ['--stream', 'nobody'],
      ['--stream', '../orders'],
      ['--run-report', fileOf(out, 'run.json')],
      ['--fail-on', 'GENERATOR_LATE'],
      ['--shards', '4'],
    ]) {
      const refused = await diagnose(...args);
      expect([args, refused.exit, refused.out]).toEqual([args, 2, '']);
    }
  });

  it.each([
    'kinesis:DescribeStreamSummary',
    'kinesis:ListShards',
    'kinesis:ListTagsForStream',
    'kinesis:ListStreamConsumers',
    'cloudwatch:GetMetricData',
  ])('names %s where that alone is denied, and goes on', async (action) => {
    endpoint.service.denied.add(action);
    const { exit, out } = await diagnose('--quiet');
    expect([exit, out]).toEqual([0, expect.stringContaining(action)]);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('fails in a sentence where nothing may be read', async () => {
    for (const action of [
      'kinesis:DescribeStreamSummary',
      'kinesis:ListShards',
      'cloudwatch:GetMetricData',
    ]) {
      endpoint.service.denied.add(action);
    }
    const { exit, out, err } = await diagnose('--quiet');
    expect([exit, out]).toEqual([1, '']);
    expect(err.replaceAll('\n', ' ')).toMatch(/GetMetricData are not allowed on stream orders\. Allow them/);
  });
});
