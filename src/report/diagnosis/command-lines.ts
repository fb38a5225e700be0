/**
 * Commands in a report: whole, on lines of their own, so that they can be copied as they stand.
 */
import { timestampText } from '../../traffic/timestamp.ts';
import type { WordsContext } from './diagnosis-words.ts';

const INDENT = '    ';

/** A command of AWS's CLI for the stream that was looked at. */
export function awsKinesis(action: string, { stream, region, endpoint }: WordsContext, rest = ''): string {
  const where = endpoint === undefined ? '' : ` --endpoint-url ${quoted(endpoint)}`;
  const options = rest === '' ? '' : ` ${rest}`;
  return `aws kinesis ${action} --stream-name ${quoted(stream)} --region ${quoted(region)}${where}${options}`;
}

/** `diagnose` again over the same time with the same files, and more. */
export function diagnoseAgain(context: WordsContext, more: string): string {
  const { fromMs, toMs, log } = context;
  const files = log === undefined ? '' : ` --log ${quoted(log)}`;
  return shardwise('diagnose', context, `--from ${isoText(fromMs)} --to ${isoText(toMs)}${files} ${more}`);
}

/** To the second, for a flag. */
function isoText(ms: number): string {
  return timestampText(Math.floor(ms / 1000) * 1_000_000);
}

export function shardwise(command: string, { stream, region, endpoint }: WordsContext, rest = ''): string {
  const where = endpoint === undefined ? '' : ` --endpoint-url ${quoted(endpoint)}`;
  const options = rest === '' ? '' : ` ${rest}`;
  return `shardwise ${command} --stream ${quoted(stream)} --region ${quoted(region)}${where}${options}`;
}

/** For a shell: bare where nothing in it means anything there. */
function quoted(text: string): string {
  return /^[\w.:/@=,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Broken before options, or between their values, a backslash at the end of each line but the last, as shells take it. */
export function commandLines(command: string, columns: number): string[] {
  const room = columns - ' \\'.length;
  const widest = room - INDENT.length - 2;
  const parts = command.split(/ (?=--\w)/).flatMap((part) => (part.length > widest ? wordsOf(part) : [part]));
  const lines = [INDENT + parts[0]];
  for (const part of parts.slice(1)) {
    const longer = `${lines[lines.length - 1]} ${part}`;
    if (longer.length <= room) lines[lines.length - 1] = longer;
    else lines.push(`${INDENT}  ${part}`);
  }
  return lines.map((line, i) => (i === lines.length - 1 ? line : `${line} \\`));
}

/** Its words; what is in quotes is one. */
function wordsOf(text: string): string[] {
  return text.match(/(?:"[^"]*"|'[^']*'|[^\s])+/g) ?? [];
}
