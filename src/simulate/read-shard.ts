/**
 * One shard as its readers see it: what it holds for them, who they are, and which shards come before and after.
 */
import type { Reader } from './reader.ts';
import { ShardLog } from './shard-log.ts';
import type { StreamConsumer } from './stream-consumer.ts';

export class ReadShard {
  readonly log: ShardLog;
  /** By consumer. */
  readonly readers: readonly Reader[];
  /** Those that are pushed to. */
  readonly pushed: readonly Reader[];
  readonly parents: readonly number[];
  children: readonly number[] = [];
  /** Number of the oldest record that retention has left. */
  horizon = 0;
  /** Number of the consumer whose backlog was too large last to be kept record by record; below 0 where none was. */
  coarsenedBy = -1;

  readonly #consumers: readonly StreamConsumer[];

  /**
   * @param consumers to whom the readers belong, in the same order
   * @param mostExact unread records that are kept one by one
   */
  constructor(
    consumers: readonly StreamConsumer[],
    readers: readonly Reader[],
    parents: readonly number[],
    mostExact: number,
  ) {
    this.#consumers = consumers;
    this.log = new ShardLog(mostExact, () => (this.coarsenedBy = this.#lastReader()));
    this.readers = readers;
    this.pushed = readers.filter(({ throttle }) => throttle !== undefined);
    this.parents = parents;
  }

  /** Records that were stored before a time leave the stream, read or not. */
  expire(sinceUs: number, nowUs: number): void {
    const horizon = this.log.firstSince(sinceUs);
    if (horizon <= this.horizon) return;
    this.horizon = horizon;
    for (const reader of this.readers) {
      const lost = horizon - reader.position;
      if (lost <= 0 || reader.state === 'absent') continue;
      reader.counts.lost += lost;
      reader.counts.lostUs = Math.min(reader.counts.lostUs, nowUs);
      reader.position = horizon;
      this.#consumers[reader.consumer].passed += lost;
    }
    this.forget();
  }

  /** Records that nobody will read any more are forgotten. */
  forget(): void {
    let least = this.log.end;
    for (const reader of this.readers) {
      const holds = this.#holds(reader);
      if (holds < least) least = holds;
    }
    this.log.forget(least);
  }

  /** Number of the first record that is kept for a reader. */
  #holds({ state, position, consumer }: Reader): number {
    if (state !== 'absent') return position;
    return this.#consumers[consumer].awaitsOld ? this.horizon : Infinity;
  }

  /** The consumer for whom most is kept. */
  #lastReader(): number {
    const last = this.readers.reduce((a, b) => (this.#holds(b) < this.#holds(a) ? b : a));
    return last.consumer;
  }

  /** Age of the oldest record that a reader has not read; 0 where it has read all. */
  oldestUs({ position }: Reader, nowUs: number): number {
    return position < this.log.end ? nowUs - this.log.storedUs(position) : 0;
  }
}
