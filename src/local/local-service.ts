/**
 * The local Kinesis endpoint without its sockets: a request and a time in, a reply out.
 */
import { Account, type LocalOptions, type StreamReference } from './account.ts';
import { isPlainlySigned, requireAuthorization } from './authorization.ts';
import { CborPutScanner } from './cbor-put-scanner.ts';
import { CloudWatchService } from './cloudwatch/cloudwatch-service.ts';
import { metricAuthorization } from './cloudwatch/metric-authorization.ts';
import { EventReply } from './event-reply.ts';
import { EVENT_STREAM_TYPE } from './event-stream.ts';
import type { FaultPlan } from './faults/fault-rule.ts';
import { NO_FAULT, type Fault } from './faults/faults.ts';
import type { LocalReply, LocalRequest, Notice, ServiceHealth } from './message.ts';
import { OPERATIONS, TARGET_PREFIX } from './operations.ts';
import { PutBatch } from './put-batch.ts';
import { putBatch } from './put-records.ts';
import { PutScanner } from './put-scanner.ts';
import { Replies } from './replies.ts';
import { internalFailure, ServiceError } from './service-error.ts';
import { SignatureVerifier } from './signature.ts';
import type { StreamSpec } from './stream-settings.ts';
import { subjectOf } from './subject.ts';
import { Subscription } from './subscription.ts';
import { askedFor, targetOf } from './target.ts';
import { checkInput } from './validation.ts';
import { CBOR_FORMAT, formatOf, JSON_FORMAT, type WireFormat } from './wire-format.ts';

export type { LocalOptions } from './account.ts';
export type { MetricOptions } from './cloudwatch/metric-store.ts';
export type { EventSource, LocalReply, LocalRequest, Notice, ServiceHealth } from './message.ts';
export type { StreamSpec } from './stream-settings.ts';

const PUT_RECORDS_TARGET = `${TARGET_PREFIX}PutRecords`;
const DROPPED: LocalReply = { status: 0, headers: {}, body: Buffer.alloc(0) };

/** A request on its way through the service, and what is known of it so far. */
interface Exchange {
  readonly request: LocalRequest;
  readonly nowUs: number;
  format: WireFormat;
  operation: string;
  stream: string | undefined;
  fault: Fault;
}

export class LocalService {
  readonly #account: Account;
  readonly #cloudWatch: CloudWatchService;
  readonly #scanner = new PutScanner();
  readonly #cborScanner = new CborPutScanner();
  readonly #batch = new PutBatch();
  readonly #replies = new Replies();
  readonly #verifier: SignatureVerifier | undefined;
  #nowUs = 0;
  #failures: Notice[] = [];

