/**
 * One stream of the local endpoint: its name, and what belongs to it: settings, state, shards, write limit, records.
 */
import { LIMITS } from '../model/limits.ts';
import type { OnDemandRules } from '../model/on-demand.ts';
import { OnDemandMinutes } from '../model/on-demand-minutes.ts';
import { createShardMap, shardMapOf, type LayoutChange } from '../model/shard-map.ts';
import { Throttle } from '../model/throttle.ts';
import { ConsumerRegistry } from './consumer-registry.ts';
import type { MetricStore } from './cloudwatch/metric-store.ts';
import { StreamMetrics } from './cloudwatch/stream-metrics.ts';
import type { Faults } from './faults/faults.ts';
import { CBOR_SYNTAX, JSON_SYNTAX, PutReplies } from './put-reply.ts';
import { ReadLimits } from './read-limits.ts';
import { RecordLog } from './record-log.ts';
import type { RecordMemory } from './record-memory.ts';
import { Retention } from './retention.ts';
import { RollingDay } from './rolling-day.ts';
import { ShardWatch } from './shard-watch.ts';
import { sequenceNumber, sequencePrefix } from './sequence-number.ts';
import { StreamLayout } from './stream-layout.ts';
import { StreamSettings, type StreamMode, type StreamSpec } from './stream-settings.ts';
import { StreamState, type ChangeEffect, type StreamStatus } from './stream-state.ts';

export interface StreamPlace {
  readonly accountId: string;
  readonly region: string;
  readonly memory: RecordMemory;
  readonly metrics: MetricStore;
  /** The account's; asked about each record that is put. */
  readonly faults: Faults;
  /** How on-demand streams split themselves; undefined where they do not. */
  readonly onDemand: OnDemandRules | undefined;
}

export class Stream {
  readonly name: string;
  readonly arn: string;
  readonly accountId: string;
  readonly createdUs: number;
  readonly settings: StreamSettings;
  readonly state: StreamState;
  readonly layout: StreamLayout;
  readonly retention: Retention;
  readonly readLimits = new ReadLimits();
  readonly consumers = new ConsumerRegistry();
  readonly watch = new ShardWatch();
  readonly shardCountUpdates = new RollingDay();
  readonly modeUpdates = new RollingDay();
  readonly encryptionStarts = new RollingDay();
  readonly throttle: Throttle;
  readonly putReplies: { readonly json: PutReplies; readonly cbor: PutReplies };
  readonly metrics: StreamMetrics;
  readonly faults: Faults;
  log: RecordLog;
  /** Records that were spread over the shards so far. */
  #spread = 0;
  /** Open shards once the reshard under way is over. */
  #comingShards: number;
  readonly #memory: RecordMemory;
  readonly #onDemand: OnDemandRules | undefined;
  /** While the stream is on demand: what its shards accept, and when they are split. */
  minutes: OnDemandMinutes | undefined;

  /** @param createUs how long the stream stays CREATING, in microseconds */
  constructor(spec: StreamSpec, place: StreamPlace, nowUs: number, createUs: number) {
    this.name = spec.name;
    this.arn = `arn:aws:kinesis:${place.region}:${place.accountId}:stream/${spec.name}`;
    this.accountId = place.accountId;
    this.faults = place.faults;
    this.createdUs = nowUs;
    this.#memory = place.memory;
    this.#onDemand = place.onDemand;
    this.settings = new StreamSettings(spec);
    this.state = new StreamState(nowUs + createUs);
    this.layout = new StreamLayout(
      spec.ranges ? shardMapOf(spec.ranges) : createShardMap(spec.shards),
      nowUs,
    );
    this.#comingShards = spec.shards;
    this.retention = new Retention(spec.retentionHours ?? LIMITS.retentionHoursDefault.value, nowUs);
    this.throttle = new Throttle(spec.shards, nowUs, {
      maxRecordBytes: this.settings.maxRecordBytes,
      ...(spec.initialFill === undefined ? {} : { initialFill: spec.initialFill }),
    });
    this.putReplies = {
      json: new PutReplies(spec.name, place.accountId, nowUs, JSON_SYNTAX),
      cbor: new PutReplies(spec.name, place.accountId, nowUs, CBOR_SYNTAX),
    };
    this.metrics = new StreamMetrics(place.metrics, spec.name, () => this.settings.metrics);
    this.log = this.#emptyLog();
    if (this.settings.mode === 'ON_DEMAND') this.minutes = this.#minutesFrom(nowUs);
  }

