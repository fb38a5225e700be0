#!/usr/bin/env node
/**
 * The entry of the command line: builds the context, runs the command, turns errors into words and exit codes.
 */
import { main } from './main.ts';
import type { Context, ExitCode } from './context.ts';
import { endProcess } from './interrupt.ts';
import { standardOutput } from './standard-output.ts';

// The SDK prints eight lines about Node 22 from every thread; what we need of Node stands in package.json.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const stdout = standardOutput();

// Nobody is left to tell where stderr's reader has gone; the command goes on and keeps its exit code.
process.stderr.on('error', () => undefined);

const context: Context = {
  out: stdout.write,
  outTrouble: stdout.trouble,
  err: (text) => void process.stderr.write(text),
  stderrIsTerminal: process.stderr.isTTY,
  columns: process.stdout.isTTY ? process.stdout.columns : 80,
  color: process.stdout.isTTY && (process.env.NO_COLOR ?? '') === '',
  env: process.env,
  setExit: (code: ExitCode) => (process.exitCode = code),
};

// A command that ends in order by itself listens too; any other ends here, with the code that an interruption has.
for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) endProcess();
  });
}

await main(process.argv.slice(2), context);
