/**
 * The state of a stream, computed from the time of asking. A change is under way until its time is over, and takes
 * effect then: whoever looks next applies it, as of the moment when it was due.
 */

export type StreamStatus = 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING' | 'DELETED';

/** @param dueUs when the change takes effect, in microseconds */
export type ChangeEffect = (dueUs: number) => void;

interface Change {
  readonly dueUs: number;
  readonly effect: ChangeEffect;
}

export class StreamState {
  readonly #activeUs: number;
  #change: Change | undefined;
  /** When the change under way is due, or never; a number of its own, as every request looks at it. */
  #dueUs = Infinity;
  #deletedUs = Infinity;
  #goneUs = Infinity;

  /** @param activeUs until when the stream is CREATING */
  constructor(activeUs: number) {
    this.#activeUs = activeUs;
  }

  at(nowUs: number): StreamStatus {
    if (nowUs >= this.#goneUs) return 'DELETED';
    if (nowUs >= this.#deletedUs) return 'DELETING';
    if (nowUs < this.#activeUs) return 'CREATING';
    return this.#change === undefined || nowUs >= this.#dueUs ? 'ACTIVE' : 'UPDATING';
  }

  /** Whether the stream takes and gives records: while it is ACTIVE, and while it changes. */
  isOpen(nowUs: number): boolean {
    return nowUs >= this.#activeUs && nowUs < this.#deletedUs;
  }

  /** When the change under way is due, Infinity where there is none. */
  get changeUs(): number {
    return this.#dueUs;
  }

  /** Applies the change that is due by now. */
  advance(nowUs: number): void {
    if (nowUs < this.#dueUs) return;
    const change = this.#change;
    this.#change = undefined;
    this.#dueUs = Infinity;
    change?.effect(change.dueUs);
  }

  /** Begins a change of an ACTIVE stream, which is UPDATING until then. */
  update(dueUs: number, nowUs: number, effect: ChangeEffect): void {
    this.#change = { dueUs, effect };
    this.#dueUs = dueUs;
    this.advance(nowUs);
  }

  /** Begins the deletion, which drops a change under way. @returns false where it had begun before */
  delete(nowUs: number, goneUs: number): boolean {
    if (this.#deletedUs !== Infinity) return false;
    this.#change = undefined;
    this.#dueUs = Infinity;
    this.#deletedUs = nowUs;
    this.#goneUs = goneUs;
    return true;
  }
}
