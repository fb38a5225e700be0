/** `apply` as a user runs it, against an endpoint of ours in this process. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { uniformRanges } from '../../src/model/hash-range.ts';
import type { RecommendationDocument } from '../../src/results/recommendation-document.ts';
import { startGuarded, type GuardedEndpoint } from '../run/observe/guarded-endpoint.ts';
import { recommended } from '../run/apply/recommended.ts';
import { fileOf, shardwise, type Outcome } from './outcome.ts';

const BEFORE = uniformRanges(2).map(({ start }) => start);
/** Split and merged. */
const AFTER = [0n, 1n << 126n];

let endpoint: GuardedEndpoint;
let document: RecommendationDocument;

beforeEach(async () => {
  endpoint = await startGuarded({ shards: 2, minutes: 0, keysAt: () => [], reshardMs: 0 });
  document = recommended({ name: 'orders', endpoint: endpoint.url, before: BEFORE, after: AFTER });
});
afterEach(() => endpoint.close());

const save = (changed: unknown): string => fileOf(JSON.stringify(changed), 'steps.json');
const apply = (file: string, ...args: readonly string[]): Promise<Outcome> =>
  shardwise('apply', file, ...args);

describe('apply', () => {
  it('changes nothing without --yes', async () => {
    const file = save(document);
    const { out, exit } = await apply(file);
    expect(exit).toBe(0);
    expect(out).toContain('2 steps, from 2 shards to 2. The stream has the layout that they start from.');
    expect(out).toContain('1  split  000000000000  at 85070591730234615865843651857942052864');
    expect(out).toContain('2  merge  000000000003  with 000000000001');
    expect(out).toMatch(/these\ssteps\sopen\s1\sshard\smore/);
    expect(out).toContain('Nothing was changed: this is a dry run. Add --yes to do it.');
    expect(existsSync(`${file}.journal`)).toBe(false);
    expect(endpoint.service.asked).not.toContain('kinesis:SplitShard');
  });

  it('takes as many steps as asked for, goes on, and says when there is nothing left', async () => {
    const file = save(document);
    const first = await apply(file, '--yes', '--max-steps', '1');
    expect([first.exit, first.out]).toEqual([
      0,
      expect.stringMatching(/1 of 2 steps are left \(--max-steps\)/),
    ]);
    const second = await apply(file, '--yes');
    expect(second.out).toContain('The stream shows that 1 of them is done.');
    expect(second.out).toContain('The stream has the layout that was recommended.');
    const third = await apply(file);
    expect(third.out).toContain('There is nothing left to do.');
    expect(third.out).not.toContain('Add --yes');
  });

  it('writes down at the end what a killed one could not, and no more', async () => {
    const file = save(document);
    await apply(file, '--yes');
    const journal = `${file}.journal`;
    const lines = readFileSync(journal, 'utf8').trimEnd().split('\n');
    // The last step was called, and nothing was written after that.
    writeFileSync(journal, `${lines.slice(0, -2).join('\n')}\n`);
    expect((await apply(file, '--yes')).exit).toBe(0);
    expect(readFileSync(journal, 'utf8')).toMatch(/"event":"done","step":2,"how":"found"/);
  });

  it('says that a recommendation is old, and when it was made', async () => {
    const made = '2026-01-02T03:04:05.000Z';
    const { out } = await apply(save({ ...document, startedAt: made }));
    expect(out).toMatch(/Recommended \d+d\S* ago \(2026-01-02 03:04 UTC\)\. That is more than\sa\sday/);
  });

  it('does nothing where the account has no room for the shards on the way', async () => {
    endpoint.service.createStream({ name: 'others', shards: 19_998 }, endpoint.nowUs);
    const { out, exit } = await apply(save(document), '--yes');
    expect(exit).toBe(3);
    expect(out).toContain('The account has 20,000 of the 20,000 shards that it may have');
    expect(endpoint.service.asked).not.toContain('kinesis:SplitShard');
  });

  it('goes on where it may not see how many shards there may be', async () => {
    endpoint.service.denied.add('kinesis:DescribeLimits');
    const { out, exit } = await apply(save(document), '--yes');
    expect(exit).toBe(0);
    expect(out).toContain('was not told (kinesis:DescribeLimits)');
  });

  it('stops where its gate says so or cannot be asked, before anything is done', async () => {
    endpoint.service.denied.add('cloudwatch:GetMetricData');
    const { exit, out } = await apply(save(document), '--yes', '--stop-if', 'throttledAttempts > 1%');
    expect([exit, out]).toEqual([4, expect.stringContaining('cloudwatch:GetMetricData is not allowed')]);
    expect(endpoint.service.asked).not.toContain('kinesis:SplitShard');
  });

  it.each([
    [['--stop-if', 'throttledAttempts < 1%'], 'would stop while all is well'],
    [['--stop-if', 'latency.p99 > 1s'], "a stream's counters do not tell latency.p99"],
    [['--stop-if', 'throttle > 1%'], 'Use throttledAttempts, the only one that they tell'],
    [['--max-steps', '0'], 'not a whole number above 0'],
    [['--region', 'eu-west-1'], 'is for us-east-1, and --region says eu-west-1'],
    [['--journal', '/dev/full', '--yes'], 'is not an ordinary file'],
  ])('refuses %j', async (flags, why) => {
    const { exit, err } = await apply(save(document), ...flags);
    expect([exit, err.replaceAll('\n', ' ')]).toEqual([2, expect.stringContaining(why)]);
    expect(endpoint.service.asked).not.toContain('kinesis:SplitShard');
  });
});