  statusAt(nowUs: number): StreamStatus {
    return this.state.at(nowUs);
  }

  /** Shards that count towards the account's quota: the open ones, or those that a reshard is about to leave. */
  get heldShards(): number {
    return Math.max(this.layout.map.open.length, this.#comingShards);
  }

  /** Begins splits and merges; until `dueUs` the old shards stay open. */
  reshard(change: LayoutChange, dueUs: number, nowUs: number): void {
    this.change(change.map.open.length, dueUs, nowUs, (atUs) => this.become(change, atUs));
  }

  /** Begins a change that leaves so many shards open. */
  change(openShards: number, dueUs: number, nowUs: number, effect: ChangeEffect): void {
    this.#comingShards = openShards;
    this.state.update(dueUs, nowUs, effect);
    this.watch.changed();
  }

  /** The layout changes now. */
  become(change: LayoutChange, atUs: number): void {
    this.throttle.reshard(change, atUs);
    this.log.grow(change.map.all.length);
    this.layout.become(change.map, atUs);
    this.minutes?.relayout(change.map);
    this.watch.changed();
  }

  /** When something may change that nobody asks for any more; Infinity where nothing is on its way. */
  get changeUs(): number {
    return Math.min(this.state.changeUs, this.minutes?.splitUs ?? Infinity);
  }

  /** Applies all that is due by now in the order of its times: a change under way, an on-demand stream's own splits. */
  advance(nowUs: number): void {
    for (;;) {
      const minuteUs = this.minutes?.endUs ?? Infinity;
      const { changeUs } = this.state;
      if (Math.min(minuteUs, changeUs) > nowUs) return;
      if (changeUs <= minuteUs) this.state.advance(changeUs);
      else this.#endMinute(Math.min(changeUs, nowUs));
    }
  }

  /** The mode changes and the shards stay. On demand, minutes are counted from here on. */
  switchMode(mode: StreamMode, atUs: number): void {
    if (this.settings.mode === mode) return;
    this.settings.mode = mode;
    this.minutes = mode === 'ON_DEMAND' ? this.#minutesFrom(atUs) : undefined;
  }

  /** Keeps records for another time from now on. */
  retain(hours: number, nowUs: number): void {
    this.retention.change(hours, nowUs);
    this.log.retain(this.retention.ms, Math.floor(nowUs / 1000));
  }

  /** Starts the deletion; the records go at once. Deleting again changes nothing. */
  delete(nowUs: number, deleteUs: number): void {
    if (!this.state.delete(nowUs, nowUs + deleteUs)) return;
    this.log.clear();
    this.log = this.#emptyLog();
    this.minutes = undefined;
    this.watch.changed();
  }

  /** The shard of the next record where the service chooses: the open ones in turn. AWS does not say how it does it. */
  nextShard(): number {
    const { openShards } = this.layout;
    return openShards[this.#spread++ % openShards.length];
  }

  /** Whether a request finds a shard: it has been there, and is not gone with its last record. */
  hasShard(shard: number, nowUs: number): boolean {
    return shard < this.layout.count && !this.layout.isExpired(shard, this.retention.horizonUs(nowUs));
  }

  /** Sequence number of a shard's record, or of a moment behind it; counter 0 is the shard's start. */
  sequenceNumber(shard: number, counter: number, moment = 0): string {
    return sequenceNumber(sequencePrefix(this.createdUs, shard), counter, moment);
  }

  #endMinute(nowUs: number): void {
    const { minutes } = this;
    minutes?.skipQuiet(nowUs);
    const endUs = minutes?.endUs ?? nowUs;
    const change = minutes?.endMinute();
    if (change === undefined) return;
    this.become(change, endUs);
  }

  #minutesFrom(nowUs: number): OnDemandMinutes | undefined {
    return this.#onDemand && new OnDemandMinutes(this.#onDemand, this.layout.map, nowUs);
  }

  #emptyLog(): RecordLog {
    return new RecordLog(this.layout.count, this.#memory, this.retention.ms);
  }
}
