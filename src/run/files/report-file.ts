/**
 * Writes a finished report to disk so that a reader never sees half a file, and to a safe place when that fails.
 */
import { mkdtemp, open, realpath, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/**
 * Writes `text` to a temporary file beside `path` and renames it into place; an older file stays whole until then.
 * A symbolic link keeps pointing where it pointed: its target is replaced. Throws the error of the file system.
 */
export async function writeReportFile(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(text);
      // Without this a crash of the machine can leave the new name on an empty file.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Saves a report that could not be written where it was wanted: to a fresh folder in the system's temporary one.
 * Returns the full path. Throws the error of the file system where that is not possible either.
 */
export async function rescueReport(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shardwise-'));
  const path = join(folder, 'report.json');
  await writeReportFile(path, text);
  return path;
}
