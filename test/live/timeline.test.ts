/** The timeline of a scenario, carried out on a stream that is being written to; and a load against faults. */
import { ListStreamConsumersCommand, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportDocument, TimelineRow } from '../../src/results/report-document.ts';
import { accountsOf, documentOf, scenarioFile, shardwise, type Finished } from './command.ts';
import { startEndpoint, type Endpoint } from './endpoint.ts';

const LOAD = `
stream: { shards: 2 }
duration: 4s
traffic:
  - rate: 1500/s
    keys: { uniform: { count: 300 } }
    size: 200B
producer: { retry: { policy: backoff, maxAttempts: 10, base: 50ms, max: 500ms } }
`;
const READERS = `
consumers:
  - { name: poll, kind: polling, every: 250ms }
  - { name: fan, kind: efo }
`;

function rowsOf({ timeline = [] }: ReportDocument): readonly TimelineRow[] {
  return timeline;
}

/** Also where the machine was too busy to keep the rate. */
function expectDone({ code, err }: Finished): void {
  expect([0, 4], err).toContain(code);
}

/** What must hold of every run, whatever its layout did: every record has one end, in totals, phases and rows. */
function expectAccounted(document: ReportDocument): void {
  const { offered, outcomes, attempts, tries } = accountsOf(document);
  expect([offered, outcomes, tries]).toEqual([6000, 6000, attempts]);
  const { shards = [], phases = [], totals } = document;
  expect(shards.reduce((sum, row) => sum + row.offered, 0)).toBe(6000);
  if (phases.length === 0) return;
  expect(phases.reduce((sum, phase) => sum + (phase.offered ?? 0), 0)).toBe(6000);
  expect(phases.reduce((sum, phase) => sum + phase.throttledAttempts, 0)).toBe(totals?.throttledAttempts);
}

