import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/advice/diagnosis/diagnose.ts';
import { HASH_SPACE, parseHashKey } from '../../../src/model/hash-key.ts';
import type { DiagnosisCode, DiagnosisFindingOf } from '../../../src/results/diagnosis-finding.ts';
import type { StreamEvidence } from '../../../src/results/evidence/stream-evidence.ts';
import {
  evidenceOf,
  idOf,
  MINUTE_MS,
  sampleOf,
  shardSample,
  START_MS,
  steady,
  withoutShardMetrics,
  type Minute,
  type PlantedKey,
} from './streams.ts';

export function found<C extends DiagnosisCode>(evidence: StreamEvidence, code: C): DiagnosisFindingOf<C>[] {
  return diagnose(evidence).findings.filter((finding): finding is never => finding.code === code);
}
const codes = (evidence: StreamEvidence): string[] => diagnose(evidence).findings.map(({ code }) => code);

/** Four shards, of which number 1 is offered so much from minute 20 on, by these keys. */
function oneBusy(perSec: number, keys: readonly PlantedKey[], quiet = 300): StreamEvidence {
  const base = evidenceOf([
    { minutes: steady(300) },
    { minutes: [...steady(quiet, 20), ...steady(perSec, 40)] },
    { minutes: steady(300) },
    { minutes: steady(300) },
  ]);
  return keys.length === 0 ? base : { ...base, sample: sampleOf(base, [shardSample(base, idOf(1), keys)]) };
}

describe('a key that is too much by itself', () => {
  it('at three times the limit is a hot key, although the sample shows less than the limit of it', () => {
    const [finding] = found(oneBusy(3250, [{ key: 'tenant-7', at: 0.5, part: 3000 / 3250 }]), 'HOT_KEY');
    expect(finding).toMatchObject({
      key: 'tenant-7',
      shardId: idOf(1),
      splitHelps: 'no',
      confidence: 'medium',
    });
    // Accepted: 0.923 of 1,000; at most 0.923 of 1,000 + 2,250; sampling error 3.0 sqrt(0.923 x 0.077 / 30,000) = 0.0046.
    const { load, likelyPerSec, basis } = finding.evidence;
    expect(basis).toBe('attempts');
    expect(load.perSec.lower).toBeCloseTo(918.5, 0);
    expect(load.perSec.upper).toBeCloseTo(3015, 0);
    // q = 2250 / 3250: 918.5 / (1 - q^3).
    expect(likelyPerSec).toBeCloseTo(918.5 / (1 - (2250 / 3250) ** 3), -1);
    expect(finding.sinceMs).toBe(START_MS + 20 * MINUTE_MS);
    expect(finding.untilMs).toBe(START_MS + 59 * MINUTE_MS);
  });

  it('that alone fills a shard which throttles is one for certain', () => {
    const [finding] = found(oneBusy(2000, [{ key: 'k', at: 0.5, part: 0.99 }]), 'HOT_KEY');
    expect(finding).toMatchObject({ confidence: 'high', evidence: { basis: 'fills-shard' } });
  });

  it('explains its shard: that is not called hot besides', () => {
    expect(codes(oneBusy(3250, [{ key: 'tenant-7', at: 0.5, part: 3000 / 3250 }]))).toEqual(['HOT_KEY']);
  });

  it('is not found in two warm keys: their shard is hot, and the cut goes between them', () => {
    const evidence = oneBusy(1400, [
      { key: 'a', at: 0.25, part: 0.5 },
      { key: 'b', at: 0.75, part: 0.5 },
    ]);
    expect(codes(evidence)).toEqual(['HOT_SHARD']);
    const [{ evidence: hot, splitHelps }] = found(evidence, 'HOT_SHARD');
    expect(splitHelps).toBe('yes');
    expect(hot).toMatchObject({ cutFrom: 'keys', undecidedKeys: [] });
    expect(hot.lowerPart).toBeCloseTo(0.5, 2);
    const cut = Number(parseHashKey(hot.newStartingHashKey ?? '') ?? 0n) / Number(HASH_SPACE);
    expect(cut).toBeGreaterThan(0.25 + 0.25 * 0.25);
    expect(cut).toBeLessThan(0.25 + 0.75 * 0.25);
  });

  it('stays undecided where the two ends disagree, and the shard says so', () => {
    // In 1,000 and 1,500 throttled: a key of 0.45 is 450/s to 1,125/s; with three tries 1.28 x 450 = 574/s.
    const evidence = oneBusy(2500, [
      { key: 'a', at: 0.25, part: 0.45 },
      { key: 'b', at: 0.75, part: 0.2 },
    ]);
    expect(found(evidence, 'HOT_KEY')).toEqual([]);
    const [{ evidence: hot }] = found(evidence, 'HOT_SHARD');
    expect(hot.undecidedKeys.map(({ key }) => key)).toEqual(['a']);
  });

  it('is judged by the sample from before the onset where that shows more of it, and not where the key came after', () => {
    const base = oneBusy(3250, []);
    const before = { fromMs: START_MS, toMs: START_MS + 30_000 };
    const during = { fromMs: START_MS + 30 * MINUTE_MS, toMs: START_MS + 30 * MINUTE_MS + 30_000 };
    const shareOf = (then: number, now: number): { lower: number; upper: number } => {
      const small = shardSample(base, idOf(1), [{ key: 'k', at: 0.5, part: then }], 1000, before);
      const large = shardSample(base, idOf(1), [{ key: 'k', at: 0.5, part: now }], 30_000, during);
      return diagnose({ ...base, sample: sampleOf(base, [small, large]) }).keys[0].share;
    };
    expect(shareOf(0.8, 0.6)).toMatchObject({
      lower: expect.closeTo(0.76, 1) as number,
      upper: expect.closeTo(0.84, 1) as number,
    });
    expect(shareOf(0.4, 0.9)).toMatchObject({
      lower: expect.closeTo(0.9, 1) as number,
      upper: expect.closeTo(0.9, 1) as number,
    });
  });

  it('is never found while every upper end fits, nor on a stream that ignores keys', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3000 }),
        fc.array(fc.double({ min: 0.01, max: 0.3, noNaN: true }), { maxLength: 3 }),
        (perSec, parts) => {
          const keys = parts.map((part, i) => ({ key: `k${i}`, at: (i + 1) / 5, part }));
          const evidence = oneBusy(perSec, keys);
          const { findings, keys: rows } = diagnose(evidence);
          const fit = rows.every(({ utilization }) => (utilization?.upper ?? 0) <= 1);
          if (fit) expect(findings.map(({ code }) => code)).not.toContain('HOT_KEY');
        },
      ),
      { numRuns: 50 },
    );
    const auto = oneBusy(3250, [{ key: 'k', at: 0.5, part: 0.99 }]);
    const ignoring = { ...auto, stream: { ...auto.stream, ignoresKeys: true } };
    expect(codes(ignoring)).toEqual(['HOT_SHARD', 'KEYS_IGNORED']);
  });
});

