/**
 * Whether the events of a timeline can happen one after another: what is certain beforehand is checked when the
 * scenario is read; what depends on traffic (`hottest`, `coldest`) by the same rules while it is simulated.
 */
import { areAdjacent, canSplitAt, join, midpointOf, splitAt, type HashRange } from '../model/hash-range.ts';
import { formatHashKey } from '../model/hash-key.ts';
import { LIMITS } from '../model/limits.ts';
import { formatCount, formatDuration } from '../model/quantity.ts';
import { resizeTrouble } from '../model/resize-rules.ts';
import { resizeChange, shardIdOf, shardMapOf } from '../model/shard-map.ts';
import type { Complaint } from './scenario-complaint.ts';
import { initialRangesOf } from './initial-layout.ts';
import type { Scenario, StreamSpec } from './scenario.ts';
import { nameOfEvent, type TimelineEvent } from './timeline.ts';

/** What is known of a stream's layout at the time of an event. */
export interface KnownLayout {
  /** Open shards. */
  readonly open: number;
  /** Shards there ever were; undefined where that is not certain. */
  readonly numbers: number | undefined;
  /** What closed a shard, completing "it was closed by …"; undefined where it may be open. */
  closedBy(shard: number): string | undefined;
  /** Undefined where it is not certain. */
  rangeOf(shard: number): HashRange | undefined;
  /** Of earlier resizes. */
  readonly resizesUs: readonly number[];
}

/** Why an event cannot happen, as far as that is certain. */
export function eventTrouble(event: TimelineEvent, layout: KnownLayout): Complaint | undefined {
  const path = ['timeline', event.index, event.kind];
  const complain = (what: string, fix: string): Complaint => ({ path, what, fix });
  switch (event.kind) {
    case 'outage':
      return undefined;
    case 'resize': {
      const trouble = resizeTrouble(layout.open, event.count, event.atUs, layout.resizesUs);
      return trouble && { path, ...trouble };
    }
    case 'split': {
      if (layout.open + 1 > LIMITS.shardQuota.value)
        return complain(
          `there are ${formatCount(layout.open)} open shards then, the most of an account in any region.`,
          'Remove the event.',
        );
      if (event.shard === 'hottest') return undefined;
      return shardTrouble(event.shard, layout, complain) ?? cutTrouble(event, layout, complain);
    }
    case 'merge': {
      if (layout.open < 2) return complain('there is only one open shard then.', 'Remove the event.');
      if (event.shards === 'coldest') return undefined;
      const [a, b] = event.shards;
      return (
        shardTrouble(a, layout, complain) ??
        shardTrouble(b, layout, complain) ??
        pairTrouble(a, b, layout, complain)
      );
    }
  }
}

type Complain = (what: string, fix: string) => Complaint;

function shardTrouble(shard: number, layout: KnownLayout, complain: Complain): Complaint | undefined {
  const { numbers } = layout;
  if (numbers !== undefined && shard >= numbers)
    return complain(
      `there is no ${shardIdOf(shard)} then.`,
      `The shards up to then are ${shardIdOf(0)} to ${shardIdOf(numbers - 1)}.`,
    );
  const closedBy = layout.closedBy(shard);
  return closedBy === undefined
    ? undefined
    : complain(`${shardIdOf(shard)} was closed by ${closedBy}.`, 'Name a shard that is open then.');
}

function cutTrouble(
  { shard, newStart }: Extract<TimelineEvent, { kind: 'split' }>,
  layout: KnownLayout,
  complain: Complain,
): Complaint | undefined {
  const range = shard === 'hottest' ? undefined : layout.rangeOf(shard);
  if (range === undefined || canSplitAt(range, newStart ?? midpointOf(range))) return undefined;
  const [start, end] = [formatHashKey(range.start), formatHashKey(range.end)];
  if (!canSplitAt(range, midpointOf(range)))
    return complain(
      `the range of ${shardIdOf(Number(shard))}, ${start} to ${end}, is too narrow to cut.`,
      'Name another shard.',
    );
  return complain(
    `newStartingHashKey ${formatHashKey(newStart ?? 0n)} does not cut ${shardIdOf(Number(shard))}, whose range is ${start} to ${end}.`,
    'Write a key inside the range, more than one above its start and below its end.',
  );
}

