import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pathTo } from '../../../src/advice/layout/layout-steps.ts';
import { LocalService } from '../../../src/local/local-service.ts';
import { uniformRanges } from '../../../src/model/hash-range.ts';
import { shardIdOf } from '../../../src/model/shard-map.ts';
import type { LayoutStep } from '../../../src/results/layout-step.ts';
import { LayoutTrail } from '../../../src/results/layout-trail.ts';
import { applySteps, type ApplyHooks, type ApplyResult } from '../../../src/run/apply/apply-steps.ts';
import { Journal, type JournalEvent } from '../../../src/run/apply/journal.ts';
import { openShardsOf } from '../../../src/run/apply/step-order.ts';
import { inspectStream } from '../../../src/run/apply/stream-way.ts';
import type { AwsConnection } from '../../../src/run/aws/connection.ts';
import { epochClock } from '../../../src/run/clock.ts';
import { startServer, type RunningServer } from '../../../src/run/serve/server.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
process.env.AWS_ACCESS_KEY_ID = 'local';
process.env.AWS_SECRET_ACCESS_KEY = 'local';
const { connect } = await import('../../../src/run/aws/connection.ts');
const { listShards } = await import('../../../src/run/read/shard-list.ts');
const { MergeShardsCommand } = await import('@aws-sdk/client-kinesis');

const BEFORE = uniformRanges(4).map(({ start }) => start);
/** Two splits and two merges on the way. */
const AFTER = [0n, 1n << 120n, BEFORE[1], BEFORE[1] + (1n << 100n)];

let folder: string | undefined;
let server: RunningServer;
let connection: AwsConnection;
let steps: readonly LayoutStep[];
let trail: LayoutTrail;

beforeEach(startAnew);

async function startAnew(): Promise<void> {
  if (folder !== undefined) await tidyUp();
  folder = mkdtempSync(join(tmpdir(), 'shardwise-'));
  const service = new LocalService({ reshardMs: 0 });
  service.createStream({ name: 's', shards: 4 }, epochClock());
  server = await startServer({ host: '127.0.0.1', port: 0, service, nowUs: epochClock, version: '1.2.3' });
  connection = await connect({ region: 'us-east-1', endpointUrl: server.url });
  const shardIds = BEFORE.map((_, i) => shardIdOf(i));
  steps = pathTo({ starts: BEFORE, shardIds, nextNumber: 4 }, AFTER).steps;
  trail = new LayoutTrail(BEFORE, steps);
}

afterEach(tidyUp);

async function tidyUp(): Promise<void> {
  if (folder === undefined) return;
  connection.close();
  await server.close();
  rmSync(folder, { recursive: true });
  folder = undefined;
}

interface Applied {
  readonly result: ApplyResult;
  readonly events: readonly JournalEvent[];
}

async function apply(hooks: Partial<ApplyHooks> = {}, maxSteps = Infinity): Promise<Applied> {
  const path = join(folder ?? '', 'journal');
  const subject = { stream: 's', fingerprint: 'a', targetFingerprint: 'b', steps: steps.length };
  const journal = new Journal(path, subject);
  try {
    const result = await applySteps(connection, { stream: 's', steps, trail, maxSteps }, journal, {
      signal: new AbortController().signal,
      gate: () => Promise.resolve(undefined),
      onState: () => undefined,
      onDone: () => undefined,
      ...hooks,
    });
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    return { result, events: lines.map((line) => JSON.parse(line) as JournalEvent) };
  } finally {
    journal.close();
  }
}

async function openStarts(): Promise<bigint[]> {
  const open = openShardsOf(await listShards(connection.control, 's', 'AT_LATEST'));
  return open.map(({ range }) => range.start);
}

/** What an autoscaler may do. */
async function mergeLowest(): Promise<void> {
  const [low, high] = openShardsOf(await listShards(connection.control, 's', 'AT_LATEST'));
  await connection.control.send(
    new MergeShardsCommand({
      StreamName: 's',
      ShardToMerge: low.shardId,
      AdjacentShardToMerge: high.shardId,
    }),
  );
}

async function setFaults(...faults: object[]): Promise<void> {
  const reply = await fetch(`${server.url}/shardwise/faults`, {
    method: 'PUT',
    body: JSON.stringify({ faults }),
  });
  expect(reply.status).toBe(200);
}

