/**
 * A sentence on stderr between two progress lines.
 */
import type { Context } from './context.ts';
import type { ProgressLine } from './progress.ts';

/** Says it once, and leaves the progress line to be drawn again. */
export function noticeOf(context: Context, line: ProgressLine, quiet: boolean): (text: string) => void {
  return (text) => {
    if (quiet) return;
    line.clear();
    context.err(`${text}\n`);
  };
}
