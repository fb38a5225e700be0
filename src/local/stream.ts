/**
 * One stream of the local endpoint: its shards, its write limit, its records, and its state, which is computed
 * from the time of the request and never by a timer.
 */
import { LIMITS, KIB } from '../model/limits.ts';
import { routingTableOf, type RoutingTable } from '../model/routing-table.ts';
import { createShardMap, shardNumberOf, type ShardMap } from '../model/shard-map.ts';
import { Throttle } from '../model/throttle.ts';
import type { Faults } from './faults/faults.ts';
import { CBOR_SYNTAX, JSON_SYNTAX, PutReplies } from './put-reply.ts';
import { RecordLog } from './record-log.ts';
import { sequenceNumber, sequencePrefix } from './sequence-number.ts';

const HOUR_MS = 3_600_000;

export type StreamStatus = 'CREATING' | 'ACTIVE' | 'DELETING' | 'DELETED';
export type StreamMode = 'PROVISIONED' | 'ON_DEMAND';

/** What a new stream is to be. */
export interface StreamSpec {
  readonly name: string;
  readonly shards: number;
  readonly mode?: StreamMode;
  /** Data and key, 1 MiB to 10 MiB; default 1 MiB. */
  readonly maxRecordBytes?: number;
  /** How long records are kept where memory allows it; default 24. */
  readonly retentionHours?: number;
  /** Level of the write buckets at the start, 0…1; default 1. */
  readonly initialFill?: number;
}

export interface StreamPlace {
  readonly accountId: string;
  readonly region: string;
  readonly memoryBytes: number;
  /** The account's; asked about each record that is put. */
  readonly faults: Faults;
}

export class Stream {
  readonly name: string;
  readonly arn: string;
  readonly accountId: string;
  readonly mode: StreamMode;
  readonly maxRecordBytes: number;
  readonly retentionHours: number;
  readonly createdUs: number;
  readonly shardMap: ShardMap;
  readonly routing: RoutingTable;
  /** Shard number by position in the routing table. */
  readonly openShards: Uint32Array;
  readonly throttle: Throttle;
  readonly putReplies: { readonly json: PutReplies; readonly cbor: PutReplies };
  readonly faults: Faults;
  log: RecordLog;
  readonly #memoryBytes: number;
  readonly #activeUs: number;
  #deletedUs = Infinity;
  #goneUs = Infinity;

  /** @param createUs how long the stream stays CREATING, in microseconds */
  constructor(spec: StreamSpec, place: StreamPlace, nowUs: number, createUs: number) {
    this.name = spec.name;
    this.arn = `arn:aws:kinesis:${place.region}:${place.accountId}:stream/${spec.name}`;
    this.accountId = place.accountId;
    this.faults = place.faults;
    this.mode = spec.mode ?? 'PROVISIONED';
    this.maxRecordBytes = spec.maxRecordBytes ?? LIMITS.defaultMaxRecordBytes.value;
    this.retentionHours = spec.retentionHours ?? LIMITS.retentionHoursDefault.value;
    this.createdUs = nowUs;
    this.#activeUs = nowUs + createUs;
    this.#memoryBytes = place.memoryBytes;
    this.shardMap = createShardMap(spec.shards);
    this.routing = routingTableOf(this.shardMap);
    this.openShards = Uint32Array.from(this.shardMap.open, (shard) => shardNumberOf(shard.shardId));
    this.throttle = new Throttle(this.shardMap.all.length, nowUs, {
      maxRecordBytes: this.maxRecordBytes,
      ...(spec.initialFill === undefined ? {} : { initialFill: spec.initialFill }),
    });
    this.putReplies = {
      json: new PutReplies(spec.name, place.accountId, nowUs, JSON_SYNTAX),
      cbor: new PutReplies(spec.name, place.accountId, nowUs, CBOR_SYNTAX),
    };
    this.log = this.#emptyLog();
  }

  get maxRecordKiB(): number {
    return this.maxRecordBytes / KIB;
  }

  statusAt(nowUs: number): StreamStatus {
    if (nowUs >= this.#goneUs) return 'DELETED';
    if (nowUs >= this.#deletedUs) return 'DELETING';
    return nowUs >= this.#activeUs ? 'ACTIVE' : 'CREATING';
  }

  /** Starts the deletion; the records go at once. Deleting again changes nothing. */
  delete(nowUs: number, deleteUs: number): void {
    if (this.#deletedUs !== Infinity) return;
    this.#deletedUs = nowUs;
    this.#goneUs = nowUs + deleteUs;
    this.log = this.#emptyLog();
  }

  /** Sequence number of a shard's record; counter 0 is the shard's start. */
  sequenceNumber(shard: number, counter: number): string {
    return sequenceNumber(sequencePrefix(this.createdUs, shard), counter);
  }

  #emptyLog(): RecordLog {
    return new RecordLog(this.shardMap.all.length, this.#memoryBytes, this.retentionHours * HOUR_MS);
  }
}
