/**
 * Sleep that can be cut short for everybody at once: readers wait for their next call, and the end of a run does not
 * wait for them.
 */

export class Alarm {
  readonly #sleepers = new Set<() => void>();

  /** Until so many milliseconds have passed, or `ring`. */
  sleep(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(ms, 2 ** 31 - 1));
      this.#sleepers.add(wake);
    });
  }

  /** What something comes to, or undefined where that takes longer than so many milliseconds, or `ring` comes first. */
  within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#sleepers.delete(wake);
      };
      const wake = (): void => {
        end();
        resolve(undefined);
      };
      const timer = setTimeout(wake, Math.min(ms, 2 ** 31 - 1));
      this.#sleepers.add(wake);
      work.then(resolve, reject).finally(end);
    });
  }

  ring(): void {
    for (const wake of [...this.#sleepers]) wake();
  }
}
