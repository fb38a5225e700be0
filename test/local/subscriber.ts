/** A client of SubscribeToShard without a socket, on a clock that the test holds; decodes by Smithy's own codec. */
import { EventStreamCodec } from '@smithy/core/event-streams';
import type { EventSource, LocalService } from '../../src/local/local-service.ts';
import { read, SIGNED, START_US, type Answered, type ShownRecord } from './client.ts';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (text) => Buffer.from(text),
);

/** One message of the event stream. */
export interface Heard {
  readonly atUs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: EventBody;
}

export interface EventBody {
  readonly message?: string;
  readonly Records: readonly ShownRecord[];
  readonly ContinuationSequenceNumber: string | null;
  readonly MillisBehindLatest: number;
  readonly ChildShards?: readonly { readonly ShardId: string; readonly ParentShards: readonly string[] }[];
}

export function decode(message: Buffer): Pick<Heard, 'headers' | 'body'> {
  const { headers, body } = codec.decode(message);
  const texts = Object.entries(headers).map(([name, { value }]) => [name, value as string]);
  return {
    headers: Object.fromEntries(texts) as Record<string, string>,
    body: JSON.parse(Buffer.from(body).toString()) as EventBody,
  };
}

export class Subscriber {
  readonly heard: Heard[] = [];
  readonly source: EventSource;
  isOver = false;
  isWoken = false;
  /** Calls of `next`, with and without an event. */
  asked = 0;
  #againUs: number;
  #nowUs: number;

  constructor(source: EventSource, nowUs: number) {
    this.source = source;
    this.#againUs = this.#nowUs = nowUs;
    source.listen(() => {
      this.isWoken = true;
    });
    this.until(nowUs);
  }

  /** Lets time pass as the socket side does: asks when it is time, or when woken. */
  until(nowUs: number): this {
    while (!this.isOver && (this.isWoken || this.#againUs <= nowUs)) {
      const atUs = Math.max(this.#nowUs, this.isWoken ? this.#nowUs : this.#againUs);
      this.isWoken = false;
      this.#nowUs = atUs;
      const { bytes, againUs, isOver } = this.source.next(atUs);
      this.asked++;
      this.#againUs = againUs;
      this.isOver = isOver;
      if (bytes) this.heard.push({ atUs, ...decode(bytes) });
    }
    this.#nowUs = Math.max(this.#nowUs, nowUs);
    return this;
  }

  get events(): Heard[] {
    return this.heard.filter(({ headers }) => headers[':event-type'] === 'SubscribeToShardEvent');
  }

  get last(): EventBody {
    return (this.events.at(-1) as Heard).body;
  }

  get exception(): Heard | undefined {
    return this.heard.find(({ headers }) => headers[':message-type'] === 'exception');
  }

  /** Data of all records, decoded. */
  get texts(): string[] {
    return this.events.flatMap(({ body }) => body.Records.map(({ Data }) => fromBase64(Data)));
  }
}

export interface Wanted {
  readonly ConsumerARN: string;
  readonly ShardId?: string;
  readonly StartingPosition?: object;
  readonly DryRun?: boolean;
}

const TRIM_HORIZON = { Type: 'TRIM_HORIZON' };

/** Subscribes, or gives the refusal. */
export function trySubscribe(service: LocalService, wanted: Wanted, nowUs = START_US): Subscriber | Answered {
  const input = { ShardId: 'shardId-000000000000', StartingPosition: TRIM_HORIZON, ...wanted };
  const headers = { ...SIGNED, 'x-amz-target': 'Kinesis_20131202.SubscribeToShard' };
  const body = Buffer.from(JSON.stringify(input));
  const reply = service.handle({ method: 'POST', path: '/', headers, body }, nowUs);
  return reply.events ? new Subscriber(reply.events, nowUs) : read(reply);
}

export function subscribe(service: LocalService, wanted: Wanted, nowUs = START_US): Subscriber {
  const subscriber = trySubscribe(service, wanted, nowUs);
  if (subscriber instanceof Subscriber) return subscriber;
  throw new Error(`refused: ${JSON.stringify(subscriber.body)}`);
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString();
}
