/**
 * What happens to a simulated stream by itself, beside records, requests and replies: each part says when it wants to
 * act next, and is let act at that microsecond, before anything else of that microsecond.
 */

export interface Happening {
  /** When it acts next, in microseconds from the start of the warm-up; Infinity where it never will. */
  readonly nextUs: number;
  /** Its time has come; afterwards `nextUs` is later. */
  act(nowUs: number): void;
}

export class Agenda {
  readonly #happenings: readonly Happening[];

  /** Of those with the same time, the first acts first. */
  constructor(happenings: readonly Happening[]) {
    this.#happenings = happenings;
  }

  get nextUs(): number {
    let next = Infinity;
    for (const happening of this.#happenings) if (happening.nextUs < next) next = happening.nextUs;
    return next;
  }

  act(nowUs: number): void {
    for (const happening of this.#happenings) while (happening.nextUs <= nowUs) happening.act(nowUs);
  }
}
