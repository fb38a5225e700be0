/**
 * A finished load test as a report document.
 */
import type { ReportDocument } from '../results/report-document.ts';
import type { LocalLoad } from '../run/local-load.ts';
import { LOCAL_REGION } from '../run/local-target.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { loadReport, pipelineParts } from './load-report.ts';

export function runReport(file: string, scenario: Scenario, load: LocalLoad): ReportDocument {
  const { pipeline, map, generator, countedUs } = load;
  const common = loadReport({
    file,
    scenario,
    ...pipelineParts(pipeline),
    map,
    countedUs,
    generator,
    measuresLatency: true,
  });
  return {
    ...common,
    kind: 'run',
    startedAt: new Date(load.startedUs / 1000).toISOString(),
    partial: load.interrupted ? 'interrupted' : false,
    target: {
      kind: 'local',
      stream: load.streamName,
      region: LOCAL_REGION,
      endpoint: load.endpoint,
      transport: load.transport,
      shards: map.open.length,
    },
    latencyBasis: 'measured-local',
    generator,
    errors: load.failures.rows(),
  };
}
