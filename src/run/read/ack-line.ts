/**
 * A sending thread's line to the readers: what it acknowledges goes to them in packets, several times a second.
 */
import type { MessagePort } from 'node:worker_threads';
import type { Source } from '../../traffic/scenario.ts';
import { AckFeed } from './ack-feed.ts';
import { AcknowledgedRecords } from './acknowledged-records.ts';

const FLUSH_MS = 50;

export class AckLine {
  readonly records: AcknowledgedRecords;
  readonly #port: MessagePort;
  readonly #feed: AckFeed;
  readonly #timer: NodeJS.Timeout;

  /** @param port as `ReaderGroup.connect` gives it */
  constructor(port: MessagePort, sources: readonly Source[]) {
    this.#port = port;
    this.#feed = new AckFeed((words) => port.postMessage(words, [words.buffer]));
    this.#timer = setInterval(() => this.#feed.flush(), FLUSH_MS);
    this.records = new AcknowledgedRecords(this.#feed, sources);
  }

  /** The schedule begins so much later than the common start of all machines. */
  begin(lateUs: number): void {
    this.#feed.lateUs = lateUs;
  }

  /** Tells the rest. @returns how many Kinesis records were told of in all */
  close(): number {
    clearInterval(this.#timer);
    this.#feed.flush();
    this.#port.close();
    return this.#feed.count;
  }
}
