/**
 * Replies that go on: asks each for its next event and writes it to its client, one at a time and only while the client
 * takes them. Sleeps until the time that the reply gave, or until it is woken.
 */
import type { Writable } from 'node:stream';
import type { EventSource } from '../../local/message.ts';

/** Node's timers hold no longer time. */
const MOST_TIMER_MS = 2 ** 31 - 1;

export class EventPushes {
  readonly #nowUs: () => number;
  readonly #live = new Set<Push>();
  #isClosing = false;

  constructor(nowUs: () => number) {
    this.#nowUs = nowUs;
  }

  /** Sends events to a client, whose headers are on their way, until one of them ends it. */
  begin(events: EventSource, client: Writable): void {
    const push = new Push(events, client, this.#nowUs);
    if (client.destroyed) {
      push.stop();
      return;
    }
    if (this.#isClosing) {
      push.end();
      return;
    }
    this.#live.add(push);
    client.on('close', () => {
      push.stop();
      this.#live.delete(push);
    });
    push.start();
  }

  /** Ends all replies after what was written of them, and those to come. */
  close(): void {
    this.#isClosing = true;
    for (const push of this.#live) push.end();
  }
}

class Push {
  readonly #events: EventSource;
  readonly #client: Writable;
  readonly #nowUs: () => number;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #isFull = false;
  #isOver = false;

  constructor(events: EventSource, client: Writable, nowUs: () => number) {
    this.#events = events;
    this.#client = client;
    this.#nowUs = nowUs;
  }

  start(): void {
    this.#client.on('drain', () => {
      this.#isFull = false;
      this.#soon();
    });
    this.#events.listen(() => this.#soon());
    this.#turnNow();
  }

  /** Ends the reply as if that had been all. */
  end(): void {
    if (this.#isOver) return;
    this.stop();
    this.#client.end();
  }

  /** Forgets the reply; its client has gone. */
  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    this.#events.close();
  }

  /** Asks in a turn of its own, so that other requests have theirs between two events. */
  #soon(): void {
    if (this.#isOver || this.#isFull) return;
    this.#turn ??= setImmediate(() => this.#turnNow());
  }

  #turnNow(): void {
    this.#turn = undefined;
    if (this.#isOver || this.#isFull) return;
    const nowUs = this.#nowUs();
    const { bytes, againUs, isOver } = this.#events.next(nowUs);
    if (bytes) this.#isFull = !this.#client.write(bytes);
    if (isOver) this.end();
    else if (this.#isFull) this.#sleep(this.#events.endsUs - nowUs, () => this.#client.destroy());
    else if (againUs <= nowUs) this.#soon();
    else this.#sleep(againUs - nowUs, () => this.#soon());
  }

  #sleep(us: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, Math.min(MOST_TIMER_MS, Math.max(0, Math.ceil(us / 1000)))).unref();
  }
}
