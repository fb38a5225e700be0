/** Reports of machines that sent one load, made in virtual time: what becomes of a record depends on it alone. */
import { loadReport } from '../../src/cli/load-report.ts';
import { identityOf, workerReport } from '../../src/cli/worker-report.ts';
import { noiseMargin } from '../../src/advice/verdict.ts';
import { ATTEMPT } from '../../src/model/outcome.ts';
import { createShardMap } from '../../src/model/shard-map.ts';
import { LoadTrace } from '../../src/results/load-trace.ts';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { Tally } from '../../src/results/tally.ts';
import { Pipeline } from '../../src/simulate/pipeline.ts';
import type { Batch } from '../../src/traffic/producer.ts';
import type { Scenario } from '../../src/traffic/scenario.ts';
import type { Split } from '../../src/traffic/split.ts';

const STEP_US = 20_000;
/** From a request to its reply. */
const SERVICE_US = 35_000;

export interface PartOptions {
  /** Places in the key sketch. */
  readonly keyPlaces?: number;
  /** The load is cut short then, from the start of the counted duration. */
  readonly endSec?: number;
  /** Rows that the trace of the load may hold. */
  readonly most?: { readonly shardRows: number; readonly keyRows: number };
}

/** The report of one machine of several, or, without a split, of one that sent everything. */
export function reportOf(scenario: Scenario, split?: Split, options: PartOptions = {}): ReportDocument {
  const map = createShardMap(scenario.stream.shards);
  const z = noiseMargin(map.open.length);
  const { keyPlaces, endSec, most } = options;
  const pipeline = new Pipeline(scenario, map, z, undefined, {
    split: split ?? { index: 0, count: 1 },
    countsOf: (counted) => new Tally({ ...counted, ...(keyPlaces === undefined ? {} : { keyPlaces }) }),
  });
  const { tally, dictionary, offer, lag } = pipeline;
  tally.load.trace = new LoadTrace((place) => tally.sketch.keys[place], most);
  const countedUs = (endSec ?? scenario.durationUs / 1_000_000) * 1_000_000;
  play(pipeline, scenario.warmupUs + countedUs);
  const document: ReportDocument = {
    ...loadReport({
      file: 's.yaml',
      scenario,
      ...{ tally, timed: tally, keyNames: dictionary, map, countedUs, offeredDigest: offer.digest },
      measuresLatency: true,
    }),
    kind: 'run',
    startedAt: '2026-01-01T00:00:00.000Z',
    partial: endSec === undefined ? false : 'interrupted',
    target: {
      ...{ kind: 'aws', stream: 'orders', region: 'us-east-1', endpoint: 'http://localhost:1' },
      ...{ transport: 'sdk', shards: map.open.length },
    },
    latencyBasis: 'measured',
    generator: {
      ...{ valid: true, lagMs: { p50: 0, p99: 0, max: 0 }, dispatched: 1, workers: 1, cpu: 0.5 },
      ...{ eventLoopUtilization: 0.4, misrouted: 0 },
    },
    errors: [],
  };
  const identity = identityOf({ split, startAtUs: undefined }, scenario, 'a'.repeat(32));
  return JSON.parse(
    JSON.stringify(workerReport(document, identity, { tally, lag, dictionary, startUs: 0 }, tally, 24)),
  ) as ReportDocument;
}

/** All parts of a load. */
export function partsOf(scenario: Scenario, count: number, options: PartOptions = {}): ReportDocument[] {
  return Array.from({ length: count }, (_, index) => reportOf(scenario, { index, count }, options));
}

function play(pipeline: Pipeline, endUs: number): void {
  const { producer } = pipeline;
  const onTheWay: { batch: Batch; untilUs: number }[] = [];
  for (let nowUs = 0; pipeline.offer.nextDueUs < endUs || !producer.idle; nowUs += STEP_US) {
    while (onTheWay.length > 0 && onTheWay[0].untilUs <= nowUs) {
      const { batch } = onTheWay.shift() as { batch: Batch };
      const { k } = producer.records;
      pipeline.settle(
        batch,
        Array.from(batch.slots, (slot) => FATES[k[slot] % FATES.length]),
        nowUs,
      );
    }
    if (pipeline.offer.nextDueUs < endUs) pipeline.enterDue(Math.min(nowUs, endUs - 1));
    else producer.flush();
    for (let batch = pipeline.nextBatch(nowUs); batch; batch = pipeline.nextBatch(nowUs)) {
      onTheWay.push({ batch, untilUs: nowUs + SERVICE_US });
    }
  }
}

const { accepted, throttled, failed, lost } = ATTEMPT;
const FATES = [accepted, accepted, throttled, accepted, failed, accepted, lost, accepted, accepted];
