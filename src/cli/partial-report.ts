/**
 * The report of a run that still goes on, beside the file that it will be written to.
 */
import { existsSync } from 'node:fs';
import type { ReportDocument } from '../results/report-document.ts';
import { partialPathOf, type PartialFile } from '../run/files/partial-file.ts';
import type { CrewView } from '../run/send/crew.ts';
import type { Context } from './context.ts';
import { fileTrouble } from './file-trouble.ts';
import { shownDocument, type Output } from './output.ts';

export interface PartialReport {
  /** A second is over. */
  readonly note: (view: CrewView) => void;
  /** The report is written. */
  readonly remove: () => Promise<void>;
  /** It is not, and the partial one stays. */
  readonly settle: () => Promise<void>;
}

const NONE: PartialReport = {
  note: () => undefined,
  remove: () => Promise.resolve(),
  settle: () => Promise.resolve(),
};

/** What a run that ends without its report leaves on disk: nothing where no file was asked for, or no second was over. */
export function keptSentence({ files }: Output): string {
  if (files.length === 0) return '';
  const path = partialPathOf(files[0].path);
  return existsSync(path)
    ? `${path} has what was counted until then.`
    : `There is no ${path} either: no second of the load was over and written.`;
}

/** Does nothing where no file was asked for. @param documentOf the report of what is counted so far */
export async function partialReport(
  output: Output,
  documentOf: (view: CrewView) => ReportDocument,
  context: Context,
): Promise<PartialReport> {
  const { files } = output;
  if (files.length === 0) return NONE;
  const { PartialFile: Files } = await import('../run/files/partial-file.ts');
  const file: PartialFile | undefined = Files.beside(files[0].path, (error) => {
    context.err(
      `\n${file?.path ?? ''} could not be written: ${fileTrouble(error)}.\n` +
        'The run goes on; what it counts is lost if it is killed.\n',
    );
  });
  if (file === undefined) return NONE;
  return {
    note: (view) => {
      // In the warm-up nothing is counted.
      if (view.second > 0) file.note(() => JSON.stringify(shownDocument(documentOf(view), output)));
    },
    remove: () => file.remove(),
    settle: () => file.settle(),
  };
}
