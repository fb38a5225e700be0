/**
 * The part of a report that a live run and a simulation have in common: what the pipeline counted.
 */
import { findingsOf } from '../advice/verdict.ts';
import type { ShardMap } from '../model/shard-map.ts';
import { keyRowsOf, latenciesOf, shardRowsOf, totalsOf } from '../results/run-document.ts';
import { SCHEMA_VERSION, type GeneratorInfo, type ReportDocument } from '../results/report-document.ts';
import { evaluateThresholds } from '../results/threshold.ts';
import type { Pipeline } from '../simulate/pipeline.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { scenarioInfoOf } from './scenario-info.ts';
import { VERSION } from './version.ts';

export interface LoadParts {
  readonly file: string;
  readonly scenario: Scenario;
  readonly pipeline: Pipeline;
  readonly map: ShardMap;
  /** Counted time that has passed. */
  readonly countedUs: number;
  /** Live runs only. */
  readonly generator?: GeneratorInfo;
  /** Whether latencies are measured, so that a threshold on them can be answered. */
  readonly measuresLatency: boolean;
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
    | 'latencyMs'
    | 'shards'
    | 'keys'
    | 'series'
    | 'findings'
    | 'thresholds'
  >
>;

/** Closes the tally's last window and writes everything down. */
export function loadReport(parts: LoadParts): CommonPart {
  const { scenario, pipeline, map, countedUs, generator } = parts;
  const { tally, dictionary } = pipeline;
  const nameOf = (key: number): string => dictionary.nameOf(key);
  tally.load.finish(countedUs / 1_000_000);
  const totals = totalsOf(tally, pipeline.offer.digest);
  const shards = shardRowsOf(tally, map.open);
  const shardIds = map.open.map((shard) => shard.shardId);
  const isMeasured = parts.measuresLatency;
  const scenarioInfo = scenarioInfoOf(parts.file, scenario);
  return {
    schemaVersion: SCHEMA_VERSION,
    tool: { name: 'shardwise', version: VERSION },
    durationMs: countedUs / 1000,
    seed: scenario.seed,
    scenario: scenarioInfo,
    totals,
    latencyMs: latenciesOf(tally),
    shards,
    keys: keyRowsOf(tally, map.open, dictionary),
    series: tally.series.until(countedUs, shardIds),
    findings: findingsOf({
      tally,
      open: map.open,
      nameOf,
      hashKeyOf: (key) => dictionary.hashKeyOf(key),
      ...(generator === undefined ? {} : { generator }),
      ...(scenarioInfo.peakRatePerSec === undefined ? {} : { peakRatePerSec: scenarioInfo.peakRatePerSec }),
    }),
    thresholds: evaluateThresholds(scenario.thresholds, {
      percentileMs: (kind, percentile) => (isMeasured ? tally[kind].percentileMs(percentile) : null),
      meanMs: (kind) => (isMeasured ? tally[kind].meanMs : null),
      maxMs: (kind) => (isMeasured ? tally[kind].maxMs : null),
      totals,
      countedDurationSec: countedUs / 1_000_000,
      utilizationMax: shards.reduce((most, shard) => Math.max(most, shard.utilization), 0),
    }),
  };
}
