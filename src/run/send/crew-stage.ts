/**
 * The stream under a load, for who changes it meanwhile: its layout as all sending threads know it, what its shards were
 * offered lately, and the word to the threads that it is another one now.
 */
import { grownLayout, type LayoutGrowth } from '../../model/layout-growth.ts';
import type { ShardMap } from '../../model/shard-map.ts';
import type { LedgerMerge } from '../../results/ledger-merge.ts';
import { RecentLoad } from '../../simulate/recent-load.ts';
import type { KeyDictionary } from '../../traffic/key-dictionary.ts';
import { KeyRouter } from '../../traffic/key-router.ts';
import type { LostThread, ThreadAccount } from './lost-thread.ts';
import type { SendOrder, SendReport } from './send-thread.ts';

/** Threads that do not say what they sent lately are not waited for longer. */
const TELL_MS = 1_000;

export interface Stage {
  /** Start of the schedule, the warm-up, microseconds since 1970. */
  readonly startUs: number;
  readonly map: ShardMap;
  /** The layout is about to change, or is done with it: replies that name other shards are expected. */
  changing(isUnderWay: boolean): void;
  /** The layout has changed. @param atUs on the schedule's clock */
  relayout(growth: LayoutGrowth, atUs: number): void;
  /** Every put fails from one time of the schedule to another. */
  outage(fromUs: number, toUs: number): void;
  /** Counts load by shard from a time of the schedule on, for `recentLoad`; Infinity: nobody will ask. */
  watchLoad(fromUs: number): void;
  /** By place of the shard. */
  recentLoad(): Promise<RecentLoad>;
}

/** Who changes the stream while it is loaded. */
export interface Director {
  begin(stage: Stage): void;
  /** Nothing is sent any more: what is under way is given up. */
  end(): Promise<void>;
}

/** What the crew has of a thread that is of interest here. */
interface StagedThread {
  readonly account: ThreadAccount;
  readonly lost: LostThread | undefined;
  readonly result: unknown;
  readonly death: string | undefined;
}

export interface CrewStageOptions {
  readonly map: ShardMap;
  readonly dictionary: KeyDictionary;
  readonly merge: LedgerMerge;
  readonly warmupUs: number;
  readonly order: (order: SendOrder) => void;
  readonly threads: () => readonly StagedThread[];
}

export class CrewStage implements Stage {
  startUs = 0;
  map: ShardMap;
  /** The layout that the tally has come to. */
  appliedMap: ShardMap;
  /** How often the layout has changed. */
  changes = 0;
  readonly #options: CrewStageOptions;
  /** Of the tally, which comes to a change when all threads are past it. */
  readonly #router: KeyRouter;
  #loads: Extract<SendReport, { kind: 'load' }>[] = [];
  #allTold: () => void = () => undefined;

  constructor(options: CrewStageOptions) {
    this.#options = options;
    this.map = options.map;
    this.appliedMap = options.map;
    this.#router = new KeyRouter(options.dictionary, options.map);
  }

  changing(isUnderWay: boolean): void {
    this.#options.order({ kind: 'changing', isUnderWay });
  }

  relayout(growth: LayoutGrowth, atUs: number): void {
    const { merge, warmupUs, order, threads } = this.#options;
    const change = grownLayout(this.map, growth);
    this.map = change.map;
    this.changes++;
    for (const { account, lost } of threads()) {
      account.grow(change.map.all.length);
      lost?.relayout(change);
    }
    merge.relayout(change, atUs - warmupUs, () => {
      this.#router.relayout(change);
      this.appliedMap = change.map;
      return (key) => this.#router.shardOf(key);
    });
    order({ kind: 'relayout', growth });
  }

  outage(fromUs: number, toUs: number): void {
    const { merge, warmupUs } = this.#options;
    merge.tally.outage(fromUs - warmupUs, toUs - warmupUs);
  }

  watchLoad(fromUs: number): void {
    this.#options.order({ kind: 'watchLoad', fromUs });
  }

  async recentLoad(): Promise<RecentLoad> {
    this.#loads = [];
    const told = new Promise<void>((resolve) => (this.#allTold = resolve));
    this.#options.order({ kind: 'tellLoad' });
    const timer = setTimeout(this.#allTold, TELL_MS);
    await told;
    clearTimeout(timer);
    const recent = new RecentLoad();
    recent.begin(0, this.map.all.length);
    for (const load of this.#loads) recent.addSums(load);
    return recent;
  }

  /** A thread has answered. */
  hear(load: Extract<SendReport, { kind: 'load' }>): void {
    this.#loads.push(load);
    const alive = this.#options
      .threads()
      .filter(({ result, death, lost }) => result === undefined && death === undefined && lost === undefined);
    if (this.#loads.length >= alive.length) this.#allTold();
  }
}