describe('a hot shard', () => {
  it('without keys is cut in the middle, and whether that helps is not known', () => {
    const [finding] = found(oneBusy(1500, []), 'HOT_SHARD');
    expect(finding).toMatchObject({
      splitHelps: 'unknown',
      evidence: { cutFrom: 'midpoint', lowerPart: null },
    });
    expect(finding.evidence.load?.utilization).toEqual({ lower: 1, upper: 1.5 });
    // Shard 1 of 4 is [0.25, 0.5) of the hash space.
    expect(finding.evidence.newStartingHashKey).toBe(String((HASH_SPACE * 3n) / 8n));
  });

  it('that was above for two minutes only is a warning, and says that it was brief', () => {
    const brief: Minute[] = [...steady(300, 20), ...steady(1500, 2), ...steady(300, 38)];
    const [finding] = found(
      evidenceOf([{ minutes: steady(300) }, { minutes: brief }, { minutes: steady(100) }]),
      'HOT_SHARD',
    );
    expect(finding).toMatchObject({ severity: 'warning', evidence: { isBrief: true } });
  });

  it('has its beginning from its parent, if that was above before', () => {
    const opened = START_MS + 30 * MINUTE_MS;
    const range = { start: 0n, end: HASH_SPACE / 2n - 1n };
    const half = HASH_SPACE / 4n;
    const nothing = Array.from({ length: 30 }, () => ({ offered: 0 }));
    const evidence = evidenceOf([
      { range, open: false, minutes: [...steady(300, 10), ...steady(2000, 20)] },
      {
        range: { start: 0n, end: half - 1n },
        parents: [idOf(0)],
        openedBeforeMs: opened,
        minutes: [...nothing, ...steady(1800, 30)],
      },
      {
        range: { start: half, end: range.end },
        parents: [idOf(0)],
        openedBeforeMs: opened,
        minutes: [...nothing, ...steady(200, 30)],
      },
      { range: { start: range.end + 1n, end: HASH_SPACE - 1n }, minutes: steady(200) },
    ]);
    const [finding] = found(evidence, 'HOT_SHARD');
    expect(finding).toMatchObject({ shardId: idOf(1), sinceMs: START_MS + 10 * MINUTE_MS });
  });

  it('cannot be split by hand where the stream is on-demand', () => {
    const evidence = oneBusy(1500, [{ key: 'a', at: 0.2, part: 0.4 }]);
    const [finding] = found({ ...evidence, stream: { ...evidence.stream, mode: 'on-demand' } }, 'HOT_SHARD');
    expect(finding).toMatchObject({ splitHelps: 'no', evidence: { newStartingHashKey: null } });
  });

  it('is named by a log where there are no metrics of it', () => {
    const evidence = withoutShardMetrics(oneBusy(1500, []));
    const shards = [{ shardId: idOf(1), records: 90, firstMs: START_MS, lastMs: START_MS + 5 }];
    const log = { file: 'app.log', lines: 1000, matches: 90, shards, otherStreams: 0 };
    const [finding] = found({ ...evidence, log }, 'HOT_SHARD');
    expect(finding).toMatchObject({
      shardId: idOf(1),
      confidence: 'low',
      evidence: { source: 'log', load: null },
    });
  });

  it('shows in the records read from it where it has no metrics', () => {
    const evidence = withoutShardMetrics(oneBusy(1500, []));
    const sample = sampleOf(evidence, [
      shardSample(evidence, idOf(1), [{ key: 'a', at: 0.5, part: 0.4 }], 30_000),
    ]);
    const [finding] = found({ ...evidence, sample }, 'HOT_SHARD');
    expect(finding).toMatchObject({ shardId: idOf(1), evidence: { source: 'sample' } });
  });

  it('and everything else is the same in whatever order the shards come', () => {
    const evidence = oneBusy(1500, [{ key: 'a', at: 0.2, part: 0.4 }]);
    const turned = { ...evidence, shards: evidence.shards.toReversed() };
    expect(diagnose(turned)).toEqual(diagnose(evidence));
  });
});

