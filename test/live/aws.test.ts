/** `run --target aws` and `cleanup` as processes, against `shardwise local` as a process. */
import {
  AddTagsToStreamCommand,
  CreateStreamCommand,
  DeleteStreamCommand,
  EnableEnhancedMonitoringCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamConsumersCommand,
  ListStreamsCommand,
  ListTagsForStreamCommand,
  PutRecordsCommand,
  RegisterStreamConsumerCommand,
  SplitShardCommand,
  UpdateAccountSettingsCommand,
  UpdateStreamModeCommand,
  UpdateStreamRecordDistributionStrategyCommand,
  UpdateStreamWarmThroughputCommand,
} from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { accountsOf, documentOf, scenarioFile, type Finished } from './command.ts';
import { startEndpoint, type Endpoint } from './endpoint.ts';

const SMALL = `
stream: { shards: 2 }
warmup: 500ms
duration: 1s
traffic:
  - rate: 1500/s
    keys: { uniform: { count: 300 } }
    size: 200B
`;
const LONG = SMALL.replace('duration: 1s', 'duration: 1m');
const ARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/';

let endpoint: Endpoint;

beforeAll(async () => {
  endpoint = await startEndpoint(
    ...['--metrics-clock', '60x', '--create-ms', '300', '--delete-ms', '100'],
    // How often the control plane may be asked is tried below, on an endpoint of its own.
    ...['--limits', 'write,read'],
    ...['--seed-stream', 'orders:3', '--seed-stream', 'busy:2', '--seed-stream', 'spread:1'],
  );
});
afterAll(() => endpoint.stop());

function aws(file: string, ...flags: readonly string[]): string[] {
  return ['run', file, '--target', 'aws', '--endpoint-url', endpoint.url, ...flags];
}

async function runAws(...flags: readonly string[]): Promise<Finished> {
  return endpoint.run(aws(scenarioFile(SMALL), ...flags)).finished;
}

async function streamNames(): Promise<string[]> {
  const { StreamSummaries = [] } = await endpoint.client.send(new ListStreamsCommand({}));
  return StreamSummaries.filter(({ StreamStatus }) => StreamStatus !== 'DELETING').map(
    ({ StreamName = '' }) => StreamName,
  );
}

async function ownStreams(): Promise<string[]> {
  return (await streamNames()).filter((name) => name.startsWith('shardwise-'));
}

