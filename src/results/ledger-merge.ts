/**
 * The tally of several sending threads, made of the pages of their ledgers.
 *
 * A page waits until every thread is past its second, and is then added whole: the windows of shards and keys are those of
 * all threads together, and whoever looks at the tally meanwhile finds whole pages, whose counts by shard, by key and in
 * total agree. A thread that stays far behind is not waited for.
 * A change of the layout comes between the pages before it and those after it.
 */
import type { LayoutChange } from '../model/shard-map.ts';
import { LayoutEpochs } from './layout-epochs.ts';
import type { PhaseCounts } from './layout-phases.ts';
import { LOAD, LOAD_WIDTH, OFFER_WIDTH, type LedgerPage } from './ledger-page.ts';
import { OUTCOME_WIDTH } from './outcome-counts.ts';
import type { Tally } from './tally.ts';

const US_PER_SEC = 1_000_000;
/** Seconds that the slowest thread is waited for, which bounds what is held. */
const MOST_WAITING_SEC = 30;

/** A change that the tally has yet to make. */
interface Coming {
  readonly change: LayoutChange;
  readonly timeUs: number;
  readonly route: () => (key: number) => number;
}

export class LedgerMerge {
  readonly tally: Tally;
  /** Pages that wait, oldest first, by thread; undefined once the thread is done. */
  readonly #waiting: LedgerPage[][];
  /** By thread, the second before which it has nothing more to say. */
  readonly #reachedSec: number[];
  /** Where the layout may change. */
  readonly #epochs: LayoutEpochs | undefined;
  readonly #coming: Coming[] = [];
  /** Changes that the tally has made. */
  #layout = 0;

  /** @param tally without anything in it @param changes whether the layout may change */
  constructor(tally: Tally, threads: number, changes = false) {
    this.tally = tally;
    this.#waiting = Array.from({ length: threads }, () => []);
    this.#reachedSec = new Array<number>(threads).fill(-Infinity);
    this.#epochs = changes ? new LayoutEpochs() : undefined;
  }

  /** Every thread is past the seconds before this one. */
  get reachedSec(): number {
    return Math.min(...this.#reachedSec);
  }

  add(thread: number, page: LedgerPage): void {
    this.#epochs?.add(page);
    this.#waiting[thread].push(page);
  }

  /**
   * The layout has changed, and threads are being told: pages may name its shards from now on.
   * @param timeUs from the start of the counted duration; below 0 in the warm-up
   * @param route called when the tally comes to it: gives the shard of a key from then on
   */
  relayout(change: LayoutChange, timeUs: number, route: Coming['route']): void {
    this.tally.shards.grow(change.map.all.length);
    this.tally.series.grow(change.map.all.length);
    this.#coming.push({ change, timeUs, route });
  }

  /** A thread will count no load before this second any more; Infinity once it has ended. */
  reach(thread: number, second: number): void {
    this.#reachedSec[thread] = second;
    const untilSec = Math.max(this.reachedSec, this.#furthestSec() - MOST_WAITING_SEC);
    const ready = this.#waiting.flatMap((pages) => {
      const first = pages.findIndex(({ loadSec }) => loadSec >= untilSec);
      return pages.splice(0, first < 0 ? pages.length : first);
    });
    ready.sort((a, b) => a.loadSec - b.loadSec || a.layout - b.layout);
    for (const page of ready) {
      this.#changeBefore(page.loadSec, page.layout);
      addCounts(this.tally, page);
      addLoad(this.tally, page);
    }
    this.#changeBefore(untilSec, 0);
  }

  /** Everything counted, and the latencies since the last change: what the last phase is made of. */
  lastPhase(): PhaseCounts | undefined {
    this.#changeBefore(Infinity, 0);
    return this.#epochs?.end(this.#layout);
  }

  /** Makes the changes of seconds before this one, and those that a page with so many behind it needs. */
  #changeBefore(second: number, layout: number): void {
    for (let [next] = this.#coming; this.#coming.length > 0; [next] = this.#coming) {
      if (Math.floor(next.timeUs / US_PER_SEC) >= second && this.#layout >= layout) return;
      this.#coming.shift();
      const told = this.#epochs?.end(this.#layout++);
      this.tally.relayout(next.change, next.timeUs, next.route(), told);
    }
  }

  /** Of the threads that go on. */
  #furthestSec(): number {
    return this.#reachedSec.reduce((most, sec) => (sec < Infinity ? Math.max(most, sec) : most), -Infinity);
  }
}

/** All that does not depend on when it is added. */
function addCounts(tally: Tally, page: LedgerPage): void {
  tally.requests += page.requests;
  tally.kinesisRecords += page.kinesisRecords;
  const [response, service, queue] = page.latencies;
  tally.response.add(response);
  tally.service.add(service);
  tally.queue.add(queue);
  addSeries(tally, page);
  const { shards, counts } = page.shards;
  for (let i = 0; i < shards.length; i++) tally.shards.addRow(shards[i], counts, i * OUTCOME_WIDTH);
}

function addSeries({ series }: Tally, { offerSec, answer, shards }: LedgerPage): void {
  for (let i = 0; i < shards.shards.length; i++) {
    const records = shards.offer[i * OFFER_WIDTH];
    const bytes = shards.offer[i * OFFER_WIDTH + 1];
    if (records > 0) series.offerMany(offerSec * US_PER_SEC, shards.shards[i], records, bytes);
  }
  if (answer.count > 0) series.answerMany(answer.lastUs, answer.accepted, answer.retries, answer.throttled);
}

/** A page's load on shards and keys, and what became of the keys' records. */
function addLoad(tally: Tally, { loadSec, shards, keys }: LedgerPage): void {
  tally.load.reach(loadSec);
  for (let i = 0; i < shards.shards.length; i++) {
    const at = i * LOAD_WIDTH;
    const [records, bytes, squares] = shards.load.subarray(at, at + LOAD_WIDTH);
    if (records > 0) tally.load.shards.addSums(shards.shards[i], records, bytes, squares);
  }
  for (let i = 0; i < keys.keys.length; i++) {
    const at = i * LOAD_WIDTH;
    const weight = keys.load[at + LOAD.weight];
    const key = keys.keys[i];
    const place = weight > 0 ? tally.weigh(key, weight, keys.shards[i]) : tally.sketch.find(key);
    if (place < 0) continue;
    tally.keys.addRow(place, keys.counts, i * OUTCOME_WIDTH);
    const records = keys.load[at + LOAD.records];
    if (records > 0 && !tally.ignoresKeys)
      tally.load.keys.addSums(place, records, keys.load[at + LOAD.bytes], keys.load[at + LOAD.squares]);
  }
}
