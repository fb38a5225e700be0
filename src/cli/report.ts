/**
 * `shardwise report`: renders a saved report again, in any format, without measuring again.
 */
import { Command } from 'commander';
import type { Context } from './context.ts';
import { addDetailsFlag, addOutputFlags, emit, type OutputFlags, parseOutput } from './output.ts';

/** The command, to be added to the program. Exit code 0, whatever the report found; 2 for a file that is no report. */
export function reportCommand(context: Context): Command {
  const command = new Command('report')
    .description('render a saved report again, in any format')
    .argument('<saved.json>', 'a report saved with -o FILE.json')
    .action((file: string, flags: OutputFlags) => renderSaved(file, flags, context));
  return addOutputFlags(addDetailsFlag(command));
}

/** Reads the saved report and sends it where the flags say. */
export async function renderSaved(file: string, flags: OutputFlags, context: Context): Promise<void> {
  const output = parseOutput(flags);
  const { readTextFile } = await import('../run/files/text-file.ts');
  const { readDocument } = await import('../report/saved-document.ts');
  await emit(readDocument(await readTextFile(file), file), output, context);
}
