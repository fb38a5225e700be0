/**
 * A finished load test as a report document.
 */
import type { Preflight } from '../results/preflight.ts';
import type { ReportDocument } from '../results/report-document.ts';
import type { AwsConnection } from '../run/aws/connection.ts';
import type { LocalLoad } from '../run/local-load.ts';
import { LOCAL_REGION } from '../run/local-target.ts';
import type { ReadResult } from '../run/read/reader-group.ts';
import type { CrewResult } from '../run/send/crew.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { loadReport } from './load-report.ts';
import type { SentLoad } from './run-aws.ts';

export function runReport(file: string, scenario: Scenario, load: LocalLoad): ReportDocument {
  return {
    ...commonPart(file, scenario, load, load.startedUs, load.reading),
    target: {
      kind: 'local',
      stream: load.streamName,
      region: LOCAL_REGION,
      endpoint: load.endpoint,
      transport: load.transport,
      shards: load.map.open.length,
    },
    latencyBasis: 'measured-local',
    reconciliation: load.reconciliation,
  };
}

export interface AwsRunParts extends SentLoad {
  readonly preflight: Preflight;
  readonly connection: AwsConnection;
}

export function awsRunReport(file: string, parts: AwsRunParts): ReportDocument {
  const { target, load, preflight, reconciliation, connection } = parts;
  const { endpoint, isOurs } = connection.watch;
  return {
    ...commonPart(file, target.scenario, load, load.startedUs),
    target: {
      kind: 'aws',
      stream: target.facts.name,
      region: connection.region,
      endpoint,
      transport: load.transport,
      shards: load.map.open.length,
    },
    // An endpoint of ours has no network and no disks behind it, whatever --target says.
    latencyBasis: isOurs ? 'measured-local' : 'measured',
    preflight,
    reconciliation,
  };
}

function commonPart(
  file: string,
  scenario: Scenario,
  load: CrewResult,
  startedUs: number,
  reading?: ReadResult,
): Omit<ReportDocument, 'target' | 'latencyBasis'> {
  const { tally, dictionary, offeredDigest, map, generator, countedUs } = load;
  return {
    ...loadReport({
      file,
      scenario,
      ...{ tally, timed: tally, keyNames: dictionary },
      ...(offeredDigest !== undefined && { offeredDigest }),
      map,
      countedUs,
      generator,
      measuresLatency: true,
      ...(reading && { consumers: reading }),
    }),
    kind: 'run',
    startedAt: new Date(startedUs / 1000).toISOString(),
    partial: partialOf(load),
    generator: reading ? { ...generator, readersUtilization: reading.eventLoopUtilization } : generator,
    errors: load.errors,
  };
}

function partialOf({ interrupted, failed }: CrewResult): ReportDocument['partial'] {
  if (interrupted) return 'interrupted';
  return failed ? 'failed' : false;
}
