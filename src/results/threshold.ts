/**
 * Gates on what was measured: `latency.p99 < 200ms`, `throttledAttempts < 1%`. A scenario keeps them as text.
 *
 * A metric that was not measured gives neither yes nor no (`ok: null`), which makes the command inconclusive.
 */
import { badInput } from '../model/refusal.ts';
import { parseDuration } from '../model/quantity.ts';
import { nearestWord } from '../model/spelling.ts';
import type { ThresholdRow, Totals } from './report-document.ts';

/** What a command measured, as far as thresholds can ask for it. */
export interface Measured {
  /** Milliseconds below which `p` per cent of the accepted records lie; null where there are none. */
  readonly percentileMs: (kind: LatencyKind, p: number) => number | null;
  readonly meanMs: (kind: LatencyKind) => number | null;
  readonly maxMs: (kind: LatencyKind) => number | null;
  /** From due to processed, of the slowest consumer; null where it was not measured. */
  readonly endToEndMs?: (statistic: Statistic) => number | null;
  readonly totals: Totals;
  readonly countedDurationSec: number;
  /** Hottest shard: busiest 10 s window over the shard's limit, 0…1 and more. */
  readonly utilizationMax: number | null;
  /** Of the consumer that was furthest behind; null or absent where no consumers were followed. */
  readonly iteratorAgeMaxMs?: number | null;
}

/** `response`: from due to acknowledged. `service`: from sent to acknowledged. */
export type LatencyKind = 'response' | 'service';

export type Operator = '<' | '<=' | '>' | '>=';

export interface Threshold {
  readonly expression: string;
  readonly metric: Metric;
  readonly operator: Operator;
  /** In `unit`. */
  readonly limit: number;
  readonly unit: ThresholdRow['unit'];
}

export type Metric =
  | { readonly kind: 'latency'; readonly of: LatencyKind | 'endToEnd'; readonly statistic: Statistic }
  | { readonly kind: 'share'; readonly count: ShareName }
  | { readonly kind: 'accepted' | 'utilization' | 'iteratorAge' };

/** A percentile in per cent, or one of the two others. */
export type Statistic = number | 'max' | 'mean';
type ShareName = 'throttled' | 'throttledAttempts' | 'failed' | 'dropped';

const SHARES: readonly ShareName[] = ['throttled', 'throttledAttempts', 'failed', 'dropped'];

/** What can be asked for, as told to users; percentiles stand for all others. */
const METRICS = [
  'latency.p99',
  'latency.mean',
  'latency.max',
  'latency.service.p99',
  'latency.endToEnd.p99',
  ...SHARES,
  'accepted',
  'utilization.max',
  'iteratorAge.max',
];

const UNITS = {
  ms: { noun: 'a duration', suffix: 'ms', example: '200ms' },
  '%': { noun: 'a percentage', suffix: '%', example: '1%' },
  '/s': { noun: 'a rate in records per second', suffix: '/s', example: '900/s' },
  ratio: { noun: 'a ratio or a percentage', suffix: '', example: '0.8' },
} as const satisfies Record<ThresholdRow['unit'], unknown>;

/**
 * Reads one gate: `metric op value`, op one of `<`, `<=`, `>`, `>=`.
 * @param where what the user knows it by, a flag or a field
 * @throws Refusal where the metric is unknown, or the value has no unit or the wrong one
 */
export function parseThreshold(expression: string, where = 'threshold'): Threshold {
  const match = /^\s*([^\s<>=]+)\s*(<=|>=|<|>)\s*([^\s<>=]+)\s*$/.exec(expression);
  const named = `${where} ${JSON.stringify(expression)}`;
  if (!match)
    throw badInput(`${named}: this is not a comparison.`, 'Write for example "latency.p99 < 200ms".');
  const [, name, operator, value] = match;
  const metric = metricOf(name);
  if (!metric) throw badInput(`${named}: there is no metric ${name}.`, unknownMetricFix(name));
  const unit = unitOf(metric);
  const limit = limitOf(value, unit);
  if (limit === undefined) {
    const { noun, suffix, example } = UNITS[unit];
    const bare = suffix !== '' && /^\d+(\.\d+)?$/.test(value);
    const meant = `${name} ${operator} ${bare ? value + suffix : example}`;
    throw badInput(
      `${named}: ${value} ${bare ? 'has no unit' : `is not ${noun}`}.`,
      `Write for example "${meant}".`,
    );
  }
  return { expression, metric, operator: operator as Operator, limit, unit };
}

