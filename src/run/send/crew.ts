/**
 * A load sent by several threads: each takes its blocks of the offer, and what they count comes together here, second by
 * second, as if one had counted it.
 */
import type { MessagePort, Worker } from 'node:worker_threads';
import type { ShardMap } from '../../model/shard-map.ts';
import { LatencyHistogram } from '../../results/latency.ts';
import type { PhaseCounts } from '../../results/layout-phases.ts';
import { LedgerMerge } from '../../results/ledger-merge.ts';
import { LoadTrace } from '../../results/load-trace.ts';
import { mergedPutCounts, type PutCounts } from '../../results/put-counts.ts';
import type { LedgerPage } from '../../results/ledger-page.ts';
import type { ErrorRow, GeneratorInfo } from '../../results/report-document.ts';
import { WINDOW_SEC } from '../../results/sliding-sums.ts';
import { Tally } from '../../results/tally.ts';
import { dictionaryOf, tallyOptionsOf } from '../../simulate/pipeline.ts';
import type { KeyDictionary } from '../../traffic/key-dictionary.ts';
import { QUEUE_BYTES } from '../../traffic/producer.ts';
import { packScenario } from '../../traffic/scenario-parcel.ts';
import type { Scenario } from '../../traffic/scenario.ts';
import { shareOf, splitWithin, WHOLE, type Split } from '../../traffic/split.ts';
import { epochClock, epochOffsetUs } from '../clock.ts';
import type { ClientSpec } from './client.ts';
import { CrewStage, type Director } from './crew-stage.ts';
import { distanceMs } from './distance.ts';
import { FailureLog } from './failure-log.ts';
import { CpuMeter, generatorInfo } from './generator-health.ts';
import { cannotStart, endThreads } from './thread-pool.ts';
import { LostThread, ThreadAccount } from './lost-thread.ts';
import type { StreamRef } from './put-body.ts';
import type { Reached, SendOrder, SendReport, SendResult, SendSetup } from './send-thread.ts';
import { waitForStart, type StartTime } from './start-time.ts';
import type { TransportName } from './transport.ts';

const US_PER_SEC = 1_000_000;
/** Between the last thread's being ready and the first record's due time. */
const LEAD_US = 50_000;

export interface CrewOptions {
  readonly scenario: Scenario;
  readonly map: ShardMap;
  /** Standard deviations that a finding must stand above counting noise. */
  readonly z: number;
  readonly client: ClientSpec;
  readonly stream: StreamRef;
  readonly transport: TransportName;
  /** The endpoint, where the client's settings leave it to the SDK. */
  readonly distanceTo?: string;
  /** As `bootThreads` gives them; they are used up. */
  readonly threads: readonly Worker[];
  /** The part of the offer that is this machine's; default: all of it. */
  readonly split?: Split | undefined;
  /** 16 bytes. */
  readonly runId: Uint8Array;
  /** Who reads the stream meanwhile. */
  readonly readers?: CrewReaders;
  /** Who changes the stream meanwhile. */
  readonly director?: Director;
  /** When the schedule starts, microseconds since 1970, and who is told of the wait; default: as soon as can be. */
  readonly startAt?: StartTime | undefined;
  /** Ends the load early; what was sent is still waited for and reported. */
  readonly signal: AbortSignal;
  /** Told every second what all threads have counted up to then. */
  readonly onSecond?: (view: CrewView) => void;
}

/** Those who read what is sent. */
export interface CrewReaders {
  /** The schedule starts then, microseconds since 1970. */
  begin(startUs: number): void;
  /** A way for one thread to tell them what was acknowledged. */
  connect(): MessagePort;
}

/** What is known of a load while it runs: everything up to the slowest thread's last second. */
export interface CrewView {
  readonly tally: Tally;
  readonly map: ShardMap;
  readonly dictionary: KeyDictionary;
  /** Absent in a closed loop. */
  readonly offeredDigest?: string;
  /** Of all threads: from a record's due time to its entering the producer. */
  readonly lag: LatencyHistogram;
  /** Start of the schedule, the warm-up, microseconds since 1970. */
  readonly startUs: number;
  /** Whole seconds of the counted duration that all threads are through with; below 0 in the warm-up. */
  readonly second: number;
}

export interface CrewResult extends Omit<CrewView, 'second'> {
  readonly generator: GeneratorInfo;
  readonly errors: readonly ErrorRow[];
  readonly transport: string;
  readonly interrupted: boolean;
  /** Whether a thread died. */
  readonly failed: boolean;
  /** Counted time that has passed, at most the scenario's duration. */
  readonly countedUs: number;
  /** What was put on the wire, warm-up included; undefined where a thread died without telling. */
  readonly puts: PutCounts | undefined;
  /** Kinesis records that readers were told of. */
  readonly acknowledged: number;
  /** Since the layout changed last; undefined where it could not change. */
  readonly lastPhase: PhaseCounts | undefined;
}