/** Waits until what is asked for holds; fails by the test's time limit. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 250));
}

/** Whether records have arrived in a stream. */
async function isSending(name: string): Promise<boolean> {
  try {
    const { ShardIterator } = await endpoint.client.send(
      new GetShardIteratorCommand({
        StreamName: name,
        ShardId: 'shardId-000000000000',
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    );
    const { Records = [] } = await endpoint.client.send(new GetRecordsCommand({ ShardIterator, Limit: 1 }));
    return Records.length > 0;
  } catch {
    return false;
  }
}

/** How a run without gates ends: well, unless its generator was late. */
function codeOf({ generator }: ReportDocument): number {
  return generator?.valid === true ? 0 : 4;
}

/** What a comparison of counters says, for reading in one look. */
function countersOf(document: ReportDocument): object {
  const { reconciliation } = document;
  if (reconciliation === undefined || !('records' in reconciliation)) return reconciliation ?? {};
  const { verdict, records, bytes, throttled, unknown } = reconciliation;
  return { verdict, records: records.theirs, bytes: bytes.theirs, throttled: throttled.theirs, unknown };
}

describe('run --target aws refuses, and sends nothing', () => {
  const CASES: readonly (readonly [string, readonly string[], string])[] = [
    ['a name that is none', ['--stream', 'or ders'], 'neither the name nor the ARN'],
    ['a stream that is not there', ['--stream', 'nowhere'], 'There is no stream nowhere'],
    ['a stream of somebody', ['--stream', 'orders', '--yes'], 'was not made by shardwise'],
    ['no --yes', ['--stream', 'orders', '--allow-existing-stream'], 'Add --yes to do it.'],
    ['no --yes for a new stream', ['--create'], 'Add --yes to do it.'],
    ['too much money', ['--create', '--max-cost', '0.01', '--yes'], '--max-cost is $0.01'],
    ['too many bytes', ['--create', '--max-bytes', '100KiB', '--yes'], '--max-bytes is 100 KiB'],
    ['too long', ['--create', '--max-duration', '1s', '--yes'], '--max-duration is 1s'],
    ['two regions', ['--stream', `${ARN}orders`, '--region', 'eu-west-1'], 'is not the region of --stream'],
    ['an unknown price', ['--create', '--region', 'sa-east-1', '--yes'], 'Bound it by --max-bytes'],
  ];

  it('by a sentence for each reason', async () => {
    // At once: each takes a second to start, and none of them a processor for long.
    const finished = await Promise.all(CASES.map(([, flags]) => runAws(...flags)));
    const said = finished.map(({ code, err }, i) => {
      const [why, , words] = CASES[i];
      const isSaid = err.replaceAll(/\s+/g, ' ').includes(words);
      return { why, code, said: isSaid ? words : err };
    });
    expect(said).toEqual(CASES.map(([why, , words]) => ({ why, code: 2, said: words })));
    expect(await ownStreams()).toEqual([]);
  });

  it('without a region, without credentials, and where nothing listens', async () => {
    const args = aws(scenarioFile(SMALL), '--create');
    const elsewhere = args.map((arg) => (arg === endpoint.url ? 'http://127.0.0.1:1' : arg));
    const [noRegion, noKeys, nobody] = await Promise.all([
      endpoint.run(args, { AWS_REGION: undefined }).finished,
      endpoint.run(args, { AWS_ACCESS_KEY_ID: undefined }).finished,
      endpoint.run(elsewhere).finished,
    ]);
    expect([noRegion.code, noRegion.err]).toEqual([2, expect.stringContaining('No AWS region is known.')]);
    expect([noKeys.code, noKeys.err]).toEqual([2, expect.stringContaining('No AWS credentials were found')]);
    expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('nothing listens there')]);
  });

  it('flags of AWS in a local run', async () => {
    const finished = await endpoint.run(['run', scenarioFile(SMALL), '--stream', 'orders']).finished;
    expect([finished.code, finished.err]).toEqual([
      2,
      expect.stringContaining('--stream is for --target aws'),
    ]);
  });

  it('what it would do is printed on standard output, with the layout that the stream has', async () => {
    const { out } = await runAws('--stream', `${ARN}orders`, '--allow-existing-stream');
    expect(out).toContain('account 000000000000, region us-east-1');
    expect(out.replaceAll(/\s+/g, ' ')).toContain('orders, provisioned, 3 open shards, retention 24 h');
    expect(out).toContain('permitted, as a DryRun says');
    expect(out).toContain('shards: 2 in the scenario, 3 here');
    // 1,500 records of 200 B and a key of 5 to 7 B each: one PUT unit.
    expect(out).toContain('2,250 PUT units of 25 KiB at $0.014 a million');
  });

  it('a stream that spreads records by itself', async () => {
    const mode = { StreamMode: 'ON_DEMAND' } as const;
    await endpoint.client.send(
      new UpdateStreamModeCommand({ StreamARN: `${ARN}spread`, StreamModeDetails: mode }),
    );
    const setAuto = new UpdateStreamRecordDistributionStrategyCommand({
      StreamARN: `${ARN}spread`,
      RecordDistributionStrategy: 'AUTO',
    });
    await until(() =>
      endpoint.client.send(setAuto).then(
        () => true,
        () => false,
      ),
    );
    const finished = await runAws('--stream', 'spread', '--allow-existing-stream', '--yes');
    expect([finished.code, finished.err.replaceAll(/\s+/g, ' ')]).toEqual([
      2,
      expect.stringContaining('spreads records by itself (AUTO)'),
    ]);
  });
});

