/**
 * The open loop: records fall due by the scenario, whatever the stream does, and what is ready goes out.
 *
 * Time is read here and handed down. A tick enters what is due and sends what is ready; a reply settles its records
 * and sends what its slot was waited for.
 */
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { ATTEMPT } from '../../model/outcome.ts';
import type { ShardMap } from '../../model/shard-map.ts';
import type { GeneratorInfo } from '../../results/report-document.ts';
import type { Batch } from '../../traffic/producer.ts';
import type { Scenario } from '../../traffic/scenario.ts';
import type { Clock } from '../clock.ts';
import { FailureLog } from './failure-log.ts';
import { GeneratorHealth } from './generator-health.ts';
import { Pipeline } from '../../simulate/pipeline.ts';
import type { PutReply, Transport } from './transport.ts';

/** How long replies and retries are waited for when nothing falls due any more. */
const DRAIN_US = 30_000_000;
/** How long replies are waited for after an interruption. */
const INTERRUPTED_DRAIN_US = 5_000_000;
/** A timer is asked for at least this; it may not be the reason for a busy loop. */
const LEAST_SLEEP_MS = 1;
const MOST_SLEEP_MS = 100;
/** Records between two looks at signals, replies and the clock, however far behind the load is: some milliseconds. */
const MOST_PER_TURN = 10_000;

export interface LoadOptions {
  readonly scenario: Scenario;
  readonly map: ShardMap;
  /** Standard deviations that a finding must stand above counting noise. */
  readonly z: number;
  /** Microseconds from the start of the schedule, which is the start of the warm-up. */
  readonly clock: Clock;
  readonly transportOf: (pipeline: Pipeline) => Transport;
  /** Ends the load early; what was sent is still waited for and reported. */
  readonly signal: AbortSignal;
}

export interface LoadResult {
  readonly pipeline: Pipeline;
  readonly generator: GeneratorInfo;
  readonly failures: FailureLog;
  readonly transport: string;
  readonly interrupted: boolean;
  /** Counted time that has passed, at most the scenario's duration. */
  readonly countedUs: number;
}

export class Load {
  readonly pipeline: Pipeline;
  readonly failures = new FailureLog();
  readonly #options: LoadOptions;
  readonly #transport: Transport;
  readonly #onTheWay = new Set<Batch>();
  #replied: (() => void) | undefined;
  #misrouted = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.pipeline = new Pipeline(options.scenario, options.map, options.z);
    this.#transport = options.transportOf(this.pipeline);
  }

  /** Sends the whole scenario and waits for its replies. */
  async run(): Promise<LoadResult> {
    const { clock, scenario, signal } = this.#options;
    const health = new GeneratorHealth();
    await this.#offerAll();
    const generator = health.stop(this.pipeline);
    const cutShort = signal.aborted;
    const countedUs = Math.min(scenario.durationUs, Math.max(0, clock() - scenario.warmupUs));
    await this.#drain();
    this.#transport.close();
    return {
      pipeline: this.pipeline,
      generator: { ...generator, misrouted: this.#misrouted },
      failures: this.failures,
      transport: this.#transport.name,
      interrupted: signal.aborted,
      countedUs: cutShort ? countedUs : scenario.durationUs,
    };
  }

  /** From the first record to the last, and to the end of the counted duration. */
  async #offerAll(): Promise<void> {
    const { clock, scenario, signal } = this.#options;
    const endUs = scenario.warmupUs + scenario.durationUs;
    while (!signal.aborted) {
      const nowUs = clock();
      const isUpToDate = this.pipeline.enterDue(nowUs, MOST_PER_TURN);
      this.#sendReady(nowUs);
      if (!isUpToDate) {
        await turn();
        continue;
      }
      const { nextDueUs } = this.pipeline.offer;
      if (nextDueUs === Infinity && nowUs >= endUs) return;
      const wakeUs = Math.min(
        nextDueUs === Infinity ? endUs : nextDueUs,
        this.pipeline.producer.nextWakeUs(),
      );
      await sleep(sleepMs(wakeUs - clock()));
    }
  }

  /** Until every record has its outcome, or the time for it is over and what is out is lost. */
  async #drain(): Promise<void> {
    const { producer } = this.pipeline;
    const { signal } = this.#options;
    producer.flush();
    let deadlineUs = this.#now() + DRAIN_US;
    let abandoned = false;
    while (!producer.idle) {
      const nowUs = this.#now();
      if (signal.aborted && !abandoned) {
        abandoned = true;
        producer.abandon(nowUs);
        deadlineUs = Math.min(deadlineUs, nowUs + INTERRUPTED_DRAIN_US);
      }
      if (nowUs >= deadlineUs) break;
      this.#sendReady(nowUs);
      const waitUs = Math.min(producer.nextWakeUs(), deadlineUs) - nowUs;
      await Promise.race([this.#nextReply(), sleep(sleepMs(waitUs))]);
    }
    producer.abandon(this.#now());
    for (const batch of [...this.#onTheWay]) this.#settle(batch, lostReply(batch));
  }

  #sendReady(nowUs: number): void {
    for (let batch = this.pipeline.nextBatch(nowUs); batch; batch = this.pipeline.nextBatch(nowUs)) {
      void this.#send(batch);
    }
  }

  async #send(batch: Batch): Promise<void> {
    this.#onTheWay.add(batch);
    const reply = await this.#transport.put(batch, this.pipeline.producer.records);
    if (this.#settle(batch, reply)) this.#sendReady(this.#now());
    this.#replied?.();
  }

  /** Counts a reply, unless it comes after its records were given up. */
  #settle(batch: Batch, reply: PutReply): boolean {
    if (!this.#onTheWay.delete(batch)) return false;
    this.failures.add(reply.errors);
    this.#misrouted += reply.misrouted;
    this.pipeline.settle(batch, reply.outcomes, this.#now(), reply.retryable, reply.isWhole);
    return true;
  }

  #nextReply(): Promise<void> {
    return new Promise((resolve) => (this.#replied = resolve));
  }

  #now(): number {
    return this.#options.clock();
  }
}

function sleepMs(us: number): number {
  return Math.min(MOST_SLEEP_MS, Math.max(LEAST_SLEEP_MS, us / 1000));
}

/** A reply that never came. */
function lostReply({ slots, parcels }: Batch): PutReply {
  return {
    outcomes: new Array<typeof ATTEMPT.lost>(parcels?.ends.length ?? slots.length).fill(ATTEMPT.lost),
    retryable: false,
    isWhole: true,
    misrouted: 0,
    errors: [{ code: 'NoReply', message: 'no reply before the end of the run', records: slots.length }],
  };
}
