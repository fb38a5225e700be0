import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshStream, pathTo } from '../../../src/advice/layout/layout-steps.ts';
import { uniformRanges } from '../../../src/model/hash-range.ts';
import { Refusal } from '../../../src/model/refusal.ts';
import { LayoutTrail } from '../../../src/results/layout-trail.ts';
import { applySteps, type ApplyHooks, type ApplyResult } from '../../../src/run/apply/apply-steps.ts';
import { Journal, type JournalEvent } from '../../../src/run/apply/journal.ts';
import { readShardRoom } from '../../../src/run/apply/shard-room.ts';
import { askGate } from '../../../src/run/apply/stop-gate.ts';
import { inspectStream } from '../../../src/run/apply/stream-way.ts';
import { connect, type AwsConnection } from '../../../src/run/aws/connection.ts';
import { epochClock } from '../../../src/run/clock.ts';
import { startServer, type RunningServer } from '../../../src/run/serve/server.ts';
import { call } from '../../local/client.ts';
import { errorReply, GuardedService } from '../observe/guarded-endpoint.ts';

const BEFORE = uniformRanges(2).map(({ start }) => start);
const AFTER = [0n, 1n << 120n];
const STREAM = 's';
const { steps } = pathTo(freshStream(BEFORE), AFTER);
const trail = new LayoutTrail(BEFORE, steps);
const way = { stream: STREAM, trail };
const NEVER = new AbortController().signal;

/** Also answers with errors of other names than AccessDenied, the first so many times. */
class TroubledService extends GuardedService {
  trouble: { readonly operation: string; readonly error: string; times: number } | undefined;

  override handle(...args: Parameters<GuardedService['handle']>): ReturnType<GuardedService['handle']> {
    const { trouble } = this;
    const isMeant = args[0].headers['x-amz-target']?.endsWith(`.${trouble?.operation ?? ''}`) ?? false;
    if (trouble === undefined || !isMeant || trouble.times <= 0) return super.handle(...args);
    trouble.times--;
    return errorReply(trouble.error, 400);
  }
}

let folder: string;
let service: TroubledService;
let server: RunningServer;
let connection: AwsConnection;

const serve = (port: number): Promise<RunningServer> =>
  startServer({ host: '127.0.0.1', port, service, nowUs: epochClock });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shardwise-'));
  service = new TroubledService({ reshardMs: 0, limits: [] });
  service.createStream({ name: STREAM, shards: 2 }, epochClock());
  server = await serve(0);
  connection = await connect({ region: 'us-east-1', endpointUrl: server.url });
});

