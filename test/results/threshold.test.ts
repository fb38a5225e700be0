import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/model/refusal.ts';
import type { Totals } from '../../src/results/report-document.ts';
import { evaluateThresholds, parseThreshold, type Measured } from '../../src/results/threshold.ts';

const TOTALS: Totals = {
  offered: 10_000,
  offeredDigest: '0',
  accepted: 9_000,
  throttled: 700,
  failed: 200,
  unknown: 0,
  dropped: 100,
  attempts: 20_000,
  retries: 10_000,
  throttledAttempts: 5_000,
  failedAttempts: 400,
  bytesOffered: 0,
  bytesAccepted: 0,
  requests: 100,
};

/** Response percentiles are p itself in ms, service ones a tenth of it: an answer shows what was asked. */
const MEASURED: Measured = {
  percentileMs: (kind, p) => (kind === 'response' ? p : p / 10),
  meanMs: (kind) => (kind === 'response' ? 40 : 4),
  maxMs: (kind) => (kind === 'response' ? 500 : 50),
  totals: TOTALS,
  countedDurationSec: 10,
  utilizationMax: 1.2,
};

const NOTHING: Measured = {
  percentileMs: () => null,
  meanMs: () => null,
  maxMs: () => null,
  totals: { ...TOTALS, offered: 0, accepted: 0, throttled: 0, failed: 0, dropped: 0, attempts: 0 },
  countedDurationSec: 0,
  utilizationMax: null,
};

function evaluate(expression: string, measured = MEASURED) {
  return evaluateThresholds([expression], measured)[0];
}

function refusalOf(expression: string): Refusal {
  try {
    parseThreshold(expression);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error(`${expression} was not refused`);
}

describe('a threshold', () => {
  it.each([
    ['latency.p99 < 200ms', 99, 'ms', true],
    ['latency.p50<50ms', 50, 'ms', false],
    ['latency.p50 <= 50ms', 50, 'ms', true],
    ['latency.p75 > 74ms', 75, 'ms', true],
    ['latency.p999 < 0.1s', 99.9, 'ms', true],
    ['latency.p9999 < 99.98ms', 99.99, 'ms', false],
    ['latency.p99.9 >= 99.9ms', 99.9, 'ms', true],
    ['latency.p5 < 6ms', 5, 'ms', true],
    ['latency.max < 1s', 500, 'ms', true],
    ['latency.mean < 40ms', 40, 'ms', false],
    ['latency.response.p90 < 91ms', 90, 'ms', true],
    ['latency.service.p99 < 10ms', 9.9, 'ms', true],
    ['latency.service.max < 10ms', 50, 'ms', false],
    ['latency.service.mean < 10ms', 4, 'ms', true],
    ['throttled < 7%', 7, '%', false],
    ['throttled <= 7%', 7, '%', true],
    ['throttledAttempts < 30%', 25, '%', true],
    ['failed <= 2%', 2, '%', true],
    ['dropped < 0.5%', 1, '%', false],
    ['accepted > 900/s', 900, '/s', false],
    ['accepted >= 900/s', 900, '/s', true],
    ['utilization.max < 1', 1.2, 'ratio', false],
    ['utilization.max <= 120%', 1.2, 'ratio', true],
  ] as const)('%s holds %d%s against the limit: %s', (expression, actual, unit, ok) => {
    expect(evaluate(expression)).toEqual({ expression, actual, unit, ok });
  });

  it.each(['latency.endToEnd.p99 < 1s', 'latency.endToEnd.max < 1s', 'iteratorAge.max < 5s'])(
    'on a metric that cannot be measured yet is neither met nor missed: %s',
    (expression) => {
      expect(evaluate(expression)).toMatchObject({ ok: null, actual: null });
    },
  );

  it.each([
    'latency.p99 < 1s',
    'latency.max < 1s',
    'latency.mean < 1s',
    'throttled < 1%',
    'throttledAttempts < 1%',
    'accepted > 1/s',
    'utilization.max < 1',
  ])('is neither met nor missed where nothing was measured: %s', (expression) => {
    expect(evaluate(expression, NOTHING)).toMatchObject({ ok: null, actual: null });
  });

  it('counts nothing accepted as a rate of 0, which was measured', () => {
    const measured = { ...MEASURED, totals: { ...TOTALS, accepted: 0 } };
    expect(evaluate('accepted > 1/s', measured)).toMatchObject({ ok: false, actual: 0 });
  });

  it('takes a share that is exactly the limit as the limit, without float dust', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (part) => {
        const measured = { ...MEASURED, totals: { ...TOTALS, throttled: part, offered: 10_000 } };
        expect(evaluate(`throttled <= ${part / 100}%`, measured).ok).toBe(true);
        expect(evaluate(`throttled < ${part / 100}%`, measured).ok).toBe(false);
      }),
    );
  });
});

describe('a bad threshold', () => {
  it.each([
    [
      'latency.p99',
      'threshold "latency.p99": this is not a comparison.',
      'Write for example "latency.p99 < 200ms".',
    ],
    ['latency.p99 = 5ms', 'this is not a comparison.', 'Write for example'],
    ['', 'this is not a comparison.', 'Write for example'],
    ['latency.p99 < 200', '200 has no unit.', 'Write for example "latency.p99 < 200ms".'],
    ['throttled < 1', '1 has no unit.', 'Write for example "throttled < 1%".'],
    ['accepted > 900', '900 has no unit.', 'Write for example "accepted > 900/s".'],
    [
      'accepted > 1MiB/s',
      '1MiB/s is not a rate in records per second.',
      'Write for example "accepted > 900/s".',
    ],
    ['latency.p99 < 5%', '5% is not a duration.', 'Write for example "latency.p99 < 200ms".'],
    ['throttled < -1%', '-1% is not a percentage.', 'Write for example "throttled < 1%".'],
    [
      'throtled < 1%',
      'there is no metric throtled.',
      'Did you mean throttled (the metrics are latency.p99, ',
    ],
    ['latency.p100 < 1s', 'there is no metric latency.p100.', 'Did you mean latency.max ('],
    ['latency.p0 < 1s', 'there is no metric latency.p0.', 'Did you mean latency.p99 ('],
    ['cpu < 5%', 'there is no metric cpu.', 'Use one of: latency.p99, '],
  ])('%j is refused in two sentences', (expression, what, fix) => {
    const refusal = refusalOf(expression);
    expect(refusal.exitCode).toBe(2);
    expect(refusal.what).toContain(what);
    expect(refusal.fix).toContain(fix);
  });

  it('is a refusal and nothing else, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseThreshold(text);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
    );
  });
});
