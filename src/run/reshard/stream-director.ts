/**
 * The timeline of a scenario, carried out on a stream while it is loaded: each event is asked of the control plane at its
 * time, waited for where it has to be, and the new layout told to those who send when the stream shows it.
 */
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { setTimeout as sleep } from 'node:timers/promises';
import { openNumbersOf, shardNumberOf, type ShardMap } from '../../model/shard-map.ts';
import type { EventCarriedOut, TimelineRow } from '../../results/report-document.ts';
import { eventTrouble } from '../../traffic/timeline-rules.ts';
import { nameOfEvent, type TimelineEvent } from '../../traffic/timeline.ts';
import { epochClock } from '../clock.ts';
import type { Director, Stage } from '../send/crew-stage.ts';
import { knownLayoutOf, orderOf } from './known-layout.ts';
import { changeOf, lookAt } from './stream-look.ts';
import { callReshard, reshardTroubleOf, type ReshardOrder } from './reshard-call.ts';

/** How far back the hottest and the coldest shards are looked for, and from when on after a change at the earliest. */
const RECENT_US = 10_000_000;
const LEAST_RECENT_US = 1_000_000;
/** From one look at a stream that changes to the next, growing; DescribeStreamSummary may be asked 20 times a second. */
const LOOK_MS = 100;
const LONGEST_LOOK_MS = 500;
const AGAIN_MS = 250;
const LONGEST_AGAIN_MS = 5_000;
/** A stream that never was seen to change is not waited for longer. */
const UNCHANGED_US = 30_000_000;
const MOST_SLEEP_MS = 3_600_000;

export interface StreamDirectorOptions {
  readonly client: KinesisClient;
  /** Name or ARN. */
  readonly stream: string;
  readonly events: readonly TimelineEvent[];
  readonly warmupUs: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** Makes every put fail from one time of the epoch clock to another; without it there are no outages. */
  readonly failPuts?: (fromUs: number, toUs: number) => void;
  /** Hears of what has to be waited for, and of what cannot be done. */
  readonly say: (text: string) => void;
}

type Reshard = Exclude<TimelineEvent, { kind: 'outage' }>;
type Outage = Extract<TimelineEvent, { kind: 'outage' }>;
type CarriedOut = { -readonly [F in keyof EventCarriedOut]: EventCarriedOut[F] };

export class StreamDirector implements Director {
  readonly #options: StreamDirectorOptions;
  readonly #reshards: readonly Reshard[];
  readonly #outages: readonly Outage[];
  readonly #rows: TimelineRow[] = [];
  readonly #over = new AbortController();
  readonly #resizesUs: number[] = [];
  #stage: Stage | undefined;
  #playing: Promise<void> = Promise.resolve();
  /** When the layout changed last, and when nothing was sent any more, on the schedule's clock. */
  #changedUs = 0;
  #endUs = Infinity;

  constructor(options: StreamDirectorOptions) {
    this.#options = options;
    this.#reshards = options.events.filter((event) => event.kind !== 'outage');
    this.#outages = options.events.filter((event) => event.kind === 'outage');
  }

