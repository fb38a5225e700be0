/**
 * One line on a terminal's stderr that is redrawn while something runs.
 */
import type { Context } from './context.ts';

export interface ProgressLine {
  readonly show: (text: string) => void;
  /** Removes the line. */
  readonly clear: () => void;
}

const NOTHING: ProgressLine = { show: () => undefined, clear: () => undefined };

/** A line to redraw, or nothing at all where stderr is no terminal or the user wants quiet. */
export function progressLine(context: Context, quiet: boolean): ProgressLine {
  if (quiet || !context.stderrIsTerminal) return NOTHING;
  return {
    show: (text) => context.err(`\r\x1b[K${text.slice(0, context.columns - 1)}`),
    clear: () => context.err('\r\x1b[K'),
  };
}
