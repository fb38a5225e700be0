/**
 * The local Kinesis endpoint without its sockets: a request and a time in, a reply out.
 */
import { Account, type LocalOptions, type StreamReference } from './account.ts';
import { isPlainlySigned, requireAuthorization } from './authorization.ts';
import { CloudWatchService } from './cloudwatch/cloudwatch-service.ts';
import type { LocalReply, LocalRequest, Notice } from './message.ts';
import type { OperationResult } from './operation.ts';
import { OPERATIONS, TARGET_PREFIX } from './operations.ts';
import { PutBatch } from './put-batch.ts';
import { putBatch } from './put-records.ts';
import { PutScanner } from './put-scanner.ts';
import { malformed, ServiceError } from './service-error.ts';
import type { StreamSpec } from './stream-settings.ts';
import { checkInput } from './validation.ts';

export type { MetricOptions } from './cloudwatch/metric-store.ts';
export type { LocalOptions } from './account.ts';
export type { LocalReply, LocalRequest, Notice } from './message.ts';
export type { StreamSpec } from './stream-settings.ts';

const JSON_TYPE = 'application/x-amz-json-1.1';
const PUT_RECORDS_TARGET = `${TARGET_PREFIX}PutRecords`;

export class LocalService {
  readonly #account: Account;
  readonly #cloudWatch: CloudWatchService;
  readonly #scanner = new PutScanner();
  readonly #batch = new PutBatch();
  #nowUs = 0;
  #requests = 0;
  #failures: Notice[] = [];

  constructor(options: LocalOptions = {}) {
    this.#account = new Account(options);
    this.#cloudWatch = new CloudWatchService(this.#account.metrics, requireAuthorization);
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
   * Answers a request. Never throws.
   * @param nowUs whole microseconds since the epoch; earlier than the last request's counts as that one's
   */
  handle(request: LocalRequest, nowUs: number): LocalReply {
    const at = this.#advance(nowUs);
    let reply: LocalReply;
    try {
      const scanned = this.#scanned(request, at);
      const other = scanned === undefined ? this.#askCloudWatch(request, at) : undefined;
      reply = other ?? this.#ok(scanned ?? this.#perform(request, at));
    } catch (error) {
      reply = this.#refused(request, error);
    }
    const timed = this.#account.metrics.takeTimed();
    return timed === undefined ? reply : { ...reply, timed };
  }

  /** Tells how long it took to answer a request, for the latency metrics; without it there are none. */
  took(reply: LocalReply, durationUs: number, nowUs: number): void {
    if (reply.timed === undefined) return;
    const { metrics } = this.#account;
    metrics.advance(this.#advance(nowUs));
    metrics.add(reply.timed.subject, reply.timed.metric, durationUs / 1000);
  }

  /** What the operator should hear of since the last call: records trimmed for space, our own failures. */
  takeNotices(): Notice[] {
    const notices = [...this.#account.takeTrimNotices(), ...this.#failures];
    this.#failures = [];
    return notices;
  }

  /** The answer to a request that was too large to be read. */
  tooLarge(nowUs: number): LocalReply {
    this.#advance(nowUs);
    return this.#error(new ServiceError('RequestEntityTooLargeException', 'Request Entity Too Large', 413));
  }

  #advance(nowUs: number): number {
    this.#nowUs = Math.max(this.#nowUs, nowUs);
    return this.#nowUs;
  }

  /** The answer of CloudWatch where the request is for it, else undefined. */
  #askCloudWatch(request: LocalRequest, nowUs: number): LocalReply | undefined {
    const answered = this.#cloudWatch.handle(request, nowUs, () => this.#headers(''));
    if (answered?.failure !== undefined) this.#noteFailure(request, answered.failure);
    return answered?.reply;
  }

  /** The fast way for PutRecords; undefined where the request is not as plain as that. */
  #scanned(request: LocalRequest, nowUs: number): Buffer | undefined {
    const { headers, method } = request;
    if (headers['x-amz-target'] !== PUT_RECORDS_TARGET || headers['content-type'] !== JSON_TYPE)
      return undefined;
    if (method !== 'POST' || !isPlainlySigned(request)) return undefined;
    const batch = this.#batch;
    try {
      const reference = this.#scanner.scan(request.body, batch);
      const stream = reference && this.#account.peek(reference, nowUs);
      return stream && putBatch(this.#account, stream, batch, nowUs);
    } finally {
      batch.end();
    }
  }

  /** The plain way, in the order in which AWS looks: form, operation, JSON, signature, members. */
  #perform(request: LocalRequest, nowUs: number): OperationResult {
    const [service, name] = targetOf(request);
    const operation = service === TARGET_PREFIX ? OPERATIONS.get(name) : undefined;
    if (!operation) throw new ServiceError('UnknownOperationException');
    const json = parseBody(request.body);
    requireAuthorization(request);
    const fields = operation.fieldsFor?.(this.#account, json, nowUs) ?? operation.fields;
    const input = checkInput(fields, json);
    this.#account.requireRate(name, referenceIn(input), nowUs);
    return operation.perform(this.#account, input, nowUs);
  }

  #ok(result: OperationResult): LocalReply {
    const body = Buffer.isBuffer(result)
      ? result
      : Buffer.from(result === undefined ? '' : JSON.stringify(result));
    return { status: 200, headers: this.#headers(JSON_TYPE), body };
  }

  #refused(request: LocalRequest, error: unknown): LocalReply {
    if (error instanceof XmlError) return this.#xml(error);
    if (error instanceof ServiceError) return this.#error(error);
    this.#noteFailure(request, error);
    return this.#error(new ServiceError('InternalFailure', 'Internal Service Failure', 500));
  }

  #noteFailure({ headers }: LocalRequest, error: unknown): void {
    const operation = headers['x-amz-target'] ?? '';
    this.#failures.push({ kind: 'failure', operation, stack: String((error as Error).stack) });
  }