  /** What happened, in order; complete after `end`. */
  get rows(): TimelineRow[] {
    const outages = this.#outages.filter(({ atUs }) => atUs + this.#options.warmupUs < this.#endUs);
    return [...this.#rows, ...outages.map(outageRow)].sort((a, b) => a.atMs - b.atMs);
  }

  begin(stage: Stage): void {
    const { warmupUs, signal, failPuts } = this.#options;
    this.#stage = stage;
    for (const { atUs, durationUs } of this.#outages) {
      const fromUs = warmupUs + atUs;
      stage.outage(fromUs, fromUs + durationUs);
      failPuts?.(stage.startUs + fromUs, stage.startUs + fromUs + durationUs);
    }
    const stop = (): void => this.#over.abort();
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true, signal: this.#over.signal });
    this.#playing = this.#play(stage);
  }

  async end(): Promise<void> {
    this.#endUs = Math.min(this.#endUs, this.#stage === undefined ? 0 : this.#nowUs(this.#stage));
    this.#over.abort();
    await this.#playing;
  }

  async #play(stage: Stage): Promise<void> {
    this.#watch(stage, 0);
    // The first call of a client takes a third of a second: an event is not to be late by that.
    if (this.#reshards.length > 0) await this.#look(stage);
    for (const [i, event] of this.#reshards.entries()) {
      const dueUs = event.atUs + this.#options.warmupUs;
      await this.#sleepUntil(stage, asksForLoad(event) ? this.#loadKnownUs(dueUs) : dueUs);
      await this.#carryOut(stage, event);
      this.#watch(stage, i + 1);
    }
  }

  /** Where load since a change is asked for, some of it must have been sent. */
  #loadKnownUs(dueUs: number): number {
    return this.#changedUs === 0 ? dueUs : Math.max(dueUs, this.#changedUs + LEAST_RECENT_US);
  }

