/**
 * Reads the text files that users name: scenarios and saved reports.
 */
import { open, stat } from 'node:fs/promises';
import { badInput, type Refusal } from '../../model/refusal.ts';
import { eachChunkOfPipe } from './named-pipe.ts';

/** Far above any scenario or report; whoever names a larger file has named the wrong one. */
export const MAX_TEXT_BYTES = 64 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/**
 * The file's text, without a byte order mark. Refuses (exit 2) what is missing, a directory, unreadable, larger than
 * `maxBytes` or not UTF-8. Pipes such as /dev/stdin are read to their end.
 */
export async function readTextFile(path: string, maxBytes = MAX_TEXT_BYTES): Promise<string> {
  return decode(path, await readBytesFile(path, maxBytes));
}

/** The file's bytes, with the same refusals. */
export async function readBytesFile(path: string, maxBytes = MAX_TEXT_BYTES): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  await eachChunk(path, (chunk) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw badInput(
        `${path} is larger than ${Math.floor(maxBytes / (1024 * 1024))} MiB.`,
        'Check that it is the file you mean.',
      );
    }
  });
  return Buffer.concat(chunks, bytes);
}

/** Hands a file over piece by piece, however large it is. */
export async function eachChunk(path: string, take: (chunk: Buffer) => void): Promise<void> {
  try {
    if ((await stat(path)).isFIFO()) {
      await eachChunkOfPipe(path, take);
      return;
    }
    const file = await open(path, 'r');
    try {
      if ((await file.stat()).isDirectory()) {
        throw badInput(`${path} is a directory.`, 'Name a file in it.');
      }
      const stream = file.createReadStream({ autoClose: false, highWaterMark: CHUNK_BYTES });
      for await (const chunk of stream) take(chunk as Buffer);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw explain(path, error);
  }
}

function decode(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badInput(
      `${path} is not UTF-8 text.`,
      'Check that it is the file you mean, or convert it to UTF-8.',
    );
  }
}

/** Only the file system's own refusals are the user's to solve; anything else passes through. */
function explain(path: string, error: unknown): unknown {
  const refusals: Record<string, () => Refusal> = {
    ENOENT: () => badInput(`There is no file ${path}.`, 'Check the name and the folder you are in.'),
    ENOTDIR: () => badInput(`There is no file ${path}: part of its path is not a folder.`, 'Check the path.'),
    EISDIR: () => badInput(`${path} is a directory.`, 'Name a file in it.'),
    EACCES: () =>
      badInput(`${path} may not be read.`, 'Give yourself read permission, or name another file.'),
    EPERM: () => badInput(`${path} may not be read.`, 'Give yourself read permission, or name another file.'),
    ENAMETOOLONG: () => badInput(`The file name ${path.slice(0, 60)}… is too long.`, 'Check the name.'),
    ELOOP: () => badInput(`${path} is a symbolic link that leads back to itself.`, 'Name the file itself.'),
  };
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && code in refusals ? refusals[code]() : error;
}