  #error({ type, message, status }: ServiceError): LocalReply {
    // AWS spells this one member with a capital in serialization errors.
    const member = type === 'SerializationException' ? 'Message' : 'message';
    const body = Buffer.from(
      JSON.stringify({ __type: type, ...(message === '' ? {} : { [member]: message }) }),
    );
    return { status, headers: { ...this.#headers(JSON_TYPE), 'x-amzn-errortype': type }, body };
  }

  #xml({ type, message, status }: XmlError): LocalReply {
    const body = message === '' ? `<${type}/>\n` : `<${type}>\n  <Message>${message}</Message>\n</${type}>\n`;
    const headers = { ...this.#headers('application/xml'), 'x-amzn-errortype': type };
    return { status, headers, body: Buffer.from(body) };
  }

  /** Headers of every reply. Request ids count up; the time makes them differ between runs. */
  #headers(contentType: string): Record<string, string> {
    const time = this.#nowUs.toString(16).padStart(14, '0');
    const count = (++this.#requests).toString(16).padStart(12, '0');
    const id = `${time.slice(0, 8)}-${time.slice(8, 12)}-4${time.slice(12)}0-8000-${count}`;
    return {
      'content-type': contentType,
      'x-amzn-requestid': id,
      'x-amz-id-2': id.replaceAll('-', '').repeat(3),
      'x-shardwise-now-us': this.#nowUs.toString(),
    };
  }
}

/** A request that is not even AWS JSON is refused in XML. */
class XmlError extends ServiceError {}

/** Service and operation of an AWS JSON request. */
function targetOf({ method, headers, path }: LocalRequest): [service: string, operation: string] {
  const contentType = (headers['content-type'] ?? '').split(';')[0].trim();
  const target = headers['x-amz-target'] ?? '';
  const dot = target.indexOf('.') + 1;
  if (method === 'POST' && contentType === JSON_TYPE) return [target.slice(0, dot), target.slice(dot)];
  if (method === 'POST' && dot > 0) throw new XmlError('UnknownOperationException', '', 404);
  if (!headers.authorization && !path.includes('X-Amz-Algorithm')) {
    throw new XmlError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  }
  const message = 'Unable to determine service/operation name to be authorized';
  throw new XmlError('AccessDeniedException', message, 403);
}

/** How an input names its stream, where it does. */
function referenceIn(input: Readonly<Record<string, unknown>>): StreamReference {
  const { StreamName, StreamARN, ConsumerARN, ResourceARN } = input as Record<string, string | undefined>;
  return { StreamName, StreamARN: StreamARN ?? ConsumerARN ?? ResourceARN };
}

function parseBody(body: Buffer): unknown {
  let input: unknown;
  try {
    input = JSON.parse(body.toString('utf8'));
  } catch {
    throw malformed();
  }
  if (typeof input !== 'object' || input === null) throw malformed();
  return input;
}
