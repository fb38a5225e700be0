/** A recommendation as `recommend` writes it, from a layout to another that a test has chosen. */
import { freshStream, pathTo } from '../../../src/advice/layout/layout-steps.ts';
import { RECOMMEND_DEFAULTS } from '../../../src/advice/recommend/recommend-options.ts';
import { recommend } from '../../../src/advice/recommend/recommend.ts';
import { formatHashKey, MAX_HASH_KEY } from '../../../src/model/hash-key.ts';
import { layoutFingerprint } from '../../../src/model/layout-fingerprint.ts';
import { shardIdOf } from '../../../src/model/shard-map.ts';
import type { LayoutRange, RecommendationDocument } from '../../../src/results/recommendation-document.ts';
import { evidenceOf, steady } from '../../advice/recommend/evidence-of.ts';

export interface WantedSteps {
  /** Of a stream on a local endpoint. */
  readonly name: string;
  readonly endpoint: string;
  /** Lowest hash keys of the open shards, ascending from 0. */
  readonly before: readonly bigint[];
  readonly after: readonly bigint[];
}

export function recommended({ name, endpoint, before, after }: WantedSteps): RecommendationDocument {
  const evidence = evidenceOf(steady([500, 500]));
  const path = pathTo(freshStream(before), after);
  const startsOf = (starts: readonly bigint[]): string =>
    layoutFingerprint(starts.map((start) => ({ start, end: start })));
  return {
    schemaVersion: 1,
    kind: 'recommendation',
    tool: { name: 'shardwise', version: '0.0.0' },
    startedAt: '2026-11-20T00:00:00.000Z',
    durationMs: 1,
    partial: false,
    target: {
      kind: 'local',
      stream: `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`,
      region: 'us-east-1',
      endpoint,
      transport: 'sdk',
      shards: before.length,
    },
    evidence: {
      ...{ fromMs: evidence.fromMs, toMs: evidence.toMs, steps: 1440, stepMs: 60_000, incompleteSteps: 0 },
      ...{ shardsWithMetrics: before.length, shardsInWindow: before.length, missing: [], asked: evidence.asked },
    },
    ...recommend(evidence, { ...RECOMMEND_DEFAULTS, prices: undefined }),
    fingerprint: startsOf(before),
    targetFingerprint: startsOf(after),
    layout: rangesOf(before),
    targetLayout: rangesOf(after),
    steps: path.steps,
    peakShards: path.peakShards,
    findings: [],
  };
}

function rangesOf(starts: readonly bigint[]): LayoutRange[] {
  return starts.map((start, i) => ({
    shardId: shardIdOf(i),
    startingHashKey: formatHashKey(start),
    endingHashKey: formatHashKey((starts.at(i + 1) ?? MAX_HASH_KEY + 1n) - 1n),
    utilization: null,
  }));
}
