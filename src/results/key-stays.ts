/**
 * What heavy keys brought to shards that they have left, because the layout of the stream changed under them.
 *
 * A key is counted in one place, over the whole run; a shard's own sum tells what it was offered while it was open. So
 * that what is left of a closed shard besides its heavy keys can be told, each key's count is noted down at every change.
 */
import { roomier } from '../model/column.ts';
import type { OutcomeCounts } from './outcome-counts.ts';

/** The counts of an offered load. */
export type LoadName = 'offered' | 'bytes';
const NAMES = ['offered', 'bytes'] as const satisfies readonly LoadName[];

export class KeyStays {
  /** By place in the sketch: the key's count at the last change. */
  readonly #before: Record<LoadName, Float64Array>;
  /** By shard: what keys brought to it before they left it. */
  readonly #left: Record<LoadName, Float64Array>;

  constructor(places: number) {
    this.#before = { offered: new Float64Array(places), bytes: new Float64Array(places) };
    this.#left = { offered: new Float64Array(0), bytes: new Float64Array(0) };
  }

  /**
   * The layout changes.
   * @param shards how many numbers of shards there are then
   * @param places of the keys held
   * @param shardOf by place, where each was so far
   * @param counts by place, over the whole run
   */
  note(shards: number, places: Uint32Array, shardOf: Uint32Array, counts: OutcomeCounts): void {
    for (const name of NAMES) {
      const left = (this.#left[name] = roomier(this.#left[name], shards));
      const before = this.#before[name];
      for (let i = 0; i < places.length; i++) {
        const place = places[i];
        const count = counts.count(place, name);
        left[shardOf[place]] += count - before[place];
        before[place] = count;
      }
    }
  }

  /** A place of the sketch is freed. */
  forget(place: number): void {
    for (const name of NAMES) this.#before[name][place] = 0;
  }

  /** Of a key, what it brought to shards that it has left. */
  before(place: number, name: LoadName): number {
    return this.#before[name][place];
  }

  /** Of a shard, what keys brought to it before the last change. */
  left(shard: number, name: LoadName): number {
    return this.#left[name][shard];
  }
}
