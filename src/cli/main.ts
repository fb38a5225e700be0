/**
 * The commands, and what an error becomes: a sentence and an exit code for the world's, a stack trace for ours.
 */
import { Command, CommanderError } from 'commander';
import { showMessage } from '../report/name.ts';
import { Refusal, worldFailure } from '../model/refusal.ts';
import { foldText, refusalText } from './refusal-text.ts';
import type { Context } from './context.ts';
import { applyCommand } from './apply.ts';
import { captureCommand } from './capture.ts';
import { cleanupCommand } from './cleanup.ts';
import { diagnoseCommand } from './diagnose.ts';
import { localCommand } from './local.ts';
import { mergeCommand } from './merge.ts';
import { planCommand } from './plan.ts';
import { pricesCommand } from './prices.ts';
import { recommendCommand } from './recommend.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { simulateCommand } from './simulate.ts';
import { VERSION } from './version.ts';

/** Runs one command line; the exit code goes to the context. */
export async function main(args: readonly string[], context: Context): Promise<void> {
  try {
    await parse(args, context);
    const trouble = context.outTrouble?.();
    if (trouble !== undefined)
      throw worldFailure(`Standard output could not be written: ${trouble}.`, 'Print elsewhere.');
  } catch (error) {
    report(error, context);
  }
}

/** Help that was asked for is an exception to commander, and none to us. */
async function parse(args: readonly string[], context: Context): Promise<void> {
  try {
    await programOf(context).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error;
  }
}

function programOf(context: Context): Command {
  const program = new Command('shardwise')
    .description('Capacity planning and load testing for Amazon Kinesis Data Streams.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', HELP);
  const commands = [
    ...[planCommand, simulateCommand, runCommand, localCommand, diagnoseCommand, recommendCommand],
    ...[applyCommand, captureCommand, reportCommand, mergeCommand, cleanupCommand, pricesCommand],
  ];
  for (const commandOf of commands) program.addCommand(commandOf(context));
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .configureOutput({
        writeOut: context.out,
        writeErr: (text) => context.err(showMessage(text)),
        outputError: (text, write) => {
          write(usageSentence(command === program ? '' : command.name(), text));
        },
      })
      .showSuggestionAfterError(true)
      .showHelpAfterError(`See ${command === program ? '' : 'shardwise '}${command.name()} --help.`);
  }
  return program;
}

/** What the parser complains of, as our own sentences are: `run: unknown option '--nope'.` */
function usageSentence(name: string, text: string): string {
  const said = text
    .trim()
    .replace(/^error: /, '')
    .replace('\n(', ' (');
  const missing = /^missing required argument '(.+)'$/.exec(said);
  const what = missing === null ? said : `${missing[1]} is missing`;
  const where = name === '' ? `shardwise: ${what}` : `${name}: ${what}`;
  return `${foldText(/[.?)]$/.test(where) ? where : `${where}.`)}\n`;
}

const HELP = `
First answer in twenty seconds, without an AWS account:
  $ shardwise run scenarios/hot-key.yaml

Exit codes: 0 good, 1 failed, 2 asked wrongly, 3 the answer is no (a gate that
you set, or a plan that does not fit), 4 inconclusive, 130 interrupted (the
report was still written)
`;

function report(error: unknown, context: Context): void {
  if (error instanceof CommanderError) {
    context.setExit(2);
  } else if (error instanceof Refusal) {
    context.err(refusalText(error));
    context.setExit(error.exitCode);
  } else {
    context.err(
      showMessage(
        `This is a bug in shardwise.\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      ),
    );
    context.setExit(1);
  }
}
