import { describe, expect, it } from 'vitest';
import { buildPlan } from '../../src/advice/plan.ts';
import { planInputOfFlags, type PlanOptions } from '../../src/advice/plan-input.ts';
import { columnsOf } from '../../src/report/name.ts';
import { renderPlanText } from '../../src/report/plan-text.ts';
import type { PlanResult, ReportDocument } from '../../src/results/report-document.ts';
import type { Keys } from '../../src/traffic/scenario.ts';

const template = 'key-{n}';
const PLAIN = { columns: 80, color: false };

function documentOf(plan: PlanResult): ReportDocument {
  return {
    schemaVersion: 1,
    kind: 'plan',
    tool: { name: 'shardwise', version: '0.0.0-test' },
    startedAt: '2026-11-20T00:00:00.000Z',
    durationMs: 0,
    partial: false,
    plan,
  };
}

function planOf(recordsPerSec: number, dataBytes: number, options: PlanOptions = {}): PlanResult {
  return buildPlan(planInputOfFlags({ ...options, rate: { recordsPerSec }, dataBytes }));
}

const textOf = (plan: PlanResult, style = PLAIN): string => renderPlanText(documentOf(plan), style);

const EQUAL_KEYS = planOf(10_000, 100, { keys: { kind: 'uniform', count: 200, template } });
const HOT_KEY = planOf(3500, 400, { keys: { kind: 'hot', share: 0.4, keys: 1, of: 10_000, template } });
const NO_KEYS = planOf(3000, 900);
const NASTY: Keys = { kind: 'weights', names: ['evil\u001b[31m\nkey', 'b'], weights: [9, 1] };

describe('renderPlanText', () => {
  it('answers in the first line', () => {
    expect(textOf(EQUAL_KEYS)).toMatch(/^27 shards\. hot-shard binds: keys that fall on the same shard\.\n/);
    expect(textOf(HOT_KEY)).toMatch(
      /^No number of shards fits: one key alone is 1\.40 × what one shard takes\.\n/,
    );
    expect(textOf(NO_KEYS)).toMatch(/^4 shards\. write-bytes binds: the bytes written\.\n/);
  });

  it('shows every constraint with its count and its arithmetic', () => {
    expect(textOf(HOT_KEY)).toMatch(/^ {2}write-records +5 {2}3,500\/s ÷ \(1,000\/s × 80%\) = 4\.38$/m);
    expect(textOf(HOT_KEY)).toMatch(/^ {2}hot-key +none {2}1,400\/s > 1,000\/s × 80%: fits on no shard/m);
    expect(textOf(NO_KEYS)).toMatch(/^ {2}hot-shard +– {2}not evaluated: no keys are given$/m);
  });

  it('says what the confidence means: streams, not moments', () => {
    expect(textOf(EQUAL_KEYS).replace(/\s+/g, ' ')).toContain(
      'Where names fall is decided once, by their hash: of 100 streams planned like this at most 4 have a shard',
    );
  });

  it('names the ways out where a key fits nowhere', () => {
    const text = textOf(HOT_KEY).replace(/\s+/g, ' ');
    expect(text).toContain('more shards do not help');
    expect(text).toMatch(/cut it into \d+ keys by a suffix \(salting\)/);
    expect(text).toContain('record distribution strategy AUTO');
    expect(text).toContain('finer partition key');
  });

  it('says where not every larger count fits', () => {
    expect(textOf({ ...EQUAL_KEYS, shardsSafe: 52 }).replace(/\s+/g, ' ')).toContain(
      'From 52 shards on every count fits; between, not all do',
    );
    expect(textOf({ ...EQUAL_KEYS, shardsSafe: null })).toContain('Not every larger count fits');
    expect(textOf(EQUAL_KEYS)).not.toContain('every count fits');
  });

  it('prints every assumption', () => {
    const text = textOf(EQUAL_KEYS).replace(/\s+/g, ' ');
    for (const assumption of EQUAL_KEYS.assumptions) expect(text).toContain(assumption);
  });

  it.each([60, 80, 200])(
    'stays within 80 columns on a terminal of %i, without trailing spaces',
    (columns) => {
      for (const plan of [EQUAL_KEYS, HOT_KEY, NO_KEYS, planOf(3000, 900, { keys: NASTY })]) {
        const text = textOf(plan, { columns, color: false });
        expect(text.endsWith('\n')).toBe(true);
        for (const line of text.split('\n')) {
          expect(columnsOf(line)).toBeLessThanOrEqual(Math.min(80, columns));
          expect(line).toBe(line.trimEnd());
        }
      }
    },
  );

  it('escapes names that users chose, and colours nothing where colours are not wanted', () => {
    const text = textOf(planOf(3000, 900, { keys: NASTY }));
    expect(text).toContain('"evil\\u{1b}[31m\\nkey"');
    expect(text).not.toContain('\u001b');
    expect(textOf(HOT_KEY, { columns: 80, color: true })).toContain('\u001b[');
  });
});
