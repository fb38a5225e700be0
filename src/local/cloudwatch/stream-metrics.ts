/**
 * What one stream's requests add to its metrics. Accepted records alone count as incoming, whole calls are one
 * sample each, and a throttled record's bytes are nowhere: as on AWS.
 */
import { sizeOf } from '../../model/record.ts';
import { shardIdOf } from '../../model/shard-map.ts';
import { ACCEPTED } from '../../model/throttle.ts';
import { FAILED, MOST_RECORDS, type PutBatch } from '../put-batch.ts';
import { CONSUMER, SHARD, SHARD_METRICS, STREAM } from './metric-name.ts';
import type { MetricStore } from './metric-store.ts';
import type { Subject } from './series-table.ts';

/** A latency that is still to be told: whose, and which. */
export interface Timed {
  readonly subject: Subject;
  readonly metric: number;
}

export interface ReadSample {
  readonly shard: number;
  readonly records: number;
  /** Data and keys. */
  readonly bytes: number;
  /** How old the last record read is; 0 where the reader has caught up. */
  readonly ageMs: number;
}

const SHARD_NAMES = SHARD_METRICS.map(({ name }) => name);

export class StreamMetrics {
  readonly #store: MetricStore;
  readonly #name: string;
  readonly #subject: Subject;
  readonly #timed: Record<'putRecord' | 'putRecords' | 'getRecords', Timed>;
  /** The shard-level metrics that are on, as EnableEnhancedMonitoring left them, and the same as flags. */
  readonly #monitored: () => readonly string[];
  #seen: readonly string[] = [];
  #isOn = SHARD_NAMES.map(() => false);
  readonly #shards: Subject[] = [];
  readonly #consumers = new Map<string, Subject>();
  /** What the call under way has put on each shard, by shard number. */
  #bytes = new Float64Array(0);
  #records = new Uint32Array(0);
  #throttled = new Uint32Array(0);
  readonly #touched = new Uint32Array(MOST_RECORDS);