describe('a timeline in a run on the local endpoint', () => {
  it('splits, merges and resizes the stream; nothing is lost, and what each change did is told', async () => {
    const file = scenarioFile(`${LOAD}timeline:
  - { at: 500ms, split: shardId-000000000000 }
  - { at: 1300ms, merge: [shardId-000000000002, shardId-000000000003] }
  - { at: 2500ms, resize: 3 }
${READERS}`);
    const [moved, still] = await Promise.all([
      shardwise('run', file, '-f', 'json', '--workers', '2'),
      shardwise('simulate', scenarioFile(LOAD), '-f', 'json'),
    ]);
    expectDone(moved);
    const document = documentOf(moved);
    expectAccounted(document);
    expect(document.totals?.offeredDigest).toBe(documentOf(still).totals?.offeredDigest);
    const [split, merge, resize] = rowsOf(document);
    expect(split).toMatchObject({
      ...{ kind: 'split', shardIds: ['shardId-000000000000'], cause: 'timeline' },
      children: ['shardId-000000000002', 'shardId-000000000003'],
    });
    expect(merge).toMatchObject({ kind: 'merge', children: ['shardId-000000000004'] });
    expect(resize.children).toHaveLength(3);
    for (const { atMs, carriedOut } of [split, merge, resize]) {
      expect(carriedOut?.failed).toBeUndefined();
      expect(carriedOut?.acceptedAtMs).toBeGreaterThanOrEqual(carriedOut?.dueMs ?? Infinity);
      // An endpoint of ours takes 500 ms for a change.
      expect(atMs - (carriedOut?.acceptedAtMs ?? 0)).toBeGreaterThan(400);
    }
    expect(document.phases?.map(({ openShards }) => openShards)).toEqual([2, 3, 2, 3]);
    for (const { latencyMs } of document.phases ?? []) expect(latencyMs?.response.p99).toBeGreaterThan(0);
    expect(document.series?.openShards?.at(0)).toBe(2);
    expect(document.series?.openShards?.at(-1)).toBe(3);
    expect(document.generator?.misrouted).toBe(0);
    expect(document.reconciliation?.verdict).toBe('matches');
    for (const { delivery } of document.consumers ?? [])
      expect(delivery).toMatchObject({
        acknowledged: document.totals?.accepted,
        lost: 0,
        unread: 0,
        duplicates: 0,
      });
  });

  it('finds the hottest and the coldest shards by what was really sent', async () => {
    const file = scenarioFile(`
stream: { shards: 4 }
warmup: 1s
duration: 5s
traffic:
  - { name: all, rate: 400/s, keys: { uniform: { count: 1000 } }, size: 100B }
  - { name: crowd, rate: 700/s, keys: { explicitHashKey: { shard: 2, where: random } }, size: 100B }
  - { name: few, rate: 200/s, keys: { explicitHashKey: { shard: 0, where: random } }, size: 100B }
timeline:
  - { at: 0s, split: hottest }
  - { at: 1800ms, merge: coldest }
`);
    const document = documentOf(await shardwise('run', file, '-f', 'json', '--workers', '2'));
    const [split, merge] = rowsOf(document);
    expect(split.shardIds).toEqual(['shardId-000000000002']);
    // 0 has 300/s, 1 and 3 have 100/s each, and 2's halves lie between them: 1 and the lower half, or the upper and 3, have most.
    expect(merge.shardIds).toEqual(['shardId-000000000000', 'shardId-000000000001']);
  });

  it('has outages, in which every put fails, and goes on after them', async () => {
    const file = scenarioFile(`${LOAD}timeline: [{ at: 1500ms, outage: 1s }]`);
    const document = documentOf(await shardwise('run', file, '-f', 'json'));
    expectAccounted(document);
    expect(rowsOf(document)).toEqual([
      { atMs: 1500, kind: 'outage', durationMs: 1000, shardIds: [], children: [], cause: 'timeline' },
    ]);
    const { offered } = document.series ?? {};
    expect(offered).toEqual([1500, 1500, 1500, 1500]);
    // What falls due just after its beginning is accepted when it is over, or later.
    expect(document.latencyMs?.response.max).toBeGreaterThan(800);
    expect(document.totals?.failedAttempts).toBeGreaterThan(1500);
    expect(document.errors?.map(({ code }) => code)).toEqual(['InternalFailure']);
    expect(document.totals?.accepted).toBe(6000);
    expect(document.phases).toBeUndefined();
  });

  it('says why, where an event cannot be carried out any more', async () => {
    const file = scenarioFile(`${LOAD}timeline:
  - { at: 1s, split: hottest }
  - { at: 2s, split: shardId-000000000001 }
  - { at: 2s, split: shardId-000000000000 }
  - { at: 3900ms, resize: 3 }
`);
    const finished = await shardwise('run', file, '-f', 'json');
    expect(finished.code).toBe(4);
    const document = documentOf(finished);
    expectAccounted(document);
    // One of the two was the hottest, and is closed by then.
    const failures = rowsOf(document).map(({ carriedOut }) => carriedOut?.failed);
    expect(failures.filter((why) => why?.includes('was closed by an earlier change'))).toHaveLength(1);
    expect(failures.at(-1)).toMatch(/when the load was over/);
    expect(finished.err).toContain('timeline[3] (resize: 3) was not carried out:');
  });
});

describe('run --faults', () => {
  it('makes the embedded endpoint fail from the start of the load on', async () => {
    const faults = scenarioFile(
      'faults: [{ operations: [PutRecords], error: InternalFailure, duration: 1s }]',
    );
    const document = documentOf(await shardwise('run', scenarioFile(LOAD), '--faults', faults, '-f', 'json'));
    expectAccounted(document);
    expect(document.errors?.at(0)?.code).toBe('InternalFailure');
    expect(document.series?.accepted[0]).toBeLessThan(400);
    expect(document.totals?.accepted).toBe(6000);
  });

  it('is refused where the file is wrong, and on AWS', async () => {
    const faults = scenarioFile('faults: [{ operations: [PutRecords] }]');
    const file = scenarioFile(LOAD);
    const [wrong, aws] = await Promise.all([
      shardwise('run', file, '--faults', faults),
      shardwise('run', file, '--faults', faults, '--target', 'aws', '--create'),
    ]);
    expect([wrong.code, wrong.err.replaceAll(/\s+/g, ' ')]).toEqual([
      2,
      expect.stringContaining('faults[0]: nothing goes wrong.'),
    ]);
    expect([aws.code, aws.err]).toEqual([
      2,
      expect.stringContaining('--faults is for the embedded endpoint'),
    ]);
  });
});

