/**
 * What one of several sending threads counts: a page for every second, which is sent on and begun anew. The tally of
 * all threads is made of their pages (`ledger-merge.ts`) and is the one that a single thread would have had.
 *
 * Everything that falls due on a page, and everything that is answered on it, does so in one second: a page is ended
 * where a second is over, and where there is no room for another key.
 */
import { ATTEMPT, type AttemptOutcome, type RecordOutcome } from '../model/outcome.ts';
import type { LayoutChange } from '../model/shard-map.ts';
import { LEAST_WEIGHT } from './key-sketch.ts';
import { AcceptedAtOnce } from './accepted-at-once.ts';
import { LatencyHistogram } from './latency.ts';
import { LedgerKeys } from './ledger-keys.ts';
import { AFTER_END, LOAD, LOAD_WIDTH, OFFER_WIDTH, pageOf, type LedgerPage } from './ledger-page.ts';
import { areAllAccepted, OutcomeCounts } from './outcome-counts.ts';
import type { RecordCounts } from './record-counts.ts';
import { endOfSecond, type EndedRecords, type OfferedRecords, type TallyOptions } from './tally.ts';

const US_PER_SEC = 1_000_000;
const MOST_KEYS = 65_536;

export class Ledger implements RecordCounts {
  requests = 0;
  kinesisRecords = 0;
  readonly isPacked: boolean;
  readonly response = new LatencyHistogram();
  readonly service = new LatencyHistogram();
  readonly queue = new LatencyHistogram();
  readonly series = { retry: (timeUs: number): void => this.#retry(timeUs) };
  /** Since the start, over all pages. */
  readonly sums = { offered: 0, dropped: 0 };
  readonly #durationUs: number;
  readonly #send: (page: LedgerPage) => void;
  readonly #shards: OutcomeCounts;
  readonly #rows: OutcomeCounts;
  readonly #keys: LedgerKeys;
  /** What of both is not written yet. */
  readonly #shardsAtOnce: AcceptedAtOnce;
  readonly #rowsAtOnce: AcceptedAtOnce;
  /** By shard and by row of a key: offered load, of packed records where records are packed. */
  #shardLoad: Float64Array;
  readonly #keyLoad: Float64Array;
  /** By shard: records and bytes that fell due. */
  #shardOffer: Float64Array;
  /** Seconds of what is on the page. */
  #offerSec = 0;
  #loadSec = 0;
  #answerSec = 0;
  #answer = { lastUs: 0, accepted: 0, retries: 0, count: 0 };
  #throttled: Float64Array;
  /** How often the layout has changed. */
  #layout: number;
  /** Whether every key is on one shard for good: then what a page says of shards is added up from its keys when it ends. */
  #doKeysStay: boolean;

  /** @param keys rows of a page @param layout how often the layout had changed before */
  constructor(options: TallyOptions, send: (page: LedgerPage) => void, keys = MOST_KEYS, layout = 0) {
    this.#layout = layout;
    this.isPacked = options.isPacked ?? false;
    this.#doKeysStay = layout === 0 && !this.isPacked && options.ignoresKeys !== true;
    this.#durationUs = options.durationUs;
    this.#send = send;
    this.#shards = new OutcomeCounts(options.shards);
    this.#rows = new OutcomeCounts(keys);
    this.#shardsAtOnce = new AcceptedAtOnce(options.shards);
    this.#rowsAtOnce = new AcceptedAtOnce(keys);
    this.#keys = new LedgerKeys(keys);
    this.#shardLoad = new Float64Array(options.shards * LOAD_WIDTH);
    this.#keyLoad = new Float64Array(keys * LOAD_WIDTH);
    this.#shardOffer = new Float64Array(options.shards * OFFER_WIDTH);
    this.#throttled = new Float64Array(options.shards);
  }

  offerRun(records: OfferedRecords, from: number, to: number, startUs: number): void {
    for (let at = from; at < to;) {
      const end = endOfSecond(records.dueUs, at, to, startUs);
      this.#reachOffer(Math.floor((records.dueUs[at] - startUs) / US_PER_SEC));
      this.#makeRoom(end - at);
      this.#offerSecond(records, at, end);
      at = end;
    }
  }

  #offerSecond(records: OfferedRecords, from: number, to: number): void {
    const { key, shard, bytes, place } = records;
    const [keys, keyLoad] = [this.#keys, this.#keyLoad];
    keys.rowsOf(key, shard, from, to, place);
    for (let i = from; i < to; i++) {
      keyLoad[place[i] * LOAD_WIDTH + LOAD.weight] += bytes[i] > LEAST_WEIGHT ? bytes[i] : LEAST_WEIGHT;
    }
    this.sums.offered += to - from;
    if (this.isPacked) this.#offerPacked(records, from, to);
    else this.#offerLone(records, from, to);
  }

  /** Records that are sent as they are: what they are as load is what was offered, so it is written once (`#closeOffer`). */
  #offerLone({ shard, bytes, place }: OfferedRecords, from: number, to: number): void {
    const [shardLoad, keyLoad] = [this.#shardLoad, this.#keyLoad];
    for (let i = from; i < to; i++) addOne(keyLoad, place[i] * LOAD_WIDTH, bytes[i]);
    if (this.#doKeysStay) return;
    for (let i = from; i < to; i++) addOne(shardLoad, shard[i] * LOAD_WIDTH, bytes[i]);
  }

  /** Records that are packed: they are load when, and as, they are packed. */
  #offerPacked({ shard, bytes, place }: OfferedRecords, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      this.#shardOffer[shard[i] * OFFER_WIDTH]++;
      this.#shardOffer[shard[i] * OFFER_WIDTH + 1] += bytes[i];
    }
    this.#shards.offerRun(shard, bytes, from, to);
    this.#rows.offerRun(place, bytes, from, to);
  }

