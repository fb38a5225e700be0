/**
 * All streams of the one account that the local endpoint plays, found by name or ARN.
 */
import { LIMITS, MIB } from '../model/limits.ts';
import { ON_DEMAND_RULES, type OnDemandRules } from '../model/on-demand.ts';
import { CallRates } from './call-rates.ts';
import { MetricStore, type MetricOptions } from './cloudwatch/metric-store.ts';
import { Commitment } from './commitment.ts';
import type { FaultPlan } from './faults/fault-rule.ts';
import { Faults } from './faults/faults.ts';
import { switchesOf, type LimitGroup, type LimitSwitches } from './limit-groups.ts';
import type { Notice } from './message.ts';
import { RecordMemory } from './record-memory.ts';
import { inUse, invalidArgument, limitExceeded, streamNotFound } from './service-error.ts';
import type { Credentials } from './signature.ts';
import type { StreamSpec } from './stream-settings.ts';
import { Stream } from './stream.ts';

/** Part of the memory that metrics may take, where nothing else is said. */
const METRICS_PART = 8;

export interface LocalOptions {
  /** Default '000000000000'. */
  readonly accountId?: string;
  /** Default 'us-east-1'. */
  readonly region?: string;
  /** How long CreateStream and DeleteStream take, in milliseconds; default 500 each. */
  readonly createMs?: number;
  readonly deleteMs?: number;
  /** How long a stream is UPDATING when its shards or its settings change; default 500. */
  readonly reshardMs?: number;
  /** How on-demand streams split themselves; default as AWS says. */
  readonly onDemandRules?: OnDemandRules;
  /** Groups of limits that are enforced; default all. */
  readonly limits?: readonly LimitGroup[];
  /** What the records of all streams and the metrics may take in memory together, in bytes; default 512 MiB. */
  readonly memoryBytes?: number;
  /** How CloudWatch metrics are kept and how fast their clock runs. */
  readonly metrics?: MetricOptions;
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
  /** Microseconds that creating and deleting a stream or a consumer takes. */
  readonly createUs: number;
  readonly deleteUs: number;
  readonly limits: LimitSwitches;
  readonly metrics: MetricStore;
  readonly memory: RecordMemory;
  readonly faults = new Faults();
  readonly commitment = new Commitment();
  readonly #rates = new CallRates();
  readonly #reshardUs: number;
  readonly #onDemand: OnDemandRules | undefined;
  readonly #streams = new Map<string, Stream>();

  constructor(options: LocalOptions) {
    this.id = options.accountId ?? '000000000000';
    this.region = options.region ?? 'us-east-1';
    this.createUs = (options.createMs ?? 500) * 1000;
    this.deleteUs = (options.deleteMs ?? 500) * 1000;
    this.#reshardUs = (options.reshardMs ?? 500) * 1000;
    this.limits = switchesOf(options.limits);
    this.#onDemand = this.limits['on-demand'] ? (options.onDemandRules ?? ON_DEMAND_RULES) : undefined;
    const memoryBytes = options.memoryBytes ?? 512 * MIB;
    const metricBytes = options.metrics?.memoryBytes ?? Math.floor(memoryBytes / METRICS_PART);
    this.metrics = new MetricStore({ ...options.metrics, memoryBytes: metricBytes });
    this.memory = new RecordMemory(memoryBytes - metricBytes);
  }

