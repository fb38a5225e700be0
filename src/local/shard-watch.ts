/**
 * Who is to be woken when something happens to a shard of a stream. Those who are woken look for themselves, later:
 * they must not do so within the call.
 */
import { ACCEPTED } from '../model/throttle.ts';
import type { PutBatch } from './put-batch.ts';

export type Wake = () => void;

export class ShardWatch {
  readonly #byShard = new Map<number, Set<Wake>>();

  /** @returns ends it */
  add(shard: number, wake: Wake): () => void {
    const watchers = this.#byShard.get(shard) ?? new Set();
    this.#byShard.set(shard, watchers.add(wake));
    return () => {
      watchers.delete(wake);
      if (watchers.size === 0 && this.#byShard.get(shard) === watchers) this.#byShard.delete(shard);
    };
  }

  /** Records were stored. */
  stored(batch: PutBatch): void {
    if (this.#byShard.size === 0) return;
    for (let i = 0; i < batch.count; i++) {
      if (batch.verdict[i] === ACCEPTED) this.#byShard.get(batch.shard[i])?.forEach((wake) => wake());
    }
  }

  /** The stream itself changes. */
  changed(): void {
    for (const watchers of this.#byShard.values()) watchers.forEach((wake) => wake());
  }
}