describe('on --target aws', () => {
  let endpoint: Endpoint;
  beforeAll(async () => {
    endpoint = await startEndpoint(
      ...['--metrics-clock', '60x', '--create-ms', '200', '--reshard-ms', '200', '--limits', 'write,read'],
      ...['--seed-stream', 'orders:2', '--seed-stream', 'read:2'],
    );
  });
  afterAll(() => endpoint.stop());

  const run = (yaml: string, ...flags: readonly string[]): Promise<Finished> => started(yaml, flags).finished;
  const started = (yaml: string, flags: readonly string[]) =>
    endpoint.run(['run', scenarioFile(yaml), '--target', 'aws', '--endpoint-url', endpoint.url, ...flags]);
  const said = ({ code, err }: Finished): object => ({ code, err: err.replaceAll(/\s+/g, ' ') });
  const SPLIT = `${LOAD}timeline: [{ at: 500ms, split: hottest }]`;

  it('a stream that stays is resharded only where that is allowed, an outage never', async () => {
    const [unasked, outage] = await Promise.all([
      run(SPLIT, '--stream', 'orders', '--allow-existing-stream', '--yes'),
      run(`${LOAD}timeline: [{ at: 1s, outage: 1s }]`, '--create', '--yes'),
    ]);
    expect(said(unasked)).toMatchObject({
      code: 2,
      err: expect.stringContaining('Give --allow-reshard') as string,
    });
    expect(unasked.err).toContain('1 event of the timeline: up to 3 open shards; NOT allowed');
    expect(said(outage)).toMatchObject({
      code: 2,
      err: expect.stringContaining('timeline[0].outage: a run cannot make the service of AWS fail') as string,
    });
  });

  it('a control plane that throttles is waited for, and that is said', async () => {
    const rule = { operations: ['SplitShard'], error: 'LimitExceededException', duration: '2s' };
    await fetch(`${endpoint.url}/shardwise/faults`, {
      method: 'PUT',
      body: JSON.stringify({ faults: [rule] }),
    });
    const flags = ['--allow-existing-stream', '--allow-reshard', '--yes', '--no-reconcile', '-f', 'json'];
    const finished = await run(SPLIT, '--stream', 'orders', ...flags);
    await fetch(`${endpoint.url}/shardwise/faults`, { method: 'DELETE' });
    expectDone(finished);
    const document = documentOf(finished);
    expectAccounted(document);
    const [{ carriedOut, children }] = rowsOf(document);
    expect(children).toHaveLength(2);
    expect(carriedOut).toMatchObject({ dueMs: 500, heldUpBy: [{ code: 'LimitExceededException' }] });
    expect(finished.err).toContain('(split: hottest) has to wait: LimitExceededException');
  });

  it('consumers read a stream that is made, resharded and deleted: all of it, and nothing is left', async () => {
    const finished = await run(`${SPLIT}\n${READERS}`, '--create', '--yes', '--no-reconcile', '-f', 'json');
    expectDone(finished);
    const document = documentOf(finished);
    expectAccounted(document);
    for (const { delivery } of document.consumers ?? [])
      expect(delivery).toMatchObject({ acknowledged: 6000, seen: 6000, lost: 0, unread: 0 });
    expect(finished.err).toMatch(/fan: registered for fan-out/);
    const { StreamSummaries = [] } = await endpoint.client.send(new ListStreamsCommand({}));
    const left = StreamSummaries.filter(({ StreamStatus }) => StreamStatus !== 'DELETING');
    expect(left.map(({ StreamName }) => StreamName).filter((name) => name?.startsWith('shardwise-'))).toEqual(
      [],
    );
  });

  it('consumers of a stream that stays are tagged, and deregistered after SIGINT too', async () => {
    const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/read';
    const registered = async (): Promise<string[]> => {
      const { Consumers = [] } = await endpoint.client.send(new ListStreamConsumersCommand({ StreamARN }));
      return Consumers.filter(({ ConsumerStatus }) => ConsumerStatus === 'ACTIVE').map(
        ({ ConsumerName = '' }) => ConsumerName,
      );
    };
    const long = `${LOAD}${READERS}`.replace('duration: 4s', 'duration: 1m');
    const flags = ['--stream', StreamARN, '--allow-existing-stream', '--yes', '-f', 'json'];
    const { process: child, finished } = started(long, flags);
    while (child.exitCode === null && (await registered()).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await registered()).toEqual([expect.stringMatching(/^shardwise-[0-9a-f]{12}-0-1$/)]);
    const listed = await endpoint.run(['cleanup', '--endpoint-url', endpoint.url, '--older-than', '0s'])
      .finished;
    expect(listed.out).toContain('consumer');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.kill('SIGINT');
    const { code, out } = await finished;
    expect(code).toBe(130);
    expect((JSON.parse(out) as ReportDocument).partial).toBe('interrupted');
    expect(await registered()).toEqual([]);
  });
});
