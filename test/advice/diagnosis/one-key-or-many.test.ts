import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/advice/diagnosis/diagnose.ts';
import type { DiagnosisFindingOf } from '../../../src/results/diagnosis-finding.ts';
import type { StreamEvidence } from '../../../src/results/evidence/stream-evidence.ts';
import { isLookedFor } from '../../../src/results/diagnosis-needs.ts';
import { documentOf } from '../../report/diagnosis/sample-diagnoses.ts';
import { renderDiagnosisText } from '../../../src/report/diagnosis/diagnosis-text.ts';
import {
  evidenceOf,
  idOf,
  MINUTE_MS,
  sampleOf,
  shardSample,
  START_MS,
  steady,
  withoutShardMetrics,
  type PlantedKey,
} from './streams.ts';

const ACME: readonly PlantedKey[] = [{ key: 'acme', at: 0.5, part: 0.91 }];

/** Shard 1 of 4 is offered so much from minute 20 on. */
function busy(perSec: number): StreamEvidence {
  const quiet = { minutes: steady(100) };
  return evidenceOf([quiet, { minutes: [...steady(300, 20), ...steady(perSec, 40)] }, quiet, quiet]);
}

function sampled(evidence: StreamEvidence, keys: readonly PlantedKey[], minute = 50): StreamEvidence {
  const fromMs = START_MS + minute * MINUTE_MS;
  const sample = sampleOf(evidence, [shardSample(evidence, idOf(1), keys)], {
    fromMs,
    toMs: fromMs + 30_000,
  });
  return { ...evidence, sample };
}

function hotShard(evidence: StreamEvidence): DiagnosisFindingOf<'HOT_SHARD'> {
  const found = diagnose(evidence).findings.find((finding) => finding.code === 'HOT_SHARD');
  if (found?.code !== 'HOT_SHARD') throw new Error('no hot shard');
  return found;
}

const textOf = (evidence: StreamEvidence): string =>
  renderDiagnosisText(documentOf(evidence), { color: false, columns: 80 }).replaceAll(/[\s\u00a0]+/g, ' ');

describe('a shard on which one key may be all of it', () => {
  // 0.91 of 1,000 accepted to 0.91 of 1,060 with what was throttled: 3 tries do not make it certain.
  const evidence = sampled(busy(1170), ACME);

  it('is not to be split: no cut is named, and whether one helps is unknown', () => {
    expect(hotShard(evidence)).toMatchObject({
      splitHelps: 'unknown',
      confidence: 'low',
      evidence: { keys: 'one', newStartingHashKey: null, cutFrom: null },
    });
    const text = textOf(evidence);
    expect(text).toMatch(/A hot shard, or the one key "acme" on it: do not split yet\. \(low confidence\)/);
    expect(text).not.toContain('split-shard');
  });

  it('leaves HOT_KEY open for a gate, which settled keys do not', () => {
    expect(isLookedFor('HOT_KEY', documentOf(evidence))).toBe(false);
    const warm = sampled(busy(1170), [
      { key: 'a', at: 0.2, part: 0.4 },
      { key: 'b', at: 0.7, part: 0.4 },
    ]);
    expect(hotShard(warm)).toMatchObject({
      confidence: 'high',
      splitHelps: 'yes',
      evidence: { keys: 'fit' },
    });
    expect(isLookedFor('HOT_KEY', documentOf(warm))).toBe(true);
  });

  it('is cut where what is beside the key is too much as well', () => {
    // What is beside the key is up to 0.7 of 6,000/s: too much for a shard without it as well.
    const crowded = sampled(busy(6000), [{ key: 'acme', at: 0.5, part: 0.3 }]);
    expect(hotShard(crowded).evidence).toMatchObject({ keys: 'undecided', cutFrom: 'keys' });
  });

  it('is told as one key or several where nobody saw any', () => {
    const text = textOf(busy(1170));
    expect(hotShard(busy(1170))).toMatchObject({ confidence: 'medium', evidence: { keys: 'unseen' } });
    expect(text).toContain('It may be one key, which no split helps');
    expect(text).not.toContain('Its keys would each fit');
    expect(isLookedFor('HOT_KEY', documentOf(busy(1170)))).toBe(false);
  });
});

