/**
 * The loop: records fall due by the scenario, whatever the stream does (in a closed loop when a slot is free), and what
 * is ready goes out.
 *
 * Time is read here and handed down. A tick enters what is due and sends what is ready; a reply settles its records
 * and sends what its slot was waited for.
 */
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { ATTEMPT } from '../../model/outcome.ts';
import type { LayoutChange, ShardMap } from '../../model/shard-map.ts';
import type { Batch } from '../../traffic/producer.ts';
import type { Scenario } from '../../traffic/scenario.ts';
import type { RecordCounts } from '../../results/record-counts.ts';
import type { Tally } from '../../results/tally.ts';
import { RecentLoad } from '../../simulate/recent-load.ts';
import type { Clock } from '../clock.ts';
import { DeadEndWatch } from './dead-end.ts';
import { FailureLog } from './failure-log.ts';
import { GeneratorHealth, type ThreadHealth } from './generator-health.ts';
import { Pipeline, type PipelinePart } from '../../simulate/pipeline.ts';
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

export interface LoadOptions<T extends RecordCounts = Tally> {
  readonly scenario: Scenario;
  readonly map: ShardMap;
  /** Standard deviations that a finding must stand above counting noise. */
  readonly z: number;
  /** Microseconds from the start of the schedule, which is the start of the warm-up. */
  readonly clock: Clock;
  readonly transportOf: (pipeline: Pipeline<T>) => Transport | Promise<Transport>;
  /** Of one of several threads. */
  readonly part?: PipelinePart<T>;
  /** Called whenever the load looks around: up to when everything was offered, or packed, that ever will be. */
  readonly onTurn?: (reachedUs: number) => void;
  /** Ends the load early; what was sent is still waited for and reported. */
  readonly signal: AbortSignal;
}

export interface LoadResult<T extends RecordCounts = Tally> {
  readonly pipeline: Pipeline<T>;
  readonly health: ThreadHealth;
  /** Records of which a reply named another shard than we had worked out. */
  readonly misrouted: number;
  /** The same while the layout was changing, where it is expected. */
  readonly moved: number;
  readonly failures: FailureLog;
  readonly transport: string;
  readonly interrupted: boolean;
  /** Counted time that has passed, at most the scenario's duration. */
  readonly countedUs: number;
}

export class Load<T extends RecordCounts = Tally> {
  readonly pipeline: Pipeline<T>;
  readonly failures = new FailureLog();
  readonly deadEnd = new DeadEndWatch();
  readonly #options: LoadOptions<T>;
  #put: Transport['put'] = () => Promise.reject(new Error('the transport is not open'));
  readonly #onTheWay = new Set<Batch>();
  #replied: (() => void) | undefined;
  #misrouted = 0;
  #moved = 0;
  /** What was sent up to then may have met another layout than ours; Infinity while it changes. */
  #changingUntilUs = -Infinity;
  readonly #recent = new RecentLoad();

  constructor(options: LoadOptions<T>) {
    this.#options = options;
    const { scenario, map, z, part } = options;
    this.pipeline = new Pipeline(scenario, map, z, this.#recent, part);
  }

  /** Sends the whole scenario and waits for its replies. */
  async run(): Promise<LoadResult<T>> {
    const { clock, scenario, signal, transportOf } = this.#options;
    const transport = await transportOf(this.pipeline);
    this.#put = (batch, records) => transport.put(batch, records);
    const meter = new GeneratorHealth();
    await this.#offerAll();
    const health = meter.stop();
    const cutShort = signal.aborted;
    const countedUs = Math.min(scenario.durationUs, Math.max(0, clock() - scenario.warmupUs));
    await this.#drain();
    transport.close();
    this.#options.onTurn?.(Infinity);
    return {
      pipeline: this.pipeline,
      health,
      misrouted: this.#misrouted,
      moved: this.#moved,
      failures: this.failures,
      transport: transport.name,
      interrupted: signal.aborted,
      countedUs: cutShort ? countedUs : scenario.durationUs,
    };
  }

  /** The stream's layout is about to change, or is done with it. */
  changing(isUnderWay: boolean): void {
    this.#changingUntilUs = isUnderWay ? Infinity : this.#now();
  }

  /** The stream has another layout from now on: keys, and records that wait, go to its shards. */
  relayout(change: LayoutChange): void {
    const nowUs = this.#now();
    this.#recent.relayout(nowUs, change.map.all.length);
    this.pipeline.relayout(change, nowUs);
  }

  /** Counts load by shard from a time on, for who asks what it was. @param shards how many there are */
  watchLoad(fromUs: number, shards: number): void {
    this.#recent.begin(fromUs, shards);
  }

  get recentLoad(): RecentLoad['sums'] {
    return this.#recent.sums;
  }

  /** From the first record to the last, and to the end of the counted duration. */
  async #offerAll(): Promise<void> {
    const { clock, scenario, signal } = this.#options;
    const endUs = scenario.warmupUs + scenario.durationUs;
    while (!signal.aborted) {
      const nowUs = clock();
      const isUpToDate = this.pipeline.enterDue(nowUs, MOST_PER_TURN);
      this.#sendReady(nowUs);
      this.#lookAround(nowUs);
      if (!isUpToDate) {
        await turn();
        continue;
      }
      const { nextDueUs } = this.pipeline;
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
    this.pipeline.endLoop();
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
      this.#lookAround(nowUs);
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
    this.pipeline.reroute(batch);
    const reply = await this.#put(batch, this.pipeline.producer.records);
    if (this.#settle(batch, reply)) this.#sendReady(this.#now());
    this.#replied?.();
  }

  /** Counts a reply, unless it comes after its records were given up. */
  #settle(batch: Batch, reply: PutReply): boolean {
    if (!this.#onTheWay.delete(batch)) return false;
    this.failures.add(reply.errors);
    this.deadEnd.note(batch.sentUs, reply);
    if (batch.sentUs <= this.#changingUntilUs) this.#moved += reply.misrouted;
    else this.#misrouted += reply.misrouted;
    this.pipeline.settle(batch, reply.outcomes, this.#now(), reply.retryable, reply.isWhole);
    return true;
  }

  #lookAround(nowUs: number): void {
    this.#options.onTurn?.(Math.min(nowUs, this.pipeline.nextDueUs));
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
