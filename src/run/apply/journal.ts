/**
 * The journal of `apply`: one line of JSON for everything that is about to be done to a stream and everything that was
 * seen to be done, on the disk before the next thing happens.
 *
 * It is for people and for the record. Where to go on is never read from it: only the stream itself says that.
 */
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { badInput, Refusal, worldFailure } from '../../model/refusal.ts';
import type { LayoutStep } from '../../results/layout-step.ts';
import { stateOfProcess, thisProcess } from '../aws/ownership.ts';
import { epochClock } from '../clock.ts';

/** What the steps are, so that no journal is carried on with others. */
export interface JournalSubject {
  /** The stream's ARN. */
  readonly stream: string;
  readonly fingerprint: string;
  readonly targetFingerprint: string;
  readonly steps: number;
}

export type JournalEvent =
  | ({ readonly event: 'start'; readonly position: number } & JournalSubject)
  /** Before the call. */
  | ({ readonly event: 'begin'; readonly step: number } & LayoutStep)
  /** After the stream shows it. `how`: our call, or it was found done without a reply to one. */
  | {
      readonly event: 'done';
      readonly step: number;
      readonly how: 'called' | 'found';
      readonly children: readonly string[];
    }
  /** A step that was begun and that the stream does not show. */
  | { readonly event: 'not-done'; readonly step: number }
  | { readonly event: 'held-up'; readonly step: number; readonly code: string }
  | { readonly event: 'stop'; readonly position: number; readonly why: string };

export class Journal {
  readonly path: string;
  readonly #subject: JournalSubject;
  readonly #file: number;
  /** What was begun last and neither done nor found undone. */
  #begun: number | undefined;
  /** The highest step that it has as done. */
  #done = 0;

  /**
   * Opens the journal of some steps, or begins one, and keeps others out until it is closed.
   * @throws Refusal where it is of other steps, cannot be written, or another process is at it
   */
  constructor(path: string, subject: JournalSubject) {
    this.path = path;
    this.#subject = subject;
    checkFile(path);
    lock(path);
    try {
      const text = textOf(path);
      for (const entry of entriesOf(text, path)) this.#note(entry, subject);
      this.#file = guarded(path, () => openSync(path, 'a'));
      if (text !== '' && !text.endsWith('\n')) guarded(path, () => writeWhole(this.#file, '\n'));
    } catch (error) {
      unlock(path);
      throw error;
    }
  }

  get begun(): number | undefined {
    return this.#begun;
  }

  get done(): number {
    return this.#done;
  }

  /** @param position steps that the stream shows as done */
  start(position: number): void {
    this.write({ event: 'start', position, ...this.#subject });
  }

  /** @throws Refusal where the disk does not take it: nothing may be done that is not on record */
  write(event: JournalEvent): void {
    const line = `${JSON.stringify({ at: new Date(epochClock() / 1000).toISOString(), ...event })}\n`;
    guarded(this.path, () => {
      writeWhole(this.#file, line);
      fsyncSync(this.#file);
    });
    this.#follow(event);
  }

  close(): void {
    closeSync(this.#file);
    unlock(this.path);
  }

  #note(entry: Partial<JournalEvent>, subject: JournalSubject): void {
    if (entry.event === 'start') {
      const isSame = (['stream', 'fingerprint', 'targetFingerprint', 'steps'] as const).every(
        (field) => entry[field] === subject[field],
      );
      if (!isSame) {
        throw badInput(
          `${this.path} is the journal of other steps or of another stream.`,
          'Name another file with --journal, or move this one away.',
        );
      }
    }
    this.#follow(entry);
  }

  #follow(entry: Partial<JournalEvent>): void {
    // The stream was led back by somebody: what is done again is written down again.
    if (entry.event === 'start') this.#done = Math.min(this.#done, entry.position ?? 0);
    if (entry.event === 'begin') this.#begun = entry.step;
    if (entry.event === 'done') this.#done = Math.max(this.#done, entry.step ?? 0);
    if ((entry.event === 'done' || entry.event === 'not-done') && entry.step === this.#begun)
      this.#begun = undefined;
  }
}

/** The entries of a journal. A line that was cut off in the middle of writing is none. */
function entriesOf(text: string, path: string): Partial<JournalEvent>[] {
  const entries = text
    .split('\n')
    .map(parsed)
    .filter((entry) => entry !== undefined);
  if (entries.length > 0 ? entries[0].event !== 'start' : text.includes('\n')) {
    throw badInput(
      `${path} is no journal of apply.`,
      'Name another file with --journal, or move this one away.',
    );
  }
  return entries;
}

/** A device or a pipe has no end to read to. */
function checkFile(path: string): void {
  const stats = guarded(path, () => statSync(path, { throwIfNoEntry: false }));
  if (stats === undefined || stats.isFile()) return;
  throw badInput(`The journal ${path} is not an ordinary file.`, 'Name another one with --journal.');
}

/** A disk that is nearly full takes part of a line, and says so by no error but a count. */
function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw notWritable(path, error);
  }
}

function parsed(line: string): Partial<JournalEvent> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'event' in value
      ? (value as Partial<JournalEvent>)
      : undefined;
  } catch {
    return undefined;
  }
}

function lockOf(path: string): string {
  return `${path}.lock`;
}

function unlock(path: string): void {
  HELD.delete(lockOf(path));
  rmSync(lockOf(path), { force: true });
}

/** Locks of this very process. */
const HELD = new Set<string>();

/**
 * A file that holds who is at it. One whose process of this machine is no more is taken over, and one of our own number
 * too: a container begins to count anew.
 */
function lock(path: string): void {
  const file = lockOf(path);
  for (let tries = 0; ; tries++) {
    try {
      const fd = openSync(file, 'wx');
      writeSync(fd, thisProcess());
      closeSync(fd);
      HELD.add(file);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries > 3) throw notWritable(file, error);
    }
    const holder = holderOf(file);
    if (holder === undefined) continue;
    const isOfOurNumber = holder === thisProcess() && !HELD.has(file);
    if (holder !== '' && !isOfOurNumber && stateOfProcess(holder) !== 'gone') {
      throw worldFailure(
        `Another apply (process ${holder}) is at these steps.`,
        `Wait for it; if there is none, remove ${file}.`,
      );
    }
    rmSync(file, { force: true });
  }
}

/** Undefined where the file is gone meanwhile. */
function holderOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function guarded<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw notWritable(path, error);
  }
}

/** The journal could not be written: nothing more can be said in it. */
export class JournalTrouble extends Refusal {}

function notWritable(path: string, error: unknown): Error {
  return new JournalTrouble(
    1,
    `The journal ${path} cannot be kept (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
    'Make room for it, or name another place with --journal; apply goes on from what the stream shows.',
  );
}