describe('run --target aws sends', () => {
  it('to a stream that it makes and deletes, and the counters agree with the exact totals', async () => {
    const finished = await runAws('--create', '--yes', '-f', 'json');
    const document = documentOf(finished);
    expect(finished.code).toBe(codeOf(document));
    const { offered, outcomes } = accountsOf(document);
    expect([offered, outcomes]).toEqual([1500, 1500]);
    expect(document.target).toMatchObject({
      kind: 'aws',
      region: 'us-east-1',
      endpoint: endpoint.url,
      shards: 2,
    });
    // The warm-up's 750 are in the stream's count too.
    expect(countersOf(document)).toMatchObject({
      verdict: 'matches',
      records: 2250,
      throttled: 0,
      unknown: 0,
    });
    expect(await ownStreams()).toEqual([]);
    expect(finished.err).toContain('will be made as shardwise-');
  });

  it('to an existing stream that is tagged, by its real layout, shard by shard', async () => {
    const { client } = endpoint;
    const split = {
      StreamName: 'orders',
      ShardToSplit: 'shardId-000000000001',
      // A quarter into the second third of the hash keys.
      NewStartingHashKey: (2n ** 128n / 3n + 2n ** 128n / 12n).toString(),
    };
    await client.send(new SplitShardCommand(split));
    await client.send(
      new AddTagsToStreamCommand({ StreamName: 'orders', Tags: { 'shardwise:load-test': 'allowed' } }),
    );
    const metrics = {
      StreamName: 'orders',
      ShardLevelMetrics: ['IncomingRecords', 'IncomingBytes', 'WriteProvisionedThroughputExceeded'],
    } as const;
    await until(() =>
      client
        .send(
          new EnableEnhancedMonitoringCommand({
            ...metrics,
            ShardLevelMetrics: [...metrics.ShardLevelMetrics],
          }),
        )
        .then(
          () => true,
          () => false,
        ),
    );
    const finished = await runAws('--stream', `${ARN}orders`, '--yes', '-f', 'json');
    const document = documentOf(finished);
    expect(finished.code).toBe(codeOf(document));
    expect(document.shards?.map(({ shardId }) => shardId)).toEqual([
      ...['shardId-000000000000', 'shardId-000000000003', 'shardId-000000000004', 'shardId-000000000002'],
    ]);
    expect(document.generator?.misrouted).toBe(0);
    const { reconciliation } = document;
    if (reconciliation === undefined || !('records' in reconciliation))
      throw new Error('it was not compared');
    expect(reconciliation.verdict).toBe('matches');
    const shards = reconciliation.shards ?? [];
    expect(shards.map(({ records }) => records?.difference)).toEqual([0, 0, 0, 0]);
    expect(shards.map(({ bytes }) => bytes?.difference)).toEqual([0, 0, 0, 0]);
    expect(shards.reduce((sum, { records }) => sum + (records?.theirs ?? 0), 0)).toBe(2250);
    expect(await streamNames()).toContain('orders');
  });

  it('throttled attempts and packed records are counted as the stream counts them', async () => {
    const packed = `${SMALL.replace('1500/s', '6000/s')}producer: { preset: kpl }\n`;
    const over = `${SMALL.replace('1500/s', '4000/s')}producer: { retry: { policy: backoff, maxAttempts: 3, base: 50ms, max: 200ms } }\n`;
    const flags = ['--create', '--yes', '-f', 'json'];
    const finished = await Promise.all(
      [packed, over].map((scenario) => endpoint.run(aws(scenarioFile(scenario), ...flags)).finished),
    );
    for (const run of finished) expect(countersOf(documentOf(run))).toMatchObject({ verdict: 'matches' });
  });

  it('and shows other producers as the difference', async () => {
    const others = 137;
    const running = endpoint.run(
      aws(scenarioFile(SMALL), '--stream', 'busy', '--allow-existing-stream', '--yes', '-f', 'json'),
    );
    await until(() => isSending('busy'));
    const records = Array.from({ length: others }, (_, i) => ({
      Data: Buffer.alloc(10),
      PartitionKey: `o${i}`,
    }));
    await endpoint.client.send(new PutRecordsCommand({ StreamName: 'busy', Records: records }));
    const document = documentOf(await running.finished);
    const { reconciliation } = document;
    if (reconciliation === undefined || !('records' in reconciliation))
      throw new Error('it was not compared');
    expect([reconciliation.verdict, reconciliation.records.difference]).toEqual(['others', others]);
  });

  it('records whose reply never came are stored, and explain what the stream has more', async () => {
    const drops = { faults: [{ operations: ['PutRecords'], drop: 'after', percentage: '30%' }] };
    await fetch(`${endpoint.url}/shardwise/faults`, { method: 'PUT', body: JSON.stringify(drops) });
    try {
      const document = documentOf(await runAws('--create', '--yes', '-f', 'json'));
      const { reconciliation } = document;
      if (reconciliation === undefined || !('records' in reconciliation))
        throw new Error('it was not compared');
      expect(reconciliation.verdict).toBe('unknown');
      expect(reconciliation.unknown).toBeGreaterThan(0);
      expect(reconciliation.records.difference).toBe(reconciliation.unknown);
    } finally {
      await fetch(`${endpoint.url}/shardwise/faults`, { method: 'DELETE' });
    }
  });

  it('to the embedded endpoint too, whose counters are read at once', async () => {
    const document = documentOf(await endpoint.run(['run', scenarioFile(SMALL), '-f', 'json']).finished);
    expect(countersOf(document)).toMatchObject({ verdict: 'matches', records: 2250, throttled: 0 });
    expect(document.reconciliation).toMatchObject({ waitedMs: 0 });
  });

  it('nothing is waited for with --no-reconcile', async () => {
    const finished = await runAws('--create', '--yes', '--no-reconcile', '-f', 'json');
    expect(documentOf(finished).reconciliation).toEqual({ verdict: 'skipped', reason: '--no-reconcile' });
  });

  it('refuses keys that are not the endpoint’s', async () => {
    const strict = await startEndpoint('--secret-access-key', 'right', '--seed-stream', 'orders:1');
    try {
      const args = ['run', scenarioFile(SMALL), '--target', 'aws', '--endpoint-url', strict.url, '--create'];
      const wrong = await strict.run(args).finished;
      const right = await strict.run(args, { AWS_SECRET_ACCESS_KEY: 'right' }).finished;
      expect([wrong.code, wrong.err]).toEqual([
        1,
        expect.stringContaining('The credentials are not accepted'),
      ]);
      expect([right.code, right.err]).toEqual([2, expect.stringContaining('Add --yes to do it.')]);
    } finally {
      await strict.stop();
    }
  });
});

