import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import { RECOMMEND_DEFAULTS } from '../../../src/advice/recommend/recommend-options.ts';
import { recommend } from '../../../src/advice/recommend/recommend.ts';
import { builtInPrices } from '../../../src/model/price-tables.ts';
import { recommendationSchema } from '../../../src/report/recommendation/recommendation-schema.ts';
import { renderRecommendationText } from '../../../src/report/recommendation/recommendation-text.ts';
import type { StreamEvidence } from '../../../src/results/evidence/stream-evidence.ts';
import type { RecommendationDocument } from '../../../src/results/recommendation-document.ts';
import { trailOf } from '../../../src/results/steps-to-apply.ts';
import { evidenceOf, steady } from '../../advice/recommend/evidence-of.ts';
import { sampleOf } from '../../advice/recommend/sample-of.ts';

function documentOf(evidence: StreamEvidence): RecommendationDocument {
  return {
    schemaVersion: 1,
    kind: 'recommendation',
    tool: { name: 'shardwise', version: '0.0.0' },
    startedAt: '2026-11-20T00:00:00.000Z',
    durationMs: 1,
    partial: false,
    target: {
      kind: 'aws',
      stream: evidence.stream.arn,
      region: evidence.region,
      endpoint: evidence.endpoint,
      transport: 'sdk',
      shards: evidence.stream.shards,
    },
    evidence: {
      fromMs: evidence.fromMs,
      toMs: evidence.toMs,
      steps: 1440,
      stepMs: 60_000,
      incompleteSteps: 0,
      shardsWithMetrics: evidence.stream.shards,
      shardsInWindow: evidence.stream.shards,
      missing: evidence.missing,
      asked: evidence.asked,
    },
    ...recommend(evidence, { ...RECOMMEND_DEFAULTS, prices: builtInPrices('us-east-1') }),
    findings: [],
  };
}

const textOf = (evidence: StreamEvidence, details = false): string =>
  renderRecommendationText(documentOf(evidence), { columns: 80, color: false, details });

/** On one line. */
const flat = (text: string): string => text.replace(/\s+/g, ' ');

