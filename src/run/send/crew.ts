/**
 * A load sent by several threads: each takes its blocks of the offer, and what they count comes together here, second by
 * second, as if one had counted it.
 */
import type { Worker } from 'node:worker_threads';
import { LatencyHistogram } from '../../results/latency.ts';
import { LedgerMerge } from '../../results/ledger-merge.ts';
import { LoadTrace } from '../../results/load-trace.ts';
import { mergedPutCounts } from '../../results/put-counts.ts';
import type { LedgerPage } from '../../results/ledger-page.ts';
import { WINDOW_SEC } from '../../results/sliding-sums.ts';
import { Tally } from '../../results/tally.ts';
import { dictionaryOf, tallyOptionsOf } from '../../simulate/pipeline.ts';
import type { KeyDictionary } from '../../traffic/key-dictionary.ts';
import { QUEUE_BYTES } from '../../traffic/producer.ts';
import { packScenario } from '../../traffic/scenario-parcel.ts';
import { shareOf, splitWithin, WHOLE, type Split } from '../../traffic/split.ts';
import { epochClock, epochOffsetUs } from '../clock.ts';
import type { CrewOptions, CrewResult, CrewView } from './crew-options.ts';
import type { EndedEarly } from '../../results/ended-early.ts';
import { CrewStage } from './crew-stage.ts';
import type { DeadEnd } from './dead-end.ts';
import { distanceMs } from './distance.ts';
import { FailureLog } from './failure-log.ts';
import { CpuMeter, generatorInfo } from './generator-health.ts';
import { cannotStart, endThreads } from './thread-pool.ts';
import { LostThread, ThreadAccount } from './lost-thread.ts';
import type { Reached, SendOrder, SendReport, SendResult, SendSetup } from './send-thread.ts';
import { waitForStart } from './start-time.ts';

const US_PER_SEC = 1_000_000;
/** Between the last thread's being ready and the first record's due time. */
const LEAD_US = 50_000;

export type { CrewOptions, CrewReaders, CrewResult, CrewView } from './crew-options.ts';

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
  #deadEnd: DeadEnd | undefined;
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
      ...(this.#options.readers?.baseUs !== undefined && { baseUs: this.#options.readers.baseUs }),
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
    else if (report.kind === 'deadEnd') this.#comeTo(report.end);
    else if (report.kind === 'done') thread.result = report;
  }

  /** Stream, rights and credentials are the same for all threads: what one has seen for so long, all see. */
  #comeTo(end: DeadEnd): void {
    if (this.#options.endsAtDeadEnd !== true || this.#deadEnd !== undefined) return;
    this.#deadEnd = end;
    this.#order({ kind: 'stop' });
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
    this.#merge.add(index, account.lastPage());
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
    const { signal, endsAtDeadEnd = false } = this.#options;
    if (endsAtDeadEnd && !signal.aborted) this.#deadEnd ??= results.find(({ deadEnd }) => deadEnd)?.deadEnd;
    const interrupted =
      this.#deadEnd === undefined ? results.some((result) => result.interrupted) : signal.aborted;
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
      failed: results.length < this.#threads.length || this.#deadEnd !== undefined,
      ended: this.#deadEnd && this.#endedBy(this.#deadEnd),
      countedUs,
      puts:
        results.length < this.#threads.length ? undefined : mergedPutCounts(results.map(({ puts }) => puts)),
      acknowledged: results.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
    };
  }

  #endedBy({ kind, code, message, sinceUs }: DeadEnd): EndedEarly {
    return { kind, code, message, sinceMs: (sinceUs - this.#options.scenario.warmupUs) / 1000 };
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
    // All others have told the end of every record: of what is still open by key, those that died have not.
    if (this.#threads.some(({ lost }) => lost !== undefined)) this.#merge.tally.keys.loseOpen();
  }
}
