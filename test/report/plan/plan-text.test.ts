import { describe, expect, it } from 'vitest';
import { buildPlan } from '../../../src/advice/plan/plan.ts';
import { planInputOfFlags, type PlanOptions } from '../../../src/advice/plan/plan-input.ts';
import { columnsOf } from '../../../src/report/name.ts';
import { renderPlanText } from '../../../src/report/plan/plan-text.ts';
import type { Style } from '../../../src/report/render.ts';
import type { ReportDocument } from '../../../src/results/report-document.ts';
import type { PlanResult } from '../../../src/results/plan-result.ts';
import type { Keys } from '../../../src/traffic/scenario.ts';

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

const textOf = (plan: PlanResult, style: Style = PLAIN): string => renderPlanText(documentOf(plan), style);

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
    expect(textOf(NO_KEYS)).toMatch(/^4 shards\. write-bytes binds, and write-records asks for as many\.\n/);
  });

  it('shows every constraint with its count and its arithmetic', () => {
    expect(textOf(HOT_KEY)).toMatch(/^ {2}write-records +5 {2}3,500\/s ÷ \(1,000\/s × 80 %\) = 4\.38$/m);
    expect(textOf(HOT_KEY)).toMatch(/^ {2}hot-key +none {2}1,400\/s > 1,000\/s × 80 %: fits on no shard/m);
    expect(textOf(NO_KEYS).replace(/\s+/g, ' ')).toContain(
      'Not asked for: consumer-speed, catch-up, burst, hot-key, hot-shard.',
    );
  });

  it('says what the confidence means: streams, not moments', () => {
    expect(textOf(EQUAL_KEYS).replace(/\s+/g, ' ')).toContain(
      'The names of the keys decide it, once and for good: of 100 streams planned like this, at most 4 have a shard with less than the headroom.',
    );
  });

  it('leaves out what says no more than the next', () => {
    const hottest = {
      ...EQUAL_KEYS.hottestShard,
      utilization: 0.8,
      placement: 'random',
      shards: 27,
    } as const;
    const said = (p50: number, p95: number, p99: number): string =>
      textOf({ ...EQUAL_KEYS, hottestShard: { ...hottest, p50, p95, p99 } }).replace(/\s+/g, ' ');
    expect(said(0.5, 0.7, 0.9)).toContain(
      'carries at most 50 % of its limit in half of all cases, 70 % in 95 of 100, 90 % in 99 of 100.',
    );
    expect(said(0.5, 0.7, 0.7)).toContain(
      'at most 50 % of its limit in half of all cases, 70 % in 99 of 100.',
    );
    expect(said(0.7, 0.7, 0.7)).toContain('the hottest carries at most 70 % of its limit. The names');
  });

  it('says that a key would fit but for the headroom', () => {
    const text = textOf(planOf(970, 10, { keys: { kind: 'weights', names: ['a'], weights: [1] } }));
    expect(text.replace(/\s+/g, ' ')).toContain(
      'No number of shards fits: "a" alone takes 97 % of one shard, which leaves less than the headroom.',
    );
    expect(text).toContain('no key is left without the 1 that no shard can carry');
    expect(text).not.toContain('0 keys');
  });

  it('says how far above the quota the need is', () => {
    for (const keys of [undefined, { kind: 'uniform', count: 100_000_000, template } as const]) {
      const plan = planOf(25_000_000, 100, keys && { keys });
      expect(plan).toMatchObject({ shards: null, shardsSafe: null, feasible: false });
      expect(textOf(plan).replace(/\s+/g, ' ')).toMatch(
        keys
          ? /^No plan within the quota: at least 31,250 > 20,000 \(default in us-east-1\)\. write-records asks/
          : /^No plan within the quota: 31,250 > 20,000 .* What helps Ask AWS to raise the quota of shards in us-east-1 to 31,250,/,
      );
    }
    expect(planOf(16_000_000, 100)).toMatchObject({ shards: 20_000, feasible: true });
  });

  it('keeps a number and its unit on one line', () => {
    for (const plan of [EQUAL_KEYS, HOT_KEY, NO_KEYS])
      expect(textOf(plan)).not.toMatch(/^\s*(%|[KMG]?i?B\b)/m);
  });

  it('names the ways out where a key fits nowhere', () => {
    const text = textOf(HOT_KEY).replace(/\s+/g, ' ');
    expect(text).toContain('more shards do not help');
    expect(text).toMatch(/A suffix cuts the key into \d+ keys \(salts\)/);
    expect(text).toContain('record distribution strategy is AUTO');
    expect(text).toContain('Finer key');
  });

  it('says where not every larger count fits', () => {
    expect(textOf({ ...EQUAL_KEYS, shardsSafe: 52 }).replace(/\s+/g, ' ')).toContain(
      'From 52 shards on every count fits; between, not all do',
    );
    expect(textOf({ ...EQUAL_KEYS, shardsSafe: null })).toContain('Not every larger count fits');
    expect(textOf(EQUAL_KEYS)).not.toContain('every count fits');
  });

  it('prints the assumptions that matter, and with --details every one', () => {
    expect(textOf(EQUAL_KEYS)).toContain('3 more that hardly matter: --details.');
    const text = textOf(EQUAL_KEYS, { ...PLAIN, details: true }).replace(/\s+/g, ' ');
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
