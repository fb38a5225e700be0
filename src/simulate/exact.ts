/**
 * The exact engine: every record of a scenario, one by one, against the shard model in virtual time.
 *
 * A request reaches the stream the moment it is sent, all of it at one microsecond, and its reply comes one service
 * time later. Nothing is random but what the scenario draws, so the same scenario ends the same on every machine.
 */
import type { AttemptOutcome } from '../model/outcome.ts';
import type { ShardMap } from '../model/shard-map.ts';
import type { TimelineRow } from '../results/report-document.ts';
import { OfferColumns } from '../traffic/offer.ts';
import type { Batch } from '../traffic/producer.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { Agenda, type Happening } from './agenda.ts';
import { playThrough, type Play } from './play.ts';
import { OnDemandScaling } from './on-demand-scaling.ts';
import type { Pipeline } from './pipeline.ts';
import { SimulatedStream, type Answer } from './simulated-stream.ts';
import { TimelinePlayer } from './timeline-player.ts';
import type { Readers } from './readers.ts';
import type { ReadingOptions } from './shard-reads.ts';

export interface SimulationOptions extends ReadingOptions {
  /** From a request's sending to its reply, in microseconds; of consumers too. */
  readonly serviceUs: number;
  /** Standard deviations that a finding must stand above counting noise. */
  readonly z: number;
  /** Shown every request with what the shards said, before its records may be tried again; for tests. */
  readonly onRequest?: (request: SimulatedRequest) => void;
  /** What else happens to the stream; for tests. */
  readonly happenings?: (stream: SimulatedStream) => Happening[];
}

/** A request the moment it reaches the stream. */
export interface SimulatedRequest {
  readonly batch: Batch;
  /** By record, in order: `ATTEMPT` of the model. */
  readonly outcomes: ArrayLike<AttemptOutcome>;
  /** Where the batch's slots are looked up; they mean other records once the reply was settled. */
  readonly pipeline: Pipeline;
}

export interface Simulation {
  readonly pipeline: Pipeline;
  /** At the end. */
  readonly map: ShardMap;
  /** What happened to the stream, in order. */
  readonly history: readonly TimelineRow[];
  /** Where the scenario has consumers. */
  readonly readers: Readers | undefined;
  /** Part of the counted duration that was played, microseconds. */
  readonly countedUs: number;
  readonly interrupted: boolean;
}

/** How far a scenario with little traffic is played between two looks at it, in virtual time. */
const SLICE_US = 60_000_000;
/** The same of a closed loop, which may send a lot. */
const CLOSED_SLICE_US = 100_000;

/** Plays a whole scenario and waits, in virtual time, for its last reply. */
export function simulateExactly(scenario: Scenario, options: SimulationOptions): Simulation {
  return playThrough(playExactly(scenario, options));
}

/** The same bit by bit. Ended early, what was not sent yet is dropped, and what is on its way is waited for. */
export function* playExactly(scenario: Scenario, options: SimulationOptions): Play<Simulation> {
  const { warmupUs, durationUs } = scenario;
  const player = new Player(scenario, options);
  const endedUs = yield* player.play();
  const { pipeline, map, history, readers } = player.stream;
  readers?.finish(endedUs);
  const countedUs = Math.min(durationUs, Math.max(0, endedUs - warmupUs));
  return { pipeline, map, history, readers, countedUs, interrupted: endedUs < Infinity };
}

/** What the stream does by itself. */
function ownHappenings({ warmupUs, durationUs }: Scenario, simulated: SimulatedStream): Happening[] {
  const { minutes } = simulated;
  return minutes === undefined ? [] : [new OnDemandScaling(simulated, minutes, warmupUs + durationUs)];
}

class Player {
  readonly pipeline: Pipeline;
  readonly stream: SimulatedStream;
  readonly #scenario: Scenario;
  readonly #serviceUs: number;
  readonly #agenda: Agenda;
  readonly #onRequest: ((request: SimulatedRequest) => void) | undefined;
  /** Requests on their way, in order of their replies. */
  readonly #onTheWay: { readonly batch: Batch; readonly answer: Answer }[] = [];