  /** @param monitored the names of the shard-level metrics that are on; another array whenever they change */
  constructor(store: MetricStore, name: string, monitored: () => readonly string[]) {
    this.#store = store;
    this.#name = name;
    this.#monitored = monitored;
    const subject = store.subject('stream', name);
    this.#subject = subject;
    this.#timed = {
      putRecord: { subject, metric: STREAM.putRecordLatency },
      putRecords: { subject, metric: STREAM.putRecordsLatency },
      getRecords: { subject, metric: STREAM.getRecordsLatency },
    };
  }

  /** Counts a PutRecord or PutRecords call whose records have their verdicts. */
  put(batch: PutBatch, api: 'putRecord' | 'putRecords', nowUs: number): void {
    this.#store.advance(nowUs);
    const { count } = batch;
    let records = 0;
    let bytes = 0;
    let failed = 0;
    for (let i = 0; i < count; i++) {
      if (batch.verdict[i] === ACCEPTED) {
        records++;
        bytes += sizeOf(batch.dataBytes[i], batch.keyLength[i]);
      } else if (batch.verdict[i] === FAILED) failed++;
    }
    const throttled = count - records - failed;
    this.#addStream(records, bytes, throttled);
    if (api === 'putRecords') this.#addPutRecords(records, bytes, throttled, failed);
    else this.#addPutRecord(records, bytes);
    this.#store.timed = this.#timed[api];
    if (this.#monitors()) this.#addShards(batch);
  }

  /** Counts a GetRecords call that was answered. */
  read({ shard, records, bytes, ageMs }: ReadSample, nowUs: number): void {
    const store = this.#store;
    const subject = this.#subject;
    store.advance(nowUs);
    store.add(subject, STREAM.getRecordsBytes, bytes);
    store.add(subject, STREAM.getRecordsRecords, records);
    store.add(subject, STREAM.getRecordsSuccess, 1);
    store.add(subject, STREAM.getRecordsAge, ageMs);
    store.add(subject, STREAM.readExceeded, 0);
    store.timed = this.#timed.getRecords;
    this.#addShard(shard, SHARD.outgoingBytes, bytes);
    this.#addShard(shard, SHARD.outgoingRecords, records);
    this.#addShard(shard, SHARD.iteratorAge, ageMs);
    this.#addShard(shard, SHARD.readExceeded, 0);
  }

  /** Counts a GetRecords call that was throttled. */
  readThrottled(shard: number, nowUs: number): void {
    this.#store.advance(nowUs);
    this.#store.add(this.#subject, STREAM.getRecordsSuccess, 0);
    this.#store.add(this.#subject, STREAM.readExceeded, 1);
    this.#store.timed = this.#timed.getRecords;
    this.#addShard(shard, SHARD.readExceeded, 1);
  }

  /** Counts a SubscribeToShard call of a consumer. */
  subscribed(consumer: string, isThrottled: boolean, nowUs: number): void {
    this.#store.advance(nowUs);
    const subject = this.#consumer(consumer);
    this.#store.add(subject, CONSUMER.subscribeSuccess, isThrottled ? 0 : 1);
    this.#store.add(subject, CONSUMER.subscribeExceeded, isThrottled ? 1 : 0);
  }

  /** Counts an event that a subscription delivered. `ageMs` is its MillisBehindLatest. */
  delivered(consumer: string, { shard, records, bytes, ageMs }: ReadSample, nowUs: number): void {
    this.#store.advance(nowUs);
    const subject = this.#consumer(consumer);
    this.#store.add(subject, CONSUMER.eventSuccess, 1);
    this.#store.add(subject, CONSUMER.eventBytes, bytes);
    this.#store.add(subject, CONSUMER.eventRecords, records);
    this.#store.add(subject, CONSUMER.eventBehind, ageMs);
    this.#addShard(shard, SHARD.outgoingBytes, bytes);
    this.#addShard(shard, SHARD.outgoingRecords, records);
  }

  #addStream(records: number, bytes: number, throttled: number): void {
    const store = this.#store;
    const subject = this.#subject;
    if (records > 0) {
      store.add(subject, STREAM.incomingBytes, bytes);
      store.add(subject, STREAM.incomingRecords, records);
    }
    // Calls without a throttled record count as 0, so that a minimum above 0 says "every call".
    store.add(subject, STREAM.writeExceeded, throttled);
  }

  #addPutRecord(records: number, bytes: number): void {
    if (records > 0) this.#store.add(this.#subject, STREAM.putRecordBytes, bytes);
    this.#store.add(this.#subject, STREAM.putRecordSuccess, records);
  }

  #addPutRecords(records: number, bytes: number, throttled: number, failed: number): void {
    const store = this.#store;
    const subject = this.#subject;
    if (records > 0) store.add(subject, STREAM.putRecordsBytes, bytes);
    store.add(subject, STREAM.putRecordsSuccess, records > 0 ? 1 : 0);
    store.add(subject, STREAM.putRecordsRecords, records);
    store.add(subject, STREAM.putRecordsTotal, records + throttled + failed);
    store.add(subject, STREAM.putRecordsSuccessful, records);
    store.add(subject, STREAM.putRecordsFailed, failed);
    store.add(subject, STREAM.putRecordsThrottled, throttled);
  }

  /** One sample per touched shard: what the call put on it. Records that failed are in none. */
  #addShards(batch: PutBatch): void {
    const touched = this.#tallyShards(batch);
    for (let i = 0; i < touched; i++) {
      const shard = this.#touched[i];
      if (this.#records[shard] > 0) {
        this.#addShard(shard, SHARD.incomingBytes, this.#bytes[shard]);
        this.#addShard(shard, SHARD.incomingRecords, this.#records[shard]);
      }
      this.#addShard(shard, SHARD.writeExceeded, this.#throttled[shard]);
      this.#bytes[shard] = this.#records[shard] = this.#throttled[shard] = 0;
    }
  }

  /** @returns how many shards the call touched; `#touched` lists them */
  #tallyShards(batch: PutBatch): number {
    let touched = 0;
    for (let i = 0; i < batch.count; i++) {
      const shard = batch.shard[i];
      if (batch.verdict[i] === FAILED) continue;
      if (shard >= this.#bytes.length) this.#grow(shard + 1);
      if (this.#records[shard] + this.#throttled[shard] === 0) this.#touched[touched++] = shard;
      if (batch.verdict[i] === ACCEPTED) {
        this.#records[shard]++;
        this.#bytes[shard] += sizeOf(batch.dataBytes[i], batch.keyLength[i]);
      } else this.#throttled[shard]++;
    }
    return touched;
  }

  #grow(shards: number): void {
    const capacity = Math.max(16, 2 * shards);
    const [bytes, records, throttled] = [this.#bytes, this.#records, this.#throttled];
    this.#bytes = new Float64Array(capacity);
    this.#records = new Uint32Array(capacity);
    this.#throttled = new Uint32Array(capacity);
    this.#bytes.set(bytes);
    this.#records.set(records);
    this.#throttled.set(throttled);
  }

  #addShard(shard: number, metric: number, value: number): void {
    if (!this.#monitors() || !this.#isOn[metric]) return;
    const subject = (this.#shards[shard] ??= this.#store.subject('shard', this.#name, shardIdOf(shard)));
    this.#store.add(subject, metric, value);
  }

  #monitors(): boolean {
    const names = this.#monitored();
    if (names !== this.#seen) {
      this.#seen = names;
      this.#isOn = SHARD_NAMES.map((name) => names.includes(name) || names.includes('ALL'));
    }
    return names.length > 0;
  }

  #consumer(name: string): Subject {
    let subject = this.#consumers.get(name);
    if (subject === undefined) {
      subject = this.#store.subject('consumer', this.#name, name);
      this.#consumers.set(name, subject);
    }
    return subject;
  }
}
