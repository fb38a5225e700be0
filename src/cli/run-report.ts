/**
 * A finished load test as a report document.
 */
import type { ReportDocument } from '../results/report-document.ts';
import type { LocalLoad } from '../run/local-load.ts';
import { LOCAL_REGION } from '../run/local-target.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { loadReport } from './load-report.ts';

export function runReport(file: string, scenario: Scenario, load: LocalLoad): ReportDocument {
  const { tally, dictionary, offeredDigest, map, generator, countedUs } = load;
  const common = loadReport({
    file,
    scenario,
    ...{ tally, timed: tally, keyNames: dictionary, offeredDigest },
    map,
    countedUs,
    generator,
    measuresLatency: true,
  });
  return {
    ...common,
    kind: 'run',
    startedAt: new Date(load.startedUs / 1000).toISOString(),
    partial: partialOf(load),
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
    errors: load.errors,
  };
}

function partialOf({ interrupted, failed }: LocalLoad): ReportDocument['partial'] {
  if (interrupted) return 'interrupted';
  return failed ? 'failed' : false;
}