/** The field that a refusal names, behind the name of the file. */
function startsWith(field: string): RegExp {
  return new RegExp(`steps\\.json:\\s${field.replaceAll(/[[\].]/g, '\\$&')}[\\s:]`);
}

/** The value at a path of a document is another one; undefined: it is not there. */
function changed(path: readonly (string | number)[], value: unknown): unknown {
  const copy = structuredClone(document) as unknown;
  let at = copy as Record<string | number, unknown>;
  for (const part of path.slice(0, -1)) at = at[part] as Record<string | number, unknown>;
  const last = path[path.length - 1];
  if (value === undefined) Reflect.deleteProperty(at, last);
  else at[last] = value;
  return copy;
}

describe('apply of steps that were edited', () => {
  it.each<[string, (string | number)[], unknown]>([
    ['fingerprint', ['fingerprint'], '0'.repeat(32)],
    ['steps', ['targetFingerprint'], '0'.repeat(32)],
    ['layout', ['layout', 0, 'endingHashKey'], '5'],
    ['layout', ['layout', 1, 'startingHashKey'], '5'],
    ['layout[0].utilization', ['layout', 0, 'utilization'], 'much'],
    ['targetLayout', ['targetLayout', 1, 'startingHashKey'], '5'],
    ['peakShards', ['peakShards'], 2],
    ['steps[0]', ['steps', 0, 'kind'], 'merge'],
    ['steps[0].kind', ['steps', 0, 'kind'], 'cut'],
    ['steps[0]', ['steps', 0, 'startingHashKey'], '1'],
    ['steps[0]', ['steps', 0, 'endingHashKey'], '1'],
    ['steps[0].shardId', ['steps', 0, 'shardId'], 'shardId-000000000001'],
    ['steps[1]', ['steps', 0, 'newStartingHashKey'], '4711'],
    ['steps[0]', ['steps', 0, 'newStartingHashKey'], undefined],
    ['steps[1]', ['steps', 1, 'endingHashKey'], '99'],
    ['target.region', ['target', 'region'], undefined],
    ['target.stream', ['target', 'stream'], undefined],
  ])('names %s (%j is %j)', async (field, path, value) => {
    const { exit, err } = await apply(save(changed(path, value)), '--yes');
    expect([exit, err]).toEqual([2, expect.stringMatching(startsWith(field))]);
    expect(endpoint.service.asked).toEqual([]);
  });

  it('refuses the file without any one of its fields, and names that', async () => {
    for (const field of Object.keys(document)) {
      const { exit, err } = await apply(save(changed([field], undefined)), '--yes');
      expect([exit, err], field).toEqual([2, expect.stringContaining(field)]);
    }
    expect(endpoint.service.asked).toEqual([]);
  });

  it('refuses steps for another account, another region or a stream that is gone', async () => {
    const { stream } = document.target;
    for (const [value, why] of [
      [stream.replace('000000000000', '999999999999'), '999999999999'],
      [stream.replace('us-east-1', 'eu-west-1'), 'eu-west-1'],
      [stream.replace('orders', 'gone'), 'gone'],
    ]) {
      const { exit, err } = await apply(save(changed(['target', 'stream'], value)), '--yes');
      expect([exit, err]).toEqual([2, expect.stringContaining(why)]);
    }
    expect(endpoint.service.asked).not.toContain('kinesis:SplitShard');
  });
});
