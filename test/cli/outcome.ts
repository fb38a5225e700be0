/** Runs a command as a user would, within the process: what it prints and how it exits, without starting one. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Context, ExitCode } from '../../src/cli/context.ts';
import { Refusal } from '../../src/model/refusal.ts';

export interface Outcome {
  out: string;
  err: string;
  /** Undefined where a command run alone set none. */
  exit: ExitCode | undefined;
}

/** An outcome that nothing has happened to yet, and a context that writes into it: 80 columns and no terminal. */
export function emptyOutcome(rest: Partial<Context> = {}): { outcome: Outcome; context: Context } {
  const outcome: Outcome = { out: '', err: '', exit: undefined };
  const context: Context = {
    out: (text) => (outcome.out += text),
    err: (text) => (outcome.err += text),
    ...{ stderrIsTerminal: false, columns: 80, color: false, env: {} },
    setExit: (code) => (outcome.exit = code),
    ...rest,
  };
  return { outcome, context };
}

/** Runs one command alone; what it refuses is thrown as a `Refusal`, and then nothing may have been printed. */
export async function outcomeOf(
  commandOf: (context: Context) => Command,
  args: readonly string[],
  rest: Partial<Context> = {},
): Promise<Outcome> {
  const { outcome, context } = emptyOutcome(rest);
  const command = commandOf(context)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof Refusal && outcome.out !== '')
      throw new Error(`printed before it refused: ${outcome.out}`, { cause: error });
    throw error;
  }
  return outcome;
}

/** Runs a whole command line; what it refuses is printed, and is its exit code. */
export async function shardwise(...args: readonly string[]): Promise<Outcome> {
  // Every command and what they import: only for those who want it.
  const { main } = await import('../../src/cli/main.ts');
  const { outcome, context } = emptyOutcome();
  await main(args, context);
  return { ...outcome, exit: outcome.exit ?? 0 };
}

/** What a wrong question is answered with: exit 2, unless said otherwise. */
export async function refusalOf(act: Promise<unknown>, exitCode: ExitCode = 2): Promise<Refusal> {
  const error: unknown = await act.then(
    () => new Error('it was not refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Refusal)) throw error;
  if (error.exitCode !== exitCode) throw new Error(`exit ${error.exitCode}: ${error.message}`);
  return error;
}

/** A file with the given text, in a folder of its own that goes when the tests are over. */
export function fileOf(text: string, name = 'scenario.yaml'): string {
  const path = join(mkdtempSync(join(tmpdir(), 'shardwise-test-')), name);
  writeFileSync(path, text);
  return path;
}
