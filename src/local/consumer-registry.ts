/** The consumers with enhanced fan-out that are registered with a stream; their states follow from the time. */
import { FanOut } from './fan-out.ts';
import { TagSet } from './tag-set.ts';

export type ConsumerStatus = 'CREATING' | 'ACTIVE' | 'DELETING';

export class Consumer {
  readonly name: string;
  /** The stream's ARN, the name, and when it was registered, in seconds since the epoch. */
  readonly arn: string;
  readonly createdUs: number;
  readonly tags = new TagSet();
  readonly fanOut = new FanOut();
  /** Its own resource policy, where it has one. */
  policy: string | undefined;
  readonly #activeUs: number;
  #deletedUs = Infinity;
  #goneUs = Infinity;

  constructor(name: string, streamArn: string, nowUs: number, createUs: number) {
    this.name = name;
    this.arn = `${streamArn}/consumer/${name}:${Math.floor(nowUs / 1e6)}`;
    this.createdUs = nowUs;
    this.#activeUs = nowUs + createUs;
  }

  statusAt(nowUs: number): ConsumerStatus {
    if (nowUs >= this.#deletedUs) return 'DELETING';
    return nowUs >= this.#activeUs ? 'ACTIVE' : 'CREATING';
  }

  isGone(nowUs: number): boolean {
    return nowUs >= this.#goneUs;
  }

  /** Starts the end; once more changes nothing. */
  delete(nowUs: number, deleteUs: number): void {
    if (this.#deletedUs !== Infinity) return;
    this.#deletedUs = nowUs;
    this.#goneUs = nowUs + deleteUs;
    this.fanOut.changed();
  }
}

export class ConsumerRegistry {
  #consumers: Consumer[] = [];

  /** Those that there are, by name, the leaving ones included. */
  list(nowUs: number): readonly Consumer[] {
    this.#consumers = this.#consumers.filter((consumer) => !consumer.isGone(nowUs));
    return this.#consumers;
  }

  named(name: string, nowUs: number): Consumer | undefined {
    return this.list(nowUs).find((consumer) => consumer.name === name);
  }

  add(consumer: Consumer): void {
    this.#consumers = [...this.#consumers, consumer].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
