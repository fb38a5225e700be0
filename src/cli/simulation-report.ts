/**
 * A finished simulation as a report document. It carries no wall-clock value: the same scenario, seed and version
 * give the same bytes.
 */
import type { ReportDocument, TimelineRow } from '../results/report-document.ts';
import { retrySummaryOf, traceUntil, type OutageTime } from '../results/retry-recovery.ts';
import type { AggregateSimulation } from '../simulate/aggregate.ts';
import { consumerRowsOf, consumerSeriesOf, lossesOf } from '../simulate/consumer-rows.ts';
import type { Simulation } from '../simulate/exact.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { capacityInfoOf } from './capacity-info.ts';
import { loadReport, pipelineParts, type LoadParts } from './load-report.ts';

/** What every simulation's report has besides what every report has. */
export type SimulatedDocument = ReportDocument &
  Required<Pick<ReportDocument, 'totals' | 'shards' | 'findings' | 'thresholds'>>;

const EPOCH = '1970-01-01T00:00:00.000Z';

/** The report of the exact engine. */
export function simulationReport(
  file: string,
  scenario: Scenario,
  { pipeline, map, history, readers, countedUs, interrupted }: Simulation,
  serviceUs: number,
): SimulatedDocument {
  const shardIds = map.all.map((shard) => shard.shardId);
  const parts = {
    ...{ file, scenario, ...pipelineParts(pipeline), map, countedUs, measuresLatency: false },
    ...(readers !== undefined && {
      consumers: {
        rows: consumerRowsOf(readers, shardIds),
        series: consumerSeriesOf(readers),
        losses: lossesOf(readers),
      },
    }),
  };
  const common = simulated(parts, interrupted);
  const { offered, attempts } = common.totals;
  const { tally } = pipeline;
  const phases = tally.phases.until(countedUs, tally.series.counts, tally.load.endedUtilization);
  const capacity = capacityInfoOf(scenario, phases, map);
  const trace = traceUntil(tally.series.retryTrace, countedUs / 1_000_000);
  return {
    ...common,
    ...(capacity === undefined ? {} : { capacity }),
    retry: retrySummaryOf(trace, offered, attempts, outagesOf(history)),
    engine: { name: 'exact', serviceTimeMs: serviceUs / 1000 },
    ...(history.length === 0 ? {} : { timeline: history }),
    ...(capacity === undefined && phases.length > 1 ? { phases } : {}),
    latencyBasis: 'modelled',
  };
}

function outagesOf(history: readonly TimelineRow[]): OutageTime[] {
  return history.flatMap(({ kind, atMs, durationMs = 0 }) =>
    kind === 'outage' ? [{ fromMs: atMs, toMs: atMs + durationMs }] : [],
  );
}

/** The report of the aggregate engine: no digest and no latencies, because it draws no single records. */
export function aggregateReport(
  file: string,
  scenario: Scenario,
  { tally, map, keyNames, tickUs, throttledBetween, countedUs, interrupted }: AggregateSimulation,
  serviceUs: number,
): SimulatedDocument {
  return {
    ...simulated({ file, scenario, tally, keyNames, map, countedUs, measuresLatency: false }, interrupted),
    engine: {
      name: 'aggregate',
      serviceTimeMs: serviceUs / 1000,
      tickMs: tickUs / 1000,
      throttledBetween,
    },
  };
}

function simulated(parts: LoadParts, interrupted: boolean): SimulatedDocument {
  const common = loadReport(parts);
  return {
    ...common,
    kind: 'simulation',
    startedAt: EPOCH,
    partial: interrupted ? 'interrupted' : false,
    target: {
      kind: 'simulated',
      stream: 'simulated',
      region: '',
      endpoint: '',
      transport: 'none',
      shards: parts.scenario.stream.shards,
    },
  };
}
