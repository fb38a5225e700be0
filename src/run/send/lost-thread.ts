/**
 * What became of the records of a sending thread that died: nobody's records vanish.
 *
 * Its offer is a pure function of the scenario, so that it can be taken up here where its last page ended. What had
 * fallen due by then may have been stored and is unknown; what falls due later is offered all the same, and dropped.
 */
import { OUTCOME } from '../../model/outcome.ts';
import type { LayoutChange, ShardMap } from '../../model/shard-map.ts';
import { Ledger } from '../../results/ledger.ts';
import { LatencyHistogram } from '../../results/latency.ts';
import { LedgerKeys } from '../../results/ledger-keys.ts';
import { LOAD_WIDTH, OFFER_WIDTH, pageOf, type LedgerPage } from '../../results/ledger-page.ts';
import { OUTCOME_WIDTH, OutcomeCounts } from '../../results/outcome-counts.ts';
import { tallyOptionsOf } from '../../simulate/pipeline.ts';
import type { KeyDictionary } from '../../traffic/key-dictionary.ts';
import { KeyRouter } from '../../traffic/key-router.ts';
import { Offer, OfferColumns } from '../../traffic/offer.ts';
import type { Scenario } from '../../traffic/scenario.ts';
import type { Split } from '../../traffic/split.ts';

/** What a thread has told of its records, shard by shard. */
export class ThreadAccount {
  readonly shards: OutcomeCounts;
  /** Of its last page. */
  #last = { layout: 0, offerSec: 0, loadSec: 0 };

  constructor(map: ShardMap) {
    this.shards = new OutcomeCounts(map.all.length);
  }

  add({ shards, layout, offerSec, loadSec }: LedgerPage): void {
    this.#last = { layout, offerSec, loadSec };
    for (let i = 0; i < shards.shards.length; i++) {
      this.shards.addRow(shards.shards[i], shards.counts, i * OUTCOME_WIDTH);
    }
  }

  /** There are more shards from now on. */
  grow(shards: number): void {
    this.shards.grow(shards);
  }

  /** Records of a shard that were offered, and whose end was not told. */
  open(shard: number): number {
    const { offered, accepted, throttled, failed, dropped } = this.shards.row(shard);
    return offered - accepted - throttled - failed - dropped;
  }

  /** Its very last page, behind all others: ends them all, as each may be stored. Keys are left to whoever knows them all. */
  lastPage(): LedgerPage {
    const { rows } = this.shards;
    const none = new LatencyHistogram();
    const counts = new OutcomeCounts(rows);
    for (let shard = 0; shard < rows; shard++) counts.lose(shard, this.open(shard));
    return pageOf({
      ...this.#last,
      answer: { lastUs: 0, accepted: 0, retries: 0, count: 0, throttled: new Float64Array(rows) },
      ...{ requests: 0, kinesisRecords: 0 },
      latencies: [none.take(), none.take(), none.take()],
      shards: {
        counts,
        load: new Float64Array(rows * LOAD_WIDTH),
        offer: new Float64Array(rows * OFFER_WIDTH),
      },
      keys: { keys: new LedgerKeys(0), counts: new OutcomeCounts(0), load: new Float64Array(0) },
    });
  }
}

export class LostThread {
  readonly #scenario: Scenario;
  readonly #offer: Offer;
  readonly #router: KeyRouter;
  readonly #ledger: Ledger;
  readonly #columns = new OfferColumns();
  readonly #diedUs: number;
  /** Counted records that the thread has told of. */
  #told: number;

  /**
   * @param told counted records that the thread had offered by its last page
   * @param diedUs from the start of the schedule
   * @param send takes the pages that the thread cannot send any more
   * @param layout how often the layout has changed before
   */
  constructor(
    scenario: Scenario,
    dictionary: KeyDictionary,
    map: ShardMap,
    split: Split,
    told: number,
    diedUs: number,
    send: (page: LedgerPage) => void,
    layout = 0,
  ) {
    this.#scenario = scenario;
    this.#offer = new Offer(scenario, dictionary, split);
    this.#router = new KeyRouter(dictionary, map);
    const options = { ...tallyOptionsOf(scenario, map, 0), shards: map.all.length };
    this.#ledger = new Ledger(options, send, undefined, layout);
    this.#told = told;
    this.#diedUs = diedUs;
  }

  /** Of everything up to the last time. */
  get digest(): string {
    return this.#offer.digest;
  }

  /** The stream has another layout from now on. */
  relayout(change: LayoutChange): void {
    this.#router.relayout(change);
    this.#ledger.relayout(change);
  }

  /** Accounts for what falls due up to a time, on the schedule's clock. */
  advance(untilUs: number): void {
    // Of a closed loop nobody can say what would have fallen due.
    if (this.#scenario.producer.loop === 'closed') return;
    const columns = this.#columns;
    while (this.#offer.take(untilUs, columns) > 0) {
      let from = 0;
      while (from < columns.length && columns.dueUs[from] < this.#scenario.warmupUs) from++;
      const told = Math.min(this.#told, columns.length - from);
      this.#told -= told;
      this.#account(from + told);
    }
    this.#ledger.close();
  }

  #account(from: number): void {
    const columns = this.#columns;
    const { length, key, shard, bytes, dueUs } = columns;
    this.#router.route(key, from, length, shard);
    this.#ledger.offerRun(columns, from, length, this.#scenario.warmupUs);
    for (let i = from; i < length; i++) {
      const place = this.#ledger.placeOf(key[i], columns.place[i], shard[i]);
      if (dueUs[i] <= this.#diedUs) this.#ledger.finish(place, shard[i], bytes[i], OUTCOME.unknown, 1, 0, 1);
      else this.#ledger.finish(place, shard[i], bytes[i], OUTCOME.dropped, 0, 0, 0);
    }
  }
}