describe('apply', () => {
  it('leads the stream to the layout of the steps, each begun and done once', async () => {
    const { result, events } = await apply();
    expect(result).toEqual({ position: 4, taken: 4, ended: 'finished' });
    expect(await openStarts()).toEqual(AFTER);
    expect(events.map(({ event }) => event)).toEqual([
      'start',
      ...Array.from({ length: 4 }, () => ['begin', 'done']).flat(),
      'stop',
    ]);
    expect(events[2]).toMatchObject({ event: 'done', step: 1, how: 'called' });
    expect(events[2]).toHaveProperty('children.length', 2);
  });

  it('takes no more steps than asked for, and goes on the next time', async () => {
    expect((await apply({}, 1)).result).toEqual({ position: 1, taken: 1, ended: 'max-steps' });
    expect((await apply({}, 2)).result).toEqual({ position: 3, taken: 2, ended: 'max-steps' });
    expect((await apply()).result).toEqual({ position: 4, taken: 1, ended: 'finished' });
    expect((await apply()).result).toEqual({ position: 4, taken: 0, ended: 'finished' });
    expect(await openStarts()).toEqual(AFTER);
  });

  it('stops where its gate says so, before the next step', async () => {
    const asked: number[] = [];
    const { result } = await apply({
      gate: () => {
        asked.push(1);
        return Promise.resolve(asked.length < 3 ? undefined : { kind: 'gate', why: 'too much' });
      },
    });
    expect(result).toEqual({ position: 2, taken: 2, ended: { kind: 'gate', why: 'too much' } });
  });

  it('ends after the step under way when it is interrupted', async () => {
    const controller = new AbortController();
    const { result, events } = await apply({ signal: controller.signal, onDone: () => controller.abort() });
    expect(result).toEqual({ position: 1, taken: 1, ended: 'interrupted' });
    expect(events.at(-1)).toMatchObject({ event: 'stop', position: 1, why: 'interrupted' });
  });

  it('takes no step twice and leaves none out, at whatever point of its way it died', async () => {
    for (let deathAt = 1; ; deathAt++) {
      let points = 0;
      const point = (): void => {
        if (++points === deathAt) throw new Error('died');
      };
      const gate = async (): Promise<undefined> => {
        await Promise.resolve();
        point();
      };
      // Before the first line of a step, between the line and the call, and after the step.
      const hooks = { gate, onState: point, onDone: point };
      const died = await apply(hooks).then(
        () => false,
        () => true,
      );
      if (!died) break;
      const { events } = await apply();
      expect(await openStarts()).toEqual(AFTER);
      const done = events.flatMap((entry) => (entry.event === 'done' ? [entry.step] : []));
      expect(done).toEqual([1, 2, 3, 4]);
      // Two splits make four, two merges two.
      expect(await listShards(connection.control, 's', 'FROM_TRIM_HORIZON')).toHaveLength(4 + 4 + 2);
      await startAnew();
    }
  });

  it('finds a step done whose reply was lost', async () => {
    await setFaults({ operations: ['SplitShard'], drop: 'after' });
    const { result, events } = await apply();
    expect(result.ended).toBe('finished');
    expect(await openStarts()).toEqual(AFTER);
    expect(events.filter(({ event }) => event === 'done')).toHaveLength(4);
    expect(events.find(({ event }) => event === 'done')).toMatchObject({ how: 'found' });
  });

  it('tries again where the control plane is throttled', async () => {
    await setFaults({ operations: ['MergeShards'], percentage: '50%', error: 'LimitExceededException' });
    expect((await apply()).result.ended).toBe('finished');
    expect(await openStarts()).toEqual(AFTER);
  });

  it('does nothing more where somebody else changes the layout', async () => {
    await apply({}, 1);
    await mergeLowest();
    // The split is undone: that is the layout before the first step, and the steps can be taken again.
    expect(
      await inspectStream(
        connection,
        { stream: 's', trail },
        {},
        {
          signal: new AbortController().signal,
        },
      ),
    ).toBe(0);
    await mergeLowest();
    await expect(apply()).rejects.toThrow(/none that these steps lead through/);
  });
});