  async #carryOut(stage: Stage, event: Reshard): Promise<void> {
    const before = stage.map;
    const carriedOut: CarriedOut = { dueMs: event.atUs / 1000 };
    const failed = this.#isOver ? this.#whyOver : await this.#try(stage, event, carriedOut);
    if (failed !== undefined) {
      carriedOut.failed = failed;
      this.#options.say(`${nameOfEvent(event)} was not carried out: ${failed}`);
    }
    const hasChanged = stage.map !== before;
    const atUs = hasChanged ? this.#changedUs : Math.min(this.#nowUs(stage), this.#endUs);
    this.#rows.push({
      atMs: (atUs - this.#options.warmupUs) / 1000,
      kind: event.kind,
      ...changeOf(before, stage.map),
      cause: 'timeline',
      carriedOut,
    });
  }

  /** @returns why it did not happen, or not all of it */
  async #try(stage: Stage, event: Reshard, carriedOut: CarriedOut): Promise<string | undefined> {
    const chosen = await this.#chosen(stage, event);
    const trouble = eventTrouble(chosen, knownLayoutOf(stage.map, this.#resizesUs));
    if (trouble !== undefined) return trouble.what;
    stage.changing(true);
    try {
      const refused = await this.#ask(stage, event, orderOf(chosen, stage.map), carriedOut);
      if (refused !== undefined) return refused;
      carriedOut.acceptedAtMs = (this.#nowUs(stage) - this.#options.warmupUs) / 1000;
      if (event.kind === 'resize') this.#resizesUs.push(event.atUs);
      return await this.#settled(stage);
    } finally {
      stage.changing(false);
    }
  }

  /** The event with the shards named that it means. */
  async #chosen(stage: Stage, event: Reshard): Promise<Reshard> {
    if (!asksForLoad(event) || stage.map.open.length < 2) return lonely(event, stage.map);
    const recent = await stage.recentLoad();
    const open = openNumbersOf(stage.map);
    const numberAt = (place: number): number => shardNumberOf(stage.map.all[place].shardId);
    if (event.kind === 'split') return { ...event, shard: numberAt(recent.hottest(open)) };
    const [a, b] = recent.coldest(open);
    return event.kind === 'merge' ? { ...event, shards: [numberAt(a), numberAt(b)] } : event;
  }

  /** Asks until the stream takes it. @returns why it does not */
  async #ask(
    stage: Stage,
    event: Reshard,
    order: ReshardOrder,
    carriedOut: CarriedOut,
  ): Promise<string | undefined> {
    const { client, stream, say } = this.#options;
    const before = stage.map;
    const refusals = new Map<string, number>();
    for (let waitMs = AGAIN_MS; ; waitMs = Math.min(LONGEST_AGAIN_MS, waitMs * 1.5)) {
      try {
        await callReshard(client, stream, order);
        return undefined;
      } catch (error) {
        const { code, message, kind } = reshardTroubleOf(error);
        if (kind === 'refused') return `${code}: ${message}`;
        if (!refusals.has(code)) say(`${nameOfEvent(event)} has to wait: ${code}: ${message}`);
        refusals.set(code, (refusals.get(code) ?? 0) + 1);
        carriedOut.heldUpBy = Array.from(refusals, ([name, calls]) => ({ code: name, calls }));
        await this.#sleep(waitMs);
        // A call that nobody answered may have been carried out.
        const status = kind === 'unknown' ? await this.#look(stage) : undefined;
        if (status === 'UPDATING' || stage.map !== before) return undefined;
        if (this.#isOver) return `${this.#whyOver} ${code}: ${message}`;
      }
    }
  }

  /** Waits until the stream is ACTIVE with another layout. @returns why it is not */
  async #settled(stage: Stage): Promise<string | undefined> {
    const before = stage.map;
    const sinceUs = this.#nowUs(stage);
    let wasUpdating = false;
    for (let waitMs = LOOK_MS; ; waitMs = Math.min(LONGEST_LOOK_MS, waitMs * 1.2)) {
      const status = await this.#look(stage);
      wasUpdating ||= status === 'UPDATING';
      if (status === 'ACTIVE' && (stage.map !== before || wasUpdating)) return undefined;
      const isStill = status === 'ACTIVE' && this.#nowUs(stage) - sinceUs > UNCHANGED_US;
      if (isStill) return 'the call was taken, and the layout did not change.';
      if (this.#isOver) return `the call was taken, and the stream was not done when ${this.#when}.`;
      await this.#sleep(waitMs);
    }
  }

  /** Tells of new shards where there are any. @returns the stream's status; undefined where nobody says */
  async #look(stage: Stage): Promise<string | undefined> {
    const look = await lookAt(this.#options.client, this.#options.stream, stage.map);
    if (look?.growth !== undefined && !this.#isOver) {
      this.#changedUs = this.#nowUs(stage);
      stage.relayout(look.growth, this.#changedUs);
    }
    return look?.status;
  }

  /** Load is counted for the next event that asks for it, from the last change of the layout at the earliest. */
  #watch(stage: Stage, next: number): void {
    const asking = this.#reshards.slice(next).find(asksForLoad);
    if (asking === undefined) return;
    stage.watchLoad(Math.max(this.#changedUs, asking.atUs + this.#options.warmupUs - RECENT_US));
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  get #when(): string {
    return this.#options.signal.aborted ? 'the run was interrupted' : 'the load was over';
  }

  get #whyOver(): string {
    return `it had not been taken when ${this.#when}.`;
  }

  #nowUs(stage: Stage): number {
    return epochClock() - stage.startUs;
  }

  async #sleepUntil(stage: Stage, timeUs: number): Promise<void> {
    for (;;) {
      const leftMs = (timeUs - this.#nowUs(stage)) / 1000;
      if (leftMs <= 0 || this.#isOver) return;
      await this.#sleep(Math.min(leftMs, MOST_SLEEP_MS));
    }
  }

  async #sleep(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#over.signal }).catch(() => undefined);
  }
}

function asksForLoad(event: Reshard): boolean {
  if (event.kind === 'split') return event.shard === 'hottest';
  return event.kind === 'merge' && event.shards === 'coldest';
}

/** Of a single shard nobody has to ask which is the hottest. */
function lonely(event: Reshard, map: ShardMap): Reshard {
  if (event.kind !== 'split' || event.shard !== 'hottest') return event;
  return { ...event, shard: shardNumberOf(map.open[0].shardId) };
}

function outageRow({ atUs, durationUs }: Outage): TimelineRow {
  return {
    ...{ atMs: atUs / 1000, kind: 'outage', durationMs: durationUs / 1000 },
    ...{ shardIds: [], children: [], cause: 'timeline' },
  };
}
