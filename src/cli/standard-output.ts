/**
 * Standard output, which may be a pipe whose reader has gone or a file on a full disk.
 */
import { fstatSync, writeSync } from 'node:fs';
import { fileTrouble } from './file-trouble.ts';

export interface StandardOutput {
  readonly write: (text: string) => void;
  /** Why something of it was lost, as the rest of a sentence; undefined where it was not, or nobody reads it. */
  readonly trouble: () => string | undefined;
}

/** Takes over the process's standard output; from here on an error of it is no uncaught one. */
export function standardOutput(): StandardOutput {
  let lost: Error | undefined;
  const note = (error: NodeJS.ErrnoException): void => {
    // A reader that has gone away (`shardwise … | head`) wants no more, and changes no exit code.
    if (error.code !== 'EPIPE') lost ??= error;
  };
  process.stdout.on('error', note);
  const write = isFile(process.stdout.fd)
    ? (text: string): void => {
        try {
          if (lost === undefined) writeWhole(process.stdout.fd, text);
        } catch (error) {
          note(error as NodeJS.ErrnoException);
        }
      }
    : (text: string): void => void process.stdout.write(text);
  return { write, trouble: () => lost && fileTrouble(lost) };
}

/** Neither a terminal nor something with a reader. */
function isFile(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    return !process.stdout.isTTY && !stats.isFIFO() && !stats.isSocket();
  } catch {
    return false;
  }
}

/** Node's own stream writes once, and a disk that fills up takes only the first part of it without a word. */
function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
}