/** Holds every gate against what was measured. @throws Refusal as `parseThreshold` */
export function evaluateThresholds(expressions: readonly string[], measured: Measured): ThresholdRow[] {
  return expressions.map((expression) => {
    const threshold = parseThreshold(expression);
    const actual = actualOf(threshold.metric, measured);
    const ok = actual === null ? null : holds(actual, threshold.operator, threshold.limit);
    return { expression, ok, actual, unit: threshold.unit };
  });
}

function metricOf(name: string): Metric | undefined {
  if (name === 'accepted') return { kind: 'accepted' };
  if (name === 'utilization.max') return { kind: 'utilization' };
  if (name === 'iteratorAge.max') return { kind: 'iteratorAge' };
  const share = SHARES.find((candidate) => candidate === name);
  if (share) return { kind: 'share', count: share };
  const latency = /^latency(?:\.(response|service|endToEnd))?\.(p[\d.]+|max|mean)$/.exec(name);
  const statistic = latency && statisticOf(latency[2]);
  if (!statistic) return undefined;
  return { kind: 'latency', of: (latency.at(1) ?? 'response') as LatencyKind | 'endToEnd', statistic };
}

/** `p99` is 99, `p999` and `p99.9` are 99.9; `p100` would be read as 10.0 and is called max instead. */
function statisticOf(name: string): Statistic | undefined {
  if (name === 'max' || name === 'mean') return name;
  const match = /^p(\d{1,2})(?:\.(\d{1,4})|(?<=\d\d)(\d{1,4}))?$/.exec(name);
  if (!match || /^p10+$/.test(name)) return undefined;
  const p = Number(`${match[1]}.${match.at(2) ?? match.at(3) ?? '0'}`);
  return p > 0 ? p : undefined;
}

function unitOf(metric: Metric): ThresholdRow['unit'] {
  switch (metric.kind) {
    case 'latency':
    case 'iteratorAge':
      return 'ms';
    case 'share':
      return '%';
    case 'accepted':
      return '/s';
    case 'utilization':
      return 'ratio';
  }
}

/** The value in its unit; undefined where it is written in no or another unit. */
function limitOf(value: string, unit: ThresholdRow['unit']): number | undefined {
  if (unit === 'ms') {
    const us = parseDuration(value);
    return us === undefined ? undefined : us / 1000;
  }
  const match = /^(\d{1,15}(?:\.\d{1,15})?)(%|\/s)?$/.exec(value);
  if (!match) return undefined;
  const suffix = match.at(2) ?? '';
  if (unit === 'ratio') return suffix === '/s' ? undefined : Number(match[1]) / (suffix === '%' ? 100 : 1);
  return suffix === unit ? Number(match[1]) : undefined;
}

function actualOf(metric: Metric, measured: Measured): number | null {
  const { totals } = measured;
  switch (metric.kind) {
    case 'latency':
      return latencyOf(metric.of, metric.statistic, measured);
    case 'share':
      return percentage(
        totals[metric.count],
        metric.count === 'throttledAttempts' ? totals.attempts : totals.offered,
      );
    case 'accepted':
      return measured.countedDurationSec > 0 ? totals.accepted / measured.countedDurationSec : null;
    case 'utilization':
      return measured.utilizationMax;
    case 'iteratorAge':
      return measured.iteratorAgeMaxMs ?? null;
  }
}

function latencyOf(kind: LatencyKind | 'endToEnd', statistic: Statistic, measured: Measured): number | null {
  if (kind === 'endToEnd') return measured.endToEndMs?.(statistic) ?? null; // a simulation only models it
  if (statistic === 'max') return measured.maxMs(kind);
  return statistic === 'mean' ? measured.meanMs(kind) : measured.percentileMs(kind, statistic);
}

/** Exactly the nearest double, as is a limit read from text, so that 7 of 100 is not above 7 %. */
function percentage(part: number, whole: number): number | null {
  return whole > 0 ? (100 * part) / whole : null;
}

function holds(actual: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case '<':
      return actual < limit;
    case '<=':
      return actual <= limit;
    case '>':
      return actual > limit;
    case '>=':
      return actual >= limit;
  }
}

function unknownMetricFix(name: string): string {
  const near = /\.p100$/.test(name) ? name.replace('p100', 'max') : nearestWord(name, METRICS);
  const list = `${METRICS.join(', ')} (any percentile from p1 to p99.99 in place of p99)`;
  return near ? `Did you mean ${near} (the metrics are ${list})?` : `Use one of: ${list}.`;
}
