/**
 * A finished simulation as a report document. It carries no wall-clock value: the same scenario, seed and version
 * give the same bytes.
 */
import type { ReportDocument } from '../results/report-document.ts';
import { retrySummaryOf } from '../results/retry-recovery.ts';
import type { Simulation } from '../simulate/exact.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { loadReport } from './load-report.ts';

/** What every simulation's report has besides what every report has. */
export type SimulatedDocument = ReportDocument &
  Required<Pick<ReportDocument, 'totals' | 'shards' | 'findings' | 'thresholds'>>;

const EPOCH = '1970-01-01T00:00:00.000Z';

export function simulationReport(
  file: string,
  scenario: Scenario,
  { pipeline, map }: Simulation,
  serviceUs: number,
): SimulatedDocument {
  const { durationUs } = scenario;
  const common = loadReport({ file, scenario, pipeline, map, countedUs: durationUs, measuresLatency: false });
  return {
    ...common,
    kind: 'simulation',
    startedAt: EPOCH,
    partial: false,
    target: {
      kind: 'simulated',
      stream: 'simulated',
      region: '',
      endpoint: '',
      transport: 'none',
      shards: map.open.length,
    },
    retry: retrySummaryOf(
      pipeline.tally.series.retryTrace,
      common.totals?.offered ?? 0,
      common.totals?.attempts ?? 0,
    ),
    engine: { name: 'exact', serviceTimeMs: serviceUs / 1000 },
    latencyBasis: 'modelled',
  };
}
