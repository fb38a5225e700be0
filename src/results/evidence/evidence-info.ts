/**
 * What a diagnosis or a recommendation rests on, as its report document tells it.
 */
import type { Column, MinuteSeries } from './minute-series.ts';
import type { MissingEvidence } from './missing-evidence.ts';
import type { RecordSample, SampleSlice } from './record-sample.ts';
import type { AskedMetrics, StreamEvidence } from './stream-evidence.ts';

export interface EvidenceInfo {
  /** Settings of the stream that the words need. */
  readonly stream?: {
    readonly mode: 'provisioned' | 'on-demand';
    readonly retentionHours: number;
    readonly ignoresKeys: boolean;
    /** When it was created, milliseconds since 1970; absent where AWS did not say. */
    readonly createdMs?: number;
  };
  /** Milliseconds since 1970 on the metrics' clock. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Metric steps that were there, their length, and how many of the newest may still grow. */
  readonly steps: number;
  readonly stepMs: number;
  readonly incompleteSteps: number;
  /** Of a local endpoint whose metric clock runs faster; absent: 1. */
  readonly metricsClock?: number;
  /** Shards with metrics of their own, of all that were open in the window. */
  readonly shardsWithMetrics: number;
  readonly shardsInWindow: number;
  /** Where the stream counted more than its shards together: metrics of shards that are not whole. */
  readonly holes?: MetricHoles;
  readonly sample?: SampleInfo;
  readonly log?: { readonly file: string; readonly lines: number; readonly matches: number };
  /** The report of a run: its kind and when it began. */
  readonly run?: string;
  readonly missing: readonly MissingEvidence[];
  readonly asked: AskedMetrics;
}

export interface SampleInfo {
  readonly source: 'polling' | 'fan-out' | 'file';
  readonly slices: readonly SampleSlice[];
  readonly records: number;
  readonly bytes: number;
  readonly aggregates: number;
  readonly aggregatedRecords: number;
}

/** Accepted records in steps in which the stream counted at least 2 % more than all its shards. */
export interface MetricHoles {
  readonly steps: number;
  readonly streamRecords: number;
  readonly shardRecords: number;
}

/** What a report tells of the evidence. */
export function evidenceInfoOf(evidence: StreamEvidence): EvidenceInfo {
  const { stream, shards, fromMs, toMs, metrics, sample, log, run, missing, asked } = evidence;
  const clock = metrics === null ? 1 : metrics.stepMs / 1000 / metrics.secPerStep;
  const inWindow = shards.filter(({ shardId, open }) => open || metrics?.shards.has(shardId) === true);
  const holes = metrics === null ? undefined : holesOf(evidence, metrics);
  return {
    ...(stream.status === 'UNKNOWN'
      ? {}
      : {
          stream: {
            mode: stream.mode,
            retentionHours: stream.retentionHours,
            ignoresKeys: stream.ignoresKeys,
            ...(stream.createdMs === undefined ? {} : { createdMs: stream.createdMs }),
          },
        }),
    fromMs,
    toMs,
    steps: metrics?.count ?? 0,
    stepMs: metrics?.stepMs ?? 0,
    incompleteSteps: metrics === null ? 0 : metrics.count - metrics.complete,
    ...(clock === 1 ? {} : { metricsClock: clock }),
    shardsWithMetrics: inWindow.filter(({ shardId }) => metrics?.shards.has(shardId) === true).length,
    shardsInWindow: inWindow.length,
    ...(holes === undefined ? {} : { holes }),
    ...(sample === null ? {} : { sample: sampleInfoOf(sample) }),
    ...(log === null ? {} : { log: { file: log.file, lines: log.lines, matches: log.matches } }),
    ...(run === null ? {} : { run: `${run.kind} of ${run.startedAt}` }),
    missing,
    asked,
  };
}

function sampleInfoOf({ source, slices, shards, aggregates, aggregatedRecords }: RecordSample): SampleInfo {
  return {
    source,
    slices,
    records: shards.reduce((sum, { records }) => sum + records, 0),
    bytes: shards.reduce((sum, { bytes }) => sum + bytes, 0),
    aggregates,
    aggregatedRecords,
  };
}

/** Part of the stream's own count that its shards may lack before it is said. */
const HOLE = 0.02;

/** Undefined where nothing is missing, or where not all open shards were asked for. One without samples is absent. */
function holesOf({ shards, missing }: StreamEvidence, metrics: MinuteSeries): MetricHoles | undefined {
  const whole = metrics.stream.IncomingRecords;
  const open = shards.filter((shard) => shard.open);
  const there = open.filter(({ shardId }) => metrics.shards.has(shardId)).length;
  const wereAsked = missing.every(({ what }) => what !== 'shard-metrics') && there * 2 >= open.length;
  if (whole === undefined || !(there === open.length || wereAsked)) return undefined;
  const sums = sumsOf(
    [...metrics.shards.values()].flatMap(({ IncomingRecords }) => IncomingRecords ?? []),
    metrics,
  );
  let [steps, streamRecords, shardRecords] = [0, 0, 0];
  for (let step = 0; step < metrics.complete; step++) {
    if (!(whole[step] > 0)) continue;
    const sum = sums[step];
    if (sum >= whole[step] * (1 - HOLE)) continue;
    steps++;
    streamRecords += whole[step];
    shardRecords += sum;
  }
  return steps === 0 ? undefined : { steps, streamRecords, shardRecords };
}

/** By step. Column after column, for there may be ten thousand of them. */
function sumsOf(columns: readonly Column[], { complete }: MinuteSeries): Float64Array {
  const sums = new Float64Array(complete);
  for (const column of columns)
    for (let step = 0; step < complete; step++) if (column[step] > 0) sums[step] += column[step];
  return sums;
}
