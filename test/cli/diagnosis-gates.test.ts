/** When a gate of a diagnosis is missed, held, or cannot be decided. */
import { describe, expect, it } from 'vitest';
import { exitCodeOf, parseFailOn, undecidedOf } from '../../src/cli/diagnosis-gates.ts';
import type { DiagnosisDocument } from '../../src/results/diagnosis-document.ts';
import {
  DIAGNOSIS_CODES,
  type DiagnosisCode,
  type DiagnosisFinding,
} from '../../src/results/diagnosis-finding.ts';
import type { EvidenceInfo } from '../../src/results/evidence/evidence-info.ts';
import type { MissingEvidence } from '../../src/results/evidence/missing-evidence.ts';
import { refusalOf } from '../traffic/refusal-of.ts';

const SAMPLE = {
  source: 'polling',
  slices: [],
  records: 9,
  bytes: 9,
  aggregates: 0,
  aggregatedRecords: 0,
} as const;

function documentWith(
  found: readonly DiagnosisCode[],
  missing: readonly MissingEvidence[],
  evidence: Partial<EvidenceInfo> = {},
  load = 0.4,
): DiagnosisDocument {
  const utilization = { lower: load, upper: load };
  const shard = { shardId: 's0', startingHashKey: '0', endingHashKey: '9', open: true, worstStepMs: 0 };
  const sums = { incomingRecords: 1, incomingBytes: 1, throttledAttempts: 0, lastThrottledMs: null };
  return {
    ...{ schemaVersion: 1, kind: 'diagnosis', tool: { name: 'shardwise', version: '0' } },
    ...{ startedAt: '', durationMs: 0, partial: false, keys: [] },
    target: { kind: 'aws', stream: 'orders', region: '', endpoint: '', transport: 'sdk', shards: 2 },
    evidence: {
      ...{ fromMs: 0, toMs: 1, steps: 60, stepMs: 60_000, incompleteSteps: 3 },
      ...{ shardsWithMetrics: 2, shardsInWindow: 2, missing },
      asked: { requests: 1, metrics: 13, usd: 0.00013 },
      ...evidence,
    },
    shards: [{ ...shard, ...sums, utilization }],
    findings: found.map((code) => ({ code, evidence: { keys: 'fit' } }) as unknown as DiagnosisFinding),
  };
}

const OFF: MissingEvidence = { what: 'shard-metrics', why: 'off' };
const DENIED: MissingEvidence = {
  what: 'stream-metrics',
  why: 'denied',
  permission: 'cloudwatch:GetMetricData',
};
const UNDESCRIBED: MissingEvidence = { what: 'summary', why: 'denied' };
const WORST_ONLY: MissingEvidence = { what: 'shard-metrics', why: 'not-asked' };

describe('a gate', () => {
  it('that no finding misses is held; findings alone fail nothing', () => {
    expect(exitCodeOf(documentWith([], []), ['HOT_SHARD', 'LAGGING_CONSUMER'])).toBe(0);
    expect(exitCodeOf(documentWith(['HOT_SHARD'], []), [])).toBe(0);
    expect(exitCodeOf(documentWith(['HOT_SHARD'], []), ['HOT_KEY'])).toBe(0);
  });

  it('that a finding misses is missed, whatever data are missing', () => {
    expect(exitCodeOf(documentWith(['HOT_SHARD'], [OFF]), ['HOT_SHARD'])).toBe(3);
  });

  it('that cannot be decided goes before one that is missed, and after an interruption', () => {
    const document = documentWith(['HOT_SHARD'], [OFF], {}, 1.2);
    expect(exitCodeOf(document, ['HOT_SHARD', 'HOT_KEY'])).toBe(4);
    expect(exitCodeOf({ ...document, partial: 'interrupted' }, ['HOT_SHARD', 'HOT_KEY'])).toBe(130);
  });

  it.each<[string, readonly MissingEvidence[], Partial<EvidenceInfo>, readonly DiagnosisCode[]]>([
    ['all but records', [], {}, ['FEW_KEYS', 'LARGE_RECORDS']],
    ['records too', [], { sample: SAMPLE }, []],
    [
      'no shard metrics',
      [OFF],
      {},
      ['HOT_KEY', 'HOT_SHARD', 'UNEVEN_RANGES', 'HIDDEN_BURST', 'FEW_KEYS', 'RETRY_STORM', 'LARGE_RECORDS'],
    ],
    ['no shard metrics, but one shard', [OFF], { shardsInWindow: 1 }, ['FEW_KEYS', 'LARGE_RECORDS']],
    ['the worst shards of many', [WORST_ONLY], {}, ['FEW_KEYS', 'LARGE_RECORDS']],
    ['no metrics', [DENIED], { steps: 0 }, DIAGNOSIS_CODES.filter((code) => !/OFF|IGNORED/.test(code))],
    ['no summary', [UNDESCRIBED], {}, ['FEW_KEYS', 'LARGE_RECORDS', 'MONITORING_OFF', 'KEYS_IGNORED']],
  ])('is open where the data do not tell: %s', (_, missing, evidence, open) => {
    expect(undecidedOf(documentWith([], missing, evidence), DIAGNOSIS_CODES)).toEqual(open);
  });

  it('of a hot key is open where a shard is near its limit and no key was seen', () => {
    expect(undecidedOf(documentWith([], [], {}, 1.1), ['HOT_KEY'])).toEqual(['HOT_KEY']);
    expect(undecidedOf(documentWith([], [], { run: 'run.json' }, 1.1), ['HOT_KEY'])).toEqual([]);
  });

  it('is read from codes of a diagnosis, others are refused', () => {
    expect(parseFailOn('HOT_KEY, RETRY_STORM')).toEqual(['HOT_KEY', 'RETRY_STORM']);
    expect(parseFailOn(undefined)).toEqual([]);
    expect(refusalOf(() => parseFailOn('HOT_KEY,LATE')).what).toBe('--fail-on: there is no finding "LATE".');
    expect(refusalOf(() => parseFailOn('')).exitCode).toBe(2);
  });
});
