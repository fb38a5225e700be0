import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/advice/diagnosis/diagnose.ts';
import { renderDiagnosisText } from '../../../src/report/diagnosis/diagnosis-text.ts';
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
} from '../../advice/diagnosis/streams.ts';
import { documentOf } from './sample-diagnoses.ts';

const textOf = (evidence: StreamEvidence): string =>
  renderDiagnosisText(documentOf(evidence), { color: false, columns: 80 })
    .replaceAll('\\\n', ' ')
    .replaceAll(/[\s\u00a0]+/g, ' ');

const quiet = { minutes: steady(100) };

describe('when it was', () => {
  it('is before the window where the first step has it already', () => {
    expect(textOf(evidenceOf([quiet, { minutes: steady(1500) }, quiet]))).toContain(
      'since before 02:00 UTC, the start of the window, and still',
    );
  });

  it('is past where it is over', () => {
    const minutes = [...steady(100, 5), ...steady(1500, 10), ...steady(100, 45)];
    expect(textOf(evidenceOf([quiet, { minutes }, quiet]))).toContain(
      'shardId-000000000001 got 1.00 to 1.50 × what it can carry, from 02:05 UTC to 02:15 UTC.',
    );
  });

  it('names the day of both ends of a window over midnight, as of one over a week', () => {
    const evidence = evidenceOf([quiet, quiet, quiet]);
    const toMs = START_MS + 7 * 24 * 60 * MINUTE_MS;
    expect(textOf({ ...evidence, toMs })).toContain('Window 2026-11-20 02:00 UTC to 2026-11-27 02:00 UTC');
  });

  it('of a shard that was closed since is told, although nothing is found', () => {
    const [first, second] = evidenceOf([quiet, quiet]).shards;
    const base = evidenceOf([
      quiet,
      quiet,
      { minutes: [...steady(1500, 10), ...steady(0, 50)], open: false },
    ]);
    const evidence = { ...base, shards: [first, second, { ...base.shards[2], open: false }] };
    expect(diagnose(evidence).findings).toEqual([]);
    expect(textOf(evidence)).toMatch(
      /^Nothing found that goes on: the throttling is over since 02:10 UTC\. Before that shardId-000000000002 \(closed since\) throttled 300,000 attempts/,
    );
  });
});

describe('what to do next', () => {
  const shards = [
    { shardId: idOf(1), records: 90, firstMs: START_MS - 5 * MINUTE_MS, lastMs: START_MS - MINUTE_MS },
  ];
  const log = { file: 'app.log', lines: 1000, matches: 90, shards, otherStreams: 0 };

  it('keeps the window and the log of the question', () => {
    expect(textOf({ ...evidenceOf([quiet, { minutes: steady(1500) }, quiet]), log })).toContain(
      '--from 2026-11-20T02:00Z --to 2026-11-20T03:00Z --log app.log --sample --yes',
    );
  });

  it('of a log from another time says so', () => {
    const evidence = withoutShardMetrics(evidenceOf([quiet, { minutes: steady(1500) }, quiet]));
    expect(textOf({ ...evidence, log })).toContain('are outside of the window');
  });

  it('is said once, not twice', () => {
    const off = withoutShardMetrics(evidenceOf([quiet, { minutes: steady(1500) }, quiet]));
    const command = 'aws kinesis enable-enhanced-monitoring --stream-name orders';
    const missing = [{ what: 'shard-metrics', why: 'off', command } as const];
    expect(textOf({ ...off, missing }).split('enable-enhanced-monitoring')).toHaveLength(2);
    expect(textOf({ ...off, missing }).split('--sample --yes')).toHaveLength(2);
  });
});

describe('keys', () => {
  it('that only chance makes the heaviest are not listed', () => {
    const base = evidenceOf([quiet, quiet]);
    const alike = Array.from({ length: 20 }, (_, i) => ({ key: `k${i}`, at: i / 20, part: 0.001 }));
    const sample = sampleOf(base, [
      shardSample(base, idOf(0), alike),
      shardSample(base, idOf(1), [{ key: 'tenant', at: 0.5, part: 0.3 }, ...alike.slice(0, 5)]),
    ]);
    const heavy = diagnose({ ...base, sample }).keys.filter(({ standsOut }) => standsOut);
    expect(heavy.map(({ key }) => key)).toEqual(['tenant']);
    expect(textOf({ ...base, sample })).toContain('The others are alike: 25 keys in the JSON report');
  });
});

describe('an age of records that are read', () => {
  const withAge = (age: (minute: number) => number): StreamEvidence => {
    const base = evidenceOf([quiet, quiet]);
    const { metrics } = base;
    if (metrics === null) throw new Error('no metrics');
    const column = Float64Array.from({ length: metrics.count }, (_, minute) => age(minute));
    const stream = { ...metrics.stream, 'GetRecords.IteratorAgeMilliseconds': column };
    return { ...base, metrics: { ...metrics, stream } };
  };
  const HOURS = 13 * 60 * MINUTE_MS;

  it("that is there for a step or two may be a moment's look at old positions", () => {
    const evidence = withAge((minute) => (minute === 40 || minute === 41 ? HOURS : NaN));
    expect(diagnose(evidence).findings.filter(({ code }) => code === 'LAGGING_CONSUMER')).toMatchObject([
      { code: 'LAGGING_CONSUMER', severity: 'warning', confidence: 'low', evidence: { isRegular: false } },
    ]);
    expect(textOf(evidence)).toContain("a consumer that is behind, or a moment's look at old positions");
  });

  it('that stays is of a consumer that is behind', () => {
    const evidence = withAge((minute) => (minute < 20 ? 0 : HOURS + minute));
    expect(diagnose(evidence).findings.filter(({ code }) => code === 'LAGGING_CONSUMER')).toMatchObject([
      { code: 'LAGGING_CONSUMER', severity: 'critical', confidence: 'high', evidence: { isRegular: true } },
    ]);
  });
});