describe('too few shards', () => {
  it('are found where all are full, and no shard is called hot then', () => {
    const evidence = evidenceOf([{ minutes: steady(1500) }, { minutes: steady(1400) }]);
    expect(codes(evidence)).toEqual(['UNDER_PROVISIONED']);
    const [finding] = found(evidence, 'UNDER_PROVISIONED');
    // 2,000 accepted to 2,900 with what was throttled, over 800 each.
    expect(finding.evidence).toMatchObject({ shards: 2, shardsNeeded: { lower: 3, upper: 4 } });
  });

  it('are not found where one shard alone is hot', () => {
    expect(codes(oneBusy(3000, []))).toEqual(['HOT_SHARD']);
  });
});

describe('a burst', () => {
  const bursting = evidenceOf([
    { minutes: steady(300) },
    { minutes: Array.from({ length: 60 }, () => ({ offered: 500, burst: 20 })) },
  ]);

  it('throttles while the mean of the minute fits', () => {
    expect(codes(bursting)).toEqual(['HIDDEN_BURST']);
    expect(found(bursting, 'HIDDEN_BURST')[0]).toMatchObject({ shardId: idOf(1), confidence: 'medium' });
  });

  it('is seen in sampled seconds, where one drains the bucket', () => {
    const perSecond = [400, 2000, 400].map((records, i) => ({
      atMs: START_MS + i * 1000,
      records,
      bytes: records * 200,
    }));
    const sample = sampleOf(bursting, [shardSample(bursting, idOf(1), [], 30_000, { perSecond })]);
    const [finding] = found({ ...bursting, sample }, 'HIDDEN_BURST');
    expect(finding).toMatchObject({ confidence: 'high', evidence: { deficit: 1, peakSecond: 2000 } });
  });

  it('is not found in a steady overload, nor in the minute in which one begins', () => {
    const begins: Minute[] = [...steady(300, 20), { offered: 700, burst: 200 }, ...steady(1500, 39)];
    expect(
      codes(evidenceOf([{ minutes: steady(300) }, { minutes: begins }, { minutes: steady(300) }])),
    ).toEqual(['HOT_SHARD']);
  });
});