afterEach(async () => {
  connection.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

async function apply(hooks: Partial<ApplyHooks> = {}): Promise<ApplyResult> {
  const subject = { stream: STREAM, fingerprint: 'a', targetFingerprint: 'b', steps: steps.length };
  const journal = new Journal(join(folder, 'journal'), subject);
  try {
    return await applySteps(connection, { ...way, steps, maxSteps: Infinity }, journal, {
      signal: NEVER,
      gate: () => Promise.resolve(undefined),
      onState: () => undefined,
      onDone: () => undefined,
      ...hooks,
    });
  } finally {
    journal.close();
  }
}

function events(): JournalEvent[] {
  const lines = readFileSync(join(folder, 'journal'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as JournalEvent);
}

const inspect = (arn?: string): Promise<number | undefined> =>
  inspectStream(connection, way, { arn }, { signal: NEVER });

describe('apply, where AWS does not do its part', () => {
  it('waits for a network that is gone for a while, and says so', async () => {
    const states: string[] = [];
    let isGone: Promise<void> | undefined;
    const result = await apply({
      onState: (status) => {
        states.push(status);
        if (status === 'SplitShard') isGone ??= server.close();
        if (status === 'no answer') void isGone?.then(async () => (server = await serve(server.port)));
      },
    });
    expect(result).toEqual({ position: 2, taken: 2, ended: 'finished' });
    expect(states).toContain('no answer');
    expect(events().filter(({ event }) => event === 'done')).toHaveLength(2);
  });

  it.each(['DescribeStreamSummary', 'ListShards', 'SplitShard', 'MergeShards'])(
    'names the permission that is denied: kinesis:%s; the journal says how far it came',
    async (operation) => {
      service.denied.add(`kinesis:${operation}`);
      const isLook = !/Split|Merge/.test(operation);
      await expect(apply()).rejects.toThrow(`kinesis:${operation} is not allowed on stream s.`);
      if (isLook) return;
      const position = operation === 'SplitShard' ? 0 : 1;
      expect(events().at(-1)).toMatchObject({ event: 'stop', position });
      service.denied.clear();
      expect(await apply()).toEqual({ position: 2, taken: 2 - position, ended: 'finished' });
      expect(events().filter(({ event }) => event === 'done')).toHaveLength(2);
    },
  );

  it('goes on without DescribeLimits, and cannot ask a gate without GetMetricData', async () => {
    expect(await readShardRoom(connection, trail, 0, 2)).toEqual({ open: 2, most: 20_000, more: 1 });
    service.denied.add('kinesis:DescribeLimits').add('cloudwatch:GetMetricData');
    expect(await readShardRoom(connection, trail, 0, 2)).toBeUndefined();
    const stop = await askGate(connection, STREAM, 'throttledAttempts > 1%');
    expect(stop?.kind).toBe('gate-unknown');
    expect(stop?.why).toContain('cloudwatch:GetMetricData is not allowed');
  });

  it('stops where the credentials have expired', async () => {
    service.trouble = { operation: 'SplitShard', error: 'ExpiredTokenException', times: 99 };
    await expect(apply()).rejects.toThrow('The AWS credentials have expired.');
    expect(events().at(-1)).toMatchObject({ event: 'stop', why: 'The AWS credentials have expired.' });
  });

  it('tries again as long as the control plane asks for patience, and writes each time down', async () => {
    service.trouble = { operation: 'MergeShards', error: 'ResourceInUseException', times: 2 };
    expect((await apply()).ended).toBe('finished');
    expect(events().filter(({ event }) => event === 'held-up')).toHaveLength(2);
    expect(events().filter(({ event }) => event === 'begin')).toHaveLength(2);
  });

  it('is interrupted while it is held up: nothing was done, and the journal says so', async () => {
    const controller = new AbortController();
    service.trouble = { operation: 'SplitShard', error: 'ResourceInUseException', times: 99 };
    const onState = (status: string): void => {
      if (status === 'ResourceInUseException') controller.abort();
    };
    const result = await apply({ signal: controller.signal, onState });
    expect(result).toEqual({ position: 0, taken: 0, ended: 'interrupted' });
    expect(events().map(({ event }) => event)).toEqual(['start', 'begin', 'held-up', 'not-done', 'stop']);
  });

  it('ends at once when it is interrupted while nobody answers', async () => {
    const controller = new AbortController();
    const result = await apply({
      signal: controller.signal,
      onState: (status) => {
        if (status === 'SplitShard') void server.close();
        if (status === 'no answer') controller.abort();
      },
    });
    expect(result).toEqual({ position: 0, taken: 0, ended: 'interrupted' });
    expect(events().at(-1)).toMatchObject({ event: 'stop', why: 'interrupted' });
    server = await serve(0);
  });

  it('goes along with another apply of the same steps elsewhere', async () => {
    let isOther = true;
    const result = await apply({
      onState: (status) => {
        if (status !== 'SplitShard' || !isOther) return;
        isOther = false;
        const [split, merge] = steps;
        const cut = { ShardToSplit: split.shardId, NewStartingHashKey: split.newStartingHashKey };
        call(service, 'SplitShard', { StreamName: STREAM, ...cut }, epochClock());
        const pair = { ShardToMerge: merge.shardId, AdjacentShardToMerge: merge.adjacentShardId };
        call(service, 'MergeShards', { StreamName: STREAM, ...pair }, epochClock() + 1);
      },
    });
    expect(result).toEqual({ position: 2, taken: 2, ended: 'finished' });
    expect(events().filter(({ event }) => event === 'done')).toMatchObject([
      { step: 1, how: 'found' },
      { step: 2, how: 'found' },
    ]);
  });
});

describe('apply, before the first step', () => {
  it('refuses a stream that is gone, one that is on demand, and another of the same name', async () => {
    await expect(inspect('arn:aws:kinesis:us-east-1:999999999999:stream/s')).rejects.toThrow(
      /The steps are for arn.*999999999999.*, and arn.*000000000000.* answers/,
    );
    const mode = { StreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/s' };
    const onDemand = { ...mode, StreamModeDetails: { StreamMode: 'ON_DEMAND' } };
    call(service, 'UpdateStreamMode', onDemand, epochClock());
    await expect(inspect()).rejects.toThrow(/on-demand stream/);
    service.createStream({ name: 'other', shards: 1 }, epochClock());
    const other = inspectStream(connection, { stream: 'gone', trail }, {}, { signal: NEVER });
    await expect(other).rejects.toThrow(Refusal);
    await expect(other).rejects.toMatchObject({
      exitCode: 2,
      what: expect.stringContaining('gone') as string,
    });
  });

  it('waits for a stream that is UPDATING, and can be interrupted', async () => {
    const slow = new TroubledService({ reshardMs: 600, limits: [] });
    slow.createStream({ name: STREAM, shards: 2 }, epochClock());
    await server.close();
    service = slow;
    server = await serve(server.port);
    call(
      slow,
      'UpdateShardCount',
      { StreamName: STREAM, TargetShardCount: 1, ScalingType: 'UNIFORM_SCALING' },
      epochClock(),
    );
    const controller = new AbortController();
    const wait = { signal: controller.signal, onState: () => controller.abort() };
    expect(await inspectStream(connection, way, {}, wait)).toBeUndefined();
    const states: string[] = [];
    const onState = (status: string): void => void states.push(status);
    await expect(inspectStream(connection, way, {}, { signal: NEVER, onState })).rejects.toThrow(
      /none that these steps lead through/,
    );
    expect(states[0]).toBe('UPDATING');
  });

  it('calls nothing but what its policy allows', async () => {
    const policy = JSON.parse(
      readFileSync(new URL('../../../docs/iam/apply.json', import.meta.url), 'utf8'),
    ) as { Statement: { Action: string | string[] }[] };
    await inspect();
    await readShardRoom(connection, trail, 0, 2);
    await apply({ gate: () => askGate(connection, STREAM, 'throttledAttempts > 1%') });
    const allowed = policy.Statement.flatMap(({ Action }) => Action);
    expect(new Set(service.asked)).toEqual(new Set(allowed));
  });
});
