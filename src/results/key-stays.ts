/**
 * What heavy keys brought to shards that they have left, because the layout of the stream changed under them.
 *
 * A key is counted in one place, over the whole run; a shard's own sum tells what it was offered while it was open. So
 * that what is left of a closed shard besides its heavy keys can be told, each key's count is noted down at every change.
 */
import { lengthened } from '../model/column.ts';

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
   * @param shardOf where each was so far
   * @param countOf its counts over the whole run
   */
  note(
    shards: number,
    places: readonly number[],
    shardOf: (place: number) => number,
    countOf: (place: number, name: LoadName) => number,
  ): void {
    for (const name of NAMES) {
      this.#left[name] = lengthened(this.#left[name], shards);
      for (const place of places) {
        const count = countOf(place, name);
        this.#left[name][shardOf(place)] += count - this.#before[name][place];
        this.#before[name][place] = count;
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