describe('uneven ranges', () => {
  const half = HASH_SPACE / 2n;
  const planted = (wide: number, a: number, b: number): StreamEvidence =>
    evidenceOf([
      { range: { start: 0n, end: half - 1n }, minutes: steady(wide) },
      { range: { start: half, end: half + half / 2n - 1n }, minutes: steady(a) },
      { range: { start: half + half / 2n, end: HASH_SPACE - 1n }, minutes: steady(b) },
    ]);

  it('are found where the load follows the width', () => {
    const [finding] = found(planted(800, 400, 400), 'UNEVEN_RANGES');
    expect(finding).toMatchObject({ shardId: idOf(0), splitHelps: 'yes' });
    expect(finding.evidence.newStartingHashKey).toBe(String(half / 2n));
  });

  it('are not found where the wide shard has no more than the others, or keys make the difference', () => {
    expect(codes(planted(400, 400, 400))).not.toContain('UNEVEN_RANGES');
    expect(codes(planted(800, 100, 20))).not.toContain('UNEVEN_RANGES');
  });
});

describe('too many shards', () => {
  const four = (perSec: number): StreamEvidence =>
    evidenceOf(Array.from({ length: 4 }, () => ({ minutes: steady(perSec) })));

  it('are found where the whole window would have fitted on half of them', () => {
    const [finding] = found(four(100), 'OVER_PROVISIONED');
    expect(finding).toMatchObject({ confidence: 'low', evidence: { shards: 4, shardsEnough: 1 } });
  });

  it('are not found where anything throttled, or where a shard has just been split', () => {
    const once = evidenceOf([
      { minutes: [{ offered: 10, burst: 1 }, ...steady(10, 59)] },
      { minutes: steady(10) },
      { minutes: steady(10) },
    ]);
    expect(codes(once)).not.toContain('OVER_PROVISIONED');
    const young = evidenceOf(
      [10, 10, 10].map((perSec) => ({ minutes: steady(perSec), openedBeforeMs: START_MS + MINUTE_MS })),
    );
    expect(codes(young)).toEqual([]);
    expect(codes(four(500))).toEqual([]);
  });
});

describe('a retry storm', () => {
  const rising: Minute[] = Array.from({ length: 30 }, (_, i) => ({
    offered: 1000,
    attempts: 1500 + 150 * i,
  }));

  it('is flat load, then attempts that rise by themselves, then the old load again', () => {
    const storm = [...steady(800, 20), ...rising, ...steady(800, 10)];
    const evidence = evidenceOf([{ minutes: steady(300) }, { minutes: storm }, { minutes: steady(300) }]);
    const [finding] = found(evidence, 'RETRY_STORM');
    expect(finding).toMatchObject({
      shardId: idOf(1),
      confidence: 'medium',
      evidence: { fellBack: true, before: 800 },
    });
    const going = evidenceOf([
      { minutes: steady(300, 50) },
      { minutes: [...steady(800, 20), ...rising] },
      { minutes: steady(300, 50) },
    ]);
    expect(found(going, 'RETRY_STORM')).toMatchObject([{ confidence: 'low', evidence: { fellBack: null } }]);
  });

  it('is not a load that grows: on all shards, seen before the throttling, or at once and for good', () => {
    const growing = Array.from({ length: 60 }, (_, i) => ({ offered: 600 + 60 * i }));
    const stepUp = [...steady(800, 20), ...steady(3000, 40)];
    const quiet = { minutes: steady(300) };
    for (const minutes of [growing, stepUp])
      expect(codes(evidenceOf([quiet, { minutes }, quiet, quiet, quiet]))).not.toContain('RETRY_STORM');
    const others = { minutes: [...steady(200, 20), ...steady(500, 40)] };
    const storm = { minutes: [...steady(800, 20), ...rising, ...rising.slice(20)] };
    expect(codes(evidenceOf([others, storm, others, others]))).not.toContain('RETRY_STORM');
  });
});
