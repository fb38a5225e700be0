/**
 * The request log: a line of JSON per request. Lines are gathered and written in pieces, so that a slow disk costs
 * nothing between them and no memory grows.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { badInput } from '../../model/refusal.ts';

/** One request, as its line has it. */
export interface RequestEntry {
  /** When the request was complete, ISO 8601. */
  readonly time: string;
  /** Empty where none was recognised. */
  readonly operation: string;
  readonly stream: string | undefined;
  /** HTTP status; 0 where the connection was cut before the call was carried out. */
  readonly status: number;
  /** Name of the error that was answered. */
  readonly error: string | undefined;
  /** Whether a fault cut the connection instead of an answer. */
  readonly dropped: true | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** From complete request to reply handed to the socket, faults included. */
  readonly durationUs: number;
}

export interface RequestLog {
  readonly write: (entry: RequestEntry) => void;
  /** Writes what was gathered, and closes. */
  readonly close: () => void;
}

const MOST_GATHERED = 64 * 1024;
const GATHER_MS = 250;

/** A log that hands its lines to a sink, such as standard output. */
export function requestLogTo(sink: (text: string) => void): RequestLog {
  let gathered = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const text = gathered;
    gathered = '';
    if (text !== '') sink(text);
  };
  return {
    write: (entry) => {
      gathered += `${JSON.stringify(entry)}\n`;
      if (gathered.length >= MOST_GATHERED) flush();
      else timer ??= setTimeout(flush, GATHER_MS).unref();
    },
    close: flush,
  };
}

/**
 * A log that is added to a file.
 * @param onFailure hears once that lines are lost, because the disk is full or gone
 * @throws Refusal (exit code 2) where the file cannot be opened
 */
export function openRequestLog(path: string, onFailure: (message: string) => void): RequestLog {
  const file = openToAppend(path);
  let failed = false;
  const log = requestLogTo((text) => {
    try {
      writeAll(file, text);
    } catch (error) {
      if (!failed) onFailure(`The request log ${path} loses lines: ${(error as Error).message}.`);
      failed = true;
    }
  });
  return {
    write: log.write,
    close: () => {
      log.close();
      closeSync(file);
    },
  };
}

function openToAppend(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw badInput(
      `--request-log ${path} cannot be written (${code ?? String(error)}).`,
      'Choose a file in a folder that exists and that you may write to, or - for standard output.',
    );
  }
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}
