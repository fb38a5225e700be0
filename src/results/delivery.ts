/**
 * Acknowledged against seen: what a consumer lost, and what was stored although nobody was told so.
 */
import { NO_DUE, type Cell, type SequenceLedger } from './sequence-ledger.ts';
import type { OpenRecords } from './open-records.ts';

/** Kinesis records of a run, over all of it, warm-up and drain included. */
export interface Delivery {
  readonly acknowledged: number;
  readonly seen: number;
  /** Acknowledged, and not seen although the shard was read to its end; at least, where `isAtLeast`. */
  readonly lost: number;
  readonly isAtLeast: boolean;
  /** Acknowledged, on shards that were not read to their end. */
  readonly unread: number;
  /** Seen and never acknowledged: puts whose reply did not come, stored all the same. */
  readonly unacknowledged: number;
  /** Seen and never acknowledged, of those that do not say when they were due: whose they are is not known. */
  readonly unclaimed: number;
  /** By shard number. */
  readonly lostOn: ReadonlyMap<number, number>;
  /** When the first lost record was due, seconds from the start of the schedule; undefined where that is not known. */
  readonly firstLostSec: number | undefined;
}

/**
 * Holds the two ledgers against each other; both come out with the same steps.
 * @param open single records of the recent past; without it, as after a merge, all is decided by number and XOR
 * @param isRead whether a shard was read to its end
 */
export function deliveryOf(
  acknowledged: SequenceLedger,
  seen: SequenceLedger,
  isRead: (shard: number) => boolean,
  open?: OpenRecords,
): Delivery {
  const stepSec = Math.max(acknowledged.stepSec, seen.stepSec);
  acknowledged.coarsenTo(stepSec);
  seen.coarsenTo(stepSec);
  const account = new Account(isRead);
  const isExact = (dueSec: number): boolean => open?.isExact(dueSec) ?? false;
  for (const told of acknowledged.cells()) {
    const found = seen.cell(told.shard, told.dueSec);
    account.acknowledged += told.count;
    if (!isExact(told.dueSec)) account.compare(told, found);
  }
  for (const found of seen.cells()) {
    account.seen += found.count;
    const isOfBoth = acknowledged.cell(found.shard, found.dueSec).count > 0;
    if (!isOfBoth && !isExact(found.dueSec)) account.spare(found.dueSec, found.count);
  }
  for (const { shard, dueSec, isAcknowledged } of open?.records() ?? []) {
    const cellSec = dueSec === NO_DUE ? NO_DUE : Math.floor(dueSec / stepSec) * stepSec;
    if (!isExact(cellSec)) continue;
    if (isAcknowledged) account.miss(shard, dueSec, 1);
    else account.spare(dueSec, 1);
  }
  return account;
}

class Account implements Delivery {
  acknowledged = 0;
  seen = 0;
  lost = 0;
  isAtLeast = false;
  unread = 0;
  unacknowledged = 0;
  unclaimed = 0;
  firstLostSec: number | undefined;
  readonly lostOn = new Map<number, number>();
  readonly #isRead: (shard: number) => boolean;

  constructor(isRead: (shard: number) => boolean) {
    this.#isRead = isRead;
  }

  /** Without single records: fewer seen are lost; as many, but others, are at least one lost and one not told of. */
  compare(told: Cell, found: Cell): void {
    const missing = told.count - found.count;
    const isSame = told.low === found.low && told.high === found.high;
    if (missing === 0 && isSame) return;
    if (!this.#isRead(told.shard)) {
      this.unread += Math.max(0, missing);
      return;
    }
    this.isAtLeast = true;
    const lost = Math.max(missing, missing === 0 ? 1 : 0);
    this.spare(told.dueSec, lost - missing);
    this.miss(told.shard, told.dueSec, lost);
  }

  spare(dueSec: number, records: number): void {
    if (dueSec === NO_DUE) this.unclaimed += records;
    else this.unacknowledged += records;
  }

  miss(shard: number, dueSec: number, records: number): void {
    if (records === 0) return;
    if (!this.#isRead(shard)) {
      this.unread += records;
      return;
    }
    this.lost += records;
    this.lostOn.set(shard, (this.lostOn.get(shard) ?? 0) + records);
    if (dueSec !== NO_DUE) this.firstLostSec = Math.min(this.firstLostSec ?? Infinity, dueSec);
  }
}

const MS_PER_SEC = 1000;

/** Records of a run that a consumer did not find. */
export interface Missing {
  readonly consumer: string;
  readonly records: number;
  /** Shards on which they were, and the number of that with most of them. */
  readonly shards: number;
  readonly worstShard: number;
  /** From the start of the counted duration to the first. */
  readonly firstMs: number;
  readonly isMissing: true;
  readonly isAtLeast?: true;
}

/** @param countedUs from the start of the schedule to that of the counted duration @returns undefined: nothing is missing */
export function missingOf(
  consumer: string,
  { lost, lostOn, firstLostSec = 0, isAtLeast }: Delivery,
  countedUs: number,
): Missing | undefined {
  if (lost === 0) return undefined;
  const [worstShard] = [...lostOn].reduce((most, next) => (next[1] > most[1] ? next : most));
  return {
    consumer,
    records: lost,
    shards: lostOn.size,
    worstShard,
    firstMs: Math.max(0, firstLostSec * MS_PER_SEC - countedUs / 1000),
    isMissing: true,
    ...(isAtLeast && { isAtLeast: true }),
  };
}