describe('an on-demand stream', () => {
  it('is followed while it splits itself, record by record', async () => {
    const yaml = SMALL.replace('shards: 2', 'mode: on-demand').replace('duration: 1s', 'duration: 4s');
    const running = endpoint.run(
      aws(scenarioFile(yaml), '--create', '--yes', '--no-reconcile', '-f', 'json'),
    );
    await until(async () => (await ownStreams()).length === 1);
    const [name] = await ownStreams();
    await until(() => isSending(name));
    const MinimumThroughputBillingCommitment = { Status: 'ENABLED' } as const;
    await endpoint.client.send(new UpdateAccountSettingsCommand({ MinimumThroughputBillingCommitment }));
    // Eight shards are needed for so much: each of the four is cut once.
    await endpoint.client.send(
      new UpdateStreamWarmThroughputCommand({ StreamName: name, WarmThroughputMiBps: 8 }),
    );
    const finished = await running.finished;
    expect([0, 4], finished.err).toContain(finished.code);
    const document = documentOf(finished);
    const { offered, outcomes } = accountsOf(document);
    expect([offered, outcomes]).toEqual([6000, 6000]);
    expect(document.capacity).toMatchObject({ shardsAtStart: 4, shardsAtEnd: 8, splits: 4 });
    expect(document.timeline).toMatchObject([{ kind: 'split', cause: 'on-demand' }]);
    expect(document.timeline?.at(0)?.children).toHaveLength(8);
    const { phases = [] } = document.capacity ?? {};
    expect(phases.map(({ openShards }) => openShards)).toEqual([4, 8]);
    expect(document.shards?.reduce((sum, row) => sum + row.offered, 0)).toBe(6000);
    expect(document.generator?.misrouted).toBe(0);
  });
});