describe('records of another time', () => {
  const halves: readonly PlantedKey[] = [
    { key: 'a', at: 0.25, part: 0.5 },
    { key: 'b', at: 0.75, part: 0.5 },
  ];

  it('from before the throttling or after it do not say where to cut', () => {
    for (const evidence of [sampled(busy(1400), halves, 5)]) {
      expect(hotShard(evidence).evidence).toMatchObject({
        ...{ sampleTime: 'outside', keys: 'unseen', cutFrom: 'midpoint', sampledRecords: 0 },
      });
      expect(textOf(evidence)).toContain('are of other times than this one');
    }
    const over = evidenceOf([
      { minutes: steady(100) },
      { minutes: [...steady(100, 5), ...steady(1400, 20), ...steady(100, 35)] },
    ]);
    expect(hotShard(sampled(over, halves, 50)).evidence.sampleTime).toBe('outside');
  });

  it('that is not known are used with less confidence, and it is said', () => {
    const timeless = sampled(busy(1400), halves);
    const slices = (timeless.sample?.slices ?? []).map((slice) => ({ ...slice, fromMs: 0, toMs: 0 }));
    const sample = timeless.sample === null ? null : { ...timeless.sample, slices };
    const finding = hotShard({ ...timeless, sample });
    expect(finding).toMatchObject({
      confidence: 'medium',
      evidence: { sampleTime: 'unknown', cutFrom: 'keys' },
    });
    expect(textOf({ ...timeless, sample })).toContain('is taken for granted');
  });
});

describe('without metrics of shards', () => {
  const off = withoutShardMetrics(busy(1400));

  it('a shard is judged by its worse sample, not by the one from before', () => {
    const before = shardSample(off, idOf(1), [], 9_000, { fromMs: START_MS, toMs: START_MS + 30_000 });
    const during = shardSample(off, idOf(1), [{ key: 'a', at: 0.2, part: 0.4 }], 30_000, {
      ...{ fromMs: START_MS + 40 * MINUTE_MS, toMs: START_MS + 40 * MINUTE_MS + 30_000 },
    });
    const evidence = { ...off, sample: sampleOf(off, [before, during]) };
    expect(hotShard(evidence)).toMatchObject({ shardId: idOf(1), evidence: { source: 'sample' } });
    // 400/s more than a shard takes, in 40 minutes.
    expect(hotShard(evidence).evidence.throttled).toBe(400 * 60 * 40);
    expect(textOf(evidence)).toContain('The stream throttled 960,000 attempts');
  });

  it('reading records is not advised to who has just read some; why they did not tell is', () => {
    const calm = sampleOf(off, [shardSample(off, idOf(2), [], 6_000)]);
    const text = textOf({ ...off, sample: calm });
    expect(text).toContain(
      'nor do the records that were read: 1 of 4 shards for 30 s or more, none of them at its limit',
    );
    expect(text).not.toContain('--sample --yes');
    expect(text).toContain('--sample-now 30s');
    expect(textOf(off)).toContain('--sample --yes');
    expect(isLookedFor('HOT_KEY', documentOf({ ...off, sample: calm }))).toBe(false);
  });

  it('a shard that a log names stays named when records are given besides', () => {
    const shards = [{ shardId: idOf(1), records: 90, firstMs: START_MS, lastMs: START_MS + 5 }];
    const log = { file: 'app.log', lines: 1000, matches: 90, shards, otherStreams: 0 };
    const sample = sampleOf(off, [shardSample(off, idOf(1), [], 3_000)]);
    const finding = hotShard({ ...off, log, sample });
    expect(finding).toMatchObject({ shardId: idOf(1), confidence: 'low', evidence: { source: 'log' } });
    expect(textOf({ ...off, log })).toContain('if it is one alone, none helps');
  });
});
