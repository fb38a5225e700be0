/**
 * Writes a finished report to disk so that a reader never sees half a file, and to a safe place when that fails.
 */
import { lstatSync, readlinkSync, realpathSync, rmSync, statSync, writeFileSync, type Stats } from 'node:fs';
import { constants, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

/** As many links in a row as Linux follows. */
const MOST_LINKS = 40;

/** Where a report that is to be written to a path goes: symbolic links are followed, also to what is not there yet. */
export interface ReportTarget {
  readonly path: string;
  /** Whether it is written to as it is: a device or a pipe cannot be replaced by a file. */
  readonly isDevice: boolean;
  readonly isDirectory: boolean;
  readonly exists: boolean;
}

/** @throws the error of the file system where links lead in a circle */
export function reportTargetOf(path: string): ReportTarget {
  const target = followed(path);
  const stats = statsOf(target);
  const isDirectory = stats?.isDirectory() ?? false;
  return {
    path: target,
    isDevice: stats !== undefined && !stats.isFile() && !isDirectory,
    isDirectory,
    exists: stats !== undefined,
  };
}

function followed(path: string): string {
  let at = resolve(path);
  for (let links = 0; links <= MOST_LINKS; links++) {
    const stats = lstatSync(at, { throwIfNoEntry: false });
    if (stats?.isSymbolicLink() !== true) return at;
    // The folder's own links first: `..` in a link starts at the folder where the link really is.
    at = resolve(realpathSync(dirname(at)), readlinkSync(at));
  }
  throw Object.assign(new Error(`${path} leads back to itself`), { code: 'ELOOP' });
}

function statsOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

/** Tries whether a new file can be made in a folder, where permissions alone do not tell. @throws as the file system */
export function tryFolder(folder: string): void {
  const probe = join(folder, `.shardwise.${process.pid}.tmp`);
  writeFileSync(probe, '', { flag: 'wx' });
  rmSync(probe, { force: true });
}

/**
 * Writes `text` to a temporary file beside `path` and renames it into place; an older file stays whole until then.
 * Symbolic links keep pointing where they pointed; devices and pipes are written to. Throws the error of the file
 * system.
 */
export async function writeReportFile(path: string, text: string): Promise<void> {
  const target = reportTargetOf(path);
  if (target.isDevice) await writeToDevice(target.path, text);
  else await replaceFile(target.path, text);
}

async function writeToDevice(path: string, text: string): Promise<void> {
  // A pipe that nobody reads would be waited for without end; opened like this, it is an error.
  await (await open(path, constants.O_WRONLY | constants.O_NONBLOCK)).close();
  const file = await open(path, constants.O_WRONLY);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

async function replaceFile(target: string, text: string): Promise<void> {
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