describe('what a run makes', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'is deleted on %s, with the report so far',
    async (signal) => {
      const running = endpoint.run(aws(scenarioFile(LONG), '--create', '--yes', '-f', 'json'));
      await until(async () => (await ownStreams()).length === 1);
      const [name] = await ownStreams();
      await until(() => isSending(name));
      running.process.kill(signal);
      const finished = await running.finished;
      expect(finished.code).toBe(130);
      const document = documentOf(finished);
      expect(document.partial).toBe('interrupted');
      const { offered, outcomes } = accountsOf(document);
      expect(outcomes).toBe(offered);
      expect(await ownStreams()).toEqual([]);
    },
  );

  it('is deleted where it is interrupted while it is being made', async () => {
    const slow = await startEndpoint('--create-ms', '2000');
    try {
      const args = [
        'run',
        scenarioFile(LONG),
        '--target',
        'aws',
        '--endpoint-url',
        slow.url,
        '--create',
        '--yes',
      ];
      const running = slow.run(args);
      await until(
        async () => ((await slow.client.send(new ListStreamsCommand({}))).StreamNames ?? []).length === 1,
      );
      running.process.kill('SIGINT');
      const finished = await running.finished;
      expect([finished.code, finished.err]).toEqual([
        130,
        expect.stringContaining('Interrupted before anything'),
      ]);
      const { StreamSummaries = [] } = await slow.client.send(new ListStreamsCommand({}));
      expect(StreamSummaries.filter(({ StreamStatus }) => StreamStatus !== 'DELETING')).toEqual([]);
    } finally {
      await slow.stop();
    }
  });

  it('may be deleted by somebody else: then the load ends, with a report and exit code 1', async () => {
    const brief = scenarioFile(SMALL.replace('duration: 1s', 'duration: 4s'));
    const running = endpoint.run(aws(brief, '--create', '--yes', '-f', 'json'));
    await until(async () => (await ownStreams()).length === 1);
    const [name] = await ownStreams();
    await until(() => isSending(name));
    await endpoint.client.send(new DeleteStreamCommand({ StreamName: name }));
    const finished = await running.finished;
    expect(finished.code, finished.err).toBe(1);
    expect(finished.err).toContain(`Stream ${name} is gone: `);
    const document = documentOf(finished);
    expect(document).toMatchObject({
      partial: 'failed',
      ended: { kind: 'stream-gone', code: 'ResourceNotFoundException' },
      reconciliation: { verdict: 'skipped' },
    });
    const { offered, outcomes } = accountsOf(document);
    expect(outcomes).toBe(offered);
  });

  it('is listed after SIGKILL by the next run and by cleanup, which deletes it with --yes and nothing else', async () => {
    const running = endpoint.run(aws(scenarioFile(LONG), '--create', '--yes'));
    await until(async () => (await ownStreams()).length === 1);
    const [name] = await ownStreams();
    const tags = await endpoint.client.send(new ListTagsForStreamCommand({ StreamName: name }));
    expect(tags.Tags?.map(({ Key }) => Key)).toEqual([
      ...['shardwise:created', 'shardwise:expires', 'shardwise:process', 'shardwise:run'],
    ]);
    const whileItRuns = await endpoint.run(['cleanup', '--endpoint-url', endpoint.url, '--yes']).finished;
    expect([whileItRuns.code, whileItRuns.out]).toEqual([0, expect.stringContaining('kept')]);
    running.process.kill('SIGKILL');
    await running.finished;
    const next = await runAws('--create');
    expect(next.err).toContain(name);
    const cleanup = ['cleanup', '--endpoint-url', endpoint.url];
    const young = await endpoint.run([...cleanup, '--older-than', '2h', '--yes']).finished;
    expect([young.code, await ownStreams()]).toEqual([0, [name]]);
    const listed = await endpoint.run(cleanup).finished;
    expect([listed.code, listed.out]).toEqual([0, expect.stringContaining('left over')]);
    expect(await ownStreams()).toEqual([name]);
    const deleted = await endpoint.run([...cleanup, '--yes']).finished;
    expect([deleted.code, deleted.out]).toEqual([0, expect.stringContaining(`deleted stream ${name}`)]);
    expect(await streamNames()).toEqual(['busy', 'orders', 'spread']);
  });
});

