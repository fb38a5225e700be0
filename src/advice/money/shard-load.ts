/**
 * A load counted in shards: how many it fills, by bytes or by records, whichever is more. On-demand streams grow by it.
 */
import { LIMITS } from '../../model/limits.ts';
import type { Stage } from '../../traffic/scenario.ts';
import type { PlanSource } from '../plan/plan-input.ts';

/** Shards that are full at so many records and bytes (data and keys) per second; a fraction. */
export function shardsFilledBy(records: number, bytes: number): number {
  return Math.max(records / LIMITS.writeRecordsPerSec.value, bytes / LIMITS.writeBytesPerSec.value);
}

/** Shards filled by all sources, each at a rate of its own. */
export function shardsFilled(
  sources: readonly PlanSource[],
  rateOf: (source: PlanSource, index: number) => number,
): number {
  let records = 0;
  let bytes = 0;
  sources.forEach((source, i) => {
    const rate = rateOf(source, i);
    records += rate;
    bytes += rate * (source.dataBytes + source.keyBytes);
  });
  return shardsFilledBy(records, bytes);
}

/** A time by which a stream that grows to twice what it carried is too small, and by how much then. */
export interface Overload {
  readonly timeUs: number;
  /** Shards that the load fills then, and shards that the stream has. */
  readonly filled: number;
  readonly open: number;
}

export interface Growth {
  /** Shards that the stream has at the least. */
  readonly least: number;
  /** It carries so many times the most that it has carried up to `withinUs` ago. */
  readonly times: number;
  readonly withinUs: number;
}

/**
 * Whether stages of the sources ever ask for more than the stream has grown to, and the first of the times looked at
 * at which they do. Before the first stage the stream has carried the rate that this begins with. Exact: rates
 * are straight lines, so that only their ends, the times at which growth catches up with these, and those at which it begins
 * to follow a rise have to be looked at.
 * @param stages by source
 */
export function firstOverload(
  sources: readonly PlanSource[],
  stages: readonly (readonly Stage[])[],
  { least, times, withinUs }: Growth,
): Overload | undefined {
  const curves = stages.map((list) => new RateCurve(list));
  // Stages count records as users see them; the peak of the plan's source is theirs, in Kinesis records.
  const filledAt = (us: number, side: Side): number =>
    shardsFilled(sources, ({ recordsPerSec }, i) => recordsPerSec * curves[i].partAt(us, side));
  const ends = risingTimes(curves.flatMap((curve) => curve.ends));
  const lastUs = ends.at(-1) ?? 0;
  const looks = risingTimes([...ends, ...ends.map((us) => us + withinUs)]).filter((us) => us <= lastUs);
  let carried = filledAt(0, 'after');
  let next = 0;
  let before = 0;
  for (const us of looks) {
    const level = Math.max(least / times, carried);
    const turnUs = risesTo(level, before, us, (at) => filledAt(at - withinUs, 'after')) ?? us;
    for (const [at, side] of [
      [turnUs, 'before'],
      [us, 'before'],
      [us, 'after'],
    ] as const) {
      const knownUs = at - withinUs;
      for (; side === 'after' && next < ends.length && ends[next] <= knownUs; next++)
        carried = Math.max(carried, filledAt(ends[next], 'before'), filledAt(ends[next], 'after'));
      if (knownUs > 0) carried = Math.max(carried, filledAt(knownUs, 'before'));
      const open = Math.max(least, times * carried);
      const filled = filledAt(at, side);
      if (filled > open * (1 + TOLERANCE)) return { timeUs: at, filled, open };
    }
    before = us;
  }
  return undefined;
}

/** The last microsecond between two times at which a load has not risen above a level; undefined where it does not rise to it. */
function risesTo(
  level: number,
  fromUs: number,
  toUs: number,
  loadAt: (us: number) => number,
): number | undefined {
  if (loadAt(fromUs) > level || loadAt(toUs - 1) <= level) return undefined;
  let low = fromUs;
  let high = toUs - 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (loadAt(middle) <= level) low = middle;
    else high = middle;
  }
  return low;
}

const TOLERANCE = 1e-9;

type Side = 'before' | 'after';

/** One source's rate over time. */
class RateCurve {
  readonly #stages: readonly Stage[];
  readonly #peak: number;
  /** Start of each stage, and the end of the last. */
  readonly ends: readonly number[];

  constructor(stages: readonly Stage[]) {
    const ends = [0];
    for (const { durationUs } of stages) ends.push(ends[ends.length - 1] + durationUs);
    this.#stages = stages;
    this.#peak = stages.reduce((peak, { from, to }) => Math.max(peak, from, to), 0) || 1;
    this.ends = ends;
  }

  /** Part of the highest rate; at an end both neighbours have one: `before` is the earlier one's. */
  partAt(us: number, side: Side): number {
    const last = this.#stages.length - 1;
    const i = Math.min(last, Math.max(0, this.#lastBegun(us, side)));
    const { from, to, durationUs } = this.#stages[i];
    const part = Math.min(1, Math.max(0, (us - this.ends[i]) / durationUs));
    return (from + (to - from) * part) / this.#peak;
  }

  /** The last stage that has begun at a time, or before it. */
  #lastBegun(us: number, side: Side): number {
    let low = 0;
    let high = this.ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (side === 'after' ? this.ends[middle] <= us : this.ends[middle] < us) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function risingTimes(times: readonly number[]): number[] {
  return [...new Set(times)].sort((a, b) => a - b);
}
