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
import { OnDemandScaling } from './on-demand-scaling.ts';
import type { Pipeline } from './pipeline.ts';
import { SimulatedStream, type Answer } from './simulated-stream.ts';
import { TimelinePlayer } from './timeline-player.ts';
import type { Readers } from './readers.ts';

export interface SimulationOptions {
  /** From a request's sending to its reply, in microseconds. */
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
}

/** Plays a whole scenario and waits, in virtual time, for its last reply. */
export function simulateExactly(scenario: Scenario, options: SimulationOptions): Simulation {
  const player = new Player(scenario, options);
  player.play();
  const { pipeline, map, history, readers } = player.stream;
  readers?.finish();
  return { pipeline, map, history, readers };
}

/** What the stream does by itself. */
function ownHappenings({ stream, warmupUs, durationUs }: Scenario, simulated: SimulatedStream): Happening[] {
  const { accepted } = simulated;
  if (stream.onDemand === undefined || accepted === undefined) return [];
  return [new OnDemandScaling(simulated, accepted, stream.onDemand.rules, warmupUs + durationUs)];
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

  constructor(scenario: Scenario, { serviceUs, z, onRequest, happenings }: SimulationOptions) {
    const { timeline = [] } = scenario;
    this.stream = new SimulatedStream(scenario, z, serviceUs);
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

  play(): void {
    const { pipeline } = this;
    const columns = new OfferColumns();
    while (pipeline.offer.take(Infinity, columns) > 0) {
      for (let from = 0; from < columns.length;) {
        this.#advanceTo(columns.dueUs[from]);
        const untilUs = Math.min(this.#nextReplyUs(), this.#agenda.nextUs);
        const to = from + pipeline.producer.quietRun(columns, from, untilUs);
        pipeline.enter(columns, from, to);
        this.#sendReady(columns.dueUs[to - 1]);
        from = to;
      }
    }
    const endUs = this.#scenario.warmupUs + this.#scenario.durationUs;
    this.#advanceTo(endUs);
    pipeline.producer.flush();
    this.#sendReady(endUs);
    this.#advanceTo(Infinity);
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