describe('cleanup', () => {
  it('takes fan-out consumers and streams with our tags, over pages, through a throttled control plane', async () => {
    const crowded = await startEndpoint('--create-ms', '0');
    try {
      const expired = { 'shardwise:run': 'ab'.repeat(16), 'shardwise:expires': '2026-01-01T00:00:00Z' };
      const create = async (name: string, tags?: Record<string, string>): Promise<void> => {
        await crowded.client.send(
          new CreateStreamCommand({ StreamName: name, ShardCount: 1, ...(tags && { Tags: tags }) }),
        );
      };
      await create('orders');
      await create('shardwise-not-ours');
      for (let i = 0; i < 7; i++) await create(`shardwise-${i}`, expired);
      const consumer = { StreamARN: `${ARN}orders`, ConsumerName: 'shardwise-reader' };
      await crowded.client.send(new RegisterStreamConsumerCommand({ ...consumer, Tags: expired }));
      await crowded.client.send(new RegisterStreamConsumerCommand({ ...consumer, ConsumerName: 'billing' }));
      const faults = {
        seed: 3,
        faults: [
          {
            operations: ['ListTagsForStream', 'DeleteStream'],
            percentage: '20%',
            error: 'LimitExceededException',
          },
        ],
      };
      await fetch(`${crowded.url}/shardwise/faults`, { method: 'PUT', body: JSON.stringify(faults) });
      const finished = await crowded.run(['cleanup', '--endpoint-url', crowded.url, '--yes']).finished;
      expect([finished.code, finished.err]).toEqual([0, '']);
      expect(finished.out.match(/^deleted stream/gm)).toHaveLength(7);
      expect(finished.out).toContain('deleted consumer shardwise-reader');
      const { StreamSummaries = [] } = await crowded.client.send(new ListStreamsCommand({}));
      const left = StreamSummaries.filter(({ StreamStatus }) => StreamStatus === 'ACTIVE');
      expect(left.map(({ StreamName }) => StreamName)).toEqual(['orders', 'shardwise-not-ours']);
      const { Consumers = [] } = await crowded.client.send(
        new ListStreamConsumersCommand({ StreamARN: `${ARN}orders` }),
      );
      const active = Consumers.filter(({ ConsumerStatus }) => ConsumerStatus !== 'DELETING');
      expect(active.map(({ ConsumerName }) => ConsumerName)).toEqual(['billing']);
    } finally {
      await crowded.stop();
    }
  });

  it('goes on after a failure, and fails in the end', async () => {
    const broken = await startEndpoint('--create-ms', '0');
    try {
      const expired = { 'shardwise:run': 'ab'.repeat(16), 'shardwise:expires': '2026-01-01T00:00:00Z' };
      for (const name of ['shardwise-a', 'shardwise-b']) {
        const made = { StreamName: name, ShardCount: 1, Tags: expired };
        await broken.client.send(new CreateStreamCommand(made));
      }
      const faults = {
        faults: [{ operations: ['DeleteStream'], stream: 'shardwise-a', error: 'KMSThrottlingException' }],
      };
      await fetch(`${broken.url}/shardwise/faults`, { method: 'PUT', body: JSON.stringify(faults) });
      const finished = await broken.run(['cleanup', '--endpoint-url', broken.url, '--yes']).finished;
      expect(finished.code).toBe(1);
      expect(finished.err).toContain('stream shardwise-a was not deleted');
      expect(finished.out).toContain('deleted stream shardwise-b');
    } finally {
      await broken.stop();
    }
  });

  it('says where nothing is left', async () => {
    const finished = await endpoint.run(['cleanup', '--endpoint-url', endpoint.url]).finished;
    expect([finished.code, finished.out]).toEqual([0, "Nothing of shardwise's is left in us-east-1.\n"]);
  });
});