describe('a recommendation', () => {
  const many = Array.from({ length: 120 }, (_, i) => (i % 3 === 0 ? 1400 : 90));
  const cases = [
    ['too few', evidenceOf(steady([300, 1000, 300, 300]))],
    ['right', evidenceOf(steady([500, 500]))],
    ['too many', evidenceOf(steady([100, 100, 500]))],
    ['many shards', evidenceOf(steady(many))],
    ['on demand', evidenceOf({ ...steady([900, 900]), mode: 'on-demand' })],
    ['nothing known', { ...evidenceOf(steady([1, 1])), metrics: null }],
  ] as const;

  it.each(cases)('is valid, can be applied and fits on a terminal: %s', (_, evidence) => {
    const document = documentOf(evidence);
    expect(recommendationSchema.parse(document)).toEqual(document);
    expect(trailOf(document, 'steps.json').length).toBe(document.steps.length);
    for (const details of [false, true]) {
      const lines = textOf(evidence, details).split('\n');
      const wide = lines.filter((line) => line.length > 80 && !line.includes('aws kinesis'));
      expect(wide).toEqual([]);
    }
    expect(textOf(evidence).split('\n').length).toBeLessThan(120);
  });

  it('says verdict and reasons first, then layouts side by side, steps, cost and commands', () => {
    const text = textOf(evidenceOf(steady([300, 1000, 300, 300])));
    expect(text.split('\n').slice(0, 5)).toEqual([
      'UNDER_PROVISIONED: one shard of 4 is too hot: shardId-000000000001 at 125 % of',
      'its limit, and 80 % is planned for; the stream as a whole has room (the mean of',
      'all shards is at 59 %).',
      'Do: 1 split (4 shards become 5, about 30 s): save with -o steps.json, then',
      'shardwise apply steps.json. Better first: see where to cut, by --sample --yes.',
    ]);
    expect(text).toContain('  25–50 %    000000000001    125 %  000000000004  63–125 %');
    expect(text).toContain('1 split: 4 shards become 5');
    expect(text).toContain('+$10.95');
    expect(text).toContain('UpdateShardCount: 7 equal shards (1 call)');
    expect(text).toContain(
      '  aws kinesis split-shard --stream-arn "$STREAM" \\\n    --shard-to-split shardId-000000000001 \\\n' +
        '    --new-starting-hash-key 127605887595351923798765477786913079296\n' +
        '  aws kinesis wait stream-exists --stream-arn "$STREAM"\n',
    );
  });

  it('holds the replay beside what was measured, and never lets nothing throttled stand alone', () => {
    const { shards, steps } = steady([1000, 800, 800, 800]);
    const made = {
      steps,
      shards: [{ ...shards[0], throttled: new Float64Array(1440).fill(300) }, ...shards.slice(1)],
    };
    const known = flat(textOf(evidenceOf(made)));
    expect(known).toContain('Measured: 25,920,000 of 319,680,000 attempts (8.1 %) in the whole window.');
    expect(known).toMatch(/measured 8\.1 %, replayed [\d.]+ % with the layout of now, 0 % after\./);
    const blind = flat(textOf(evidenceOf({ ...made, series: { shards: new Map() } })));
    expect(blind).toContain(
      'The replay does not reproduce what was measured: what each shard carries is not known',
    );
    expect(blind).toContain('which therefore promises little');
    expect(blind).toContain('unknown (at most 463 %) of its limit before');
    expect(blind).toContain('unknown (at most 463 %) after');
  });

  it('says of a key that is too much in its busier seconds only that no cut lowers it', () => {
    const sample = sampleOf({ a: [0.2, 0.2], tenant: [0.6, 0.5], b: [0.2, 0.8] });
    const text = flat(textOf(evidenceOf({ ...steady([1250, 100]), evidence: { sample } })));
    expect(text).toContain(
      '"tenant" on shardId-000000000000 is 75 % of a shard\'s limit by itself, 94 % with the burst factor: above the 80 % that ' +
        'is planned for, below the limit, so it need not throttle.',
    );
    expect(text).toMatch(
      /After the steps it is on shardId-\d+, at 94 %, which is this key alone\. No cut lowers it/,
    );
  });

  it('of a key with no room beside it is as recorded (UPDATE_GOLDEN=1 records it anew)', () => {
    const sample = sampleOf({ a: [0.12, 0.2], tenant: [0.76, 0.5], b: [0.12, 0.8] });
    const text = textOf(evidenceOf({ ...steady([980, 500]), evidence: { sample } }));
    const path = new URL('../../golden/recommendation-tight-key.txt', import.meta.url);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('prints every command with --details, and says how many there are without', () => {
    const evidence = evidenceOf(steady(many));
    const commands = (text: string): number =>
      text.split('-shards --stream-arn').length + text.split('-shard --stream-arn').length - 2;
    expect(commands(textOf(evidence, true))).toBe(documentOf(evidence).steps.length);
    expect(commands(textOf(evidence))).toBe(6);
    expect(textOf(evidence)).toMatch(/more steps: --details prints them/);
  });

  it('warns that templates and scalers would put the old number back', () => {
    const tags = {
      'aws:cloudformation:stack-name': 'orders-stack',
      'managed-by': 'Terraform',
      'kinesis-autoscaling': 'on',
    };
    const text = textOf(evidenceOf({ ...steady([300, 1000]), evidence: { tags } }));
    expect(text).toContain('By the tag aws:cloudformation:stack-name=orders-stack');
    expect(text).toContain('managed-by=Terraform');
    expect(text).toContain('kinesis-autoscaling=on');
    expect(textOf(evidenceOf({ ...steady([300, 1000]), evidence: { tags: { team: 'a' } } }))).not.toContain(
      'Warning',
    );
  });
});

it('the schema and the TypeScript type of a recommendation are the same', () => {
  type Declared = z.infer<typeof recommendationSchema>;
  expectTypeOf<Writable<Declared>>().toEqualTypeOf<Writable<RecommendationDocument>>();
});

type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;
