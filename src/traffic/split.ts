/**
 * Which part of an offer one of several senders takes: blocks of consecutive records of a source, in turn.
 *
 * A block is `batch` records, the nominal request. Blocks of one sender are apart in time, so that two senders' batches
 * begin to linger, and end, in turn too.
 */
export interface Split {
  /** From 0. */
  readonly index: number;
  /** Senders in all. */
  readonly count: number;
}

/** One sender takes everything. */
export const WHOLE: Split = { index: 0, count: 1 };

/** The part of a part: blocks of thread `thread` on a machine that takes `machine` of a whole. */
export function splitWithin(machine: Split, thread: Split): Split {
  return { index: machine.index + machine.count * thread.index, count: machine.count * thread.count };
}

/** What a sender gets of a number that all have together, at least 1. */
export function shareOf(total: number, { index, count }: Split): number {
  return Math.max(1, Math.floor((total + count - 1 - index) / count));
}

/** The first record at or after k that the sender takes, with blocks of so many records. */
export function firstOwn(k: number, { index, count }: Split, blockRecords: number): number {
  const block = Math.floor(k / blockRecords);
  const ahead = (index - (block % count) + count) % count;
  return ahead === 0 ? k : (block + ahead) * blockRecords;
}
