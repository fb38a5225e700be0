/**
 * All streams of the one account that the local endpoint plays, found by name or ARN.
 */
import { LIMITS, MIB } from '../model/limits.ts';
import type { FaultPlan } from './faults/fault-rule.ts';
import { Faults } from './faults/faults.ts';
import type { Notice } from './message.ts';
import { inUse, invalidArgument, ServiceError, streamNotFound } from './service-error.ts';
import type { Credentials } from './signature.ts';
import { Stream, type StreamSpec } from './stream.ts';

export interface LocalOptions {
  /** Default '000000000000'. */
  readonly accountId?: string;
  /** Default 'us-east-1'. */
  readonly region?: string;
  /** How long CreateStream and DeleteStream take, in milliseconds; default 500 each. */
  readonly createMs?: number;
  readonly deleteMs?: number;
  /** What one stream's records may take in memory, in bytes; default 256 MiB. */
  readonly streamMemoryBytes?: number;
  /** What signatures are verified with; default: any will do. */
  readonly credentials?: Credentials | undefined;
  /** What is made to go wrong from the first call on; default nothing. */
  readonly faults?: FaultPlan | undefined;
}

/** How a request names a stream. */
export interface StreamReference {
  readonly StreamName?: string | undefined;
  readonly StreamARN?: string | undefined;
}

export class Account {
  readonly id: string;
  readonly region: string;
  readonly faults = new Faults();
  readonly #createUs: number;
  readonly #deleteUs: number;
  readonly #memoryBytes: number;
  readonly #streams = new Map<string, Stream>();

  constructor(options: LocalOptions) {
    this.id = options.accountId ?? '000000000000';
    this.region = options.region ?? 'us-east-1';
    this.#createUs = (options.createMs ?? 500) * 1000;
    this.#deleteUs = (options.deleteMs ?? 500) * 1000;
    this.#memoryBytes = options.streamMemoryBytes ?? 256 * MIB;
  }

  /**
   * Adds a stream.
   * @param atOnce ACTIVE right away instead of after the usual time
   * @throws ServiceError where the name is taken or the account's shard quota is used up
   */
  create(spec: StreamSpec, nowUs: number, atOnce = false): Stream {
    const streams = this.streams(nowUs);
    if (streams.some((stream) => stream.name === spec.name)) {
      throw inUse(`Stream ${spec.name} under account ${this.id} already exists.`);
    }
    const used = streams.reduce((sum, stream) => sum + stream.shardMap.open.length, 0);
    const quota = LIMITS.shardQuota.value;
    if (used + spec.shards > quota) {
      throw new ServiceError(
        'LimitExceededException',
        `This request would exceed the shard limit for the account ${this.id} in ${this.region}. ` +
          `Current shard count for the account: ${used}. Limit: ${quota}. ` +
          `Number of additional shards that would have resulted from this request: ${spec.shards}.`,
      );
    }
    const place = {
      accountId: this.id,
      region: this.region,
      memoryBytes: this.#memoryBytes,
      faults: this.faults,
    };
    const stream = new Stream(spec, place, nowUs, atOnce ? 0 : this.#createUs);
    this.#streams.set(spec.name, stream);
    return stream;
  }

  delete(stream: Stream, nowUs: number): void {
    stream.delete(nowUs, this.#deleteUs);
  }

  /** The streams that there are, by name. Forgets the ones whose deletion is over. */
  streams(nowUs: number): Stream[] {
    for (const [name, stream] of this.#streams) {
      if (stream.statusAt(nowUs) === 'DELETED') this.#streams.delete(name);
    }
    return [...this.#streams.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * The stream that a request means, in whatever state.
   * @throws ServiceError where it names none, two different ones, or one that is not there
   */
  find(reference: StreamReference, nowUs: number): Stream {
    const name = this.nameOf(reference);
    const stream = this.#streams.get(name);
    if (!stream || stream.statusAt(nowUs) === 'DELETED') throw streamNotFound(name, this.id);
    return stream;
  }

  /** The stream that a request means, for reading and writing: one being created or deleted is not there yet or any more. */
  findActive(reference: StreamReference, nowUs: number): Stream {
    const stream = this.find(reference, nowUs);
    if (stream.statusAt(nowUs) !== 'ACTIVE') throw streamNotFound(stream.name, this.id);
    return stream;
  }

  /** The ACTIVE stream of a request that names it rightly, else undefined. */
  peek({ StreamName: name, StreamARN: arn }: StreamReference, nowUs: number): Stream | undefined {
    const stream = this.#streams.get(name ?? arn?.slice(arn.lastIndexOf('/') + 1) ?? '');
    if (stream?.statusAt(nowUs) !== 'ACTIVE') return undefined;
    return arn === undefined || arn === stream.arn ? stream : undefined;
  }

  /** A stream's name from either form. */
  nameOf({ StreamName: name, StreamARN: arn }: StreamReference): string {
    if (arn === undefined) {
      if (name === undefined) throw invalidArgument('Either StreamName or StreamARN must be provided.');
      return name;
    }
    // A colon behind the account belongs to the resource: "stream/orders:x" is not "stream/orders".
    const [, , , region, account, ...resource] = arn.split(':');
    const named = resource.join(':').slice('stream/'.length);
    if (name !== undefined && name !== named) {
      throw invalidArgument(`StreamName ${name} and StreamARN ${arn} do not name the same stream.`);
    }
    if (account !== this.id || region !== this.region) throw streamNotFound(named, account);
    return named;
  }

  /** Streams that had to forget records since the last call. */
  takeTrimNotices(): Notice[] {
    return [...this.#streams.values()].flatMap((stream): Notice[] => {
      const trimmed = stream.log.takeTrimmed();
      return trimmed.records > 0 ? [{ kind: 'trimmed', stream: stream.name, ...trimmed }] : [];
    });
  }
}