/** Sends the scenario and waits for the last reply. Threads that die do not hold up the others. */
export async function runCrew(options: CrewOptions): Promise<CrewResult> {
  return new Crew(options).run();
}

interface Thread {
  readonly worker: Worker;
  readonly split: Split;
  /** Rejected where it dies before it is ready. */
  readonly ready: Promise<void>;
  readonly gone: Promise<void>;
  readonly account: ThreadAccount;
  digest: string;
  result: SendResult | undefined;
  /** Why it ended before its time; and what goes on accounting for it. */
  death: string | undefined;
  lost: LostThread | undefined;
}

class Crew {
  readonly #options: CrewOptions;
  readonly #merge: LedgerMerge;
  readonly #stage: CrewStage;
  readonly #dictionary: KeyDictionary;
  readonly #threads: Thread[];
  readonly #lag = new LatencyHistogram();
  /** When a thread died last, from the start of the schedule. */
  #diedUs = 0;
  #toldSec = -Infinity;
  #connectMs: number | undefined;

  constructor(options: CrewOptions) {
    const { scenario, map, z, threads, director, split = WHOLE } = options;
    this.#options = options;
    this.#dictionary = dictionaryOf(scenario);
    const tally = new Tally(tallyOptionsOf(scenario, map, z));
    tally.load.trace = new LoadTrace((place) => tally.sketch.keys[place]);
    this.#merge = new LedgerMerge(tally, threads.length, director !== undefined);
    this.#stage = new CrewStage({
      ...{ map, dictionary: this.#dictionary, merge: this.#merge, warmupUs: scenario.warmupUs },
      order: (order) => this.#order(order),
      threads: () => this.#threads,
    });
    this.#threads = threads.map((worker, index) =>
      this.#setUp(worker, index, splitWithin(split, { index, count: threads.length })),
    );
  }

  async run(): Promise<CrewResult> {
    const stop = (): void => this.#order({ kind: 'stop' });
    const { signal, readers, director } = this.#options;
    try {
      await Promise.all(this.#threads.map(({ ready }) => ready));
      this.#connectMs = await this.#distance();
      const { startAt } = this.#options;
      if (startAt !== undefined) await waitForStart(startAt, 2 * LEAD_US, signal);
      const startUs = Math.max(startAt?.us ?? 0, epochClock() + LEAD_US);
      this.#stage.startUs = startUs;
      const cpu = new CpuMeter();
      readers?.begin(startUs);
      this.#order({ kind: 'start', startUs, offsetUs: epochOffsetUs() });
      director?.begin(this.#stage);
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
      await Promise.all(this.#threads.map(({ gone }) => gone));
      await director?.end();
      return this.#result(cpu.cores);
    } finally {
      signal.removeEventListener('abort', stop);
      await director?.end();
      await endThreads(this.#options.threads);
    }
  }

  /** Of the endpoint that the client names, or another that it is known to speak to. */
  async #distance(): Promise<number | undefined> {
    const { client, distanceTo: endpoint = client.endpoint } = this.#options;
    return endpoint === undefined ? undefined : distanceMs(endpoint);
  }

  #setUp(worker: Worker, index: number, split: Split): Thread {
    const { scenario, map, z, client, stream, transport, runId, threads } = this.#options;
    const { producer } = scenario;
    const acknowledgements = this.#options.readers?.connect();
    const own = {
      ...producer,
      inFlight: shareOf(producer.inFlight, split),
      queueBytes: Math.floor((producer.queueBytes ?? QUEUE_BYTES) / threads.length),
    };
    const setup: SendSetup = {
      scenario: packScenario({ ...scenario, producer: own }),
      shards: map.open,
      ...{ z, split, client, stream, transport, runId },
      worker: split.index + 1,
      ...(acknowledgements && { acknowledgements }),
    };
    const thread: Thread = {
      ...{ worker, split, account: new ThreadAccount(map), digest: '0' },
      ready: new Promise((resolve, reject) => {
        worker.once('message', () => resolve());
        worker.once('exit', () => reject(cannotStart(index, thread.death)));
      }),
      gone: new Promise((resolve) => worker.once('exit', () => resolve())),
      ...{ result: undefined, death: undefined, lost: undefined },
    };
    worker.on('message', (report: SendReport) => this.#hear(report, thread, index));
    worker.on('error', (error) => (thread.death = error.message));
    worker.once('exit', () => {
      if (thread.result === undefined && this.#stage.startUs > 0) this.#died(thread, index);
    });
    const transfer = acknowledgements ? [acknowledgements] : [];
    worker.postMessage({ kind: 'setUp', setup } satisfies SendOrder, transfer);
    return thread;
  }

  #hear(report: SendReport, thread: Thread, index: number): void {
    if (report.kind === 'page') {
      this.#merge.add(index, report.page);
      thread.account.add(report.page);
    } else if (report.kind === 'reached') this.#reached(report, thread, index);
    else if (report.kind === 'load') this.#stage.hear(report);
    else if (report.kind === 'done') thread.result = report;
  }

  #reached({ second, lag, digest }: Reached, thread: Thread, index: number): void {
    thread.digest = digest;
    this.#lag.add(lag);
    this.#merge.reach(index, second);
    if (second < Infinity) this.#accountForLost(second);
    this.#tell();
  }

  #died(thread: Thread, index: number): void {
    thread.death ??= 'it ended without a word';
    const { scenario } = this.#options;
    const { account, split } = thread;
    const { map, changes } = this.#stage;
    this.#diedUs = epochClock() - this.#stage.startUs;
    account.lose(this.#merge.tally);
    const told = account.shards.sum('offered');
    const send = (page: LedgerPage): void => this.#merge.add(index, page);
    thread.lost = new LostThread(
      ...([scenario, this.#dictionary, map, split, told, this.#diedUs, send, changes] as const),
    );
    // What it does not say any more holds up nobody.
    this.#accountForLost(this.#merge.reachedSec);
  }

  /** Threads that died are accounted for up to a second of the counted duration, as if they went on. */
  #accountForLost(second: number): void {
    const { warmupUs } = this.#options.scenario;
    this.#threads.forEach((thread, index) => {
      if (thread.lost === undefined) return;
      if (second > -Infinity) thread.lost.advance(warmupUs + second * US_PER_SEC - 1);
      thread.digest = thread.lost.digest;
      this.#merge.reach(index, second);
    });
  }

  #tell(): void {
    const second = this.#merge.reachedSec;
    if (second <= this.#toldSec || second === Infinity) return;
    this.#toldSec = second;
    // A machine's part is judged together with the others' when they are merged; else only the first window needs it.
    if (this.#options.split === undefined && second > WINDOW_SEC) this.#merge.tally.load.trace = undefined;
    this.#options.onSecond?.({ ...this.#view(), second });
  }

  #view(): Omit<CrewView, 'second'> {
    const isClosed = this.#options.scenario.producer.loop === 'closed';
    const sum = this.#threads.reduce((total, { digest }) => total + BigInt(digest), 0n);
    return {
      tally: this.#merge.tally,
      map: this.#stage.appliedMap,
      dictionary: this.#dictionary,
      ...(isClosed ? {} : { offeredDigest: BigInt.asUintN(64, sum).toString() }),
      lag: this.#lag,
      startUs: this.#stage.startUs,
    };
  }

  #order(order: SendOrder): void {
    for (const { worker } of this.#threads) worker.postMessage(order);
  }

  #result(cores: number): CrewResult {
    const results = this.#threads.flatMap(({ result }) => result ?? []);
    const failures = new FailureLog();
    for (const { errors } of results) failures.addRows(errors);
    for (const { death } of this.#threads) {
      if (death !== undefined) failures.addRows([{ code: 'ThreadDied', attempts: 0, message: death }]);
    }
    const interrupted = results.some((result) => result.interrupted);
    const countedUs = this.#countedUs(results);
    this.#endLost(countedUs);
    const lastPhase = this.#merge.lastPhase();
    const sumOf = (count: 'misrouted' | 'moved'): number =>
      results.reduce((sum, result) => sum + result[count], 0);
    return {
      ...this.#view(),
      lastPhase,
      generator: generatorInfo(
        this.#lag,
        results.map(({ load }) => load),
        cores,
        { misrouted: sumOf('misrouted'), moved: sumOf('moved') },
        this.#connectMs,
      ),
      errors: failures.rows(),
      transport: results.at(0)?.transport ?? this.#options.transport,
      interrupted,
      failed: results.length < this.#threads.length,
      countedUs,
      puts:
        results.length < this.#threads.length ? undefined : mergedPutCounts(results.map(({ puts }) => puts)),
      acknowledged: results.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
    };
  }

  #countedUs(results: readonly SendResult[]): number {
    const { warmupUs, durationUs } = this.#options.scenario;
    if (results.length === 0) return Math.min(durationUs, Math.max(0, this.#diedUs - warmupUs));
    return Math.max(...results.map((result) => result.countedUs));
  }

  #endLost(countedUs: number): void {
    this.#threads.forEach((thread, index) => {
      if (thread.lost === undefined) return;
      thread.lost.advance(this.#options.scenario.warmupUs + countedUs);
      thread.digest = thread.lost.digest;
      this.#merge.reach(index, Infinity);
    });
  }
}