  constructor(scenario: Scenario, options: SimulationOptions) {
    const { serviceUs, z, onRequest, happenings } = options;
    const { timeline = [] } = scenario;
    this.stream = new SimulatedStream(scenario, z, options);
    this.pipeline = this.stream.pipeline;
    this.#scenario = scenario;
    this.#serviceUs = serviceUs;
    this.#agenda = new Agenda([
      ...ownHappenings(scenario, this.stream),
      ...(timeline.length > 0 ? [new TimelinePlayer(timeline, this.stream, scenario.warmupUs)] : []),
      ...(happenings?.(this.stream) ?? []),
    ]);
    this.#onRequest = onRequest;
  }

  /** @returns when it was ended, Infinity where it was not */
  *play(): Play<number> {
    const { offer, producer } = this.pipeline;
    const endUs = this.#scenario.warmupUs + this.#scenario.durationUs;
    const isClosed = this.#scenario.producer.loop === 'closed';
    const columns = new OfferColumns();
    let nowUs = 0;
    // In a closed loop every slot begins by sending.
    if (isClosed) this.#sendReady(nowUs);
    while (nowUs < endUs || this.pipeline.nextDueUs < Infinity) {
      const untilUs = nowUs + (isClosed ? CLOSED_SLICE_US : SLICE_US);
      const isDue = !isClosed && offer.take(untilUs, columns) > 0;
      nowUs = isDue ? this.#enter(columns) : this.#wait(untilUs, endUs);
      const playedUs = Math.min(nowUs, endUs);
      if (yield playedUs) return this.#end(playedUs);
    }
    this.#advanceTo(endUs);
    producer.flush();
    this.#sendReady(endUs);
    this.#advanceTo(Infinity);
    return Infinity;
  }

  /** Records fall due, and everything happens that is due before the last of them does. */
  #enter(columns: OfferColumns): number {
    const { pipeline } = this;
    for (let from = 0; from < columns.length;) {
      this.#advanceTo(columns.dueUs[from]);
      const untilUs = Math.min(this.#nextReplyUs(), this.#agenda.nextUs);
      const to = from + pipeline.producer.quietRun(columns, from, untilUs);
      pipeline.enter(columns, from, to);
      this.#sendReady(columns.dueUs[to - 1]);
      from = to;
    }
    return columns.dueUs[columns.length - 1];
  }

  /** No record falls due up to a time; nothing is played beyond the end here. */
  #wait(untilUs: number, endUs: number): number {
    this.#advanceTo(Math.min(untilUs, endUs));
    this.stream.readers?.advance(Math.min(untilUs, endUs));
    return untilUs;
  }

  /** Ends early: nothing more is sent, and the replies to what was sent are waited for. */
  #end(nowUs: number): number {
    const { producer } = this.pipeline;
    producer.abandon(nowUs);
    while (this.#onTheWay.length > 0) this.#settleFirst(this.#nextReplyUs());
    producer.abandon(nowUs);
    return nowUs;
  }

  /**
   * Lets everything happen that is due up to a time: of one microsecond, first what happens to the stream, then
   * replies, then what the producer waited for. In the end, until the producer holds nothing any more.
   */
  #advanceTo(untilUs: number): void {
    for (;;) {
      const replyUs = this.#nextReplyUs();
      const happenUs = this.#agenda.nextUs;
      const nowUs = Math.min(replyUs, happenUs, this.pipeline.producer.nextWakeUs());
      if (nowUs > untilUs || nowUs === Infinity) return;
      if (untilUs === Infinity && this.pipeline.producer.idle) return;
      if (happenUs === nowUs) this.#agenda.act(nowUs);
      if (replyUs === nowUs) this.#settleFirst(nowUs);
      this.#sendReady(nowUs);
    }
  }

  #nextReplyUs(): number {
    return this.#onTheWay.length > 0 ? this.#onTheWay[0].batch.sentUs + this.#serviceUs : Infinity;
  }

  #settleFirst(nowUs: number): void {
    const first = this.#onTheWay.shift();
    if (first === undefined) return;
    const { outcomes, isWhole } = first.answer;
    this.pipeline.settle(first.batch, outcomes, nowUs, true, isWhole);
  }

  #sendReady(nowUs: number): void {
    for (let batch = this.pipeline.nextBatch(nowUs); batch; batch = this.pipeline.nextBatch(nowUs)) {
      const answer = this.stream.answer(batch, nowUs);
      this.#onTheWay.push({ batch, answer });
      this.#onRequest?.({ batch, outcomes: answer.outcomes, pipeline: this.pipeline });
    }
  }
}
