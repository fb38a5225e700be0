/**
 * A report on disk of a run that still goes on, rewritten while it does, so that killing the process loses a second or
 * two and not the run.
 */
import { rm } from 'node:fs/promises';
import { reportTargetOf, writeReportFile } from './report-file.ts';

/** Part of the time that may go into writing. */
const MOST_BUSY = 0.1;

/** What a report is called until it is finished. */
export function partialPathOf(path: string): string {
  return `${path}.partial`;
}

export class PartialFile {
  readonly path: string;
  readonly #onTrouble: (error: unknown) => void;
  #writing: Promise<void> = Promise.resolve();
  #isBusy = false;
  #isTold = false;
  #nextMs = 0;

  /** @param onTrouble told of the first failure; later ones are no news */
  constructor(report: string, onTrouble: (error: unknown) => void) {
    this.path = partialPathOf(report);
    this.#onTrouble = onTrouble;
  }

  /** Undefined where the report goes to a device or a pipe, which has nothing beside it. */
  static beside(report: string, onTrouble: (error: unknown) => void): PartialFile | undefined {
    return reportTargetOf(report).isDevice ? undefined : new PartialFile(report, onTrouble);
  }

  /** Writes what there is now, unless the last time still goes on or took so long that this comes too soon. */
  note(text: () => string): void {
    const startMs = performance.now();
    if (this.#isBusy || startMs < this.#nextMs) return;
    this.#isBusy = true;
    this.#writing = this.#write(text(), startMs);
  }

  /** The report itself is written. */
  async remove(): Promise<void> {
    await this.settle();
    await rm(this.path, { force: true }).catch(() => undefined);
  }

  /** No more is written after this. */
  async settle(): Promise<void> {
    this.#nextMs = Infinity;
    await this.#writing;
  }

  async #write(text: string, startMs: number): Promise<void> {
    try {
      await writeReportFile(this.path, text);
    } catch (error) {
      if (!this.#isTold) this.#onTrouble(error);
      this.#isTold = true;
    } finally {
      this.#isBusy = false;
      const nowMs = performance.now();
      this.#nextMs = Math.max(this.#nextMs, nowMs + (nowMs - startMs) * (1 / MOST_BUSY - 2));
    }
  }
}
