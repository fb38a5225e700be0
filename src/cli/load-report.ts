/**
 * The part of a report that a live run and a simulation have in common: what the pipeline counted.
 */
import { keySpreadOf } from '../advice/key-spread.ts';
import { lostRecordsOf } from '../advice/lost-records.ts';
import { findingsOf } from '../advice/verdict.ts';
import type { ShardMap } from '../model/shard-map.ts';
import type { TallyReading, TimedReading } from '../results/count-tally.ts';
import { keyRowsOf, latenciesOf, shardRowsOf, totalsOf, type KeyNames } from '../results/run-document.ts';
import {
  SCHEMA_VERSION,
  type ConsumerRow,
  type ConsumerSeries,
  type GeneratorInfo,
  type LatencySummary,
  type ReportDocument,
  type ScenarioInfo,
} from '../results/report-document.ts';
import { percentileOf } from '../results/latency.ts';
import { evaluateThresholds, type Statistic } from '../results/threshold.ts';
import type { Loss } from '../simulate/consumer-rows.ts';
import type { Pipeline } from '../simulate/pipeline.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { scenarioInfoOf } from './scenario-info.ts';
import { VERSION } from './version.ts';

export interface LoadParts extends CountedParts {
  readonly file: string;
  readonly scenario: Scenario;
}

/** What was counted, whoever knows the scenario. */
export interface CountedParts {
  readonly tally: TallyReading;
  /** The same tally, where it knows latencies. */
  readonly timed?: TimedReading;
  /** What the numbers of the tally's keys stand for. */
  readonly keyNames: KeyNames;
  /** Where single records were drawn. */
  readonly offeredDigest?: string;
  readonly map: ShardMap;
  /** Counted time that has passed. */
  readonly countedUs: number;
  /** Live runs only. */
  readonly generator?: GeneratorInfo;
  /** Where consumers were followed. */
  readonly consumers?: ConsumersPart;
  /** Whether latencies are measured, so that a threshold on them can be answered. */
  readonly measuresLatency: boolean;
  /** False where the load still goes on; its last window is not closed then. */
  readonly isOver?: boolean;
}

/** What a report says of the scenario. */
export interface Subject {
  readonly info: ScenarioInfo;
  readonly seed: number;
  readonly thresholds: readonly string[];
  readonly retentionHours: number;
}

export interface ConsumersPart {
  readonly rows: readonly ConsumerRow[];
  readonly series: readonly ConsumerSeries[];
  readonly losses: readonly Loss[];
}

type CommonPart = Required<
  Pick<
    ReportDocument,
    | 'schemaVersion'
    | 'tool'
    | 'durationMs'
    | 'seed'
    | 'scenario'
    | 'totals'
    | 'shards'
    | 'keys'
    | 'series'
    | 'findings'
    | 'thresholds'
  >
> &
  Pick<ReportDocument, 'latencyMs' | 'consumers' | 'keySpread'>;

/** What a report takes from the pipeline of an engine or a run that follows single records. */
export function pipelineParts({
  tally,
  dictionary,
  offeredDigest,
}: Pipeline): Pick<LoadParts, 'tally' | 'timed' | 'keyNames' | 'offeredDigest'> {
  return { tally, timed: tally, keyNames: dictionary, ...(offeredDigest !== undefined && { offeredDigest }) };
}

/** Closes the tally's last window and writes everything down. */
export function loadReport(parts: LoadParts): CommonPart {
  const { file, scenario } = parts;
  const { seed, thresholds, stream } = scenario;
  const info = scenarioInfoOf(file, scenario);
  return countedReport(parts, { info, seed, thresholds, retentionHours: stream.retentionHours });
}

/** The same, where only a report tells what the scenario was. */
export function countedReport(parts: CountedParts, subject: Subject): CommonPart {
  const { tally, timed, keyNames, map, countedUs, generator, consumers } = parts;
  if (parts.isOver ?? true) tally.load.finish(countedUs / 1_000_000);
  const totals = totalsOf(tally, parts.offeredDigest);
  const shards = shardRowsOf(tally, map);
  const reported = new Set(shards.map(({ shardId }) => shardId));
  const shardIds = map.all.map(({ shardId }) => (reported.has(shardId) ? shardId : undefined));
  const { info: scenarioInfo } = subject;
  const keySpread = keySpreadOf(tally);
  const measured = parts.measuresLatency ? timed : undefined;
  const measuredRows = parts.measuresLatency ? (consumers?.rows ?? []) : [];
  const endToEnd = slowestOf(measuredRows);
  return {
    schemaVersion: SCHEMA_VERSION,
    tool: { name: 'shardwise', version: VERSION },
    durationMs: countedUs / 1000,
    seed: subject.seed,
    scenario: scenarioInfo,
    totals,
    ...(timed === undefined
      ? {}
      : { latencyMs: { ...latenciesOf(timed), ...(endToEnd === undefined ? {} : { endToEnd }) } }),
    shards,
    keys: keyRowsOf(tally, map, keyNames),
    ...(keySpread === undefined ? {} : { keySpread }),
    ...(consumers === undefined ? {} : { consumers: consumers.rows }),
    series: {
      ...tally.series.until(countedUs, shardIds),
      ...(consumers === undefined ? {} : { consumers: consumers.series }),
    },
    findings: [
      ...findingsOf({
        tally,
        map,
        nameOf: (key) => keyNames.nameOf(key),
        hashKeyOf: (key) => keyNames.hashKeyOf(key),
        ...(generator === undefined ? {} : { generator }),
        ...(scenarioInfo.peakRatePerSec === undefined ? {} : { peakRatePerSec: scenarioInfo.peakRatePerSec }),
      }),
      ...lostRecordsOf(consumers?.losses ?? [], subject.retentionHours),
    ],
    thresholds: evaluateThresholds(subject.thresholds, {
      percentileMs: (kind, percentile) => measured?.[kind].percentileMs(percentile) ?? null,
      meanMs: (kind) => measured?.[kind].meanMs ?? null,
      maxMs: (kind) => measured?.[kind].maxMs ?? null,
      endToEndMs: (statistic) => endToEndOf(measuredRows, statistic),
      totals,
      countedDurationSec: countedUs / 1_000_000,
      utilizationMax: shards.reduce((most, shard) => Math.max(most, shard.utilization), 0),
      iteratorAgeMaxMs: iteratorAgeMaxOf(consumers?.rows),
    }),
  };
}

/** Null without consumers: then there is no iterator whose age could be asked for. */
function iteratorAgeMaxOf(rows: readonly ConsumerRow[] | undefined): number | null {
  if (rows === undefined) return null;
  return rows.reduce((most, { iteratorAgeMs }) => Math.max(most, iteratorAgeMs.max), 0);
}

/** What the consumer with the highest p99 took; undefined where none has read a record that can be told. */
function slowestOf(rows: readonly ConsumerRow[]): LatencySummary | undefined {
  const p99Of = ({ p99 }: LatencySummary): number => p99 ?? -1;
  const summaries = rows.map(({ endToEndMs }) => endToEndMs).filter(({ p99 }) => p99 !== null);
  return summaries.toSorted((a, b) => p99Of(b) - p99Of(a)).at(0);
}

/** Milliseconds of the consumer for whom it is most; null where none has read a record that can be told. */
function endToEndOf(rows: readonly ConsumerRow[], statistic: Statistic): number | null {
  const values = rows.flatMap(({ endToEndMs }) => {
    const value = typeof statistic === 'number' ? percentileOf(endToEndMs, statistic) : endToEndMs[statistic];
    return value ?? [];
  });
  return values.length === 0 ? null : Math.max(...values);
}
