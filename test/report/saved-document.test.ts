import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/model/refusal.ts';
import { readDocument } from '../../src/report/saved-document.ts';
import { calmRun, hotKeyRun, SAMPLES } from './sample-documents.ts';

function refusalOf(text: string): Refusal {
  try {
    readDocument(text, 'run.json');
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a saved report', () => {
  it.each(Object.keys(SAMPLES))('is read as it was saved: %s', (name) => {
    expect(readDocument(JSON.stringify(SAMPLES[name]()), 'run.json')).toEqual(SAMPLES[name]());
  });

  it('keeps fields that a later version added', () => {
    expect(readDocument(JSON.stringify({ ...calmRun(), later: [1] }), 'run.json')).toHaveProperty(
      'later',
      [1],
    );
  });

  const run = calmRun();
  const refused: [string, string, RegExp][] = [
    ['an empty file', '', /^run\.json is not a Shardwise report: it is empty\.$/],
    [
      'a file cut short',
      JSON.stringify(run).slice(0, 99),
      /^run\.json is not a Shardwise report: it is not JSON\.$/,
    ],
    ['other JSON', '{"a":1}', /is not a Shardwise report: it has no schemaVersion\.$/],
    ['a bare number', '12', /is not a Shardwise report/],
    ['null', 'null', /is not a Shardwise report/],
    [
      'a later schema',
      JSON.stringify({ ...run, schemaVersion: 2 }),
      /has report schema version 2; .* reads 1\.$/,
    ],
    ['an unknown kind', JSON.stringify({ ...run, kind: 'dance' }), /^run\.json: kind: expected one of.*\.$/i],
    ['no kind', JSON.stringify({ ...run, kind: undefined }), /^run\.json: kind is missing\.$/],
    ['no totals', JSON.stringify({ ...run, totals: undefined }), /a run report without totals\.$/],
    ['a plan without a plan', JSON.stringify({ ...run, kind: 'plan' }), /a plan report without plan\.$/],
    [
      'a missing total',
      JSON.stringify({ ...run, totals: { ...run.totals, accepted: undefined } }),
      /^run\.json: totals\.accepted is missing\.$/,
    ],
    [
      'a wrong value deep inside',
      JSON.stringify({ ...run, shards: [run.shards[0], { ...run.shards[1], bytes: 'many' }] }),
      /^run\.json: shards\[1\]\.bytes: expected number, received string\.$/,
    ],
    [
      'a finding that this version does not know',
      JSON.stringify({ ...run, findings: [{ ...hotKeyRun().findings?.[0], code: 'COLD_FEET' }] }),
      /^run\.json: findings\[0\]\.code/,
    ],
  ];
  it('with more steps than a series has is refused, not drawn', () => {
    const steps = new Array<number>(200_000).fill(1);
    const series = { ...run.series, stepMs: 1000, offered: steps, shards: [] };
    expect(refusalOf(JSON.stringify({ ...run, series })).what).toBe(
      'run.json: series.offered: a series has at most 1440 steps.',
    );
  });

  it.each(refused)('%s is refused with exit code 2, what, where and what to do', (_name, text, what) => {
    const refusal = refusalOf(text);
    expect(refusal.exitCode).toBe(2);
    expect(refusal.what).toMatch(what);
    expect(refusal.fix).toMatch(/\.$/);
  });
});
