/**
 * Reads an application's log for the shards that its error messages name.
 */
import type { LogEvidence } from '../../results/evidence/log-evidence.ts';
import { LogReader } from '../../results/evidence/log-reader.ts';
import { epochClock } from '../clock.ts';
import { eachLine } from '../files/lines.ts';
import { isNoText, noText } from '../files/packed-file.ts';

/**
 * @param stream its name
 * @throws Refusal (exit 2) where the file cannot be read, or is not a text
 */
export async function readLog(path: string, stream: string): Promise<LogEvidence> {
  const now = new Date(epochClock() / 1000);
  const reader = new LogReader(stream, { year: now.getUTCFullYear(), month: now.getUTCMonth() + 1 });
  let isFirst = true;
  await eachLine(path, (line) => {
    if (isFirst && isNoText(line)) throw noText(`--log ${path}`);
    isFirst = false;
    reader.line(line);
  });
  return reader.evidence(path);
}
