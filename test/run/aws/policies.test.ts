/** The policies that ship allow what the code calls, and nothing that it does not. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../../..', import.meta.url).pathname;

interface Policy {
  readonly Version: string;
  readonly Statement: readonly {
    readonly Effect: string;
    readonly Action: string | string[];
    readonly Resource: string;
  }[];
}

function actionsOf(name: string): string[] {
  const policy = JSON.parse(readFileSync(join(ROOT, 'docs/iam', name), 'utf8')) as Policy;
  expect(policy.Version).toBe('2012-10-17');
  return policy.Statement.flatMap(({ Effect, Action }) => (Effect === 'Allow' ? Action : []));
}

/** The calls that files make, as IAM names them. */
function callsOf(files: readonly string[]): string[] {
  const calls = files.flatMap((file) =>
    [...readFileSync(join(ROOT, 'src/run', file), 'utf8').matchAll(/new (\w+)Command\(/g)].map(
      (match) => match[1],
    ),
  );
  return calls.map((call) => (call === 'GetMetricData' ? `cloudwatch:${call}` : `kinesis:${call}`));
}

const filesOf = (folder: string): string[] =>
  readdirSync(join(ROOT, 'src/run', folder)).map((file) => `${folder}/${file}`);
const AWS = filesOf('aws');
const EVERYTHING = [...AWS, ...filesOf('read'), ...filesOf('reshard'), ...filesOf('observe')];

describe('the policies', () => {
  it('allow every call of runs and cleanup', () => {
    const allowed = new Set(readdirSync(join(ROOT, 'docs/iam')).flatMap(actionsOf));
    const called = callsOf([...EVERYTHING, 'send/sdk-transport.ts', 'send/stream-layout.ts']);
    expect(called.length).toBeGreaterThan(10);
    expect(called.filter((call) => !allowed.has(call))).toEqual([]);
  });

  it('allow nothing else, but the tags that CreateStream and RegisterStreamConsumer are given', () => {
    const called = new Set(callsOf([...EVERYTHING, 'send/sdk-transport.ts', 'send/stream-layout.ts']));
    const tags = ['kinesis:AddTagsToStream', 'kinesis:TagResource'];
    const extra = readdirSync(join(ROOT, 'docs/iam'))
      .flatMap(actionsOf)
      .filter((action) => !called.has(action) && !tags.includes(action));
    expect(extra).toEqual([]);
  });

  it.each([
    ['read.json', 'read', ['kinesis:GetShardIterator']],
    ['reshard.json', 'reshard', ['kinesis:ListShards']],
    ['sample.json', 'observe', ['kinesis:RegisterStreamConsumer', 'kinesis:DescribeStreamConsumer']],
  ])('%s is enough for what it is for, beside run.json', (name, folder, and) => {
    const allowed = new Set([...actionsOf(name), ...actionsOf('run.json')]);
    expect([...callsOf(filesOf(folder)), ...and].filter((call) => !allowed.has(call))).toEqual([]);
  });

  it.each([
    [
      'run.json',
      ['leftovers.ts', 'temporary-stream.ts', 'account-quota.ts', 'run-plan.ts'],
      ['kinesis:ListStreams'],
    ],
    [
      'create.json',
      ['leftovers.ts', 'run-plan.ts'],
      ['kinesis:ListStreams', 'kinesis:CreateStream', 'kinesis:DeleteStream'],
    ],
  ])('%s is enough for its command', (name, without, and) => {
    const files = AWS.filter((file) => !without.includes(file.slice('aws/'.length)));
    const needed = [...callsOf([...files, 'send/sdk-transport.ts', 'send/stream-layout.ts']), ...and];
    // Fan-out consumers are only looked for where a stream was there before.
    const optional = name === 'create.json' ? ['kinesis:ListStreamConsumers', 'kinesis:DescribeLimits'] : [];
    const allowed = new Set([...actionsOf(name), ...optional]);
    expect(needed.filter((call) => !allowed.has(call))).toEqual([]);
  });
});
