/**
 * The last word of `apply`, and its exit code.
 */
import { finish, wrap } from '../report/paragraph.ts';
import type { ApplyResult } from '../run/apply/apply-steps.ts';
import type { ExitCode } from './context.ts';

export interface ApplyEnding {
  readonly text: string;
  readonly exit: ExitCode;
}

/** @param steps of the recommendation, in all */
export function applyEnding(
  { position, taken, ended }: ApplyResult,
  steps: number,
  columns: number,
): ApplyEnding {
  if (ended === 'finished') return { text: 'The stream has the layout that was recommended.\n', exit: 0 };
  const left = `${steps - position} of ${steps} steps are left`;
  // Stopped by what was there before: the same command would stop again.
  const isSame = typeof ended === 'object' && ended.kind === 'gate' && taken === 0;
  const said = `${whyOf(ended, left)}${isSame ? '' : ' Apply the same file again to go on.'}`;
  return { text: finish(wrap(said, columns)), exit: exitOf(ended) };
}

type Unfinished = Exclude<ApplyResult['ended'], 'finished'>;

function whyOf(ended: Unfinished, left: string): string {
  if (ended === 'max-steps') return `${left} (--max-steps).`;
  if (ended === 'interrupted') return `Interrupted. ${left}.`;
  return `Stopped: ${ended.why} ${left}.`;
}

/** A gate that said stop was missed; one that could not be asked is inconclusive. */
function exitOf(ended: Unfinished): ExitCode {
  if (ended === 'max-steps') return 0;
  if (ended === 'interrupted') return 130;
  return ended.kind === 'gate' ? 3 : 4;
}
