/**
 * A refusal on stderr: what is wrong and what to do, folded to the width of a report.
 */
import type { Refusal } from '../model/refusal.ts';
import { showMessage } from '../report/name.ts';

const WIDTH = 80;

/** Breaks a sentence at spaces into lines of at most 80 columns; a path or a hash key is left whole. */
export function foldText(text: string): string {
  return text
    .split('\n')
    .map((paragraph) =>
      paragraph.split(' ').reduce((folded, word) => {
        const line = folded.slice(folded.lastIndexOf('\n') + 1);
        return `${folded}${line.length + 1 + word.length > WIDTH ? '\n' : ' '}${word}`;
      }),
    )
    .join('\n');
}

export function refusalText({ what, fix }: Refusal): string {
  return showMessage(`${foldText(what)}\n${foldText(fix)}\n`);
}
