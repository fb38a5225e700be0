/** What the commands say to streams in on-demand mode. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { documentSchema } from '../../src/report/document-schema.ts';
import { render } from '../../src/report/render.ts';
import { fileOf, shardwise as commandLine, type Outcome } from './outcome.ts';

const JUMP = `
stream: { mode: on-demand, onDemand: { within: 1m } }
duration: 4m
traffic: [{ rate: 150/s, keys: "uniform:100000", size: 40KiB }]
`;
const AUTO = JUMP.replace('on-demand,', 'on-demand, recordDistribution: auto,');

async function shardwise(scenario: string, command: string, ...args: string[]): Promise<Outcome> {
  const { out, err, exit } = await commandLine(command, fileOf(scenario, 's.yaml'), ...args);
  return { out: out.replaceAll(/\s+/g, ' '), err: err.replaceAll(/\s+/g, ' '), exit };
}

async function documentOf(scenario: string, ...args: string[]): Promise<ReportDocument> {
  return JSON.parse((await shardwise(scenario, 'simulate', ...args, '-f', 'json')).out) as ReportDocument;
}

describe('simulate', { timeout: 60_000 }, () => {
  it('says how the stream grew, how it fared meanwhile and what that rests on', async () => {
    const { out, exit } = await shardwise(JUMP, 'simulate');
    expect(exit).toBe(0);
    expect(out).toContain('Capacity on-demand, 4 shards at the start, 16 at the end, 12 splits');
    expect(out).toMatch(/CAPACITY MODE .*until open shards attempts throttled 60 s 4 8,9\d\d /);
    expect(out).toContain('published A shard written to above 500 KB/s is split evenly.');
    expect(out).toContain('as written The split comes within 1 minute.');
    expect(out).toContain('60 s split 4 shards 8 shards');
    expect(out).toMatch(/ shards [▁-█]+ peak 16/);
    expect(out).not.toContain('UpdateShardCount');
    expect(out).toContain('a warm throughput of');
  });

  it('shows no shard of a key under AUTO', async () => {
    const hot = AUTO.replace('"uniform:100000"', '"hot:40%:1:100000"');
    const { out } = await shardwise(hot, 'simulate');
    expect(out).toContain('record distribution AUTO: keys are ignored');
    expect(out).toMatch(/HEAVIEST KEYS .*? key share offered throttled key-/);
    expect(out).not.toContain('against the limit of a shard');
    expect(out).toContain('published AUTO ignores partition keys and explicit hash keys.');
  });

  it('writes a document that can be read and rendered again', async () => {
    for (const scenario of [JUMP, AUTO]) {
      const document = await documentOf(scenario);
      expect(documentSchema.parse(document)).toEqual(document);
      expect(document.series?.openShards?.length).toBe(document.series?.offered.length);
      expect(await render(document, 'text', { columns: 60, color: false })).toContain('CAPACITY MODE');
    }
  });

  it('plays on-demand record by record, and says why the other engine cannot', async () => {
    const { err, exit } = await shardwise(JUMP, 'simulate', '--engine', 'aggregate');
    expect(exit).toBe(2);
    expect(err).toContain('the aggregate engine cannot play this: it has no on-demand mode.');
    expect((await documentOf(JUMP)).engine?.name).toBe('exact');
  });

  it('sweeps the shards at the start, up to the most that the stream grows to', async () => {
    const document = await documentOf(JUMP.replace('4m', '20s'), '--sweep', 'shards=4..12:4');
    expect(document.sweep?.points.map(({ value, totals }) => [value, totals.throttled > 0])).toEqual([
      [4, true],
      [8, false],
      [12, false],
    ]);
    const text = await render(document, 'text');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('An on-demand stream: its shards at the start');
    const few = JUMP.replace('within: 1m', 'mostShards: 6');
    const { err, exit } = await shardwise(few, 'simulate', '--sweep', 'shards=4..8');
    expect(exit).toBe(2);
    expect(err).toContain('8 shards at the start are more than the stream grows to, 6.');
  });
});

it('the README shows what the published scenario prints', { timeout: 60_000 }, async () => {
  const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
  const [shown] = /^CAPACITY MODE[^`]*/m.exec(read('README.md')) ?? [''];
  const { out } = await shardwise(read('scenarios/on-demand-jump.yaml'), 'simulate');
  expect(shown).not.toBe('');
  expect(out).toContain(shown.replaceAll(/\s+/g, ' '));
});

describe('other commands', () => {
  it('run refuses AUTO', async () => {
    const { err, exit } = await shardwise(AUTO, 'run');
    expect(exit).toBe(2);
    expect(err).toContain('the service says of no throttled record which shard it was for');
    expect(err).toContain('Leave it out, or play the scenario with simulate.');
  });

  it('plan says whose matter the shards are', async () => {
    const { out, exit } = await shardwise(JUMP, 'plan');
    expect(exit).toBe(0);
    expect(out).toContain("The shards of an on-demand stream are the service's matter");
  });

  it('plan refuses AUTO, which ignores the keys that it would place', async () => {
    const { err, exit } = await shardwise(AUTO, 'plan');
    expect(exit).toBe(2);
    expect(err).toContain(
      'stream.recordDistribution: plan places keys on shards, and an auto stream ignores them.',
    );
  });
});
