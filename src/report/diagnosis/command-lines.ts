/**
 * Commands in a report: whole, on lines of their own, so that they can be copied as they stand.
 */
import type { WordsContext } from './diagnosis-words.ts';

const INDENT = '    ';

/** A command of AWS's CLI for the stream that was looked at. */
export function awsKinesis(action: string, { stream, region, endpoint }: WordsContext, rest = ''): string {
  const where = endpoint === undefined ? '' : ` --endpoint-url ${quoted(endpoint)}`;
  const options = rest === '' ? '' : ` ${rest}`;
  return `aws kinesis ${action} --stream-name ${quoted(stream)} --region ${quoted(region)}${where}${options}`;
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

/** Broken before options, a backslash at the end of each line but the last, as shells take it. */
export function commandLines(command: string, columns: number): string[] {
  const parts = command.split(/ (?=--\w)/);
  const lines: string[] = [];
  let line = INDENT;
  parts.forEach((part, i) => {
    const isLast = i === parts.length - 1;
    const separator = line.trim() === '' ? '' : ' ';
    if (line.length + separator.length + part.length + (isLast ? 0 : 2) > columns && line.trim() !== '') {
      lines.push(`${line} \\`);
      line = `${INDENT}  ${part}`;
    } else {
      line += separator + part;
    }
  });
  return [...lines, line];
}