  constructor(options: LocalOptions = {}) {
    this.#account = new Account(options);
    const { credentials, faults } = options;
    const { region, metrics } = this.#account;
    if (credentials) this.#verifier = new SignatureVerifier(credentials, region, ['kinesis']);
    this.#cloudWatch = new CloudWatchService(
      metrics,
      metricAuthorization(credentials, region, metrics.clock),
    );
    if (faults) this.setFaults(faults);
  }

  /**
   * Adds a stream that is ACTIVE at once.
   * @param nowUs microseconds since the epoch
   * @throws Error where the name is taken or there are too many shards
   */
  createStream(spec: StreamSpec, nowUs: number): void {
    this.#account.create(spec, this.#advance(nowUs), true);
  }

  /**
   * A buffer to read a request's body into. Once the request is handled it is the service's, which uses it again.
   * @param length in bytes; all of them are to be written
   */
  takeBody(length: number): Buffer {
    return this.#account.memory.bodies.take(length);
  }

  /** What is made to go wrong; the rules' time and count of calls begin with the next call after they are set. */
  get faults(): FaultPlan {
    return this.#account.faults.plan;
  }

  setFaults(plan: FaultPlan): void {
    this.#account.faults.set(plan);
  }

  /** Every put fails as a whole, and is not carried out, from one time to another; beside the other faults. */
  failPuts(fromUs: number, toUs: number): void {
    this.#account.faults.failPuts(fromUs, toUs);
  }

  /** What the operator may want to know at any time. */
  health(nowUs: number): ServiceHealth {
    const streams = this.#account.streams(this.#advance(nowUs));
    return {
      streams: streams.length,
      recordBytes: this.#account.memory.bytes,
      metricBytes: this.#account.metrics.bytes,
      requests: this.#replies.count,
    };
  }

  /**
   * Answers a request. Never throws.
   * @param nowUs whole microseconds since the epoch; earlier than the last request's counts as that one's
   */
  handle(request: LocalRequest, nowUs: number): LocalReply {
    const exchange: Exchange = {
      request,
      nowUs: this.#advance(nowUs),
      format: JSON_FORMAT,
      operation: '',
      stream: undefined,
      fault: NO_FAULT,
    };
    const reply = this.#answer(exchange);
    const timed = this.#account.metrics.takeTimed();
    return timed === undefined ? reply : { ...reply, timed };
  }

  /** Tells how long it took to answer a request, for the latency metrics; without it there are none. */
  took({ timed }: LocalReply, durationUs: number, nowUs: number): void {
    if (timed === undefined) return;
    const { metrics } = this.#account;
    metrics.advance(this.#advance(nowUs));
    metrics.add(timed.subject, timed.metric, durationUs / 1000);
  }

  /** What the operator should hear of since the last call: records trimmed for space, our own failures. */
  takeNotices(): Notice[] {
    const notices = [...this.#account.takeTrimNotices(), ...this.#failures];
    this.#failures = [];
    return notices;
  }

  /** The answer to a request that was too large to be read. */
  tooLarge(nowUs: number): LocalReply {
    const error = new ServiceError('RequestEntityTooLargeException', 'Request Entity Too Large', 413);
    const reply = this.#replies.refuse(JSON_FORMAT, error, this.#advance(nowUs));
    return { ...reply, about: { operation: '', stream: undefined, error: error.type } };
  }

  #advance(nowUs: number): number {
    this.#nowUs = Math.max(this.#nowUs, nowUs);
    return this.#nowUs;
  }

  #answer(exchange: Exchange): LocalReply {
    try {
      const scanned = this.#scanned(exchange);
      const other = scanned === undefined ? this.#askCloudWatch(exchange) : undefined;
      if (other !== undefined) return other;
      const result = scanned ?? this.#perform(exchange);
      if (result instanceof Subscription) return finish(exchange, this.#subscribed(exchange, result));
      return finish(exchange, this.#replies.ok(exchange.format, result, exchange.nowUs));
    } catch (error) {
      return this.#refused(exchange, error);
    }
  }

  /** The answer of CloudWatch where the request is for it, else undefined. Faults are Kinesis's alone. */
  #askCloudWatch({ request, nowUs }: Exchange): LocalReply | undefined {
    const answered = this.#cloudWatch.handle(request, nowUs, () => this.#replies.common(nowUs));
    if (answered?.failure !== undefined) this.#noteFailure(answered.operation, answered.failure);
    return answered?.reply;
  }

  /** The fast way for PutRecords; undefined where the request is not as plain as that. */
  #scanned(exchange: Exchange): Buffer | undefined {
    const { request, nowUs } = exchange;
    const { headers, method, body } = request;
    if (headers['x-amz-target'] !== PUT_RECORDS_TARGET || method !== 'POST') return undefined;
    const format = formatOf(headers['content-type'] ?? '');
    if (!format || !isPlainlySigned(request)) return undefined;
    const isCbor = format === CBOR_FORMAT;
    const batch = this.#batch;
    try {
      const reference = (isCbor ? this.#cborScanner : this.#scanner).scan(body, batch);
      const stream = reference && this.#account.peek(reference, nowUs);
      if (!stream) return undefined;
      exchange.format = format;
      exchange.operation = 'PutRecords';
      exchange.stream = stream.name;
      this.#verifier?.verify(request, nowUs);
      this.#suffer(exchange, undefined);
      return putBatch(this.#account, stream, batch, nowUs, isCbor ? 'cbor' : 'json');
    } finally {
      batch.end();
    }
  }

  /** The plain way, in the order in which AWS looks: form, operation, body, signature, members. */
  #perform(exchange: Exchange): Buffer | Subscription {
    const { request, nowUs } = exchange;
    exchange.operation = askedFor(request);
    const target = targetOf(request);
    const { format } = target;
    exchange.format = format;
    const operation = target.service === TARGET_PREFIX ? OPERATIONS.get(target.operation) : undefined;
    if (!operation) throw new ServiceError('UnknownOperationException');
    const read = format.read(request.body);
    const subject = subjectOf(read);
    exchange.stream = subject.stream;
    requireAuthorization(request);
    this.#verifier?.verify(request, nowUs);
    this.#suffer(exchange, subject.shard);
    const fields = operation.fieldsFor?.(this.#account, read, nowUs) ?? operation.fields;
    const input = checkInput(fields, format.adapt(fields, read));
    this.#account.requireRate(target.operation, referenceIn(input), nowUs);
    const result = operation.perform(this.#account, input, nowUs);
    return result instanceof Subscription ? result : format.write(result);
  }

  /** A reply that goes on, in events whose payloads are in the format of the request. */
  #subscribed({ format, operation, nowUs }: Exchange, subscription: Subscription): LocalReply {
    const events = new EventReply({
      subscription,
      format,
      advance: (atUs) => this.#advance(atUs),
      onFailure: (error) => this.#noteFailure(operation, error),
    });
    const reply = this.#replies.ok(format, Buffer.alloc(0), nowUs);
    return { ...reply, headers: { ...reply.headers, 'content-type': EVENT_STREAM_TYPE }, events };
  }

  /** Lets a call have the fault that is its turn. @throws ServiceError, Dropped */
  #suffer(exchange: Exchange, shard: number | undefined): void {
    const { operation, stream, nowUs } = exchange;
    const fault = this.#account.faults.begin({ operation, stream, shard }, nowUs);
    if (fault === NO_FAULT) return;
    exchange.fault = fault;
    if (fault.drop === 'before') throw new Dropped();
    if (fault.error) throw fault.error;
  }

  #refused(exchange: Exchange, error: unknown): LocalReply {
    if (error instanceof Dropped) return finish(exchange, DROPPED);
    if (error instanceof ServiceError)
      return finish(exchange, this.#replies.refuse(exchange.format, error, this.#nowUs), error.type);
    this.#noteFailure(exchange.request.headers['x-amz-target'] ?? '', error);
    return this.#refused(exchange, internalFailure());
  }

  #noteFailure(operation: string, error: unknown): void {
    this.#failures.push({ kind: 'failure', operation, stack: String((error as Error).stack) });
  }
}

/** The connection is to be cut before the call is carried out. */
class Dropped extends Error {}

/** How an input names its stream, where it does. */
function referenceIn(input: Readonly<Record<string, unknown>>): StreamReference {
  const { StreamName, StreamARN, ConsumerARN, ResourceARN } = input as Record<string, string | undefined>;
  return { StreamName, StreamARN: StreamARN ?? ConsumerARN ?? ResourceARN };
}

/** A reply with what the socket side does about it. */
function finish({ operation, stream, fault }: Exchange, reply: LocalReply, error?: string): LocalReply {
  const about = { operation, stream, error };
  if (fault === NO_FAULT) return { ...reply, about };
  return { ...reply, about, delayUs: fault.delayUs, hangUp: fault.drop !== undefined };
}
