import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, explain } from '../../src/report/catalogue.ts';
import { NBSP } from '../../src/report/figure.ts';
import { type Evidence, type Finding, FINDING_CODES } from '../../src/results/report-document.ts';
import { hotKeyRun, hotShardRun, lateRun, underProvisionedRun } from './sample-documents.ts';

const findingOf = (run: { findings?: readonly Finding[] }): Finding => {
  const finding = run.findings?.[0];
  if (finding === undefined) throw new Error('the sample has no finding');
  return finding;
};
const words = (finding: Finding) =>
  Object.fromEntries(
    Object.entries(explain(finding)).map(([name, text]) => [name, (text as string).replaceAll(NBSP, ' ')]),
  );

describe('the catalogue', () => {
  it.each(FINDING_CODES)('%s has a page that opens with its code and answers the questions', (code) => {
    const { page } = CATALOGUE[code];
    expect(existsSync(page)).toBe(true);
    const text = readFileSync(page, 'utf8');
    expect(text.startsWith(`# ${code}: `)).toBe(true);
    for (const heading of [
      'What we saw',
      'Why it happens',
      'What it costs',
      'What to do',
      'How to check that it is fixed',
      'What it does not mean',
    ]) {
      expect(text).toContain(`\n## ${heading}\n`);
    }
  });

  it('a page names every field of its evidence', () => {
    for (const run of [hotKeyRun(), hotShardRun(), underProvisionedRun(), lateRun()]) {
      const finding = findingOf(run);
      const text = readFileSync(CATALOGUE[finding.code].page, 'utf8');
      for (const field of Object.keys(finding.evidence)) expect(text).toContain(`\`${field}\``);
    }
  });
});

describe('the words for a hot key', () => {
  const withEvidence = (change: Partial<Evidence['HOT_KEY']>): Finding => {
    const finding = findingOf(hotKeyRun());
    if (finding.code !== 'HOT_KEY') throw new Error('another finding');
    return { ...finding, evidence: { ...finding.evidence, ...change } };
  };

  it('name the key, its shard, the load and the limit', () => {
    const { headline, saw, split } = words(withEvidence({}));
    expect(headline).toBe(
      '"key-0" on shardId-000000000002 takes 1.42 × what one shard can carry. A split will not help.',
    );
    expect(saw).toContain('at least 1,420 records/s in its busiest 10 s. A shard takes 1,000 records/s.');
    expect(split).toMatch(/^No\./);
  });

  it('say how many salts would do, chosen or at random', () => {
    expect(words(withEvidence({})).todo).toMatch(/over 2 keys .* takes 8, which fits in 95 % of cases/);
    expect(words(withEvidence({ saltsRandom: null })).todo).toMatch(
      /over 2 keys .* random suffixes no number/,
    );
    expect(words(withEvidence({ saltsRandom: null, saltsChosen: null })).todo).toMatch(/add shards first/);
  });

  it('advise against random salts where it takes too many', () => {
    const said = words(withEvidence({ saltsRandom: 1234 })).todo;
    expect(said).toContain('Random suffixes are not practical on so few shards: it would take 1,234.');
    expect(said).not.toContain('95 %');
  });

  it('leave a way for on-demand streams that distribute by themselves', () => {
    expect(words(withEvidence({})).means).toContain(
      'on-demand mode, unless the stream distributes records by itself',
    );
  });

  it('do not round a load of bytes to the limit that it is above', () => {
    const mib = 1024 * 1024;
    const load = { dimension: 'bytes', perSec: 1.004 * mib, limitPerSec: mib, utilization: 1.004 } as const;
    expect(words(withEvidence(load)).saw).toContain(
      '1.004 MiB/s in its busiest 10 s. A shard takes 1 MiB/s.',
    );
  });
});

describe('the words for a hot shard', () => {
  const withEvidence = (change: Partial<Evidence['HOT_SHARD']>): Finding => {
    const finding = findingOf(hotShardRun());
    if (finding.code !== 'HOT_SHARD') throw new Error('another finding');
    return { ...finding, evidence: { ...finding.evidence, ...change } };
  };
  const noCut = {
    newStartingHashKey: null,
    lowerUtilization: null,
    upperUtilization: null,
    splitHelps: false,
  };

  it.each<[string, Partial<Evidence['HOT_SHARD']>, RegExp, RegExp]>([
    ['helps', {}, /^Yes\./, /NewStartingHashKey 2126/],
    ['helps in part', { upperUtilization: 1.2 }, /^In part\./, /NewStartingHashKey 2126/],
    ['does not help', noCut, /^No\./, /finer partition keys/],
  ])('say that a split %s', (_case, change, split, todo) => {
    const said = words(withEvidence(change));
    expect(said.split).toMatch(split);
    expect(said.todo).toMatch(todo);
  });
});

it('too few shards: headroom is promised for the mean, and only where there is any', () => {
  const finding = findingOf(underProvisionedRun());
  if (finding.code !== 'UNDER_PROVISIONED') throw new Error('another finding');
  expect(words(finding).todo).toContain(
    'that leaves 20 % headroom over the mean of the busiest 10 s. Peaks that are shorter need more.',
  );
  const none = words({ ...finding, evidence: { ...finding.evidence, headroom: 0 } }).todo;
  expect(none).toContain('It leaves no headroom');
  expect(none).not.toContain('%');
});

it('a late generator may be the fault of the peaks that the scenario asks for', () => {
  const { todo } = words(findingOf(lateRun()));
  expect(todo).toContain('peaks (bursts, stages) may ask for more than one sending thread can do');
  expect(todo).toContain('30,000 records/s');
});

it('more than doubling the shards is said to take several calls', () => {
  const finding = findingOf(underProvisionedRun());
  if (finding.code !== 'UNDER_PROVISIONED') throw new Error('another finding');
  expect(words(finding).todo).not.toMatch(/several/);
  expect(words({ ...finding, evidence: { ...finding.evidence, shardsNeeded: 5 } }).todo).toMatch(/several/);
});

describe('the words for what a new layout has made past', () => {
  it('offer no cut of a shard that is closed', () => {
    const finding = findingOf(hotShardRun());
    if (finding.code !== 'HOT_SHARD') throw new Error('another finding');
    const cut = {
      splitHelps: false,
      newStartingHashKey: null,
      lowerUtilization: null,
      upperUtilization: null,
    };
    const text = words({ ...finding, evidence: { ...finding.evidence, ...cut, isClosed: true } });
    expect(text['headline']).toMatch(/ until it was closed\.$/);
    expect(text['split']).toBe('Not any more. The shard was closed while the scenario ran.');
    expect(text['todo']).not.toContain('SplitShard');
  });

  it('say how many shards there are now, and ask for more only where that is too few', () => {
    const finding = findingOf(underProvisionedRun());
    if (finding.code !== 'UNDER_PROVISIONED') throw new Error('another finding');
    const now = { shards: 2, shardsNow: 8, shardsNeeded: 6, moreShards: 0 };
    const enough = words({ ...finding, evidence: { ...finding.evidence, ...now } });
    expect(enough['headline']).toMatch(/It needs 6\. There are 8 now\.$/);
    expect(enough['split']).toBe('No more are needed: the stream has 8 shards now.');
    expect(enough['todo']).toMatch(/^Nothing more: the stream had 2 shards in that window, and has 8 now\./);
    const few = { ...now, shardsNow: 4, moreShards: 2 };
    const more = words({ ...finding, evidence: { ...finding.evidence, ...few } });
    expect(more['split']).toContain('The stream needs 2 more');
    expect(more['todo']).toMatch(/^Go from 4 to 6 shards with UpdateShardCount/);
  });
});