function pairTrouble(a: number, b: number, layout: KnownLayout, complain: Complain): Complaint | undefined {
  const [first, second] = [layout.rangeOf(a), layout.rangeOf(b)];
  if (first === undefined || second === undefined) return undefined;
  if (areAdjacent(first, second) || areAdjacent(second, first)) return undefined;
  return complain(
    `${shardIdOf(a)} and ${shardIdOf(b)} are not neighbours.`,
    'Name two shards of which one begins where the other ends.',
  );
}

/** Everything that is certain to be wrong with a scenario's timeline, in order of time. */
export function timelineComplaints({ timeline = [], stream, durationUs }: Scenario): Complaint[] {
  const late = timeline.find(({ atUs }) => atUs >= durationUs);
  if (late !== undefined) {
    const what = `${formatDuration(late.atUs)} is not before the end of the counted duration, ${formatDuration(durationUs)}.`;
    return [
      { path: ['timeline', late.index, 'at'], what, fix: `Write less than ${formatDuration(durationUs)}.` },
    ];
  }
  if (timeline.length === 0) return [];
  const walk = new TimelineWalk(stream);
  for (const event of timeline) {
    const trouble = eventTrouble(event, walk);
    if (trouble !== undefined) return [trouble];
    walk.pass(event);
  }
  return [];
}

/** The layout as far as it is certain before anything is simulated. */
class TimelineWalk implements KnownLayout {
  open: number;
  numbers: number | undefined;
  readonly resizesUs: number[] = [];
  readonly #closedBy = new Map<number, string>();
  /** By number, of shards whose range is certain and which may be open. */
  #ranges: Map<number, HashRange>;
  /** Whether that is all of them. */
  #isCertain = true;

  constructor(stream: StreamSpec) {
    this.open = stream.shards;
    this.numbers = stream.shards;
    this.#ranges = new Map(initialRangesOf(stream).map((range, i) => [i, range]));
  }

  closedBy(shard: number): string | undefined {
    return this.#closedBy.get(shard);
  }

  rangeOf(shard: number): HashRange | undefined {
    return this.#ranges.get(shard);
  }

  /** The event happens. */
  pass(event: TimelineEvent): void {
    const next = this.numbers;
    if ('shard' in event && event.shard === 'hottest') this.#isCertain = false;
    if ('shards' in event && event.shards === 'coldest') this.#isCertain = false;
    switch (event.kind) {
      case 'outage':
        return;
      case 'split': {
        const range = event.shard === 'hottest' ? undefined : this.#close(event.shard, event);
        const children = range && splitAt(range, event.newStart ?? midpointOf(range));
        if (next !== undefined && children) children.forEach((child, i) => this.#ranges.set(next + i, child));
        this.#count(1, 2);
        return;
      }
      case 'merge': {
        const [a, b] =
          event.shards === 'coldest' ? [] : event.shards.map((shard) => this.#close(shard, event));
        if (next !== undefined && a && b) this.#ranges.set(next, a.start < b.start ? join(a, b) : join(b, a));
        this.#count(-1, 1);
        return;
      }
      case 'resize':
        this.#resize(event, event.count);
    }
  }

  #close(shard: number, event: TimelineEvent): HashRange | undefined {
    const range = this.#ranges.get(shard);
    this.#closedBy.set(shard, nameOfEvent(event));
    this.#ranges.delete(shard);
    return range;
  }

  #count(open: number, born: number): void {
    this.open += open;
    if (this.numbers !== undefined) this.numbers += born;
  }

  /** Where all open shards are known, so is what becomes of them; else nothing is certain any more. */
  #resize(event: TimelineEvent, count: number): void {
    this.resizesUs.push(event.atUs);
    const known = [...this.#ranges].sort(([, a], [, b]) => (a.start < b.start ? -1 : 1));
    if (this.#isCertain && this.numbers !== undefined) {
      const { map, steps } = resizeChange(shardMapOf(known.map(([, range]) => range)), count);
      const first = this.numbers - this.open;
      // Numbers of the map of open shards: the old ones first, then those that are born.
      const numberOf = (n: number): number => (n < known.length ? known[n][0] : first + n);
      for (const { parents } of steps) for (const parent of parents) this.#close(numberOf(parent), event);
      map.all.forEach((shard, n) => {
        if (shard.open) this.#ranges.set(numberOf(n), shard.range);
      });
      this.numbers += map.all.length - known.length;
    } else {
      this.numbers = undefined;
      this.#ranges = new Map();
    }
    this.open = count;
  }
}
