import { describe, expect, it } from 'vitest';
import { parseConsumersShort } from '../../src/traffic/short-form.ts';
import { keysOfShort } from '../../src/traffic/short-keys.ts';
import { refusalOf } from './refusal-of.ts';

describe('keys in short form', () => {
  const template = 'key-{n}';

  it.each([
    ['uniform:100000', { kind: 'uniform', count: 100_000, template }],
    ['zipf:1.1:100000', { kind: 'zipf', exponent: 1.1, count: 100_000, template }],
    ['zipf:0:10', { kind: 'zipf', exponent: 0, count: 10, template }],
    ['hot:40%:1:10000', { kind: 'hot', share: 0.4, keys: 1, of: 10_000, template }],
    ['hot:100%:5:5', { kind: 'hot', share: 1, keys: 5, of: 5, template }],
  ])('%s is %j', (text, keys) => {
    expect(keysOfShort(text)).toEqual(keys);
  });

  it.each([
    ['', '--keys: "" is no kind of keys.', 'Write for example uniform:100000'],
    ['constructor:1', '--keys: "constructor:1" is no kind of keys.', 'Write for example uniform:100000'],
    [
      'files:counts.csv',
      '--keys: "files:counts.csv" is no kind of keys.',
      'Write for example uniform:100000',
    ],
    [
      'uniform',
      '--keys: "uniform" does not have the form uniform:count.',
      'Write for example uniform:100000',
    ],
    [
      'zipf:1.1',
      '--keys: "zipf:1.1" does not have the form zipf:exponent:count.',
      'Write for example uniform:100000',
    ],
    [
      'uniform:0',
      '--keys "uniform:0", count: 0 is no number of keys.',
      'Write a whole number from 1 to 1000000000.',
    ],
    [
      'uniform:1.5',
      '--keys "uniform:1.5", count: 1.5 is no number of keys.',
      'Write a whole number from 1 to',
    ],
    ['zipf:-1:10', '--keys "zipf:-1:10", exponent: -1 is no exponent.', 'Write a number from 0 to 10'],
    ['hot:0.4:1:10', '--keys "hot:0.4:1:10", share: 0.4 is no percentage', 'Write for example 40%.'],
    ['hot:40%:20:10', '--keys "hot:40%:20:10": 20 hot keys are more than the 10 in all.', 'Write at most'],
    ['hot:40%:10:10', '--keys "hot:40%:10:10": there is no other key', 'Write more keys in all.'],
  ])('%j is refused in two sentences', (text, what, fix) => {
    const refusal = refusalOf(() => keysOfShort(text));
    expect(refusal.exitCode).toBe(2);
    expect(refusal.what).toContain(what);
    expect(refusal.fix).toContain(fix);
  });
});

describe('consumers in short form', () => {
  it('are one entry each', () => {
    const polling = { kind: 'polling' };
    expect(parseConsumersShort('polling:2,efo:1')).toEqual([polling, polling, { kind: 'efo' }]);
    expect(parseConsumersShort('efo:0')).toEqual([]);
  });

  it('are presets by their names, and by the way they read where they know two', () => {
    expect(parseConsumersShort('kcl:1,lambda:1,firehose-backup:1,flink-efo:1')).toEqual([
      { kind: 'efo', preset: 'kcl' },
      { kind: 'polling', preset: 'lambda' },
      { kind: 'polling', preset: 'firehose', backup: true },
      { kind: 'efo', preset: 'flink' },
    ]);
  });

  it.each([
    '',
    'polling',
    'lambdas:1',
    'firehose-efo:1',
    'polling:x',
    'polling:1,',
    'polling:-1',
    'efo:101',
    'efo:99999999',
  ])('%j is refused in two sentences', (text) => {
    const refusal = refusalOf(() => parseConsumersShort(text));
    expect(refusal.what).toMatch(/^--consumers: .+\.$/);
    expect(refusal.fix).toBe(
      'Write for example polling:2,efo:1,lambda:1 (known kinds: polling, efo, kcl, kcl-polling, lambda, lambda-efo, firehose, firehose-backup, flink, flink-efo).',
    );
  });
});
