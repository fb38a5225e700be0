/**
 * One shard as all consumers of a run see it: how many records are known to be in it, who reads it, what comes before it.
 */
import { LIMITS } from '../../model/limits.ts';
import type { ReadLog } from '../../simulate/consumer-rows.ts';
import type { ShardReader } from './shard-reader.ts';

const CALLS = LIMITS.getRecordsCallsPerSec.value;
const SECOND_US = 1_000_000;

export class LiveShard implements ReadLog {
  readonly shardId: string;
  readonly number: number;
  readonly parents: readonly string[];
  readonly readers: ShardReader[] = [];
  readonly coarsenedBy = -1;
  /** Kinesis records of the run acknowledged on it. */
  acknowledged = 0;
  /** When its last answered calls were made, by all who poll it here. */
  readonly #callsUs: number[] = [];

  constructor(shardId: string, number: number, parents: readonly string[]) {
    this.shardId = shardId;
    this.number = number;
    this.parents = parents;
  }

  /** Records known to be in it: what was acknowledged, or where a reader is ahead of that news, what was read. */
  get end(): number {
    return this.readers.reduce((most, { position }) => Math.max(most, position), this.acknowledged);
  }

  get log(): ReadLog['log'] {
    return { end: this.end, spanUs: () => 0 };
  }

  answered(nowUs: number): void {
    this.#callsUs.push(nowUs);
    if (this.#callsUs.length > CALLS) this.#callsUs.shift();
  }

  /** Whether as many calls were answered within a second as a shard answers: else a throttled one was for its bytes. */
  isOutOfCalls(nowUs: number): boolean {
    return this.#callsUs.length === CALLS && nowUs - this.#callsUs[0] < SECOND_US;
  }
}
