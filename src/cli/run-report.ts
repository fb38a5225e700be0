/**
 * A finished load test as a report document.
 */
import { findingsOf } from '../advice/verdict.ts';
import { latenciesOf, keyRowsOf, shardRowsOf, totalsOf } from '../results/run-document.ts';
import { SCHEMA_VERSION, type ReportDocument } from '../results/report-document.ts';
import { evaluateThresholds } from '../results/threshold.ts';
import type { LocalLoad } from '../run/local-load.ts';
import { LOCAL_REGION } from '../run/local-target.ts';
import { meanRatePerSec } from '../traffic/offer.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { VERSION } from './version.ts';

export function runReport(file: string, scenario: Scenario, load: LocalLoad): ReportDocument {
  const { pipeline, map, generator } = load;
  const { tally, dictionary } = pipeline;
  const nameOf = (key: number): string => dictionary.nameOf(key);
  tally.load.finish(load.countedUs / 1_000_000);
  const totals = totalsOf(tally, pipeline.offeredDigest);
  const shards = shardRowsOf(tally, map.open);
  const shardIds = map.open.map((shard) => shard.shardId);
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'run',
    tool: { name: 'shardwise', version: VERSION },
    startedAt: new Date(load.startedUs / 1000).toISOString(),
    durationMs: load.countedUs / 1000,
    seed: scenario.seed,
    partial: load.interrupted ? 'interrupted' : false,
    target: {
      kind: 'local',
      stream: load.streamName,
      region: LOCAL_REGION,
      endpoint: load.endpoint,
      transport: load.transport,
      shards: map.open.length,
    },
    scenario: {
      file,
      ...(scenario.description === undefined ? {} : { description: scenario.description }),
      durationMs: scenario.durationUs / 1000,
      warmupMs: scenario.warmupUs / 1000,
      ratePerSec: meanRatePerSec(scenario),
    },
    totals,
    latencyBasis: 'measured-local',
    latencyMs: latenciesOf(tally),
    shards,
    keys: keyRowsOf(tally, map.open, nameOf),
    series: tally.series.until(load.countedUs, shardIds),
    findings: findingsOf({ tally, open: map.open, nameOf, generator }),
    thresholds: evaluateThresholds(scenario.thresholds, {
      percentileMs: (kind, percentile) => tally[kind].percentileMs(percentile),
      meanMs: (kind) => tally[kind].meanMs,
      maxMs: (kind) => tally[kind].maxMs,
      totals,
      countedDurationSec: load.countedUs / 1_000_000,
      utilizationMax: shards.reduce((most, shard) => Math.max(most, shard.utilization), 0),
    }),
    generator,
    errors: load.failures.rows(),
  };
}