  /** What a page says of shards, from its keys, each of which is on one. */
  #addUpShards(): void {
    const [shardLoad, keyLoad] = [this.#shardLoad, this.#keyLoad];
    const { shards, count } = this.#keys;
    for (let row = 0; row < count; row++) {
      const [from, to] = [row * LOAD_WIDTH, shards[row] * LOAD_WIDTH];
      shardLoad[to + LOAD.records] += keyLoad[from + LOAD.records];
      shardLoad[to + LOAD.bytes] += keyLoad[from + LOAD.bytes];
      shardLoad[to + LOAD.squares] += keyLoad[from + LOAD.squares];
    }
    this.#rowsAtOnce.addTo(this.#shardsAtOnce, shards, count);
  }

  /** Offered records and bytes of a page, from its load. */
  #closeOffer(): void {
    const [shardLoad, keyLoad] = [this.#shardLoad, this.#keyLoad];
    for (let shard = 0; shard < this.#shards.rows; shard++) {
      const at = shard * LOAD_WIDTH;
      this.#shardOffer[shard * OFFER_WIDTH] = shardLoad[at + LOAD.records];
      this.#shardOffer[shard * OFFER_WIDTH + 1] = shardLoad[at + LOAD.bytes];
      this.#shards.offer(shard, shardLoad[at + LOAD.bytes], shardLoad[at + LOAD.records]);
    }
    for (let row = 0; row < this.#keys.count; row++) {
      const at = row * LOAD_WIDTH;
      this.#rows.offer(row, keyLoad[at + LOAD.bytes], keyLoad[at + LOAD.records]);
    }
  }