  /**
   * Adds a stream.
   * @param atOnce ACTIVE right away instead of after the usual time
   * @throws ServiceError where the name is taken or the account's shard quota is used up
   */
  create(spec: StreamSpec, nowUs: number, atOnce = false): Stream {
    this.requireNew(spec.name, nowUs);
    this.requireQuota(spec.shards, nowUs);
    const { id: accountId, region, metrics, faults, memory } = this;
    const place = { accountId, region, metrics, faults, memory, onDemand: this.#onDemand };
    const stream = new Stream(spec, place, nowUs, atOnce ? 0 : this.createUs);
    this.#streams.set(spec.name, stream);
    return stream;
  }

  /** @throws ServiceError ResourceInUseException where a stream has the name already */
  requireNew(name: string, nowUs: number): void {
    if (this.named(name, nowUs)) throw inUse(`Stream ${name} under account ${this.id} already exists.`);
  }

  delete(stream: Stream, nowUs: number): void {
    stream.delete(nowUs, this.deleteUs);
  }

  /**
   * Counts a call against the rate of its operation.
   * @throws ServiceError LimitExceededException
   */
  requireRate(operation: string, reference: StreamReference, nowUs: number): void {
    if (!this.limits.control) return;
    const name = reference.StreamName ?? /:stream\/([^/]+)/.exec(reference.StreamARN ?? '')?.[1];
    const stream = name !== undefined && this.#streams.has(name) ? name : undefined;
    if (this.#rates.take(operation, stream, nowUs)) return;
    const what = stream === undefined ? 'account' : `stream ${stream} under account`;
    throw limitExceeded(`Rate exceeded for ${what} ${this.id}.`);
  }

  onDemandStreams(nowUs: number): number {
    return this.streams(nowUs).filter(({ settings }) => settings.mode === 'ON_DEMAND').length;
  }

  /** Refuses one more on-demand stream than the account may have. @throws ServiceError LimitExceededException */
  requireOnDemandStream(nowUs: number): void {
    const most = LIMITS.onDemandStreams.value;
    if (this.onDemandStreams(nowUs) < most) return;
    throw limitExceeded(
      `This request would exceed the on-demand stream limit for the account ${this.id} in ${this.region}. Limit: ${most}.`,
    );
  }

  /** When a change of a stream that begins now takes effect. */
  dueUs(nowUs: number): number {
    return nowUs + this.#reshardUs;
  }

  /**
   * Refuses what would exceed the account's shard quota.
   * @param more additional open shards
   * @throws ServiceError LimitExceededException
   */
  requireQuota(more: number, nowUs: number): void {
    const used = this.streams(nowUs).reduce((sum, stream) => sum + stream.heldShards, 0);
    const quota = LIMITS.shardQuota.value;
    if (used + more <= quota) return;
    throw limitExceeded(
      `This request would exceed the shard limit for the account ${this.id} in ${this.region}. ` +
        `Current shard count for the account: ${used}. Limit: ${quota}. ` +
        `Number of additional shards that would have resulted from this request: ${more}. ` +
        'Refer to the AWS Service Limits page ' +
        '(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) ' +
        'for current limits and how to request higher limits.',
    );
  }

  /** The streams that there are, by name. Forgets the ones whose deletion is over. */
  streams(nowUs: number): Stream[] {
    for (const name of [...this.#streams.keys()]) this.named(name, nowUs);
    return [...this.#streams.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The stream of a name with all that is due by now applied, or undefined where there is none any more. */
  named(name: string, nowUs: number): Stream | undefined {
    const stream = this.#streams.get(name);
    stream?.advance(nowUs);
    if (stream?.statusAt(nowUs) !== 'DELETED') return stream;
    this.#streams.delete(name);
    return undefined;
  }

  /**
   * The stream that a request means, in whatever state.
   * @throws ServiceError where it names none, two different ones, or one that is not there
   */
  find(reference: StreamReference, nowUs: number): Stream {
    const name = this.nameOf(reference);
    const stream = this.named(name, nowUs);
    if (!stream) throw streamNotFound(name, this.id);
    return stream;
  }

  /** The stream that a request means, for reading and writing: one being created or deleted is not there yet or any more. */
  findOpen(reference: StreamReference, nowUs: number): Stream {
    const stream = this.find(reference, nowUs);
    if (!stream.state.isOpen(nowUs)) throw streamNotFound(stream.name, this.id);
    return stream;
  }

  /** The stream of a request that names it rightly, for reading and writing, else undefined. */
  peek({ StreamName: name, StreamARN: arn }: StreamReference, nowUs: number): Stream | undefined {
    const stream = this.#streams.get(name ?? arn?.slice(arn.lastIndexOf('/') + 1) ?? '');
    if (!stream?.state.isOpen(nowUs)) return undefined;
    stream.advance(nowUs);
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
