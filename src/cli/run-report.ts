/**
 * A finished load test as a report document.
 */
import { noiseMargin } from '../advice/verdict.ts';
import type { Preflight } from '../results/preflight.ts';
import type { Reconciliation } from '../results/reconciliation.ts';
import type { ReportDocument } from '../results/report-document.ts';
import { unfinishedLoad, type CountedLoad } from '../results/unfinished-load.ts';
import type { WorkerIdentity } from '../results/worker-section.ts';
import type { AwsLoad, AwsTarget } from '../run/aws/aws-load.ts';
import type { AwsConnection } from '../run/aws/connection.ts';
import type { LocalLoad } from '../run/local-load.ts';
import { LOCAL_REGION } from '../run/local-target.ts';
import type { CrewResult, CrewView } from '../run/send/crew.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { capacityInfoOf } from './capacity-info.ts';
import { loadReport } from './load-report.ts';
import { workerReport } from './worker-report.ts';

const US_PER_SEC = 1_000_000;

/** @param load finished, or as it stands: then the report is one of a run that did not end */
export function runReport(
  file: string,
  scenario: Scenario,
  target: LocalPlace,
  load: LocalLoad | CrewView,
): ReportDocument {
  return {
    ...commonPart(file, scenario, load, tallyOf(load)),
    target: {
      kind: 'local',
      stream: target.streamName,
      region: LOCAL_REGION,
      endpoint: target.endpoint,
      transport: 'transport' in load ? load.transport : target.transport,
      shards: scenario.stream.shards,
    },
    latencyBasis: 'measured-local',
    ...('reconciliation' in load ? { reconciliation: load.reconciliation } : {}),
  };
}

export interface LocalPlace {
  readonly streamName: string;
  readonly endpoint: string;
  readonly transport: string;
}

export interface AwsRunParts {
  readonly target: AwsTarget;
  /** Finished, or as it stands. */
  readonly load: AwsLoad | CrewView;
  readonly transport: string;
  readonly preflight: Preflight;
  readonly reconciliation?: Reconciliation;
  readonly connection: AwsConnection;
  /** Of one machine of several. */
  readonly identity: WorkerIdentity | undefined;
}

export function awsRunReport(file: string, parts: AwsRunParts): ReportDocument {
  const { target, load, preflight, reconciliation, connection, identity } = parts;
  const { endpoint, isOurs } = connection.watch;
  const tally = tallyOf(load);
  const document: ReportDocument = {
    ...commonPart(file, target.scenario, load, tally, !isOurs),
    target: {
      kind: 'aws',
      stream: target.facts.name,
      region: connection.region,
      endpoint,
      transport: 'transport' in load ? load.transport : parts.transport,
      shards: target.map.open.length,
    },
    // An endpoint of ours has no network and no disks behind it, whatever --target says.
    latencyBasis: isOurs ? 'measured-local' : 'measured',
    preflight,
    ...(reconciliation === undefined ? {} : { reconciliation }),
  };
  return workerReport(document, identity, load, tally, target.scenario.stream.retentionHours);
}

/** What is still on its way when a running load is written down is unknown. */
function tallyOf(load: CrewResult | CrewView): CountedLoad {
  return 'second' in load
    ? unfinishedLoad(load.tally, load.second, noiseMargin(load.map.open.length))
    : load.tally;
}

/** A load with what was done beside it. */
type PlayedLoad = CrewResult & Pick<LocalLoad, 'reading' | 'timeline'>;

/** What happened to the stream, and how it fared between; the last window is closed. */
function changesOf(
  { tally, timeline, map, countedUs, lastPhase = tally.series.counts }: PlayedLoad,
  scenario: Scenario,
  isReal: boolean,
): Pick<ReportDocument, 'timeline' | 'phases' | 'capacity'> {
  const phases = tally.phases.until(countedUs, lastPhase, tally.load.endedUtilization);
  const capacity = capacityInfoOf(scenario, phases, map, isReal);
  return {
    ...(timeline.length === 0 ? {} : { timeline }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(capacity === undefined && phases.length > 1 ? { phases } : {}),
  };
}

function commonPart(
  file: string,
  scenario: Scenario,
  load: PlayedLoad | CrewView,
  tally: CountedLoad,
  isReal = false,
): Omit<ReportDocument, 'target' | 'latencyBasis'> {
  const { dictionary, offeredDigest, map, startUs } = load;
  const isOver = !('second' in load);
  const reading = isOver ? load.reading : undefined;
  const countedUs = isOver ? load.countedUs : Math.min(scenario.durationUs, load.second * US_PER_SEC);
  const partial = isOver ? partialOf(load) : 'unfinished';
  const { thresholds, ...common } = loadReport({
    file,
    scenario,
    ...{ tally, timed: tally, keyNames: dictionary, map, countedUs, isOver },
    // Of a load that goes on, threads have counted beyond what their digests are of.
    ...(isOver ? { generator: load.generator } : {}),
    ...(isOver && offeredDigest !== undefined ? { offeredDigest } : {}),
    measuresLatency: true,
    // What the consumers of a part saw is of use with what all parts had acknowledged: merge tells it.
    ...(reading && reading.part === undefined && { consumers: reading }),
  });
  return {
    ...common,
    ...(isOver ? changesOf(load, scenario, isReal) : {}),
    kind: 'run',
    startedAt: new Date((startUs + scenario.warmupUs) / 1000).toISOString(),
    partial,
    // What a gate asks of the whole load, a part of it does not answer.
    thresholds: partial === false ? thresholds : thresholds.map((row) => ({ ...row, ok: null })),
    ...(isOver && load.ended ? { ended: load.ended } : {}),
    ...(isOver
      ? {
          generator: reading
            ? { ...load.generator, readersUtilization: reading.eventLoopUtilization }
            : load.generator,
          errors: load.errors,
        }
      : {}),
  };
}

function partialOf({ interrupted, failed }: CrewResult): ReportDocument['partial'] {
  if (interrupted) return 'interrupted';
  return failed ? 'failed' : false;
}