  pack(timeUs: number, key: number, shard: number, part: number, bytes: number): void {
    const second = Math.floor(timeUs / US_PER_SEC);
    if (second !== this.#loadSec) this.#cut();
    this.#loadSec = second;
    this.#makeRoom(1);
    addLoad(this.#shardLoad, shard, part, bytes);
    addLoad(this.#keyLoad, this.#keys.rowOf(key, shard), part, bytes);
  }

  attempt(timeUs: number, shard: number, outcome: AttemptOutcome): void {
    this.#reachAnswer(timeUs);
    this.#answer.count++;
    if (outcome === ATTEMPT.accepted) this.#answer.accepted++;
    else if (outcome === ATTEMPT.throttled) this.#throttled[shard]++;
  }

  #retry(timeUs: number): void {
    this.#reachAnswer(timeUs);
    this.#answer.count++;
    this.#answer.retries++;
  }

  move(from: number, to: number, bytes: number): void {
    this.#shards.move(from, to, bytes);
  }

  placeOf(key: number, guess: number, shard: number): number {
    if (this.#keys.holds(guess, key)) return guess;
    this.#makeRoom(1);
    return this.#keys.rowOf(key, shard);
  }

  finish(
    place: number,
    shard: number,
    bytes: number,
    outcome: RecordOutcome,
    attempts: number,
    throttled: number,
    failed: number,
  ): void {
    const dropped = this.#shards.count(shard, 'dropped');
    this.#shards.finish(shard, outcome, bytes, attempts, throttled, failed);
    this.#rows.finish(place, outcome, bytes, attempts, throttled, failed);
    this.sums.dropped += this.#shards.count(shard, 'dropped') - dropped;
  }

  end(ended: EndedRecords, nowUs: number): number {
    const { length, dueUs, key, shard, bytes, place, outcome } = ended;
    this.#reachAnswer(nowUs);
    this.#makeRoom(length);
    this.#answer.count += length;
    this.#keys.renew(key, shard, length, place);
    let accepted = length;
    if (areAllAccepted(outcome, length)) {
      if (!this.#doKeysStay) this.#shardsAtOnce.add(shard, bytes, length);
      this.#rowsAtOnce.add(place, bytes, length);
    } else {
      accepted = this.#countThrottled(ended);
      this.#shards.finishRun(shard, bytes, outcome, length);
      this.#rows.finishRun(place, bytes, outcome, length);
    }
    this.response.recordSince(dueUs, 0, accepted, nowUs);
    this.#answer.accepted += accepted;
    return accepted;
  }

  /** Moves the due times of accepted records to the front. @returns how many they are */
  #countThrottled({ length, dueUs, shard, outcome }: EndedRecords): number {
    let accepted = 0;
    for (let i = 0; i < length; i++) {
      if (outcome[i] === ATTEMPT.throttled) this.#throttled[shard[i]]++;
      dueUs[accepted] = dueUs[i];
      if (outcome[i] === ATTEMPT.accepted) accepted++;
    }
    return accepted;
  }

  /** More shards have numbers from now on; the rest is the tally's. */
  relayout({ map }: LayoutChange): void {
    const shards = map.all.length;
    this.#cut();
    this.#layout++;
    this.#doKeysStay = false;
    this.#shards.grow(shards);
    this.#shardsAtOnce.grow(shards);
    this.#shardLoad = longer(this.#shardLoad, shards * LOAD_WIDTH);
    this.#shardOffer = longer(this.#shardOffer, shards * OFFER_WIDTH);
    this.#throttled = longer(this.#throttled, shards);
  }

  /** Ends the page, whatever is on it. */
  close(): void {
    this.#cut();
  }

  #reachOffer(second: number): void {
    if (second === this.#offerSec && (this.isPacked || second === this.#loadSec)) return;
    this.#cut();
    this.#offerSec = second;
    if (!this.isPacked) this.#loadSec = second;
  }

  #reachAnswer(timeUs: number): void {
    const second = timeUs >= this.#durationUs ? AFTER_END : Math.floor(timeUs / US_PER_SEC);
    if (second !== this.#answerSec) {
      this.#cut();
      this.#answerSec = second;
    }
    if (timeUs > this.#answer.lastUs) this.#answer.lastUs = timeUs;
  }

  #makeRoom(keys: number): void {
    if (this.#keys.count + keys > this.#keys.capacity) this.#cut();
  }

  #cut(): void {
    const { requests, kinesisRecords } = this;
    const isEmpty = this.#keys.count === 0 && this.#answer.count === 0 && requests === 0;
    if (isEmpty && kinesisRecords === 0) return;
    if (this.#doKeysStay) this.#addUpShards();
    if (!this.isPacked) this.#closeOffer();
    this.#shardsAtOnce.writeTo(this.#shards, this.#shards.rows);
    this.#rowsAtOnce.writeTo(this.#rows, this.#keys.count);
    const page = pageOf({
      layout: this.#layout,
      offerSec: this.#offerSec,
      loadSec: this.#loadSec,
      answer: { ...this.#answer, throttled: this.#throttled.slice() },
      ...{ requests, kinesisRecords },
      latencies: [this.response.take(), this.service.take(), this.queue.take()],
      shards: { counts: this.#shards, load: this.#shardLoad, offer: this.#shardOffer },
      keys: { keys: this.#keys, counts: this.#rows, load: this.#keyLoad },
    });
    [this.requests, this.kinesisRecords] = [0, 0];
    this.#answer = { lastUs: 0, accepted: 0, retries: 0, count: 0 };
    for (const column of [this.#throttled, this.#shardLoad, this.#shardOffer]) column.fill(0);
    this.#keyLoad.fill(0, 0, this.#keys.count * LOAD_WIDTH);
    this.#rows.resetFirst(this.#keys.count);
    this.#shards.resetFirst(this.#shards.rows);
    this.#keys.clear();
    this.#send(page);
  }
}

/** Counts a record at a place. */
function addOne(load: Float64Array, at: number, bytes: number): void {
  load[at + LOAD.records]++;
  load[at + LOAD.bytes] += bytes;
  load[at + LOAD.squares] += bytes * bytes;
}

/** Counts a record, or the part of a packed one that it is. */
function addLoad(load: Float64Array, row: number, records: number, bytes: number): void {
  const at = row * LOAD_WIDTH;
  load[at + LOAD.records] += records;
  load[at + LOAD.bytes] += bytes;
  load[at + LOAD.squares] += records === 1 ? bytes * bytes : (bytes * bytes) / records;
}

function longer(column: Float64Array, length: number): Float64Array {
  const all = new Float64Array(length);
  all.set(column);
  return all;
}
