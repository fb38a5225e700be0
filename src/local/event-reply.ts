/** A reply that goes on: a subscription's events as the bytes of an event stream. */
import { encodeMessage } from './event-stream.ts';
import type { EventSource, EventStep } from './message.ts';
import { ServiceError } from './service-error.ts';
import type { Subscription } from './subscription.ts';
import type { WireFormat } from './wire-format.ts';

export interface EventReplyOptions {
  readonly subscription: Subscription;
  /** Of the payloads. */
  readonly format: WireFormat;
  /** The service's time, which never goes back. */
  readonly advance: (nowUs: number) => number;
  /** Hears of our own mistakes. */
  readonly onFailure: (error: unknown) => void;
}

export class EventReply implements EventSource {
  readonly endsUs: number;
  readonly #options: EventReplyOptions;
  #hasBegun = false;

  constructor(options: EventReplyOptions) {
    this.#options = options;
    this.endsUs = options.subscription.endsUs;
  }

  listen(wake: () => void): void {
    this.#options.subscription.listen(wake);
  }

  close(): void {
    this.#options.subscription.close();
  }

  /** Never throws. The first event says only that the call has succeeded. */
  next(nowUs: number): EventStep {
    const atUs = this.#options.advance(nowUs);
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      return { bytes: this.#event('initial-response', {}), againUs: atUs, isOver: false };
    }
    try {
      const { event, againUs, isOver } = this.#options.subscription.next(atUs);
      return { bytes: event && this.#bytesOf(event), againUs, isOver };
    } catch (error) {
      this.#options.onFailure(error);
      this.close();
      const failure = new ServiceError('InternalFailureException', 'Internal Service Failure', 500);
      return { bytes: this.#bytesOf(failure), againUs: Infinity, isOver: true };
    }
  }

  #bytesOf(event: object): Buffer {
    if (!(event instanceof ServiceError)) return this.#event('SubscribeToShardEvent', event);
    const { type, message } = event;
    return this.#message({ ':exception-type': type }, 'exception', { message });
  }

  #event(type: string, content: object): Buffer {
    return this.#message({ ':event-type': type }, 'event', content);
  }

  #message(what: Record<string, string>, messageType: string, content: object): Buffer {
    const { format } = this.#options;
    return encodeMessage(
      { ...what, ':content-type': format.contentType, ':message-type': messageType },
      format.write(content),
    );
  }
}
