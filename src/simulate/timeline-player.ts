/**
 * The timeline of a scenario, played: each event changes the simulated stream at its moment.
 */
import { midpointOf } from '../model/hash-range.ts';
import { badInput } from '../model/refusal.ts';
import { mergeChange, resizeChange, splitChange, type LayoutChange } from '../model/shard-map.ts';
import { formatPath } from '../traffic/scenario-complaint.ts';
import { eventTrouble, type KnownLayout } from '../traffic/timeline-rules.ts';
import { nameOfEvent, type TimelineEvent } from '../traffic/timeline.ts';
import type { Happening } from './agenda.ts';
import type { SimulatedStream } from './simulated-stream.ts';

/** How far back the hottest and the coldest shards are looked for. */
const RECENT_US = 10_000_000;

export class TimelinePlayer implements Happening {
  readonly #events: readonly TimelineEvent[];
  readonly #stream: SimulatedStream;
  readonly #warmupUs: number;
  readonly #resizesUs: number[] = [];
  #next = 0;

  constructor(events: readonly TimelineEvent[], stream: SimulatedStream, warmupUs: number) {
    this.#events = events;
    this.#stream = stream;
    this.#warmupUs = warmupUs;
    this.#watch();
  }

  get nextUs(): number {
    return this.#next < this.#events.length ? this.#events[this.#next].atUs + this.#warmupUs : Infinity;
  }

  /** @throws Refusal (exit code 2) where what only traffic decides rules an event out */
  act(nowUs: number): void {
    const event = this.#events[this.#next++];
    const chosen = this.#chosen(event);
    const trouble = eventTrouble(chosen, this.#layout());
    if (trouble !== undefined) throw badInput(`${formatPath(trouble.path)}: ${trouble.what}`, trouble.fix);
    this.#happen(chosen, event, nowUs);
    this.#watch();
  }

  /** The event with the shards named that it means. */
  #chosen(event: TimelineEvent): TimelineEvent {
    const { recent, openNumbers } = this.#stream;
    if (event.kind === 'split' && event.shard === 'hottest')
      return { ...event, shard: recent.hottest(openNumbers) };
    if (event.kind === 'merge' && event.shards === 'coldest' && openNumbers.length > 1)
      return { ...event, shards: recent.coldest(openNumbers) };
    return event;
  }

  #happen(chosen: TimelineEvent, written: TimelineEvent, nowUs: number): void {
    const stream = this.#stream;
    if (chosen.kind === 'outage') {
      stream.fail(chosen.durationUs, nowUs);
      return;
    }
    if (chosen.kind === 'resize') this.#resizesUs.push(chosen.atUs);
    stream.reshard(this.#changeOf(chosen), nowUs, {
      kind: chosen.kind,
      cause: 'timeline',
      name: nameOfEvent(written),
    });
  }

  #changeOf(event: TimelineEvent): LayoutChange {
    const { map } = this.#stream;
    if (event.kind === 'resize') return resizeChange(map, event.count);
    if (event.kind === 'split' && event.shard !== 'hottest') {
      const { shardId, range } = map.all[event.shard];
      return splitChange(map, shardId, event.newStart ?? midpointOf(range));
    }
    if (event.kind === 'merge' && event.shards !== 'coldest') {
      const [a, b] = event.shards;
      return mergeChange(map, map.all[a].shardId, map.all[b].shardId);
    }
    throw new Error(`${event.kind} names no shards`);
  }

  #layout(): KnownLayout {
    const { map, closedBy } = this.#stream;
    return {
      open: map.open.length,
      numbers: map.all.length,
      closedBy: (shard) => closedBy.get(shard),
      rangeOf: (shard) => map.all[shard].range,
      resizesUs: this.#resizesUs,
    };
  }

  /** Load is counted for the next event that asks for it, from the last change of the layout at the earliest. */
  #watch(): void {
    const { recent, map, changedUs } = this.#stream;
    const next = this.#events
      .slice(this.#next)
      .find((event) =>
        'shard' in event ? event.shard === 'hottest' : 'shards' in event && event.shards === 'coldest',
      );
    const fromUs =
      next === undefined ? Infinity : Math.max(changedUs, next.atUs + this.#warmupUs - RECENT_US);
    if (fromUs !== recent.fromUs) recent.begin(fromUs, map.all.length);
  }
}
